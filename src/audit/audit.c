#include "audit/audit.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <stanch/error.h>

#include "audit/network.h"
#include "audit/notice.h"
#include "audit/view.h"
#include "base/buf.h"
#include "edit/outline.h"
#include "inject/compose.h"
#include "inject/workload.h"
#include "rules/rule.h"
#include "triage/allow.h"
#include "triage/value_name.h"

struct audit {
	audit_call *call;
	void *arg;
	struct arena arena;             /* what waits for the end */
	struct network network;
	uint64_t allowed;
	bool failed;                    /* memory ran out somewhere */
};

struct audit *
audit_new(audit_call *call, void *arg)
{
	struct audit *a = calloc(1, sizeof *a);

	if (!a)
		return NULL;
	a->call = call;
	a->arg = arg;
	arena_init(&a->arena);
	a->network.arena = &a->arena;
	return a;
}

void
audit_free(struct audit *a)
{
	if (a)
		arena_done(&a->arena);
	free(a);
}

uint64_t
audit_allowed(const struct audit *a)
{
	return a->allowed;
}

static void
tell(const struct view *v, enum item item, size_t at, size_t len, const char *path, const char *fmt, va_list args)
{
	struct audit *a = v->audit;
	struct arena arena;
	struct finding f;

	if (allow_has(v->text, at, items_rule(item)->id)) {
		a->allowed++;
		return;
	}
	arena_init(&arena);
	if (notice_vmake(&f, v, item, at, len, path, &arena, fmt, args) < 0)
		a->failed = true;
	else
		a->call(a->arg, &f);
	arena_done(&arena);
}

void
view_tell_at(const struct view *v, enum item item, size_t at, size_t len, const char *path, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(v, item, at, len, path, fmt, args);
	va_end(args);
}

/* "/spec/containers/app/image" as spec.containers.app.image; a key with dots stays as it is */
static char *
dotted(const char *pointer)
{
	char *path = strdup(*pointer == '/' ? pointer + 1 : pointer);

	for (char *c = path; c && *c; c++)
		if (*c == '/')
			*c = '.';
	return path;
}

void
view_tell(const struct view *v, enum item item, const struct node *n, const char *fmt, ...)
{
	const struct node *at = n ? n : v->top;
	const char *pointer = node_path(&v->outline->arena, v->top, at);
	char *path = dotted(pointer ? pointer : "");
	/* a scalar is shown as a whole, of what has parts its first line's place */
	const bool whole = at->kind == NODE_SCALAR && at->end > at->start;
	const size_t from = at->key ? at->key->start : at->start;
	const size_t line = outline_line_end(v->outline, from);
	size_t to = whole ? at->end : at->kind == NODE_SCALAR ? from : at->end < line ? at->end : line;
	va_list args;

	while (to > from && isspace(v->text.at[to - 1]))
		to--;
	va_start(args, fmt);
	tell(v, item, from, to - from, path ? path : "", fmt, args);
	va_end(args);
	free(path);
}

bool
view_is_telling(const char *name)
{
	const enum name_kind kind = value_name(bytes_of(name));
	static const char *const ends[] = { "_FILE", "_PATH", "_NAME", "_DIR", "_URL", "_TTL", "_EXPIRY", "_LENGTH" };
	const size_t len = strlen(name);

	for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (len > strlen(ends[i]) && strcasecmp(name + len - strlen(ends[i]), ends[i]) == 0)
			return false;
	return kind == NAME_PASSWORD || kind == NAME_SECRET || kind == NAME_TOKEN || kind == NAME_ACCESS;
}

const char *
view_image_fault(const char *reference, enum item *item)
{
	const char *slash = strrchr(reference, '/'), *colon = strchr(slash ? slash : reference, ':');

	*item = ITEM_PINNED_DIGEST;
	/* what is filled in later can't be told from here */
	if (!*reference || strchr(reference, '$') || strstr(reference, "@sha256:") || strstr(reference, "@sha512:"))
		return NULL;
	if (!colon)
		return "no tag and no digest, so it is whatever latest is";
	return strcmp(colon, ":latest") == 0 ? "the tag latest, which moves" : "a tag and no digest; who may push can change what runs";
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool
ends_in(const char *name, const char *end)
{
	const size_t n = strlen(name), m = strlen(end);

	return n > m && strcasecmp(name + n - m, end) == 0;
}

static bool
is_dockerfile(const char *name)
{
	return strcasecmp(name, "Dockerfile") == 0 || strcasecmp(name, "Containerfile") == 0 || strncasecmp(name, "Dockerfile.", 11) == 0 ||
	    strncasecmp(name, "Containerfile.", 14) == 0 || ends_in(name, ".dockerfile") || ends_in(name, ".containerfile");
}

bool
audit_wants(const char *name)
{
	name = base_name(name);
	return (is_dockerfile(name) && !ends_in(name, ".dockerignore")) || ends_in(name, ".yaml") || ends_in(name, ".yml") || ends_in(name, ".json");
}

static int
on_workload(void *arg, const struct workload *w, struct error *err)
{
	struct view v = *(const struct view *)arg;

	(void)err;
	v.top = w->top;
	v.kind = w->kind;
	v.name = w->name;
	v.namespace = w->namespace;
	pod_check(&v, w);
	network_add_pod(&v.audit->network, &v, w);
	return 0;
}

static void
each_object(const struct view *outer, const struct node *top, unsigned depth)
{
	struct view v = *outer;
	const struct node *items = node_get(top, "items"), *kind = node_get(top, "kind");

	if (items && items->kind == NODE_SEQ && ends_in(node_text(kind), "List") && depth < 4) {
		for (const struct node *i = items->first; i; i = i->next)
			each_object(outer, i, depth + 1);
		return;
	}
	v.top = top;
	v.kind = node_text(kind);
	v.name = node_text(node_find(top, "metadata/name"));
	v.namespace = node_text(node_find(top, "metadata/namespace"));
	object_check(&v);
	if (node_is(kind, "NetworkPolicy"))
		network_add_policy(&v.audit->network, &v);
	if (strncmp(node_text(node_get(top, "apiVersion")), "tekton.dev/", 11) == 0)
		workflow_check(&v);
}

static bool
is_workflow(const struct outline *t, const char *path)
{
	const struct node *top = t->count ? t->docs[0] : NULL;

	return strstr(path, ".gitlab-ci") || strstr(path, ".circleci/") || ((strstr(path, ".github/workflows/") || node_get(top, "on")) && node_get(top, "jobs"));
}

/* a text that speaks of nothing on the list, even if it is no YAML, is none of ours */
static bool
may_matter(struct bytes text, const char *path)
{
	static const char *const words[] = { "apiVersion", "services", "jobs" };

	for (unsigned i = 0; i < 3; i++)
		if (bytes_find(text, bytes_of(words[i])) < text.len)
			return true;
	return strstr(path, ".gitlab-ci") != NULL;
}

static int
look(struct view *v, struct error *err)
{
	struct outline *t = v->outline;
	int looked = 0;

	v->top = t->count ? t->docs[0] : NULL;
	if (compose_is(t)) {
		compose_check(v);
		return 1;
	}
	if (is_workflow(t, v->path)) {
		workflow_check(v);
		return 1;
	}
	for (size_t i = 0; i < t->count; i++)
		if (node_get(t->docs[i], "apiVersion") && node_get(t->docs[i], "kind")) {
			each_object(v, t->docs[i], 0);
			looked = 1;
		}
	return looked && workload_each(t, on_workload, v, err) < 0 ? -1 : looked;
}

int
audit_text(struct audit *a, const struct origin *origin, const char *path, struct bytes text, struct error *err)
{
	struct view v = { .audit = a, .origin = origin, .path = path, .text = text };
	struct outline t;
	int r;

	if (is_dockerfile(base_name(path))) {
		if (!bytes_is_utf8(text) || (text.len && memchr(text.at, 0, text.len)))
			return error_set(err, ERROR_SYNTAX, "%s: is not UTF-8 text", path);
		dockerfile_check(&v);
		return 1;
	}
	if (!may_matter(text, path))
		return 0;
	r = outline_parse(&t, text, path, err);
	v.outline = &t;
	if (r == 0)
		r = look(&v, err);
	outline_done(&t);
	return r;
}

int
audit_end(struct audit *a, struct error *err)
{
	network_judge(&a->network, a->call, a->arg);
	return a->failed || a->network.failed ? error_set(err, ERROR_INTERNAL, "out of memory; not all findings were told") : 0;
}
