/* arena.h: memory that is given back all at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/bytes.h"

struct arena {
	struct arena_block *blocks;
};

void arena_init(struct arena *);
void arena_done(struct arena *);

/* zeroed memory that lives as long as the arena, aligned for any type; NULL when memory ran out */
void *arena_new(struct arena *, size_t);

/* a copy as a NUL-ended string; NULL when memory ran out */
char *arena_string(struct arena *, struct bytes);

#endif
