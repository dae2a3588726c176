/* ewah.h: git's compressed bitmaps, walked bit by bit. */
#ifndef GIT_EWAH_H
#define GIT_EWAH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct error;

/* A bitmap on its way: bits are asked for in order, from 0 on. */
struct ewah {
	struct bytes left;              /* words not looked at yet */
	uint64_t run;                   /* bits left of a run of equal ones */
	bool running;                   /* what they are */
	uint64_t literals;              /* words left that stand for themselves */
	uint64_t word;                  /* the one at hand, lowest bit next */
	unsigned word_bits;             /* left in it */
	uint32_t bits;                  /* that the bitmap says it has */
};

/* Starts on the bitmap at the beginning of `all`; how many bytes it takes, or -1. The bytes are borrowed. */
int64_t ewah_open(struct ewah *, struct bytes all, struct error *);

/* the next bit; false behind the end */
bool ewah_next(struct ewah *);

/* How many bits are set in a whole bitmap; ewah is as ewah_open left it, and stays so. Never above 2^32. */
uint64_t ewah_count(const struct ewah *);

#endif
