#include "manifest/role.h"

#include <stdlib.h>
#include <string.h>

#include "manifest/tree.h"

/* what holds for all below a key of this name, sorted by nothing but habit */
static const struct {
	const char *key;
	unsigned role;
} keys[] = {
	{ "secretKeyRef", ROLE_REFERENCE }, { "configMapKeyRef", ROLE_REFERENCE }, { "valueFrom", ROLE_REFERENCE }, { "fieldRef", ROLE_REFERENCE },
	{ "resourceFieldRef", ROLE_REFERENCE }, { "secretRef", ROLE_REFERENCE }, { "configMapRef", ROLE_REFERENCE },
	{ "remoteRef", ROLE_REFERENCE }, { "secretStoreRef", ROLE_REFERENCE }, { "imagePullSecrets", ROLE_REFERENCE },
	{ "volumeMounts", ROLE_REFERENCE }, { "ownerReferences", ROLE_REFERENCE }, { "managedFields", ROLE_REFERENCE },
	{ "tolerations", ROLE_REFERENCE }, { "matchExpressions", ROLE_REFERENCE }, { "nodeSelector", ROLE_REFERENCE },
	{ "ValueFrom", ROLE_REFERENCE }, { "valuesFrom", ROLE_REFERENCE }, { "LoadCredential", ROLE_REFERENCE },
	{ "sops", ROLE_SAFE }, { "encryptedData", ROLE_SAFE },
	{ "args", ROLE_ARGUMENTS }, { "command", ROLE_ARGUMENTS }, { "Args", ROLE_ARGUMENTS }, { "Cmd", ROLE_ARGUMENTS },
	{ "Command", ROLE_ARGUMENTS }, { "Entrypoint", ROLE_ARGUMENTS }, { "entrypoint", ROLE_ARGUMENTS }, { "EntryPoint", ROLE_ARGUMENTS },
	{ "extraArgs", ROLE_ARGUMENTS }, { "cmd", ROLE_ARGUMENTS }, { "Healthcheck", ROLE_ARGUMENTS }, { "healthcheck", ROLE_ARGUMENTS },
	{ "test", ROLE_ARGUMENTS }, { "Test", ROLE_ARGUMENTS },
	{ "ExecStart", ROLE_ARGUMENTS }, { "ExecStartPre", ROLE_ARGUMENTS }, { "ExecStartPost", ROLE_ARGUMENTS }, { "ExecStop", ROLE_ARGUMENTS },
	{ "ExecReload", ROLE_ARGUMENTS },
	{ "env", ROLE_ENVIRONMENT }, { "Env", ROLE_ENVIRONMENT }, { "environment", ROLE_ENVIRONMENT }, { "Environment", ROLE_ENVIRONMENT },
	{ "variables", ROLE_ENVIRONMENT }, { "extraEnv", ROLE_ENVIRONMENT }, { "extraEnvVars", ROLE_ENVIRONMENT }, { "build_args", ROLE_ENVIRONMENT },
	{ "openAPIV3Schema", ROLE_SCHEMA }, { "$defs", ROLE_SCHEMA }, { "definitions", ROLE_SCHEMA },
};

/* what is below these keys is no command, though a command stands above */
static const char *const ends_command[] = { "env", "environment", "Env", "Environment", "data", "labels", "Labels", "annotations" };

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

/* what a key of an object says that depends on the object's kind */
static unsigned
entries(const struct tree *t, uint32_t parent, struct bytes key)
{
	if (bytes_equal(key, bytes_of("data")))
		return kind_is(t, parent, "Secret") ? ROLE_SECRET | ROLE_BASE64 : kind_is(t, parent, "ConfigMap") ? ROLE_CONFIG : 0;
	if (bytes_equal(key, bytes_of("stringData")))
		return ROLE_SECRET;
	if (bytes_equal(key, bytes_of("binaryData")))
		return kind_is(t, parent, "ConfigMap") ? ROLE_CONFIG | ROLE_BASE64 : 0;
	if (bytes_equal(key, bytes_of("spec")) && (kind_is(t, parent, "ExternalSecret") || kind_is(t, parent, "ClusterExternalSecret") ||
	    kind_is(t, parent, "SecretProviderClass") || kind_is(t, parent, "VaultStaticSecret")))
		return ROLE_REFERENCE;
	return 0;
}

static unsigned
of_key(struct bytes key)
{
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (key.at[0] == (uint8_t)keys[i].key[0] && bytes_equal(key, bytes_of(keys[i].key)))
			return keys[i].role;
	if (key.len > 9 && (ends_in(key, "SecretRef") || ends_in(key, "SecretKeyRef") || ends_in(key, "SecretsFrom")))
		return ROLE_REFERENCE;
	return 0;
}

static unsigned
of_node(const struct tree *t, uint32_t i, const uint8_t *role)
{
	const struct tree_node *n = &t->node[i];
	unsigned r = role[n->parent];

	/* what is directly in data says so; what is deeper is a tree of its own */
	if (n->form != TREE_MAP && n->form != TREE_SEQUENCE && !n->key_len)
		return r;
	if (n->key_len && (n->child || n->form == TREE_PLAIN || n->form == TREE_DOUBLE || n->form == TREE_SINGLE)) {
		const struct bytes key = tree_key(t, i);

		for (size_t k = 0; r & ROLE_ARGUMENTS && k < sizeof ends_command / sizeof ends_command[0]; k++)
			if (bytes_equal(key, bytes_of(ends_command[k])))
				r &= ~(unsigned)ROLE_ARGUMENTS;
		r |= of_key(key);
		if (n->child)
			r |= entries(t, n->parent, key);
	}
	return r;
}

uint8_t *
role_all(const struct tree *t, unsigned above)
{
	uint8_t *role = calloc(t->count + 1, 1);

	if (role)
		role[TREE_ROOT] = (uint8_t)(above & (ROLE_REFERENCE | ROLE_SAFE | ROLE_SECRET | ROLE_CONFIG | ROLE_SCHEMA));

	for (uint32_t i = 1; role && i < t->count; i++)
		role[i] = (uint8_t)of_node(t, i, role);
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
