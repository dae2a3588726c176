/* packindex.h: a pack's index: which objects it holds, and where. Versions 1 and 2. */
#ifndef GIT_PACKINDEX_H
#define GIT_PACKINDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct error;
struct oid;

struct packindex {
	struct bytes map; /* borrowed */
	unsigned hash, version;
	uint32_t count;
	const uint8_t *fanout, *ids;
	uint32_t stride;                /* from one id to the next */
	const uint8_t *offsets, *large; /* version 2; version 1 has each offset before its id */
	uint64_t large_count;
};

/* Checks the index's tables against its size; map stays the caller's. */
int packindex_init(struct packindex *, struct bytes map, unsigned hash, struct error *);

/* the n-th object in order of ids; UINT64_MAX when its offset is damaged */
uint64_t packindex_offset(const struct packindex *, uint32_t n);
const uint8_t *packindex_raw(const struct packindex *, uint32_t n);

/* which one it is; false when the pack doesn't hold it */
bool packindex_find(const struct packindex *, const struct oid *, uint32_t *n);

/* The first whose id begins with these digits' bytes: the stretch [*from, *to) of candidates for a prefix of n hex digits. */
void packindex_prefix(const struct packindex *, const struct oid *prefix, unsigned digits, uint32_t *from, uint32_t *to);

#endif
