/* scalar.h: what a scalar's text means, and where each byte of that came from. */
#ifndef MANIFEST_SCALAR_H
#define MANIFEST_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

struct tree;

/* From `here` on, up to the next fold, a byte of the value stands at there + (byte - here). */
struct fold {
	uint32_t here, there;
};

struct unfolded {
	struct buf text;
	struct fold *fold;
	size_t count, cap;
};

void unfolded_init(struct unfolded *);
void unfolded_done(struct unfolded *);

/* The value of a scalar; false when memory ran out. */
bool scalar_unfold(const struct tree *, uint32_t node, struct unfolded *);

/* where in the tree's text a byte of the value stands */
size_t scalar_where(const struct unfolded *, size_t at);

#endif
