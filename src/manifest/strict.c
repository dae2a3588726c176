#include "manifest/strict.h"

#include <string.h>

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

/* keys of a mapping that are remembered: of larger ones, those that come first */
#define KEYS_MOST 2048
/* places looked at for a key: keys that were made to meet there hide one another, but take no time */
#define PROBES 16

static uint32_t
hash(struct bytes key)
{
	uint32_t h = 2166136261u;       /* FNV-1a */

	for (size_t i = 0; i < key.len; i++)
		h = (h ^ key.at[i]) * 16777619u;
	return h ^ h >> 15;
}

/* the key's place in the table, or the empty one for it; NULL: too many are in its way */
static uint32_t *
place(const struct tree *t, uint32_t *table, uint32_t size, struct bytes key)
{
	const uint32_t h = hash(key);

	for (uint32_t i = 0; i < PROBES; i++) {
		uint32_t *const one = &table[(h + i) & (size - 1)];

		if (!*one || bytes_equal(tree_key(t, *one), key))
			return one;
	}
	return NULL;
}

static uint32_t
twice_in(const struct tree *t, uint32_t map)
{
	uint32_t table[2 * KEYS_MOST], size = 4, count = 0;

	/* twice as many places as keys */
	for (uint32_t i = t->node[map].child; i && size < 2 * KEYS_MOST; i = t->node[i].next)
		if (++count * 2 > size)
			size *= 2;
	memset(table, 0, size * sizeof *table);
	count = 0;
	for (uint32_t i = t->node[map].child; i; i = t->node[i].next) {
		const struct bytes key = tree_key(t, i);
		uint32_t *at;

		/* of << there may be several */
		if (!key.len || t->node[i].flags & TREE_CARRIED || bytes_equal(key, bytes_of("<<")))
			continue;
		at = place(t, table, size, key);
		if (at && *at)
			return i;
		if (at && count++ < KEYS_MOST)
			*at = i;
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
