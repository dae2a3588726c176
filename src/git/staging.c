#include "git/staging.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "git/index.h"
#include "git/object.h"
#include "git/tree.h"

/* folders in folders: what hostile trees nest deeper is not followed */
#define DEPTH_MAX 4096

/* A tree on its way. */
struct side {
	const struct object *object;    /* NULL: there is none */
	struct tree tree;
	struct tree_entry entry;        /* the next one, */
	int has;                        /* if 1; 0 there are no more */
};

/* A folder that is walked. */
struct level {
	size_t path_len;                /* of its path, with the slash at its end */
	const struct cachetree_node *node;      /* what the index's cache knows of it, or NULL */
	bool by_tree;                   /* its content is told by `own`, not by the index */
	struct side own;
	struct side parent[];
};

struct staging {
	struct staging_options o;
	struct level **level;
	size_t depth, cap;
	struct buf path;
	struct index_entry entry;       /* the index's next one, */
	int has;                        /* if 1; 0 there are no more; -1 not looked yet */
	bool begun;
};

/* What comes next in a folder. */
struct item {
	struct tree_entry entry;        /* id may be NULL for a folder: not known, or not the same for all in it */
	uint32_t covers;                /* entries of the index that a folder with an id has, all passed at once */
	bool by_tree;                   /* a folder of a sparse index, which stands there with the id of its tree */
	unsigned stage;
	bool intent;
};

/* The same in a parent. */
struct was {
	bool there;
	struct tree_entry entry;
};

static int
side_next(struct side *s, struct error *err)
{
	s->has = tree_next(&s->tree, &s->entry, err);
	return s->has < 0 ? -1 : 0;
}

static int
side_open(const struct staging *s, struct side *side, const uint8_t *id, struct error *err)
{
	const struct oid oid = oid_of(id, s->o.hash);

	side->object = object_read(s->o.reader, &oid, err);
	if (!side->object)
		return -1;
	if (side->object->type != OBJECT_TREE)
		return error_set(err, ERROR_SYNTAX, "a folder of the repository is no tree");
	side->tree = tree_of(side->object->text, s->o.hash);
	return side_next(side, err);
}

static void
leave(struct staging *s)
{
	struct level *l = s->level[--s->depth];

	object_drop(s->o.reader, l->own.object);
	for (size_t i = 0; i < s->o.parents; i++)
		object_drop(s->o.reader, l->parent[i].object);
	free(l);
}

static struct level *
enter(struct staging *s, const struct cachetree_node *node, struct error *err)
{
	struct level *l = calloc(1, sizeof *l + s->o.parents * sizeof l->parent[0]);

	if (l && s->depth == s->cap) {
		const size_t cap = s->cap ? s->cap * 2 : 16;
		struct level **more = realloc(s->level, cap * sizeof *more);

		if (more) {
			s->level = more;
			s->cap = cap;
		}
	}
	if (!l || s->depth == s->cap || s->path.failed) {
		free(l);
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	l->path_len = s->path.len;
	l->node = node;
	s->level[s->depth++] = l;
	return l;
}

struct staging *
staging_new(const struct staging_options *options, struct error *err)
{
	struct staging *s = calloc(1, sizeof *s);

	if (!s) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	s->o = *options;
	if (s->o.parents > STAGING_PARENTS)
		s->o.parents = STAGING_PARENTS;
	s->has = -1;
	return s;
}

void
staging_free(struct staging *s)
{
	if (!s)
		return;
	while (s->depth)
		leave(s);
	free(s->level);
	buf_done(&s->path);
	free(s);
}

/* sets the path of something in a folder */
static void
set_path(struct staging *s, const struct level *l, struct bytes name, bool folder)
{
	s->path.len = l->path_len;
	buf_add(&s->path, name.at, name.len);
	if (folder)
		buf_addc(&s->path, '/');
}

static bool
wants(struct staging *s, bool folder, bool *even)
{
	*even = false;
	return !s->o.wanted || s->o.wanted(s->o.arg, buf_str(&s->path), folder, even);
}

/* the root's trees; 0 when nothing can differ */
static int
begin(struct staging *s, struct error *err)
{
	const struct cachetree *trees = s->o.index ? index_trees(s->o.index) : NULL;
	const struct cachetree_node *root = trees && trees->count ? &trees->node[0] : NULL;
	const uint8_t *id = s->o.tree ? s->o.tree->at : root ? root->id : NULL;
	struct level *l;
	bool even = false, same = false;

	s->begun = true;
	buf_str(&s->path);
	if (!s->o.index && !s->o.tree)
		return 0;
	for (size_t i = 0; id && i < s->o.parents; i++)
		same |= memcmp(id, s->o.parent[i].at, s->o.hash) == 0;
	if (same && (!s->o.wanted || !wants(s, true, &even) || !even))
		return 0;
	l = enter(s, root, err);
	if (!l)
		return -1;
	l->by_tree = s->o.tree;
	if (l->by_tree && side_open(s, &l->own, s->o.tree->at, err) < 0)
		return -1;
	for (size_t i = 0; i < s->o.parents; i++)
		if (side_open(s, &l->parent[i], s->o.parent[i].at, err) < 0)
			return -1;
	return 1;
}

/* what the index says comes next in a folder: 1, 0 nothing, -1 */
static int
peek_index(struct staging *s, const struct level *l, struct item *item, struct error *err)
{
	const struct index_entry *e = &s->entry;
	const struct cachetree_node *node;
	struct bytes rest;
	const uint8_t *slash;

	if (s->has < 0 && (s->has = index_next(s->o.index, &s->entry, err)) < 0)
		return -1;
	if (!s->has || e->path.len <= l->path_len || (l->path_len && memcmp(e->path.at, s->path.at, l->path_len) != 0))
		return 0;
	rest = bytes_cut(e->path, l->path_len, e->path.len);
	slash = memchr(rest.at, '/', rest.len);
	*item = (struct item){ .entry = { TREE_FILE, e->mode, rest, e->id }, .stage = e->stage, .intent = e->intent };
	if (!slash) {
		if ((e->mode & MODE_KIND) == MODE_SUBMODULE)
			item->entry.kind = TREE_SUBMODULE;
		return 1;
	}
	item->entry.kind = TREE_FOLDER;
	item->entry.name = bytes_cut(rest, 0, (size_t)(slash - rest.at));
	if ((e->mode & MODE_KIND) == MODE_FOLDER && slash == rest.at + rest.len - 1) {
		item->covers = 1;
		item->by_tree = true;
		return 1;
	}
	node = cachetree_child(index_trees(s->o.index), l->node, item->entry.name);
	item->entry.id = node && node->entries ? node->id : NULL;
	item->covers = node && node->id ? node->entries : 0;
	return 1;
}

static int
peek(struct staging *s, const struct level *l, struct item *item, struct error *err)
{
	if (!l->by_tree)
		return peek_index(s, l, item, err);
	*item = (struct item){ .entry = l->own.entry };
	return l->own.has;
}

/* passes what is at hand, a folder with all that lies in it */
static int
pass(struct staging *s, struct level *l, const struct item *item, struct error *err)
{
	if (l->by_tree)
		return side_next(&l->own, err);
	s->has = -1;
	if (item->covers < 2)
		return 0;
	/* the last one must still lie in the folder, which is what s->path says */
	if (index_skip(s->o.index, item->covers - 1, &s->entry, err) < 0)
		return -1;
	if (s->entry.path.len <= s->path.len || memcmp(s->entry.path.at, s->path.at, s->path.len) != 0)
		return error_set(err, ERROR_SYNTAX, "the index is damaged: its trees don't fit its entries");
	return 0;
}

static void
tell_gone(struct staging *s, const struct level *l, const struct tree_entry *e)
{
	const size_t len = s->path.len;
	const struct oid id = oid_of(e->id, s->o.hash);
	struct buf path;

	buf_init(&path);
	buf_add(&path, s->path.at, len < l->path_len ? len : l->path_len);
	buf_add(&path, e->name.at, e->name.len);
	if (!path.failed)
		s->o.gone(s->o.arg, buf_str(&path), e->mode, &id);
	buf_done(&path);
}

/* Moves a parent up to what is at hand and past it, or behind its end (NULL). */
static int
align(struct staging *s, struct level *l, size_t i, const struct tree_entry *to, struct was *was, struct error *err)
{
	struct side *p = &l->parent[i];
	int order = -1;

	was->there = false;
	while (p->has > 0) {
		order = to ? tree_order(&p->entry, to) : -1;
		if (order > 0)
			return 0;
		if (order < 0 && i == 0 && s->o.gone)
			tell_gone(s, l, &p->entry);
		was->there = order == 0;
		was->entry = p->entry;
		if (side_next(p, err) < 0)
			return -1;
		if (was->there)
			return 0;
	}
	return 0;
}

/* the rest of the parents' entries is gone */
static int
finish(struct staging *s, struct level *l, struct error *err)
{
	struct was was;

	for (size_t i = 0; i < s->o.parents; i++)
		if (align(s, l, i, NULL, &was, err) < 0)
			return -1;
	leave(s);
	return 0;
}

/* a folder: passed when it is the same in a parent, else entered; was[] is what the parents have */
static int
folder(struct staging *s, struct level *l, const struct item *item, const struct was *was, struct error *err)
{
	const struct cachetree_node *node = NULL;
	struct level *in;
	bool same = false, even;

	set_path(s, l, item->entry.name, true);
	for (size_t i = 0; item->entry.id && i < s->o.parents; i++)
		same |= was[i].there && memcmp(item->entry.id, was[i].entry.id, s->o.hash) == 0;
	/* with covers known nothing in it need be parsed */
	if ((!wants(s, true, &even) || (same && !even)) && (l->by_tree || item->covers))
		return pass(s, l, item, err);
	if (s->depth == DEPTH_MAX)
		return error_set(err, ERROR_LIMIT, "folders are nested deeper than %d", DEPTH_MAX);
	if (!l->by_tree)
		node = cachetree_child(index_trees(s->o.index), l->node, item->entry.name);
	in = enter(s, node, err);
	if (!in)
		return -1;
	in->by_tree = l->by_tree || item->by_tree;
	if (in->by_tree && side_open(s, &in->own, item->entry.id, err) < 0)
		return -1;
	for (size_t i = 0; i < s->o.parents; i++)
		if (was[i].there && side_open(s, &in->parent[i], was[i].entry.id, err) < 0)
			return -1;
	return in->by_tree ? pass(s, l, &(struct item){ .covers = 1 }, err) : 0;
}

/* a file: 1 it is to be told, 0 not, -1 */
static int
file(struct staging *s, struct level *l, const struct item *item, const struct was *was, struct staged *out, struct error *err)
{
	bool same = false, even;

	set_path(s, l, item->entry.name, false);
	*out = (struct staged){ .mode = item->entry.mode, .id = oid_of(item->entry.id, s->o.hash), .conflict = item->stage };
	for (size_t i = 0; i < s->o.parents; i++) {
		if (!was[i].there || was[i].entry.kind == TREE_SUBMODULE)
			continue;
		out->was[out->versions] = oid_of(was[i].entry.id, s->o.hash);
		same |= oid_equal(&out->was[out->versions++], &out->id);
	}
	if (pass(s, l, item, err) < 0)
		return -1;
	out->same = same && !item->stage;
	out->path = buf_str(&s->path);
	if (s->path.failed)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	return !item->intent && wants(s, false, &even) && (!out->same || even);
}

/* the other sides of a conflict are the same path again */
static int
pass_sides(struct staging *s, struct error *err)
{
	while ((s->has = index_next(s->o.index, &s->entry, err)) > 0 && s->entry.stage && s->entry.path.len == s->path.len &&
	    memcmp(s->entry.path.at, s->path.at, s->path.len) == 0)
		;
	return s->has < 0 ? -1 : 0;
}

/* one step: 1 something is to be told, 0 go on, -1 */
static int
step(struct staging *s, struct staged *out, struct error *err)
{
	struct level *l = s->level[s->depth - 1];
	struct was was[STAGING_PARENTS];
	struct item item;
	int r;

	s->path.len = l->path_len;
	r = peek(s, l, &item, err);
	if (r <= 0)
		return r < 0 ? r : finish(s, l, err);
	for (size_t i = 0; i < s->o.parents; i++)
		if (align(s, l, i, &item.entry, &was[i], err) < 0)
			return -1;
	if (item.entry.kind == TREE_FOLDER)
		return folder(s, l, &item, was, err);
	r = file(s, l, &item, was, out, err);
	if (r > 0 && out->conflict && !l->by_tree && pass_sides(s, err) < 0)
		return -1;
	return r;
}

int
staging_next(struct staging *s, struct staged *out, struct error *err)
{
	int r;

	if (!s->begun && (r = begin(s, err)) <= 0)
		return r;
	while (s->depth)
		if ((r = step(s, out, err)) != 0)
			return r;
	return 0;
}
