/* compare.h: what differs between two trees. */
#ifndef GIT_COMPARE_H
#define GIT_COMPARE_H

#include "git/oid.h"
#include "git/tree.h"

struct error;
struct reader;

#define COMPARE_DEPTH_MAX 512       /* folders in folders; git makes paths no longer than 4096 bytes */
#define COMPARE_SAME_MAX 64
#define COMPARE_FOLDERS_MAX 1000000 /* folders read for one comparison */

/* A file, link or submodule that was added (was is NULL), deleted (is is NULL) or changed. */
struct change {
	const struct tree_entry *was, *is;
	const char *path; /* from the root, NUL-ended; may hold any byte but NUL */
};

struct compare_calls {
	/* nonzero ends the comparison and is returned */
	int (*changed)(void *, const struct change *);
	/* a folder that can't be read; NULL: it ends the comparison */
	int (*unread)(void *, const char *path, const struct error *);
	void *arg;
};

/*
 * Calls for everything that differs, in the order of paths. was or is may be
 * NULL: an empty tree. Folders whose ids are equal are not read. A folder that is
 * added or deleted at more than COMPARE_SAME_MAX paths, as in a tree made to hold
 * itself many times over, is told at the first of them.
 */
int compare_trees(struct reader *, unsigned hash, const struct oid *was, const struct oid *is, const struct compare_calls *,
	struct error *);

/* The file, link or submodule at a path: 1 with its raw id in *id, 0 there is none, -1. */
int compare_find(struct reader *, unsigned hash, const struct oid *tree, const char *path, struct oid *id, struct error *);

#endif
