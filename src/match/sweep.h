/*
 * sweep.h: one pass over what a window owns that says where runs of letters and
 * digits stand (rules/run.h), and looks up there what can't be without one:
 * words whose value is such a run, and anchors in an encoding. Most of a text
 * has no runs, and costs no more than that glance.
 */
#ifndef MATCH_SWEEP_H
#define MATCH_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct literals;
struct window;

/* the first characters of an anchor that tell it in an encoding that writes each by itself */
#define QUAD 4

/* no literal: an encoded form alone */
#define SPOT_NONE UINT16_MAX

/* What was met, and where it begins in the window's text. */
struct spot {
	uint32_t at;
	uint16_t literal;               /* or SPOT_NONE */
	uint8_t len;
	uint8_t encodings;              /* SPOT_NONE: bits of decode_list */
};

struct spots {
	struct spot *spot;
	size_t count, cap;
	bool failed;                    /* memory ran out: not all are there */
};

void spots_done(struct spots *);

/* Gathers what the window owns, more or less in the order of its text; spots are emptied before. */
void sweep(const struct literals *, const struct window *, struct spots *);

/* how far behind a word's beginning its run may begin */
#define SWEEP_REACH 256

/* How a literal may be found as a word: the bytes of it before a place where a word begins, or -1 when there is none.
 * begins: what may stand before it makes its own first byte such a place. */
int sweep_skip(struct bytes literal, bool nocase, bool begins);

#endif
