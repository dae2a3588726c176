/* inflate.h: zlib streams whose size is known, as git's objects are. */
#ifndef GIT_INFLATE_H
#define GIT_INFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct error;
struct libdeflate_decompressor;

/* What a thread needs to inflate. */
struct inflater {
	struct libdeflate_decompressor *decompressor;
};

int inflate_init(struct inflater *, struct error *);
void inflate_done(struct inflater *);

/* Whether so many bytes can come out of so many at all: what claims more lies, and gets no memory. */
int inflate_plausible(uint64_t size, uint64_t in, struct error *);

/* Inflates a stream at the start of `in` that holds exactly size bytes; the bytes of it that were read in *used (may be NULL). */
int inflate_exact(struct inflater *, struct bytes in, uint8_t *out, size_t size, size_t *used, struct error *);

/* Inflates up to size first bytes of a stream and returns how many, or -1. */
int inflate_head(struct bytes in, uint8_t *out, size_t size, struct error *);

#endif
