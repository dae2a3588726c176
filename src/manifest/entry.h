/*
 * entry.h: the values of a manifest that a name speaks for: by their own key,
 * by a name beside them ({name: X, value: Y}), as NAME=value in a list, as an
 * option of a command.
 */
#ifndef MANIFEST_ENTRY_H
#define MANIFEST_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "manifest/manifest.h"

struct entry {
	struct manifest_place place;
	struct bytes name, value;       /* lent for the call */
	unsigned role;                  /* bits of enum role */
	size_t at, end;                 /* where the value stands in the whole text */
	bool exact;                     /* the value is that text, byte for byte */
	bool option;                    /* of a command */
};

/* Calls for each value that has a name, in the order of the text within each part. */
void entry_each(const struct manifest *, void (*call)(void *, const struct entry *), void *arg);

/* Whether a name may speak for its value at all; value_name() knows more, and takes longer. */
bool entry_telling(struct bytes name);

/* What the value of a node is called: by its key, the one beside it, or the one above. Borrowed from the tree. */
struct bytes entry_name(const struct tree *, uint32_t node);

#endif
