#include "manifest/strict.h"

#include "base/bytes.h"
#include "manifest/tree.h"

static bool
object(const struct tree *t, uint32_t document)
{
	return t->node[document].form == TREE_MAP && tree_child(t, document, "apiVersion") && tree_child(t, document, "kind");
}

bool
strict_object(const struct tree *t)
{
	uint32_t d = t->node[TREE_ROOT].child;

	while (d && !object(t, d))
		d = t->node[d].next;
	return d != 0;
}

static bool
had_before(const struct tree *t, uint32_t node, struct bytes key)
{
	unsigned looked = 0;

	for (uint32_t i = t->node[t->node[node].parent].child; i && i != node && looked < TREE_CHILDREN; i = t->node[i].next, looked++)
		if (bytes_equal(tree_key(t, i), key))
			return true;
	return false;
}

/* of a mapping's keys most differ in what this makes of them */
static unsigned
blend(struct bytes key)
{
	return (unsigned)(key.len * 31 + key.at[0] * 7 + key.at[key.len / 2] * 13 + key.at[key.len - 1]) % 256;
}

static uint32_t
twice_in(const struct tree *t, uint32_t map)
{
	uint64_t seen[4] = { 0 };

	for (uint32_t i = t->node[map].child; i; i = t->node[i].next) {
		const struct bytes key = tree_key(t, i);
		const unsigned b = key.len ? blend(key) : 0;

		/* of << there may be several */
		if (!key.len || t->node[i].flags & TREE_CARRIED || bytes_equal(key, bytes_of("<<")))
			continue;
		if (seen[b / 64] >> b % 64 & 1 && had_before(t, i, key))
			return i;
		seen[b / 64] |= (uint64_t)1 << b % 64;
	}
	return 0;
}

uint32_t
strict_twice(const struct tree *t)
{
	/* nodes stand in the order of their text, so a document's follow it */
	for (uint32_t d = t->node[TREE_ROOT].child; d; d = t->node[d].next) {
		const uint32_t end = t->node[d].next ? t->node[d].next : t->count;
		uint32_t twice = 0;

		if (!object(t, d))
			continue;
		for (uint32_t i = d; i < end && !twice; i++)
			if (t->node[i].form == TREE_MAP)
				twice = twice_in(t, i);
		if (twice)
			return twice;
	}
	return 0;
}
