/*
 * lines.h: the lines of a text as a set, to tell which lines of another text
 * are new. Lines are known by keyed hashes, so that no one can make two that
 * look the same; a carriage return at the end is no part of them.
 */
#ifndef SOURCE_LINES_H
#define SOURCE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct lines {
	uint64_t *slot;                 /* 0: free */
	size_t slots, count;
	uint8_t key[16];
};

void lines_init(struct lines *);
void lines_done(struct lines *);

/* Adds all lines of a text; -1 when memory ran out. */
int lines_add(struct lines *, struct bytes text);

/* whether a line is in the set */
bool lines_have(const struct lines *, struct bytes line);

/* Takes the next line off a text, without its line feed; false at the end. */
bool lines_take(struct bytes *text, struct bytes *line);

#endif
