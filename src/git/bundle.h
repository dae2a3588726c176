/* bundle.h: a repository in one file, as git bundle makes it: refs, and a pack without an index, which is made here. */
#ifndef GIT_BUNDLE_H
#define GIT_BUNDLE_H

#include <stdbool.h>

#include "git/refs.h"

struct error;
struct pack;
struct repository;

struct bundle {
	struct repository *repo; /* without folders: how its objects are named; partial when it builds on others */
	struct refs refs;
	struct pack *pack;
	unsigned nameless; /* objects that are deltas of what is not in it */
};

/* Opens and indexes a bundle: 1, 0 the file is none, -1. All objects are inflated once, to learn their ids. */
int bundle_open(struct bundle *, const char *path, struct error *);

#endif
