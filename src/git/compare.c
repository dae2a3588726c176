#include "git/compare.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "git/object.h"

struct compare {
	struct reader *reader;
	unsigned hash;
	const struct compare_calls *calls;
	struct buf path;
	unsigned depth;
	struct seen {
		uint64_t id;            /* its first bytes; 0: free */
		unsigned times;
	} *seen;                        /* folders that were added or deleted */
	size_t seen_count, seen_slots;
	size_t left; /* folders that may still be read: a tree that holds itself many times over ends here */
};

static bool
grow_seen(struct compare *c)
{
	const size_t slots = c->seen_slots ? c->seen_slots * 2 : 256;
	struct seen *more = calloc(slots, sizeof *more);

	if (!more)
		return false;
	for (size_t i = 0; i < c->seen_slots; i++) {
		size_t at = c->seen[i].id & (slots - 1);

		if (!c->seen[i].id)
			continue;
		while (more[at].id)
			at = (at + 1) & (slots - 1);
		more[at] = c->seen[i];
	}
	free(c->seen);
	c->seen = more;
	c->seen_slots = slots;
	return true;
}

/* how many times a folder was added or deleted, this one included */
static unsigned
times_seen(struct compare *c, const struct oid *id)
{
	uint64_t key;
	size_t at;

	if (c->seen_count * 2 >= c->seen_slots && !grow_seen(c))
		return 1;
	memcpy(&key, id->at, sizeof key);
	key |= 1;
	for (at = key & (c->seen_slots - 1); c->seen[at].id && c->seen[at].id != key; at = (at + 1) & (c->seen_slots - 1))
		;
	c->seen_count += !c->seen[at].id;
	c->seen[at].id = key;
	return ++c->seen[at].times;
}

static int folders(struct compare *, const struct oid *, const struct oid *, struct error *);

static const struct object *
open_tree(struct compare *c, const struct oid *id, struct error *err)
{
	const struct object *o = object_read(c->reader, id, err);

	if (o && o->type != OBJECT_TREE) {
		object_drop(c->reader, o);
		error_set(err, ERROR_SYNTAX, "a folder is no tree");
		return NULL;
	}
	return o;
}

static int
files(struct compare *c, const struct tree_entry *was, const struct tree_entry *is)
{
	const struct change change = { was, is, buf_str(&c->path) };

	return c->calls->changed(c->calls->arg, &change);
}

static int
below(struct compare *c, const struct tree_entry *was, const struct tree_entry *is, struct error *err)
{
	const size_t len = c->path.len;
	struct oid a, b;
	int r;

	if (was)
		a = oid_of(was->id, c->hash);
	if (is)
		b = oid_of(is->id, c->hash);
	if (!was != !is && times_seen(c, was ? &a : &b) > COMPARE_SAME_MAX) {
		c->path.len = len;
		return 0;
	}
	if (++c->depth > COMPARE_DEPTH_MAX)
		r = error_set(err, ERROR_LIMIT, "folders are nested deeper than %d", COMPARE_DEPTH_MAX);
	else
		r = folders(c, was ? &a : NULL, is ? &b : NULL, err);
	c->depth--;
	c->path.len = len;
	if (r == -1 && c->left && c->calls->unread)
		r = c->calls->unread(c->calls->arg, buf_str(&c->path), err);
	return r;
}

/* one name; either may be NULL, or both be of one name but not of one kind */
static int
entries(struct compare *c, const struct tree_entry *was, const struct tree_entry *is, struct error *err)
{
	const struct tree_entry *any = was ? was : is;
	const size_t len = c->path.len;
	const bool was_folder = was && was->kind == TREE_FOLDER, is_folder = is && is->kind == TREE_FOLDER;
	int r = 0;

	if (was && is && was->mode == is->mode && memcmp(was->id, is->id, c->hash) == 0)
		return 0;
	if (len)
		buf_addc(&c->path, '/');
	buf_add(&c->path, any->name.at, any->name.len);
	if ((was && !was_folder) || (is && !is_folder))
		r = files(c, was_folder ? NULL : was, is_folder ? NULL : is);
	if (r == 0 && (was_folder || is_folder) && !(was_folder && is_folder && memcmp(was->id, is->id, c->hash) == 0))
		r = below(c, was_folder ? was : NULL, is_folder ? is : NULL, err);
	c->path.len = len;
	return c->path.failed ? error_set(err, ERROR_INTERNAL, "out of memory") : r;
}

/* both in git's order, side by side */
static int
merge(struct compare *c, struct tree was, struct tree is, struct error *err)
{
	struct tree_entry a, b;
	int more_a = tree_next(&was, &a, err), more_b = tree_next(&is, &b, err), r = 0;

	while (r == 0 && (more_a > 0 || more_b > 0)) {
		const int order = more_a <= 0 ? 1 : more_b <= 0 ? -1
		                                                : tree_order(&a, &b);

		r = entries(c, order <= 0 ? &a : NULL, order >= 0 ? &b : NULL, err);
		if (r == 0 && order <= 0)
			more_a = tree_next(&was, &a, err);
		if (r == 0 && order >= 0)
			more_b = tree_next(&is, &b, err);
	}
	return r == 0 && (more_a < 0 || more_b < 0) ? -1 : r;
}

static int
folders(struct compare *c, const struct oid *was, const struct oid *is, struct error *err)
{
	const bool full = c->left == 0;
	const struct object *a = was && !full ? open_tree(c, was, err) : NULL;
	const struct object *b = is && !full && (a || !was) ? open_tree(c, is, err) : NULL;
	const struct bytes none = { (const uint8_t *)"", 0 };
	int r = -1;

	if (full)
		return error_set(err, ERROR_LIMIT, "more than %d folders differ in one commit", COMPARE_FOLDERS_MAX);
	c->left--;
	if ((a || !was) && (b || !is))
		r = merge(c, tree_of(a ? a->text : none, c->hash), tree_of(b ? b->text : none, c->hash), err);
	object_drop(c->reader, a);
	object_drop(c->reader, b);
	return r;
}

int
compare_trees(struct reader *reader, unsigned hash, const struct oid *was, const struct oid *is, const struct compare_calls *calls,
	struct error *err)
{
	struct compare c = { .reader = reader, .hash = hash, .calls = calls, .left = COMPARE_FOLDERS_MAX };
	int r;

	if (was && is && oid_equal(was, is))
		return 0;
	buf_init(&c.path);
	r = folders(&c, was, is, err);
	buf_done(&c.path);
	free(c.seen);
	return r;
}

int
compare_find(struct reader *reader, unsigned hash, const struct oid *tree, const char *path, struct oid *id, struct error *err)
{
	struct oid at = *tree;

	for (;;) {
		const size_t n = strcspn(path, "/");
		const struct object *o = object_read(reader, &at, err);
		struct tree_entry e;
		int r;

		if (!o)
			return -1;
		r = o->type == OBJECT_TREE ? tree_find(o->text, hash, (struct bytes){ (const uint8_t *)path, n }, &e, err) : 0;
		if (r > 0)
			at = oid_of(e.id, hash);
		object_drop(reader, o);
		if (r <= 0)
			return r;
		if (!path[n]) {
			*id = at;
			return e.kind != TREE_FOLDER;
		}
		path += n + 1;
	}
}
