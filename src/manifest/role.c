#include "manifest/role.h"

#include <stdlib.h>
#include <string.h>

#include "manifest/text.h"
#include "manifest/tree.h"

/* what holds for all below a key of this name, sorted by nothing but habit */
static const struct {
	struct text_word key;
	unsigned role;
} keys[] = {
	{ TEXT_WORD("secretKeyRef"), ROLE_REFERENCE }, { TEXT_WORD("configMapKeyRef"), ROLE_REFERENCE }, { TEXT_WORD("valueFrom"), ROLE_REFERENCE }, { TEXT_WORD("fieldRef"), ROLE_REFERENCE },
	{ TEXT_WORD("resourceFieldRef"), ROLE_REFERENCE }, { TEXT_WORD("secretRef"), ROLE_REFERENCE }, { TEXT_WORD("configMapRef"), ROLE_REFERENCE },
	{ TEXT_WORD("remoteRef"), ROLE_REFERENCE }, { TEXT_WORD("secretStoreRef"), ROLE_REFERENCE }, { TEXT_WORD("imagePullSecrets"), ROLE_REFERENCE },
	{ TEXT_WORD("volumeMounts"), ROLE_REFERENCE }, { TEXT_WORD("ownerReferences"), ROLE_REFERENCE }, { TEXT_WORD("managedFields"), ROLE_REFERENCE },
	{ TEXT_WORD("tolerations"), ROLE_REFERENCE }, { TEXT_WORD("matchExpressions"), ROLE_REFERENCE }, { TEXT_WORD("nodeSelector"), ROLE_REFERENCE },
	{ TEXT_WORD("ValueFrom"), ROLE_REFERENCE }, { TEXT_WORD("valuesFrom"), ROLE_REFERENCE }, { TEXT_WORD("LoadCredential"), ROLE_REFERENCE },
	{ TEXT_WORD("kvs"), ROLE_BASE64 }, { TEXT_WORD("sops"), ROLE_SAFE }, { TEXT_WORD("encryptedData"), ROLE_SAFE },
	{ TEXT_WORD("args"), ROLE_ARGUMENTS }, { TEXT_WORD("command"), ROLE_ARGUMENTS }, { TEXT_WORD("Args"), ROLE_ARGUMENTS }, { TEXT_WORD("Cmd"), ROLE_ARGUMENTS },
	{ TEXT_WORD("Command"), ROLE_ARGUMENTS }, { TEXT_WORD("Entrypoint"), ROLE_ARGUMENTS }, { TEXT_WORD("entrypoint"), ROLE_ARGUMENTS }, { TEXT_WORD("EntryPoint"), ROLE_ARGUMENTS },
	{ TEXT_WORD("extraArgs"), ROLE_ARGUMENTS }, { TEXT_WORD("cmd"), ROLE_ARGUMENTS }, { TEXT_WORD("Healthcheck"), ROLE_ARGUMENTS }, { TEXT_WORD("healthcheck"), ROLE_ARGUMENTS },
	{ TEXT_WORD("test"), ROLE_ARGUMENTS }, { TEXT_WORD("Test"), ROLE_ARGUMENTS },
	{ TEXT_WORD("ExecStart"), ROLE_ARGUMENTS }, { TEXT_WORD("ExecStartPre"), ROLE_ARGUMENTS }, { TEXT_WORD("ExecStartPost"), ROLE_ARGUMENTS }, { TEXT_WORD("ExecStop"), ROLE_ARGUMENTS },
	{ TEXT_WORD("ExecReload"), ROLE_ARGUMENTS },
	{ TEXT_WORD("RUN"), ROLE_ARGUMENTS }, { TEXT_WORD("CMD"), ROLE_ARGUMENTS }, { TEXT_WORD("ENTRYPOINT"), ROLE_ARGUMENTS }, { TEXT_WORD("HEALTHCHECK"), ROLE_ARGUMENTS },
	{ TEXT_WORD("run"), ROLE_ARGUMENTS }, { TEXT_WORD("script"), ROLE_ARGUMENTS }, { TEXT_WORD("before_script"), ROLE_ARGUMENTS }, { TEXT_WORD("after_script"), ROLE_ARGUMENTS },
	{ TEXT_WORD("SetCredentialEncrypted"), ROLE_SAFE }, { TEXT_WORD("SetCredential"), ROLE_SECRET },
	{ TEXT_WORD("LoadCredentialEncrypted"), ROLE_REFERENCE }, { TEXT_WORD("ImportCredential"), ROLE_REFERENCE },
	{ TEXT_WORD("env"), ROLE_ENVIRONMENT }, { TEXT_WORD("Env"), ROLE_ENVIRONMENT }, { TEXT_WORD("environment"), ROLE_ENVIRONMENT }, { TEXT_WORD("Environment"), ROLE_ENVIRONMENT },
	{ TEXT_WORD("variables"), ROLE_ENVIRONMENT }, { TEXT_WORD("extraEnv"), ROLE_ENVIRONMENT }, { TEXT_WORD("extraEnvVars"), ROLE_ENVIRONMENT }, { TEXT_WORD("build_args"), ROLE_ENVIRONMENT },
	{ TEXT_WORD("openAPIV3Schema"), ROLE_SCHEMA }, { TEXT_WORD("$defs"), ROLE_SCHEMA }, { TEXT_WORD("definitions"), ROLE_SCHEMA },
};

/* what is below these keys is no command, though a command stands above */
static const struct text_word ends_command[] = { TEXT_WORD("env"), TEXT_WORD("environment"), TEXT_WORD("Env"), TEXT_WORD("Environment"),
	TEXT_WORD("data"), TEXT_WORD("labels"), TEXT_WORD("Labels"), TEXT_WORD("annotations") };

#define ENDS (sizeof ends_command / sizeof ends_command[0])

static bool
kind_is(const struct tree *t, uint32_t node, const char *kind)
{
	const uint32_t k = tree_child(t, node, "kind");

	return k && bytes_equal(tree_raw(t, k), bytes_of(kind));
}

static bool
ends_in(struct bytes b, const char *tail)
{
	const size_t n = strlen(tail);

	return b.len >= n && memcmp(b.at + b.len - n, tail, n) == 0;
}

/* an item of a SecretList, which says no kind of its own */
static bool
listed_secret(const struct tree *t, uint32_t item)
{
	const uint32_t list = t->node[item].parent, outer = t->node[list].parent;

	return t->node[list].form == TREE_SEQUENCE && outer && kind_is(t, outer, "SecretList");
}

/* what a key of an object says that depends on the object's kind */
static unsigned
entries(const struct tree *t, uint32_t parent, struct bytes key)
{
	if (text_is(key, (struct text_word)TEXT_WORD("data")) && listed_secret(t, parent))
		return ROLE_SECRET | ROLE_BASE64;
	if (text_is(key, (struct text_word)TEXT_WORD("data")))
		return kind_is(t, parent, "Secret") ? ROLE_SECRET | ROLE_BASE64 : kind_is(t, parent, "ConfigMap") ? ROLE_CONFIG : 0;
	if (text_is(key, (struct text_word)TEXT_WORD("stringData")))
		return ROLE_SECRET;
	if (text_is(key, (struct text_word)TEXT_WORD("binaryData")))
		return kind_is(t, parent, "ConfigMap") ? ROLE_CONFIG | ROLE_BASE64 : 0;
	if (text_is(key, (struct text_word)TEXT_WORD("spec")) && (kind_is(t, parent, "ExternalSecret") || kind_is(t, parent, "ClusterExternalSecret") ||
	    kind_is(t, parent, "SecretProviderClass") || kind_is(t, parent, "VaultStaticSecret")))
		return ROLE_REFERENCE;
	return 0;
}

static unsigned
of_key(const struct text_lengths *l, struct bytes key)
{
	const bool may = text_may(l, key);

	for (size_t i = 0; may && i < sizeof keys / sizeof keys[0]; i++)
		if (key.len == keys[i].key.len && key.at[0] == (uint8_t)keys[i].key.text[0] && memcmp(key.at, keys[i].key.text, key.len) == 0)
			return keys[i].role;
	if (key.len > 9 && (key.at[key.len - 1] == 'f' || key.at[key.len - 1] == 'm') && (ends_in(key, "SecretRef") || ends_in(key, "SecretKeyRef") || ends_in(key, "SecretsFrom")))
		return ROLE_REFERENCE;
	return 0;
}

static unsigned
of_node(const struct tree *t, uint32_t i, const uint8_t *role, const struct text_lengths *lengths)
{
	const struct tree_node *n = &t->node[i];
	unsigned r = role[n->parent], own;

	/* what is directly in data says so; what is deeper is a tree of its own */
	if (n->form != TREE_MAP && n->form != TREE_SEQUENCE && !n->key_len)
		return r;
	if (n->key_len && (n->child || n->form == TREE_PLAIN || n->form == TREE_DOUBLE || n->form == TREE_SINGLE)) {
		const struct bytes key = tree_key(t, i);

		if (r & ROLE_ARGUMENTS && text_listed(key, ends_command, ENDS) < ENDS)
			r &= ~(unsigned)ROLE_ARGUMENTS;
		own = of_key(lengths, key);
		/* definitions hold schemas, but those of Bitbucket's pipelines hold services and their variables */
		if (own & ROLE_ENVIRONMENT && !text_is(tree_key(t, n->parent), (struct text_word)TEXT_WORD("properties")))
			r &= ~(unsigned)ROLE_SCHEMA;
		r |= own;
		if (n->child)
			r |= entries(t, n->parent, key);
	}
	return r;
}

uint8_t *
role_all(const struct tree *t, unsigned above)
{
	uint8_t *role = calloc(t->count + 1, 1);
	struct text_lengths lengths = { 0 };

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		text_lengths_add(&lengths, keys[i].key);
	if (role)
		role[TREE_ROOT] = (uint8_t)(above & (ROLE_REFERENCE | ROLE_SAFE | ROLE_SECRET | ROLE_CONFIG | ROLE_SCHEMA));

	for (uint32_t i = 1; role && i < t->count; i++)
		role[i] = (uint8_t)of_node(t, i, role, &lengths);
	return role;
}

struct object
role_object(const struct tree *t, uint32_t node)
{
	struct object o = { 0 };

	for (uint32_t i = node; i != TREE_ROOT; i = t->node[i].parent) {
		uint32_t meta;

		if (t->node[i].form != TREE_MAP || !(o.kind = tree_child(t, i, "kind")) || !tree_scalar(t, o.kind) ||
		    !(tree_child(t, i, "apiVersion") || tree_child(t, i, "metadata")))
			continue;
		meta = tree_child(t, i, "metadata");
		o.node = i;
		o.name = meta ? tree_child(t, meta, "name") : 0;
		o.space = meta ? tree_child(t, meta, "namespace") : 0;
		return o;
	}
	return (struct object){ 0 };
}
