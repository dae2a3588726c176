#include "git/paths.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)256 << 10)

struct paths_block {
	struct paths_block *next;
	size_t used, size;
	char text[];
};

void
paths_init(struct paths *p)
{
	*p = (struct paths){ .count = 1 };
}

void
paths_done(struct paths *p)
{
	while (p->block) {
		struct paths_block *next = p->block->next;

		free(p->block);
		p->block = next;
	}
	free(p->path);
	free(p->hash);
	free(p->slot);
	paths_init(p);
}

uint32_t
paths_hash(const char *s)
{
	uint64_t h = 0, word = 0;

	for (size_t left = strlen(s);; left -= sizeof word, s += sizeof word) {
		memcpy(&word, s, left < sizeof word ? left : sizeof word);
		h = (h ^ word) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
		if (left < sizeof word)
			return (uint32_t)(h ^ h >> 32);
	}
}

static const char *
keep(struct paths *p, const char *s)
{
	const size_t n = strlen(s) + 1, size = n > BLOCK ? n : BLOCK;

	if (!p->block || p->block->size - p->block->used < n) {
		struct paths_block *b = p->bytes > PATHS_BYTES_MAX ? NULL : malloc(sizeof *b + size);

		if (!b)
			return NULL;
		*b = (struct paths_block){ .next = p->block, .size = size };
		p->block = b;
		p->bytes += size;
	}
	p->block->used += n;
	return memcpy(p->block->text + p->block->used - n, s, n);
}

static int
grow(struct paths *p)
{
	const uint32_t cap = p->cap ? p->cap * 2 : 1024, slots = cap * 2;
	const char **path = realloc(p->path, cap * sizeof *path);
	uint32_t *slot, *hash = path ? realloc(p->hash, cap * sizeof *hash) : NULL;

	p->path = path ? path : p->path;
	if (!hash)
		return -1;
	p->hash = hash;
	path[0] = NULL;
	slot = calloc(slots, sizeof *slot);
	if (!slot)
		return -1;
	for (uint32_t i = 1; i < p->count; i++) {
		uint32_t at = p->hash[i] & (slots - 1);

		while (slot[at])
			at = (at + 1) & (slots - 1);
		slot[at] = i;
	}
	free(p->slot);
	p->slot = slot;
	p->slots = slots;
	p->cap = cap;
	return 0;
}

uint32_t
paths_number(struct paths *p, const char *s, uint32_t hash)
{
	uint32_t at;
	const char *kept;

	if (p->count >= p->cap && (p->cap > UINT32_MAX / 8 || grow(p) < 0))
		return 0;
	for (at = hash & (p->slots - 1); p->slot[at]; at = (at + 1) & (p->slots - 1))
		if (p->hash[p->slot[at]] == hash && strcmp(p->path[p->slot[at]], s) == 0)
			return p->slot[at];
	kept = keep(p, s);
	if (!kept)
		return 0;
	p->slot[at] = p->count;
	p->path[p->count] = kept;
	p->hash[p->count] = hash;
	return p->count++;
}
