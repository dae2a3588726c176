/* tree.h: a folder as git keeps it. */
#ifndef GIT_TREE_H
#define GIT_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct error;

enum tree_kind { TREE_FILE,
	TREE_FOLDER,
	TREE_LINK,
	TREE_SUBMODULE };

struct tree_entry {
	enum tree_kind kind;
	uint32_t mode;
	struct bytes name; /* no slash, not empty, not "." or ".." unless hostile: for telling, never for opening */
	const uint8_t *id; /* raw */
};

/* A tree's entries being read; the text is borrowed. */
struct tree {
	struct bytes left;
	unsigned hash;
};

struct tree tree_of(struct bytes text, unsigned hash);

/* The next entry: 1, 0 at the end, -1 the tree is damaged. */
int tree_next(struct tree *, struct tree_entry *, struct error *);

/* The entry with a name: 1, 0 there is none, -1. */
int tree_find(struct bytes text, unsigned hash, struct bytes name, struct tree_entry *, struct error *);

/* Git's order of two entries, in which a folder's name ends in a slash: below, equal or above 0. */
int tree_order(const struct tree_entry *, const struct tree_entry *);

#endif
