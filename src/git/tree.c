#include "git/tree.h"

#include <string.h>

#include <stanch/error.h>

#define MODE_MAX 8 /* digits */

struct tree
tree_of(struct bytes text, unsigned hash)
{
	return (struct tree){ text, hash };
}

static enum tree_kind
kind_of(uint32_t mode)
{
	switch (mode & 0170000) {
	case 0040000:
		return TREE_FOLDER;
	case 0120000:
		return TREE_LINK;
	case 0160000:
		return TREE_SUBMODULE;
	default:
		return TREE_FILE;
	}
}

int
tree_next(struct tree *t, struct tree_entry *e, struct error *err)
{
	const uint8_t *at = t->left.at, *const end = at + t->left.len, *name;

	if (t->left.len == 0)
		return 0;
	for (e->mode = 0; at < end && *at >= '0' && *at <= '7' && at - t->left.at < MODE_MAX; at++)
		e->mode = e->mode << 3 | (uint32_t)(*at - '0');
	if (at == t->left.at || at == end || *at != ' ')
		return error_set(err, ERROR_SYNTAX, "a tree is damaged");
	name = ++at;
	at = memchr(at, 0, (size_t)(end - at));
	if (!at || at == name || (size_t)(end - at - 1) < t->hash)
		return error_set(err, ERROR_SYNTAX, "a tree is damaged");
	e->kind = kind_of(e->mode);
	e->name = (struct bytes){ name, (size_t)(at - name) };
	e->id = at + 1;
	at += 1 + t->hash;
	t->left = (struct bytes){ at, (size_t)(end - at) };
	return 1;
}

int
tree_find(struct bytes text, unsigned hash, struct bytes name, struct tree_entry *e, struct error *err)
{
	struct tree t = tree_of(text, hash);
	int r;

	while ((r = tree_next(&t, e, err)) > 0)
		if (bytes_equal(e->name, name))
			return 1;
	return r;
}

static int
byte_behind(const struct tree_entry *e, size_t at)
{
	if (at < e->name.len)
		return e->name.at[at];
	return at == e->name.len && e->kind == TREE_FOLDER ? '/' : 0;
}

int
tree_order(const struct tree_entry *a, const struct tree_entry *b)
{
	const size_t n = a->name.len < b->name.len ? a->name.len : b->name.len;
	const int c = memcmp(a->name.at, b->name.at, n);

	return c ? c : byte_behind(a, n) - byte_behind(b, n);
}
