#include "git/cachetree.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

/* "" NUL, "0 0" LF: no folder takes less */
#define NODE_LEAST 5

static int
damaged(struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "the index's extension TREE is damaged");
}

/* a decimal number up to `end`; -1 is told as UINT32_MAX */
static bool
take_number(struct bytes *left, char end, uint32_t *n)
{
	uint64_t value = 0;
	size_t i = 0;

	if (bytes_starts(*left, "-1")) {
		value = UINT32_MAX;
		i = 2;
	}
	for (; i < left->len && left->at[i] >= '0' && left->at[i] <= '9' && value < UINT32_MAX; i++)
		value = value * 10 + (left->at[i] - '0');
	if (i == 0 || i == left->len || left->at[i] != (uint8_t)end || value > UINT32_MAX)
		return false;
	*n = (uint32_t)value;
	*left = bytes_cut(*left, i + 1, left->len);
	return true;
}

/* the next folder's line and id */
static bool
take_node(struct bytes *left, unsigned id_len, struct cachetree_node *n)
{
	const uint8_t *nul = left->len ? memchr(left->at, 0, left->len) : NULL;

	if (!nul)
		return false;
	n->name = bytes_cut(*left, 0, (size_t)(nul - left->at));
	*left = bytes_cut(*left, n->name.len + 1, left->len);
	if (!take_number(left, ' ', &n->entries) || !take_number(left, '\n', &n->children))
		return false;
	if (n->entries == UINT32_MAX)
		return true;
	if (left->len < id_len)
		return false;
	n->id = left->at;
	*left = bytes_cut(*left, id_len, left->len);
	return true;
}

int
cachetree_read(struct cachetree *t, struct bytes all, unsigned id_len, struct error *err)
{
	const size_t most = all.len / NODE_LEAST;
	size_t promised = 0;
	uint32_t parent = 0;

	*t = (struct cachetree){ 0 };
	if (most == 0)
		return all.len ? damaged(err) : 0;
	t->node = calloc(most, sizeof *t->node);
	t->order = calloc(most, sizeof *t->order);
	if (!t->node || !t->order) {
		cachetree_done(t);
		return error_set(err, ERROR_INTERNAL, "out of memory");
	}
	do {
		struct cachetree_node *n = &t->node[t->count];

		if (t->count == most || !take_node(&all, id_len, n) || n->children >= most - promised)
			break;
		n->parent = parent;
		n->first = (uint32_t)promised;
		promised += n->children;
		if (t->count)
			t->order[t->node[parent].first + t->node[parent].met++] = t->count;
		parent = t->count++;
		while (parent && t->node[parent].met == t->node[parent].children)
			parent = t->node[parent].parent;
	} while (t->node[parent].met < t->node[parent].children);
	if (t->count == promised + 1 && all.len == 0)
		return 0;
	cachetree_done(t);
	return damaged(err);
}

void
cachetree_done(struct cachetree *t)
{
	free(t->node);
	free(t->order);
	*t = (struct cachetree){ 0 };
}

static int
compare(struct bytes a, struct bytes b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len ? memcmp(a.at, b.at, a.len) : 0;
}

const struct cachetree_node *
cachetree_child(const struct cachetree *t, const struct cachetree_node *folder, struct bytes name)
{
	uint32_t from = 0, to = folder ? folder->children : 0;

	while (from < to) {
		const uint32_t middle = from + (to - from) / 2;
		const struct cachetree_node *n = &t->node[t->order[folder->first + middle]];
		const int order = compare(name, n->name);

		if (order == 0)
			return n;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}
