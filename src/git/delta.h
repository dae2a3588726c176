/* delta.h: an object as changes to another: copy this stretch of the base, insert that. */
#ifndef GIT_DELTA_H
#define GIT_DELTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct error;

/* One instruction. */
struct delta_op {
	bool copy;
	size_t from; /* of a copy, in the base */
	size_t len;
	const uint8_t *insert; /* of an insertion, in the delta */
};

/* A delta being read. */
struct delta {
	struct bytes left;
	uint64_t base_size, size; /* as the delta claims */
};

/* Reads a delta's head. */
int delta_init(struct delta *, struct bytes, struct error *);

/* The next instruction: 1, 0 at the end, -1 damaged; copies lie within base_size. */
int delta_next(struct delta *, struct delta_op *, struct error *);

/* Makes the object of its base; out has room for the delta's size, which the instructions must fill exactly. */
int delta_apply(struct bytes delta, struct bytes base, uint8_t *out, size_t size, struct error *);

#endif
