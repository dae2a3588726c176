#include "source/touched.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/arena.h"
#include "base/buf.h"
#include "git/entries.h"
#include "git/object.h"
#include "git/staging.h"
#include "git/tree.h"
#include "source/lines.h"

/* what a commit takes away is remembered, to find what was renamed, up to so many files and folders */
#define GONE_MAX 20000
/* files that are read to find what one was called; beyond that only those of the same last name are */
#define CANDIDATES_MAX 200
/* and in all */
#define CANDIDATE_BYTES ((uint64_t)256 << 20)
#define FOLDERS_DEEP 64

struct record {
	const char *path;
	struct oid id;
	const struct oid *was;
	size_t versions;
	bool same;
};

struct gone {
	const char *path;
	struct oid id;
	bool folder;
};

struct touched {
	struct reader *reader;
	unsigned hash;
	struct arena arena;
	struct record *record;
	size_t records, record_cap;
	struct gone *gone;
	size_t gones, gone_cap;
	uint64_t left;                  /* of CANDIDATE_BYTES */
	/* of the file asked for last: */
	const struct record *at;
	uint8_t *fresh;                 /* one byte a line */
	uint64_t lines;
	bool any;
	bool moved;                     /* it is one that was renamed, and nothing else */
};

struct touched *
touched_new(struct reader *reader, unsigned hash, struct error *err)
{
	struct touched *t = calloc(1, sizeof *t);

	if (!t) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	t->reader = reader;
	t->hash = hash;
	t->left = CANDIDATE_BYTES;
	arena_init(&t->arena);
	return t;
}

void
touched_free(struct touched *t)
{
	if (!t)
		return;
	arena_done(&t->arena);
	free(t->record);
	free(t->gone);
	free(t->fresh);
	free(t);
}

/* room for one more of `size` bytes; false when memory ran out */
static bool
room(void **list, size_t count, size_t *cap, size_t size)
{
	void *more;

	if (count < *cap)
		return true;
	more = realloc(*list, (*cap ? *cap * 2 : 64) * size);
	if (!more)
		return false;
	*list = more;
	*cap = *cap ? *cap * 2 : 64;
	return true;
}

int
touched_add(struct touched *t, const struct staged *s, struct error *err)
{
	struct record r = { .id = s->id, .versions = s->versions, .same = s->same };
	struct oid *was = s->versions ? arena_new(&t->arena, s->versions * sizeof *was) : NULL;

	r.path = arena_string(&t->arena, bytes_of(s->path));
	if (!r.path || (s->versions && !was) || !room((void **)&t->record, t->records, &t->record_cap, sizeof r))
		return error_set(err, ERROR_INTERNAL, "out of memory");
	if (was)
		memcpy(was, s->was, s->versions * sizeof *was);
	r.was = was;
	t->record[t->records++] = r;
	return 0;
}

void
touched_gone(struct touched *t, const char *path, uint32_t mode, const struct oid *id)
{
	struct gone g = { .id = *id, .folder = (mode & MODE_KIND) == MODE_FOLDER };

	if (t->gones >= GONE_MAX || (mode & MODE_KIND) == MODE_SUBMODULE)
		return;
	g.path = arena_string(&t->arena, bytes_of(path));
	/* without memory a rename counts as new: too much is told, not too little */
	if (g.path && room((void **)&t->gone, t->gones, &t->gone_cap, sizeof g))
		t->gone[t->gones++] = g;
}

/* puts what lay in a folder that is gone in its place in the list */
static void
unfold(struct touched *t, size_t i, unsigned depth)
{
	const struct gone folder = t->gone[i];
	struct error err;
	const struct object *o = object_read(t->reader, &folder.id, &err);
	struct tree_entry e;
	struct tree tree;

	t->gone[i].folder = false;
	if (!o || o->type != OBJECT_TREE || depth == FOLDERS_DEEP) {
		object_drop(t->reader, o);
		return;
	}
	for (tree = tree_of(o->text, t->hash); tree_next(&tree, &e, &err) > 0;) {
		const struct oid id = oid_of(e.id, t->hash);
		struct buf path;

		buf_init(&path);
		buf_addf(&path, "%s/%.*s", folder.path, (int)e.name.len, (const char *)e.name.at);
		touched_gone(t, buf_str(&path), e.mode, &id);
		buf_done(&path);
	}
	object_drop(t->reader, o);
}

/* all folders, those in them too, which stand behind them in the list */
static void
unfold_all(struct touched *t)
{
	for (size_t i = 0; i < t->gones; i++)
		if (t->gone[i].folder)
			unfold(t, i, 0);
}

static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* how many of 100 bytes two texts have in common, by their lines: of the larger one's */
static unsigned
alike(const struct lines *lines, struct bytes now, struct bytes then)
{
	const size_t larger = now.len > then.len ? now.len : then.len;
	struct bytes line;
	size_t common = 0;

	while (lines_take(&then, &line))
		common += lines_have(lines, line) ? line.len + 1 : 0;
	return larger ? (unsigned)((double)common * 100 / (double)larger) : 0;
}

/* whether a file that is gone may be what another was called, as far as sizes tell */
static const struct object *
candidate(struct touched *t, const struct gone *g, const struct record *r, size_t size)
{
	enum object_type type;
	uint64_t then;
	struct error err;

	if (t->gones > CANDIDATES_MAX && strcmp(last_name(g->path), last_name(r->path)) != 0)
		return NULL;
	if (object_stat(t->reader, &g->id, &type, &then, &err) < 0 || type != OBJECT_BLOB || then / 2 > size || size / 2 > then ||
	    then > t->left)
		return NULL;
	t->left -= then;
	return object_read(t->reader, &g->id, &err);
}

/* What a new file was called before: adds those lines, or notes that it is the very same. */
static int
add_renamed(struct touched *t, const struct record *r, struct bytes now, struct lines *old)
{
	const struct gone *best = NULL;
	const struct object *o;
	unsigned most = 49;             /* half of it, as git has it */
	struct lines lines;
	struct error err;
	int ret = 0;

	unfold_all(t);
	for (size_t i = 0; i < t->gones; i++)
		if (oid_equal(&t->gone[i].id, &r->id)) {
			t->moved = true;
			return 0;
		}
	lines_init(&lines);
	if (t->gones)
		ret = lines_add(&lines, now);
	for (size_t i = 0; ret == 0 && i < t->gones; i++) {
		unsigned how;

		o = candidate(t, &t->gone[i], r, now.len);
		how = o ? alike(&lines, now, o->text) : 0;
		object_drop(t->reader, o);
		if (how > most) {
			most = how;
			best = &t->gone[i];
		}
	}
	lines_done(&lines);
	o = best ? object_read(t->reader, &best->id, &err) : NULL;
	if (ret == 0 && o)
		ret = lines_add(old, o->text);
	object_drop(t->reader, o);
	return ret;
}

/* marks the lines of a file that are in none of the old versions */
static int
mark(struct touched *t, struct bytes text, const struct lines *old)
{
	struct bytes left = text, line;
	uint64_t n = 0;

	while (lines_take(&left, &line))
		n++;
	free(t->fresh);
	t->fresh = malloc(n + 1);
	if (!t->fresh)
		return -1;
	for (left = text; lines_take(&left, &line);) {
		t->fresh[t->lines] = !lines_have(old, line);
		t->any |= t->fresh[t->lines++];
	}
	return 0;
}

static int
compare(struct touched *t, const struct record *r, struct bytes text)
{
	struct lines old;
	struct error err;
	int ret = 0;

	lines_init(&old);
	for (size_t i = 0; ret == 0 && i < r->versions; i++) {
		/* what can't be read any more tells nothing: then its lines count as new */
		const struct object *o = object_read(t->reader, &r->was[i], &err);

		if (o && o->type == OBJECT_BLOB)
			ret = lines_add(&old, o->text);
		object_drop(t->reader, o);
	}
	if (ret == 0 && r->versions == 0)
		ret = add_renamed(t, r, text, &old);
	if (ret == 0 && !t->moved)
		ret = mark(t, text, &old);
	lines_done(&old);
	return ret;
}

static int
look(struct touched *t, const struct record *r, struct error *err)
{
	const struct object *o = object_read(t->reader, &r->id, err);
	int ret;

	if (!o)
		return -1;
	t->at = NULL;
	t->lines = 0;
	t->any = t->moved = false;
	ret = compare(t, r, o->text);
	object_drop(t->reader, o);
	if (ret < 0)
		return error_set(err, ERROR_INTERNAL, "out of memory comparing lines");
	t->at = r;
	return 0;
}

static int
by_path(const void *path, const void *record)
{
	return strcmp(path, ((const struct record *)record)->path);
}

int
touched_has(struct touched *t, const char *path, uint64_t first, uint64_t last, struct error *err)
{
	const struct record *r = t->records ? bsearch(path, t->record, t->records, sizeof *r, by_path) : NULL;

	/* of what is all new, or was named, everything counts */
	if (!r || r->same || (r->versions == 0 && t->gones == 0))
		return 1;
	if (t->at != r && look(t, r, err) < 0)
		return -1;
	if (t->moved)
		return 0;
	if (first == 0)
		return t->any;
	if (last > t->lines)            /* it counts lines in another way than we do */
		return 1;
	for (uint64_t n = first; n <= last; n++)
		if (t->fresh[n - 1])
			return 1;
	return 0;
}
