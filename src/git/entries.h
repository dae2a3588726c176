/* entries.h: the entries of one index file, one after the other, where they lie. */
#ifndef GIT_ENTRIES_H
#define GIT_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

struct error;

/* what git keeps of a file's mode */
#define MODE_KIND 0170000u
#define MODE_FOLDER 0040000u
#define MODE_FILE 0100000u
#define MODE_LINK 0120000u
#define MODE_SUBMODULE 0160000u

/* What git would commit at a path. */
struct index_entry {
	struct bytes path;              /* lent until the next call; a folder's (of a sparse index) ends in a slash */
	const uint8_t *id;              /* of the object: as many bytes as the repository's ids have */
	uint32_t mode;
	unsigned stage;                 /* 0; 1 to 3 are the sides of a conflict */
	bool intent;                    /* only intended to be added (add -N): nothing is committed */
};

/* A place between two entries. */
struct entries {
	struct bytes all;               /* header and entries, borrowed */
	unsigned id_len;                /* 20 or 32 */
	unsigned version;               /* 2, 3 or 4 */
	uint32_t count, done;
	size_t at;                      /* of the next one in all */
	struct buf path;                /* version 4: that of the last one, from which the next differs */
};

/*
 * Stands before the first entry of an index file; `all` may go on behind the
 * entries and is borrowed. -1 when it is no index that we know.
 */
int entries_open(struct entries *, struct bytes all, unsigned id_len, struct error *);
void entries_done(struct entries *);

/* the next entry: 1, 0 behind the last, -1 damaged */
int entries_next(struct entries *, struct index_entry *, struct error *);

/* Passes n entries, of which the last one is told; -1 when there are not so many. n is at least 1. */
int entries_skip(struct entries *, uint32_t n, struct index_entry *, struct error *);

#endif
