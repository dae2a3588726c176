/* edits.h: changes of a text at places of the old text, made all at once. */
#ifndef EDIT_EDITS_H
#define EDIT_EDITS_H

#include <stddef.h>

#include "base/bytes.h"

struct buf;
struct error;

struct edit {
	size_t from, to;        /* these bytes go */
	char *text;             /* this comes, or NULL */
	unsigned depth;         /* at one place, what belongs deeper comes first, */
	size_t order;           /* then what was said first */
};

struct edits {
	struct edit *at;
	size_t count, cap;
};

void edits_done(struct edits *);

/* Remembers to put text (taken over, freed with the edits; or NULL) in the place of [from, to). */
int edits_add(struct edits *, size_t from, size_t to, unsigned depth, char *text, struct error *);

/*
 * Writes the changed text. Whole lines that go at the end of a text without
 * final newline take the newline before them along. Edits that overlap are
 * ERROR_INTERNAL.
 */
int edits_apply(struct edits *, struct bytes text, struct buf *, struct error *);

#endif
