/* cachetree.h: the trees that an index was last written as, so that what did not change need not be looked at. */
#ifndef GIT_CACHETREE_H
#define GIT_CACHETREE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct error;

/* A folder. */
struct cachetree_node {
	struct bytes name;              /* its last component; "" for the root */
	const uint8_t *id;              /* of the tree object; NULL: something in it changed since */
	uint32_t entries;               /* of the index that it covers, where id is set */
	uint32_t parent;                /* index of the folder it lies in */
	uint32_t children, met;         /* folders in it; those read so far */
	uint32_t first;                 /* where in order[] they stand */
};

struct cachetree {
	struct cachetree_node *node;    /* [0] is the root */
	uint32_t count;                 /* 0: there is none */
	uint32_t *order;                /* indices of nodes, those of one folder together, in git's order: by length, then by bytes */
};

/* Reads the extension's bytes, which are borrowed. */
int cachetree_read(struct cachetree *, struct bytes, unsigned id_len, struct error *);
void cachetree_done(struct cachetree *);

/* the folder called so in a folder, or NULL; of NULL, NULL */
const struct cachetree_node *cachetree_child(const struct cachetree *, const struct cachetree_node *, struct bytes name);

#endif
