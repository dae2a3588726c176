/*
 * index.h: git's index, which holds what the next commit will hold. It is read
 * as git reads it, so that what is seen here is what would be committed:
 * versions 2 to 4, the cache of trees, split and sparse indexes; the cache of
 * untracked files and the like are passed over.
 */
#ifndef GIT_INDEX_H
#define GIT_INDEX_H

#include "git/cachetree.h"
#include "git/entries.h"

struct index;

/* Where a split index, which has most of its entries in another file, gets that from. */
struct index_shared {
	/* lends the bytes of sharedindex.ID until index_close; -1 with error */
	int (*open)(void *arg, const char *id, struct bytes *, struct error *);
	void *arg;
};

/*
 * Opens an index of `all` bytes, borrowed until index_close. NULL, with error,
 * when it is none, is damaged, or needs what we don't know.
 */
struct index *index_open(struct bytes all, unsigned id_len, const struct index_shared *, struct error *);
void index_close(struct index *);

/* the trees it was last written as; count is 0 when it has none */
const struct cachetree *index_trees(const struct index *);

/* The next entry in order of paths, each greater than the one before: 1, 0 behind the last, -1. */
int index_next(struct index *, struct index_entry *, struct error *);

/* Passes n entries, of which the last one is told: 1, or -1 when there are not so many. n is at least 1. */
int index_skip(struct index *, uint32_t n, struct index_entry *, struct error *);

#endif
