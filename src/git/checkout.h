/*
 * checkout.h: a work tree as someone stands in it who is about to commit: its
 * repository, its index, and the commits that the next one will come after.
 */
#ifndef GIT_CHECKOUT_H
#define GIT_CHECKOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "git/oid.h"
#include "git/staging.h"

struct buf;
struct error;
struct index;
struct repository;

struct checkout {
	struct repository *repository;
	struct bytes map, shared_map;   /* of the index, and of the file that a split one shares */
	struct index *index;            /* NULL: there is none yet, nothing was ever added */
	struct oid parent[STAGING_PARENTS];     /* commits; none before the first */
	size_t parents;
};

/*
 * Opens the checkout at a path. "" is here: found as git finds it, upwards from
 * the current folder or by what git tells its hooks (GIT_DIR, GIT_INDEX_FILE,
 * GIT_OBJECT_DIRECTORY, GIT_ALTERNATE_OBJECT_DIRECTORIES).
 */
int checkout_open(struct checkout *, const char *path, struct error *);
void checkout_close(struct checkout *);

/* Reads the index and the parents: what may be hostile. To be called once. */
int checkout_read(struct checkout *, struct error *);

/* The folder of the repository that is found here: a path relative to the current folder, or as GIT_DIR names it, in `out`. */
int checkout_find(struct buf *out, struct error *);

#endif
