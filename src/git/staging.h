/*
 * staging.h: what a commit would bring. The index, or a tree, is walked beside
 * the trees of the commit's parents; folders that are the same in one of them
 * are passed without being read, which the index's cache of trees tells. So ten
 * files of a hundred thousand cost a few trees.
 */
#ifndef GIT_STAGING_H
#define GIT_STAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "git/oid.h"

struct error;
struct index;
struct reader;
struct staging;

/* parents that are compared with; what further ones hold counts as new */
#define STAGING_PARENTS 8

/* A file, link or submodule that differs from every parent. */
struct staged {
	const char *path;               /* from the root; lent until the next call */
	uint32_t mode;
	struct oid id;
	struct oid was[STAGING_PARENTS];        /* the parents' versions of it, */
	size_t versions;                        /* as many as have one */
	bool same;                      /* it does not differ: it is told because it was named */
	bool conflict;                  /* of a merge that is not resolved: nothing of it can be committed */
};

struct staging_options {
	struct reader *reader;          /* borrowed, as all of these */
	unsigned hash;
	struct index *index;            /* what is walked: this, */
	const struct oid *tree;         /* or this; and if this is NULL too, nothing */
	const struct oid *parent;       /* the parents' trees */
	size_t parents;
	/* Whether a file is wanted; or, of a folder, whether one in it may be. *even: also where nothing changed. NULL: all that changed. */
	bool (*wanted)(void *, const char *path, bool folder, bool *even);
	/* what the first parent holds and the commit would not: a file or a whole folder; or NULL */
	void (*gone)(void *, const char *path, uint32_t mode, const struct oid *);
	void *arg;
};

struct staging *staging_new(const struct staging_options *, struct error *);
void staging_free(struct staging *);

/* the next one in order of paths: 1, 0 no more, -1 */
int staging_next(struct staging *, struct staged *, struct error *);

#endif
