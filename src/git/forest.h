/*
 * forest.h: a pack's objects as trees: each delta below what it is based on. A
 * node is the number of an object in the order of offsets. Built from the
 * entries' heads alone; nothing is inflated.
 */
#ifndef GIT_FOREST_H
#define GIT_FOREST_H

#include <stdbool.h>
#include <stdint.h>

#include "git/pack.h"

struct error;

#define FOREST_NONE UINT32_MAX

struct forest {
	const struct pack *pack;
	uint32_t count;
	uint64_t *offset; /* of each node, ascending; one more: where the last one ends at most */
	uint32_t *number; /* of each node, in the index */
	uint32_t *child;  /* the heaviest child, whose sibling is the first one: so it comes last */
	uint32_t *sibling;
	uint32_t *weight; /* nodes in the tree below and at it */
	uint32_t *root;   /* nodes that are based on nothing in this pack, in the order of offsets */
	uint32_t roots;
	uint32_t unrooted; /* nodes whose bases go round in a circle, or can't be parsed */
};

/* with as many threads at most; 0 is 1 */
int forest_build(struct forest *, const struct pack *, unsigned threads, struct error *);
void forest_done(struct forest *);

/* the first child, FOREST_NONE where there is none; and the one after c */
uint32_t forest_first(const struct forest *, uint32_t node);
uint32_t forest_after(const struct forest *, uint32_t node, uint32_t c);

/* the node of an object by its number in the index */
uint32_t forest_node(const struct forest *, uint32_t number);

/* the compressed bytes of a node, from its zlib stream on: up to where the next one begins */
struct bytes forest_data(const struct forest *, uint32_t node, const struct pack_entry *);

#endif
