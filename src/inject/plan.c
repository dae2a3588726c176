#include "inject/plan.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "inject/bundle.h"

#define FOLDER "/stanch"        /* in the init container */
#define MIB ((uint64_t)1 << 20)

/* A place that is named as "KIND:NAME/KEY". */
struct place {
	char kind[16], name[256], key[256];
};

static bool
place_of(struct place *p, const char *text, const char *key)
{
	const char *colon = strchr(text, ':'), *slash;

	if (!colon || (size_t)(colon - text) >= sizeof p->kind)
		return false;
	*p = (struct place){ 0 };
	memcpy(p->kind, text, (size_t)(colon - text));
	slash = strcmp(p->kind, "configmap") == 0 || strcmp(p->kind, "secret") == 0 || strcmp(p->kind, "projected") == 0 ? strchr(colon, '/') : NULL;
	snprintf(p->name, sizeof p->name, "%.*s", slash ? (int)(slash - colon - 1) : 255, colon + 1);
	snprintf(p->key, sizeof p->key, "%s", slash ? slash + 1 : key);
	return *p->name;
}

static bool
is_kind(const char *text, const char *kinds)
{
	struct place p;
	const char *at = place_of(&p, text, "") ? strstr(kinds, p.kind) : NULL;

	return at && *p.kind;
}

static int
check_sources(const struct plan *p, struct error *err)
{
	if (!p->sealed)
		return error_set(err, ERROR_USAGE, "say where the sealed files are: --sealed DIR, configmap:NAME, image:REFERENCE or path:DIR");
	if (!p->signers)
		return error_set(err, ERROR_USAGE, "say whom to believe: --signers FILE, configmap:NAME, secret:NAME or path:FILE");
	if (!p->bundle && !is_kind(p->sealed, "configmap image path"))
		return error_set(err, ERROR_USAGE, "--sealed %.100s: is no folder, configmap:NAME, image:REFERENCE or path:DIR", p->sealed);
	if (strchr(p->signers, ':') && !is_kind(p->signers, "configmap secret path"))
		return error_set(err, ERROR_USAGE, "--signers %.100s: is no file, configmap:NAME, secret:NAME or path:FILE", p->signers);
	if (!p->identity || !is_kind(p->identity, "secret projected path"))
		return error_set(err, ERROR_USAGE, "say where the pod finds its identity: --identity secret:NAME[/KEY], projected:NAME[/KEY] or path:FILE");
	return 0;
}

int
plan_check(const struct plan *p, struct error *err)
{
	const char *slash = strrchr(p->to, '/');

	if (check_sources(p, err) < 0)
		return -1;
	if (!p->scope)
		return error_set(err, ERROR_USAGE, "say whose secrets they are: --scope CLUSTER/NAMESPACE/WORKLOAD");
	if (p->bundle && strcmp(p->bundle->set.scope, p->scope) != 0)
		return error_set(err, ERROR_USAGE, "--scope %.100s is not the set's, which is %.100s", p->scope, p->bundle->set.scope);
	if (!p->pin && !p->min_epoch)
		return error_set(err, ERROR_USAGE, "nothing would keep an older set out: say --pin DIGEST (stanch set pin) or --min-epoch N");
	if (p->pin && p->watch)
		return error_set(err, ERROR_USAGE, "--pin fixes one set, --watch waits for the next; use --watch with --min-epoch N");
	if (p->to[0] != '/' || !slash || slash == p->to || !slash[1])
		return error_set(err, ERROR_USAGE, "--to %.100s: is no folder in a folder, such as /run/stanch/secrets", p->to);
	return 0;
}

static json_t *
text(const char *fmt, ...)
{
	va_list args;
	char *s = NULL;
	json_t *v;

	va_start(args, fmt);
	if (vasprintf(&s, fmt, args) < 0)
		s = NULL;
	va_end(args);
	v = s ? json_string(s) : NULL;
	free(s);
	return v;
}

static void
arg(json_t *args, const char *option, const char *value)
{
	json_array_append_new(args, text("--%s=%s", option, value));
}

static bool
in_volume(const char *source)
{
	return strncmp(source, "path:", 5) != 0;
}

static json_t *
arguments(const struct plan *p, const unsigned *grants, size_t count)
{
	json_t *args = json_array();
	struct place sealed = { 0 }, signers = { 0 }, identity = { 0 };
	const bool inside = place_of(&sealed, p->sealed, "") && strcmp(sealed.kind, "path") == 0 && !p->bundle;

	arg(args, "scope", p->scope);
	arg(args, "sealed", inside ? sealed.name : FOLDER "/sealed");
	json_array_append_new(args, text("--set=%s/stanch.set", inside ? sealed.name : FOLDER "/sealed"));
	arg(args, "signers", place_of(&signers, p->signers, "") && strcmp(signers.kind, "path") == 0 ? signers.name : FOLDER "/signers/signers");
	arg(args, "identity", place_of(&identity, p->identity, "") && strcmp(identity.kind, "path") == 0 ? identity.name : FOLDER "/identity/identity");
	if (in_volume(p->identity))
		arg(args, "identity-mode", "0444");
	arg(args, "to", p->to);
	if (p->pin)
		arg(args, "pin", p->pin);
	if (p->min_epoch)
		json_array_append_new(args, text("--min-epoch=%" PRIu64, p->min_epoch));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(args, text("--grant=uid=%u", grants[i]));
	if (p->watch)
		json_array_append_new(args, json_string("--watch"));
	return args;
}

static json_t *
mount(const char *name, const char *path, bool read_only)
{
	json_t *m = json_pack("{s:s, s:s}", "name", name, "mountPath", path);

	if (read_only)
		json_object_set_new(m, "readOnly", json_true());
	return m;
}

static json_t *
secrets_mount(const struct plan *p, bool read_only)
{
	char *parent = strdup(p->to);
	json_t *m;

	/* an emptyDir may be written to by all; only a folder in it can belong to one */
	if (!parent)
		return NULL;
	*strrchr(parent, '/') = 0;
	m = mount(PLAN_SECRETS, parent, read_only);
	free(parent);
	return m;
}

json_t *
plan_container(const struct plan *p, unsigned uid, const unsigned *grants, size_t count)
{
	const uint64_t memory = p->size / MIB + 28;
	json_t *mounts = json_array(), *c;

	json_array_append_new(mounts, secrets_mount(p, false));
	if (in_volume(p->sealed) || p->bundle)
		json_array_append_new(mounts, mount(PLAN_SEALED, FOLDER "/sealed", true));
	if (in_volume(p->signers))
		json_array_append_new(mounts, mount(PLAN_SIGNERS, FOLDER "/signers", true));
	if (in_volume(p->identity))
		json_array_append_new(mounts, mount(PLAN_IDENTITY, FOLDER "/identity", true));
	c = json_pack("{s:s, s:s, s:o}", "name", PLAN_INIT, "image", p->image, "args", arguments(p, grants, count));
	/* a sidecar's pod waits for its start only, so the start is over when there is something to read */
	if (p->watch) {
		json_object_set_new(c, "restartPolicy", json_string("Always"));
		json_object_set_new(c, "startupProbe", json_pack("{s:{s:[s, s, o]}, s:i, s:i}", "exec", "command", "/stanch-init", "--ready",
		    text("--to=%s", p->to), "periodSeconds", 1, "failureThreshold", 120));
	}
	json_object_set_new(c, "securityContext", json_pack("{s:b, s:b, s:b, s:i, s:{s:[s]}, s:{s:s}}", "allowPrivilegeEscalation", 0,
	    "readOnlyRootFilesystem", 1, "runAsNonRoot", 1, "runAsUser", (int)uid, "capabilities", "drop", "ALL", "seccompProfile", "type",
	    "RuntimeDefault"));
	json_object_set_new(c, "resources", json_pack("{s:{s:s, s:s}, s:{s:s, s:o}}", "requests", "cpu", "10m", "memory", "16Mi", "limits", "cpu",
	    "100m", "memory", text("%" PRIu64 "Mi", memory)));
	json_object_set_new(c, "volumeMounts", mounts);
	return c;
}

/* a volume of one key of a Secret or ConfigMap, as a file of its own name */
static json_t *
key_volume(const char *volume, const char *source, const char *map)
{
	struct place at;
	json_t *items;

	if (map)
		return json_pack("{s:s, s:{s:s}}", "name", volume, "configMap", "name", map);
	if (!place_of(&at, source, strcmp(volume, PLAN_SIGNERS) == 0 ? "signers" : "identity"))
		return NULL;
	items = json_pack("[{s:s, s:s}]", "key", at.key, "path", strcmp(volume, PLAN_SIGNERS) == 0 ? "signers" : "identity");
	if (strcmp(at.kind, "configmap") == 0)
		return json_pack("{s:s, s:{s:s, s:o}}", "name", volume, "configMap", "name", at.name, "items", items);
	/* of root, and only this container mounts it: as another user it could read nothing narrower without fsGroup */
	if (strcmp(at.kind, "secret") == 0)
		return json_pack("{s:s, s:{s:s, s:i, s:o}}", "name", volume, "secret", "secretName", at.name, "defaultMode", 0444, "items", items);
	return json_pack("{s:s, s:{s:i, s:[{s:{s:s, s:o}}]}}", "name", volume, "projected", "defaultMode", 0444, "sources", "secret", "name", at.name,
	    "items", items);
}

/* the name of a config map of ours: it changes with what it holds, unless a new one is waited for */
static json_t *
map_name(const struct plan *p, const char *suffix, bool versioned)
{
	const char *workload = strrchr(p->scope, '/');
	char name[64];

	snprintf(name, sizeof name, "%.40s-%s", workload ? workload + 1 : p->scope, suffix);
	for (char *c = name; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c == '_' ? '-' : *c);
	return versioned ? text("%s-%.10s", name, p->bundle->pin + strlen("blake2b-256:")) : json_string(name);
}

static bool
signers_here(const struct plan *p)
{
	return !strchr(p->signers, ':');
}

json_t *
plan_volumes(const struct plan *p)
{
	json_t *volumes = json_array(), *name = p->bundle ? map_name(p, "sealed", !p->watch) : NULL;
	json_t *signers = signers_here(p) ? map_name(p, "signers", false) : NULL;
	struct place at;

	json_array_append_new(volumes, json_pack("{s:s, s:{s:s, s:o}}", "name", PLAN_SECRETS, "emptyDir", "medium", "Memory", "sizeLimit",
	    text("%" PRIu64 "Mi", (p->size + MIB - 1) / MIB)));
	if (p->bundle)
		json_array_append_new(volumes, json_pack("{s:s, s:{s:O}}", "name", PLAN_SEALED, "configMap", "name", name));
	else if (place_of(&at, p->sealed, "") && strcmp(at.kind, "configmap") == 0)
		json_array_append_new(volumes, json_pack("{s:s, s:{s:s}}", "name", PLAN_SEALED, "configMap", "name", at.name));
	else if (strcmp(at.kind, "image") == 0)
		json_array_append_new(volumes, json_pack("{s:s, s:{s:s, s:s}}", "name", PLAN_SEALED, "image", "reference", at.name, "pullPolicy",
		    "IfNotPresent"));
	if (in_volume(p->signers))
		json_array_append_new(volumes, key_volume(PLAN_SIGNERS, p->signers, json_string_value(signers)));
	if (in_volume(p->identity))
		json_array_append_new(volumes, key_volume(PLAN_IDENTITY, p->identity, NULL));
	json_decref(name);
	json_decref(signers);
	return volumes;
}

json_t *
plan_mounts(const struct plan *p)
{
	json_t *m = secrets_mount(p, true);

	return m ? json_pack("[o]", m) : NULL;
}

/* data before metadata: its last text would lose its newline where the whole manifest ends in none */
static json_t *
config_map(json_t *name, const char *space, json_t *data, bool immutable)
{
	json_t *metadata = json_pack("{s:o}", "name", name), *map = json_pack("{s:s, s:s, s:o}", "apiVersion", "v1", "kind", "ConfigMap", "data", data);

	if (*space)
		json_object_set_new(metadata, "namespace", json_string(space));
	json_object_set_new(metadata, "annotations", json_pack("{s:s}", PLAN_NOTE, "part"));
	if (immutable)
		json_object_set_new(map, "immutable", json_true());
	json_object_set_new(map, "metadata", metadata);
	return map;
}

json_t *
plan_config_maps(const struct plan *p, const char *space)
{
	json_t *maps = json_array();

	if (p->bundle)
		json_array_append_new(maps, config_map(map_name(p, "sealed", !p->watch), space, json_incref(p->bundle->data), !p->watch));
	if (signers_here(p) && p->signers_text)
		json_array_append_new(maps, config_map(map_name(p, "signers", false), space, json_pack("{s:s}", "signers", p->signers_text), false));
	return maps;
}

char *
plan_path(const struct plan *p, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", p->to, name) < 0 ? NULL : path;
}

char *
plan_name_of(const struct plan *p, const char *secret, const char *key)
{
	char *name = NULL;

	if (asprintf(&name, "%s/%s", secret, key) < 0)
		return NULL;
	for (const char *const *n = p->names; n && *n; n++)
		if (strcmp(*n, name) == 0)
			return name;
	if (!p->names)
		return name;
	free(name);
	return NULL;
}
