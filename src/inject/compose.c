#include "inject/compose.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "edit/change.h"
#include "edit/outline.h"
#include "inject/inject.h"
#include "inject/plan.h"

#define NOTE "x-stanch"
#define PROGRAM "/stanch-init"
#define SEALED "/stanch/sealed"
#define SIGNERS "/stanch/signers/signers"
#define SECRET "stanch-identity"

static int
lack(struct error *err)
{
	return error_set(err, ERROR_INTERNAL, "out of memory");
}

bool
compose_is(const struct outline *t)
{
	const struct node *services = t->count == 1 ? node_get(t->docs[0], "services") : NULL;

	return services && services->kind == NODE_MAP && !node_get(t->docs[0], "kind");
}

static int
refuse(const struct outline *t, const struct node *service, const char *why, struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "%s:%zu: service %.80s %s", t->file, outline_line(t, service->start), node_text(service->key), why);
}

static bool
is_wanted(const struct plan *p, const struct node *service)
{
	for (const char *const *o = p->only; o && *o; o++)
		if (node_is(service->key, *o))
			return true;
	return !p->only && service->kind == NODE_MAP;
}

/* a path as compose wants it: it takes "sealed" for a volume's name */
static json_t *
volume(const char *here, const char *there)
{
	char *s = NULL;
	json_t *v;

	if (asprintf(&s, "%s%s:%s:ro", strchr("./~", *here) ? "" : "./", here, there) < 0)
		return NULL;
	v = json_string(s);
	free(s);
	return v;
}

static json_t *
volumes(const struct plan *p)
{
	json_t *v = json_array();

	json_array_append_new(v, volume(p->program ? p->program : "./stanch-init", PROGRAM));
	json_array_append_new(v, volume(p->sealed, SEALED));
	json_array_append_new(v, volume(p->signers, SIGNERS));
	return v;
}

/* "65532" of "65532:65532"; false for a name or nothing */
static bool
user_of(const struct plan *p, const struct node *service, unsigned *uid)
{
	const char *user = node_text(node_get(service, "user"));
	char *end;
	const unsigned long n = strtoul(user, &end, 10);

	*uid = p->uid != PLAN_ANYONE ? p->uid : (unsigned)n;
	return p->uid != PLAN_ANYONE || (isdigit((unsigned char)*user) && (*end == 0 || *end == ':') && n < PLAN_ANYONE);
}

static json_t *
tmpfs(const struct plan *p, bool known, unsigned uid)
{
	struct buf b;
	json_t *v;

	buf_init(&b);
	buf_addf(&b, "%.*s:size=%" PRIu64 "m,mode=0700", (int)(strrchr(p->to, '/') - p->to), p->to, (p->size + (1 << 20) - 1) >> 20);
	if (known)
		buf_addf(&b, ",uid=%u,gid=%u", uid, uid);
	buf_adds(&b, ",noexec,nosuid,nodev");
	v = json_pack("[s]", buf_str(&b));
	buf_done(&b);
	return v;
}

static json_t *
arguments(const struct plan *p)
{
	json_t *args = json_pack("[s]", PROGRAM);
	struct buf b;

	buf_init(&b);
#define ARG(...) (b.len = 0, buf_addf(&b, __VA_ARGS__), json_array_append_new(args, json_string(buf_str(&b))))
	ARG("--scope=%s", p->scope);
	ARG("--sealed=" SEALED);
	ARG("--set=" SEALED "/stanch.set");
	ARG("--signers=" SIGNERS);
	ARG("--identity=/run/secrets/" SECRET);
	ARG("--to=%s", p->to);
	if (p->pin)
		ARG("--pin=%s", p->pin);
	if (p->min_epoch)
		ARG("--min-epoch=%" PRIu64, p->min_epoch);
	ARG("--");
#undef ARG
	buf_done(&b);
	return args;
}

/* a string that a shell would not read as anything but words */
static json_t *
words(const char *text)
{
	json_t *list = json_array();

	if (strpbrk(text, "\"'\\$`")) {
		json_decref(list);
		return NULL;
	}
	while (*(text += strspn(text, " \t\n"))) {
		const size_t len = strcspn(text, " \t\n");

		json_array_append_new(list, json_stringn(text, len));
		text += len;
	}
	return list;
}

static int
add_entry(struct change *c, const struct node *service, const struct plan *p, struct error *err)
{
	const struct node *entry = node_get(service, "entrypoint");
	json_t *args, *rest = NULL;
	int r;

	if (!entry || node_empty(entry))
		return refuse(c->tree, service, "has no entrypoint, and what its image starts is not known here; write it out", err);
	if (entry->kind != NODE_SEQ && (entry->kind != NODE_SCALAR || !(rest = words(node_text(entry)))))
		return refuse(c->tree, service, "has an entrypoint that is no plain list; write it as one", err);
	args = arguments(p);
	if (entry->kind == NODE_SEQ) {
		r = change_add_items(c, service, NULL, "entrypoint", args, true, err);
	} else {
		json_array_extend(args, rest);
		r = change_replace(c, entry, args, node_path(&c->tree->arena, c->top, entry), err);
	}
	json_decref(args);
	json_decref(rest);
	return r;
}

static int
add_list(struct change *c, const struct node *service, const char *key, json_t *items, struct error *err)
{
	const int r = items ? change_add_items(c, service, NULL, key, items, false, err) : lack(err);

	json_decref(items);
	return r;
}

static int
add_service(struct change *c, const struct node *service, const struct plan *p, struct error *err)
{
	unsigned uid = 0;
	const bool known = user_of(p, service, &uid);
	const struct node *fs = node_get(service, "tmpfs");
	char sentence[300];

	if (!known && p->note) {
		snprintf(sentence, sizeof sentence, "%s:%zu: service %.80s has no user by number; say --uid N, else only root can use the tmpfs",
		    c->tree->file, outline_line(c->tree, service->start), node_text(service->key));
		p->note(p->arg, sentence);
	}
	if (fs && fs->kind == NODE_SCALAR && !node_empty(fs))
		return refuse(c->tree, service, "has a tmpfs that is no list; write it as one", err);
	if (add_entry(c, service, p, err) < 0 || add_list(c, service, "tmpfs", tmpfs(p, known, uid), err) < 0 ||
	    add_list(c, service, "volumes", volumes(p), err) < 0 || add_list(c, service, "secrets", json_pack("[s]", SECRET), err) < 0)
		return -1;
	return 0;
}

/* what compose needs here: files, not objects of a cluster */
static int
check(const struct outline *t, const struct plan *p, struct error *err)
{
	if (strncmp(p->identity, "path:", 5) != 0)
		return error_set(err, ERROR_USAGE, "%s: a compose file takes the identity from a file here: --identity path:FILE", t->file);
	if (!p->bundle || !p->signers_text)
		return error_set(err, ERROR_USAGE, "%s: a compose file takes the sealed files and the signers from here: --sealed DIR, --signers FILE", t->file);
	if (p->watch)
		return error_set(err, ERROR_USAGE, "%s: --watch is for Kubernetes", t->file);
	if (node_get(node_get(t->docs[0], "secrets"), SECRET) || node_get(t->docs[0], NOTE))
		return error_set(err, ERROR_SYNTAX, "%s: the secret " SECRET " or " NOTE " is there already; take it out first", t->file);
	return 0;
}

static int
add_ends(struct change *c, const struct node *root, const struct plan *p, struct error *err)
{
	json_t *secret = json_pack("{s:{s:s}}", SECRET, "file", p->identity + 5), *note = NULL;
	char *record;
	int r = secret ? change_add_pairs(c, root, NULL, "secrets", secret, err) : lack(err);

	record = r == 0 ? json_dumps(c->was, JSON_COMPACT) : NULL;
	note = record ? json_string(record) : NULL;
	if (r == 0)
		r = note ? change_add_pair(c, root, NULL, NOTE, note, err) : lack(err);
	free(record);
	json_decref(note);
	json_decref(secret);
	return r;
}

int
compose_add(struct outline *t, struct edits *edits, const struct plan *p, struct injected *count, struct error *err)
{
	const struct node *root = t->docs[0], *services = node_get(root, "services");
	struct change c;
	int r = check(t, p, err);

	if (r < 0 || change_init(&c, t, root, edits, err) < 0)
		return -1;
	for (const struct node *s = services->first; r == 0 && s; s = s->next) {
		if (!is_wanted(p, s)) {
			count->others++;
			continue;
		}
		r = add_service(&c, s, p, err);
		count->workloads++;
	}
	if (r == 0 && count->workloads)
		r = add_ends(&c, root, p, err);
	change_done(&c);
	return r;
}

static void
mark(struct node *list, const char *start, const char *part)
{
	for (struct node *i = list && list->kind == NODE_SEQ ? list->first : NULL; i; i = i->next)
		if (strncmp(node_text(i), start, strlen(start)) == 0 && strstr(node_text(i), part))
			i->gone = true;
}

/* our arguments, up to "--" */
static bool
mark_entry(struct node *entry, char *to, size_t size)
{
	struct node *i = entry && entry->kind == NODE_SEQ ? entry->first : NULL;

	if (!node_is(i, PROGRAM))
		return false;
	for (; i; i = i->next) {
		if (strncmp(node_text(i), "--to=/", 6) == 0) {
			snprintf(to, size, "%s", node_text(i) + 5);
			*strrchr(to, '/') = 0;
		}
		i->gone = true;
		if (node_is(i, "--"))
			break;
	}
	return true;
}

static void
mark_service(const struct change *c, const struct node *service)
{
	struct node *entry = node_get(service, "entrypoint");
	const char *path = entry ? node_path(&c->tree->arena, c->top, entry) : NULL;
	char to[256] = "";

	if (!mark_entry(entry, to, sizeof to - 1))
		return;
	/* one that was replaced comes back as a whole */
	if (path && json_object_get(c->was, path))
		for (struct node *i = entry->first; i; i = i->next)
			i->gone = true;
	strcat(to, ":");
	mark(node_get(service, "tmpfs"), to, "size=");
	mark(node_get(service, "volumes"), "", ":" PROGRAM ":ro");
	mark(node_get(service, "volumes"), "", ":" SEALED ":ro");
	mark(node_get(service, "volumes"), "", ":" SIGNERS ":ro");
	mark(node_get(service, "secrets"), SECRET, SECRET);
}

int
compose_remove(struct outline *t, struct edits *edits, struct injected *count, struct error *err)
{
	const struct node *root = t->docs[0], *services = node_get(root, "services");
	struct node *note = node_get(root, NOTE), *secret = node_get(node_get(root, "secrets"), SECRET);
	json_error_t why;
	struct change c;
	int r = 0;

	if (!note)
		return 0;
	if (change_init(&c, t, root, edits, err) < 0)
		return -1;
	json_decref(c.was);
	c.was = json_loads(node_text(note), JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(c.was))
		r = error_set(err, ERROR_SYNTAX, "%s:%zu: " NOTE " is not as stanch inject wrote it", t->file, outline_line(t, note->start));
	note->gone = true;
	if (secret)
		secret->gone = true;
	for (const struct node *s = services->first; r == 0 && s; s = s->next)
		mark_service(&c, s);
	if (r == 0)
		r = change_take_back(&c, err);
	count->workloads++;
	change_done(&c);
	return r;
}
