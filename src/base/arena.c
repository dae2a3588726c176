#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)16 << 10)

struct arena_block {
	struct arena_block *next;
	size_t used, cap;
	alignas(max_align_t) uint8_t data[];
};

void
arena_init(struct arena *a)
{
	a->blocks = NULL;
}

void
arena_done(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
}

static struct arena_block *
block_new(struct arena *a, size_t n)
{
	const size_t cap = n > BLOCK ? n : BLOCK;
	struct arena_block *b = calloc(1, sizeof *b + cap);

	if (b) {
		b->cap = cap;
		b->next = a->blocks;
		a->blocks = b;
	}
	return b;
}

void *
arena_new(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);
	struct arena_block *b = a->blocks;
	void *at;

	if (n > SIZE_MAX / 2)
		return NULL;
	n = (n + align - 1) / align * align;
	if (!b || b->cap - b->used < n)
		b = block_new(a, n);
	if (!b)
		return NULL;
	at = b->data + b->used;
	b->used += n;
	return at;
}

char *
arena_string(struct arena *a, struct bytes b)
{
	char *s = b.len < SIZE_MAX / 4 ? arena_new(a, b.len + 1) : NULL;

	if (s && b.len)
		memcpy(s, b.at, b.len);
	return s;
}
