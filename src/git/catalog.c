#include "git/catalog.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "git/packindex.h"
#include "git/store.h"

struct listing {
	struct catalog *catalog;
	uint32_t folder;
	size_t hint;
};

static int
on_loose(void *arg, const struct oid *id)
{
	struct listing *l = arg;
	struct catalog *c = l->catalog;
	struct object_place place;

	if (store_find_packed(c->store, id, &l->hint, &place))
		return 0;
	if (c->loose_count == c->loose_cap) {
		const size_t cap = c->loose_cap ? c->loose_cap * 2 : 256;
		struct loose_object *more = realloc(c->loose, cap * sizeof *more);

		if (!more)
			return -1;
		c->loose = more;
		c->loose_cap = cap;
	}
	c->loose[c->loose_count++] = (struct loose_object){ *id, l->folder };
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	const struct loose_object *x = a, *y = b;
	const int c = memcmp(x->id.at, y->id.at, OID_MAX);

	return c ? c : (x->folder > y->folder) - (x->folder < y->folder);
}

/* of what several folders hold, the first */
static void
drop_doubles(struct catalog *c)
{
	size_t n = 0;

	if (c->loose_count > 1)
		qsort(c->loose, c->loose_count, sizeof *c->loose, by_id);
	for (size_t i = 0; i < c->loose_count; i++)
		if (n == 0 || !oid_equal(&c->loose[n - 1].id, &c->loose[i].id))
			c->loose[n++] = c->loose[i];
	c->loose_count = n;
}

static int
list_loose(struct catalog *c, struct error *err)
{
	struct listing l = { .catalog = c };

	for (; l.folder < c->store->folders; l.folder++) {
		err->code = ERROR_NONE;
		if (store_each_loose(c->store, l.folder, on_loose, &l, err) < 0)
			return err->code ? -1 : error_set(err, ERROR_INTERNAL, "out of memory");
	}
	drop_doubles(c);
	return 0;
}

int
catalog_build(struct catalog *c, const struct store *s, unsigned threads, struct error *err)
{
	uint64_t count = 0;

	*c = (struct catalog){ .store = s };
	c->forest = calloc(s->packs + 1, sizeof *c->forest);
	c->first = calloc(s->packs + 1, sizeof *c->first);
	if (!c->forest || !c->first) {
		catalog_done(c);
		return error_set(err, ERROR_INTERNAL, "out of memory");
	}
	for (size_t i = 0; i < s->packs; i++) {
		c->first[i] = (uint32_t)count;
		count += s->pack[i]->index.count;
		if (count >= CATALOG_NONE / 2 || forest_build(&c->forest[i], s->pack[i], threads, err) < 0) {
			if (count >= CATALOG_NONE / 2)
				error_set(err, ERROR_LIMIT, "the repository has more than two thousand million objects");
			catalog_done(c);
			return -1;
		}
	}
	c->first[s->packs] = (uint32_t)count;
	if (list_loose(c, err) < 0) {
		catalog_done(c);
		return -1;
	}
	c->count = (uint32_t)(count + c->loose_count);
	return 0;
}

void
catalog_done(struct catalog *c)
{
	for (size_t i = 0; c->forest && i < c->store->packs; i++)
		forest_done(&c->forest[i]);
	free(c->forest);
	free(c->first);
	free(c->loose);
	*c = (struct catalog){ 0 };
}

static uint32_t
find_loose(const struct catalog *c, const struct oid *id)
{
	size_t from = 0, to = c->loose_count;

	while (from < to) {
		const size_t mid = from + (to - from) / 2;
		const int order = memcmp(id->at, c->loose[mid].id.at, OID_MAX);

		if (order == 0)
			return c->first[c->store->packs] + (uint32_t)mid;
		if (order < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return CATALOG_NONE;
}

uint32_t
catalog_find(const struct catalog *c, const struct oid *id)
{
	uint32_t n;

	/* always the first pack that holds it, so that a number stands for an object */
	for (size_t i = 0; i < c->store->packs; i++)
		if (packindex_find(&c->store->pack[i]->index, id, &n))
			return c->first[i] + n;
	return find_loose(c, id);
}

struct oid
catalog_id(const struct catalog *c, uint32_t number)
{
	size_t from = 0, to = c->store->packs;

	if (number >= c->first[c->store->packs])
		return c->loose[number - c->first[c->store->packs]].id;
	while (to - from > 1) {
		const size_t mid = from + (to - from) / 2;

		if (c->first[mid] <= number)
			from = mid;
		else
			to = mid;
	}
	return oid_of(packindex_raw(&c->store->pack[from]->index, number - c->first[from]), c->store->hash);
}

uint32_t
catalog_number(const struct catalog *c, size_t pack, uint32_t node)
{
	return c->first[pack] + c->forest[pack].number[node];
}

bool
catalog_elsewhere(const struct catalog *c, size_t pack, uint32_t node)
{
	const struct oid id = pack ? catalog_id(c, catalog_number(c, pack, node)) : (struct oid){ { 0 } };
	uint32_t n;

	for (size_t i = 0; i < pack; i++)
		if (packindex_find(&c->store->pack[i]->index, &id, &n))
			return true;
	return false;
}
