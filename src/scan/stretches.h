/* stretches.h: the encoded stretches that were met in a window, in the order in which they are decoded. */
#ifndef SCAN_STRETCHES_H
#define SCAN_STRETCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct encoding;
struct form_hit;
struct told;

struct stretch {
	const struct encoding *encoding;
	struct bytes text;              /* in the window's */
	size_t known;                   /* its encoding's, for joins */
	const struct told *told;        /* of what a manifest says is encoded, else NULL */
};

struct stretches {
	struct stretch *stretch;
	size_t count, cap;
	bool failed;                    /* memory ran out: not all are there */
};

/*
 * Whether a form is decoded with this stretch of its encoding: it lies in it, and joins; known is the encoding's, kept with
 * the stretch. *around, 0 at first, counts those that it lies in: where many lie one upon another, the last takes it in any case.
 */
bool stretch_takes(const struct encoding *, struct bytes stretch, size_t *known, const uint8_t *at, size_t len, size_t *around);

void stretches_done(struct stretches *);
void stretches_add(struct stretches *, const struct encoding *, struct bytes text, const struct told *);

/* Adds what stands around a form, in each of its encodings, but for stretches that are listed already. */
void stretches_meet(struct stretches *, const struct form_hit *);

/* Drops those that share a byte with this text. */
void stretches_drop(struct stretches *, struct bytes text);

#endif
