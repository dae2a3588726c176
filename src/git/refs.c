#include "git/refs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "git/files.h"
#include "git/repository.h"

#define REF_MAX ((size_t)4 << 10)
#define PACKED_MAX ((size_t)1 << 30)
#define NAMES_MAX 1000000
#define DEPTH_MAX 32
#define SYMBOLIC_MAX 5

struct name_block {
	struct name_block *next;
	char text[];
};

void
refs_done(struct refs *r)
{
	while (r->names) {
		struct name_block *next = r->names->next;

		free(r->names);
		r->names = next;
	}
	free(r->ref);
	*r = (struct refs){ 0 };
}

static const char *
keep_name(struct refs *r, const char *name)
{
	const size_t n = strlen(name) + 1;
	struct name_block *b;

	if (r->names && strcmp(r->names->text, name) == 0)
		return r->names->text;
	b = malloc(sizeof *b + n);
	if (!b)
		return NULL;
	memcpy(b->text, name, n);
	b->next = r->names;
	r->names = b;
	return b->text;
}

int
refs_add(struct refs *r, enum ref_kind kind, const char *name, const struct oid *id, struct error *err)
{
	if (r->count == r->cap) {
		const size_t cap = r->cap ? r->cap * 2 : 64;
		struct ref *more = realloc(r->ref, cap * sizeof *more);

		if (!more)
			return error_set(err, ERROR_INTERNAL, "out of memory");
		r->ref = more;
		r->cap = cap;
	}
	name = keep_name(r, name);
	if (!name)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	r->ref[r->count++] = (struct ref){ kind, name, *id };
	return 0;
}

/* a ref's file: 1 an id, 2 a symbolic name in target, 0 none, -1 damaged or unreadable */
static int
read_ref(int dir, const char *name, unsigned hash, struct oid *id, char *target, struct error *err)
{
	struct buf text;
	struct bytes b;
	int r;

	buf_init(&text);
	r = files_read(dir, name, REF_MAX, &text, err);
	if (r < 0) {
		const bool none = err->code == ENOENT || err->code == ENOTDIR || err->code == EISDIR || err->code == EINVAL;

		buf_done(&text);
		return none ? 0 : -1;
	}
	while (text.len && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\r'))
		text.len--;
	b = (struct bytes){ text.at, text.len };
	if (bytes_starts(b, "ref: ")) {
		b = bytes_cut(b, 5, b.len);
		while (b.len && (*b.at == ' ' || *b.at == '\t'))
			b = bytes_cut(b, 1, b.len);
		memcpy(target, b.at, b.len);
		target[b.len] = 0;
		r = 2;
	} else {
		r = oid_parse(bytes_cut(b, 0, 2 * hash), hash, id) ? 1 : error_set(err, ERROR_SYNTAX, "the ref '%s' is damaged", name);
	}
	buf_done(&text);
	return r;
}

/* calls found for each line of packed-refs; a name longer than any sane one is passed over */
static int
each_packed(const struct repository *repo, int (*found)(void *, const char *, const struct oid *, struct error *), void *arg,
	struct error *err)
{
	struct bytes map, left;
	char name[REF_MAX];
	int r = files_map(repo->common, "packed-refs", &map, err);

	if (r < 0)
		return err->code == ENOENT ? 0 : -1;
	for (left = map; r == 0 && left.len;) {
		const uint8_t *lf = memchr(left.at, '\n', left.len);
		const size_t n = lf ? (size_t)(lf - left.at) : left.len, id = 2 * repo->hash;
		struct oid oid;

		if (n > id + 1 && n - id < sizeof name && left.at[id] == ' ' && oid_parse(bytes_cut(left, 0, id), repo->hash, &oid)) {
			memcpy(name, left.at + id + 1, n - id - 1);
			name[n - id - 1] = 0;
			r = found(arg, name, &oid, err);
		}
		left = bytes_cut(left, n + 1, left.len);
	}
	files_unmap(&map);
	return r;
}

struct sought {
	const char *name;
	struct oid *id;
	bool found;
};

static int
on_sought(void *arg, const char *name, const struct oid *id, struct error *err)
{
	struct sought *s = arg;

	(void)err;
	if (strcmp(name, s->name) == 0) {
		*s->id = *id;
		s->found = true;
	}
	return 0;
}

static bool
sane_name(const char *name)
{
	return name[0] && name[0] != '/' && !strstr(name, "..") && strlen(name) < REF_MAX - 1;
}

int
refs_find(const struct repository *repo, const char *name, struct oid *id, struct error *err)
{
	char at[REF_MAX + 1], target[REF_MAX + 1];

	if (!sane_name(name))
		return error_set(err, ERROR_SYNTAX, "'%.100s' is no name of a ref", name);
	strcpy(at, name);
	for (int i = 0; i < SYMBOLIC_MAX; i++) {
		/* what is not under refs/ belongs to the worktree */
		const int dir = strncmp(at, "refs/", 5) == 0 ? repo->common : repo->git;
		struct sought s = { at, id, false };
		const int r = read_ref(dir, at, repo->hash, id, target, err);

		if (r == 1 || r < 0)
			return r;
		if (r == 0)
			return each_packed(repo, on_sought, &s, err) < 0 ? -1 : s.found;
		if (!sane_name(target))
			return error_set(err, ERROR_SYNTAX, "the ref '%.100s' names no ref", at);
		strcpy(at, target);
	}
	return error_set(err, ERROR_LIMIT, "the ref '%.100s' goes round in symbolic refs", name);
}

int
refs_head(const struct repository *repo, char *name, size_t size, struct error *err)
{
	char target[REF_MAX + 1];
	struct oid id;
	const int r = read_ref(repo->git, "HEAD", repo->hash, &id, target, err);

	if (r < 0 || r == 1)
		return r < 0 ? -1 : 0;
	if (r == 0 || (size_t)snprintf(name, size, "%s", target) >= size)
		return error_set(err, ERROR_SYNTAX, "HEAD is damaged");
	return 1;
}

/* What a walk over folders of refs or logs does. */
struct gather {
	struct refs *refs;
	const struct repository *repo;
	size_t *damaged;
	size_t seen;
	int (*file)(struct gather *, int dir, const char *path, struct error *);
	const char *worktree; /* refs of another worktree are named with this before */
};

static int
walk(struct gather *g, int dir, const char *path, unsigned depth, struct error *err)
{
	char below[REF_MAX];
	struct buf names;
	int r;

	buf_init(&names);
	r = depth < DEPTH_MAX ? files_list(dir, path, NAMES_MAX, &names, err) : 0;
	if (r < 0 && (err->code == ENOTDIR || err->code == ELOOP)) {
		buf_done(&names);
		return g->file(g, dir, path, err);
	}
	for (size_t at = 0; r == 0 && at < names.len; at += strlen((char *)names.at + at) + 1) {
		if (++g->seen > NAMES_MAX)
			r = error_set(err, ERROR_LIMIT, "the repository has more than %d refs", NAMES_MAX);
		else if ((size_t)snprintf(below, sizeof below, "%s/%s", path, (char *)names.at + at) < sizeof below)
			r = walk(g, dir, below, depth + 1, err);
	}
	buf_done(&names);
	return r;
}

static int
on_loose(struct gather *g, int dir, const char *path, struct error *err)
{
	char target[REF_MAX + 1];
	struct oid id;
	const int r = read_ref(dir, path, g->repo->hash, &id, target, err);

	if (r < 0)
		++*g->damaged;
	if (r == 1)
		return refs_add(g->refs, strncmp(path, "refs/", 5) == 0 ? REF_NAME : REF_HEAD, path, &id, err);
	return 0;
}

/* a reflog's line: old id, new id, who, when, why */
static int
on_log(struct gather *g, int dir, const char *path, struct error *err)
{
	const size_t n = 2 * g->repo->hash;
	struct bytes map, left;
	int r = 0;

	if (files_map(dir, path, &map, err) < 0) {
		++*g->damaged;
		return 0;
	}
	for (left = map; r == 0 && left.len > 2 * n;) {
		const uint8_t *lf = memchr(left.at, '\n', left.len);
		const size_t line = lf ? (size_t)(lf - left.at) : left.len;
		struct oid was, is;

		if (line > 2 * n && oid_parse(bytes_cut(left, 0, n), g->repo->hash, &was) &&
			oid_parse(bytes_cut(left, n + 1, 2 * n + 1), g->repo->hash, &is)) {
			if (!oid_is_zero(&was))
				r = refs_add(g->refs, REF_LOG, path, &was, err);
			if (r == 0 && !oid_is_zero(&is))
				r = refs_add(g->refs, REF_LOG, path, &is, err);
		}
		left = bytes_cut(left, line + 1, left.len);
	}
	files_unmap(&map);
	return r;
}

static int
on_packed(void *arg, const char *name, const struct oid *id, struct error *err)
{
	return refs_add(arg, REF_NAME, name, id, err);
}

/* HEAD, and what commands in progress leave beside it; ORIG_HEAD and the like keep nothing */
static int
gather_heads(struct gather *g, int dir, const char *prefix, struct error *err)
{
	static const char *const names[] = { "HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "BISECT_HEAD" };
	char path[REF_MAX];
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, "%s%s", prefix, names[i]);
		r = on_loose(g, dir, path, err);
	}
	return r;
}

static int
gather_worktrees(struct gather *g, struct error *err)
{
	struct buf names;
	char path[REF_MAX];
	int r;

	buf_init(&names);
	r = files_list(g->repo->common, "worktrees", NAMES_MAX, &names, err);
	for (size_t at = 0; r == 0 && at < names.len; at += strlen((char *)names.at + at) + 1) {
		g->file = on_loose;
		if ((size_t)snprintf(path, sizeof path, "worktrees/%s/", (char *)names.at + at) >= sizeof path - 8)
			continue;
		r = gather_heads(g, g->repo->common, path, err);
		strcat(path, "logs");
		g->file = on_log;
		if (r == 0)
			r = walk(g, g->repo->common, path, 0, err);
	}
	buf_done(&names);
	return r;
}

int
refs_read(struct refs *refs, const struct repository *repo, size_t *damaged, struct error *err)
{
	struct gather g = { .refs = refs, .repo = repo, .damaged = damaged, .file = on_loose };
	int r;

	*refs = (struct refs){ 0 };
	*damaged = 0;
	r = gather_heads(&g, repo->git, "", err);
	if (r == 0)
		r = each_packed(repo, on_packed, refs, err);
	if (r == 0)
		r = walk(&g, repo->common, "refs", 0, err);
	g.file = on_log;
	if (r == 0)
		r = walk(&g, repo->common, "logs", 0, err);
	if (r == 0)
		r = gather_worktrees(&g, err);
	if (r < 0)
		refs_done(refs);
	return r;
}
