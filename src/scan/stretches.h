/* stretches.h: the encoded stretches that were met in a window, in the order in which they are decoded. */
#ifndef SCAN_STRETCHES_H
#define SCAN_STRETCHES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

struct encoding;
struct form_hit;
struct told;

struct stretch {
	const struct encoding *encoding;
	struct bytes text;              /* in the window's */
	const struct told *told;        /* of what a manifest says is encoded, else NULL */
};

struct stretches {
	struct stretch *stretch;
	size_t count, cap;
	bool failed;                    /* memory ran out: not all are there */
};

void stretches_done(struct stretches *);
void stretches_add(struct stretches *, const struct encoding *, struct bytes text, const struct told *);

/* Adds what stands around a form, in each of its encodings, but for stretches that are listed already. */
void stretches_meet(struct stretches *, const struct form_hit *);

/* Drops those that share a byte with this text. */
void stretches_drop(struct stretches *, struct bytes text);

#endif
