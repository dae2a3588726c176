/* catalog.h: every object that a store holds, numbered: those of each pack in the order of ids, then loose ones. */
#ifndef GIT_CATALOG_H
#define GIT_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "git/forest.h"
#include "git/oid.h"

struct error;
struct store;

#define CATALOG_NONE UINT32_MAX

struct loose_object {
	struct oid id;
	uint32_t folder;
};

struct catalog {
	const struct store *store;
	struct forest *forest;      /* one a pack */
	uint32_t *first;            /* the number of each pack's first object; one more: of the first loose one */
	struct loose_object *loose; /* sorted by id, none that a pack holds */
	size_t loose_count, loose_cap;
	uint32_t count;
};

/* Lists all objects, with as many threads at most; the store must outlive it. Nothing is inflated. */
int catalog_build(struct catalog *, const struct store *, unsigned threads, struct error *);
void catalog_done(struct catalog *);

/* The number of an object, the first where several packs hold it; CATALOG_NONE. */
uint32_t catalog_find(const struct catalog *, const struct oid *);

struct oid catalog_id(const struct catalog *, uint32_t number);

/* the number of a pack's node, and whether an earlier pack holds the same object */
uint32_t catalog_number(const struct catalog *, size_t pack, uint32_t node);
bool catalog_elsewhere(const struct catalog *, size_t pack, uint32_t node);

#endif
