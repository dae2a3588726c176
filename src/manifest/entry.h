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

#endif
