/*
 * dictionary.h: compressed streams that look far back into what they were
 * unpacked to. Each takes as much memory as that, so that of the large ones
 * only few are unpacked at once, by whatever threads.
 */
#ifndef BASE_DICTIONARY_H
#define BASE_DICTIONARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* what each thread may have, as xz and zstd take where they are not asked for more */
#define DICTIONARY_SMALL ((uint64_t)8 << 20)
/* what zstd reads at most, twice what xz -9 takes */
#define DICTIONARY_MOST ((uint64_t)128 << 20)

/* How far back what begins with these bytes looks: xz, lzma, zstd; 0 for others. What doesn't say it, as 7z, is taken for large. */
uint64_t dictionary_of(struct bytes head);

/* what all large ones together may have, unless a thread has one within another */
#define DICTIONARY_ALL ((uint64_t)144 << 20)

/*
 * Waits until there is room for a large one of that size among what other
 * threads have, and takes it; the same thread gives it back. What others wait
 * for (the feeding thread's own streams) must not wait itself.
 */
void dictionary_take(uint64_t size);
void dictionary_give(uint64_t size);

#endif
