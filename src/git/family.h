/*
 * family.h: the objects of one tree of deltas, each made of its base while that
 * is in memory: depth first, the heaviest child last, each base given back
 * before its last child's children are made. What is alive at once is a few
 * objects, not a chain of them.
 */
#ifndef GIT_FAMILY_H
#define GIT_FAMILY_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "git/delta.h"
#include "git/forest.h"
#include "git/inflate.h"

struct error;
struct object;
struct reader;

#define FAMILY_ALIVE_MAX ((uint64_t)1 << 30) /* bytes of objects in memory at once */

/* An object in memory whose children are being made. */
struct family_frame {
	uint32_t node; /* FOREST_NONE: its base lies elsewhere and was read */
	uint32_t next; /* child */
	uint8_t *text;
	size_t len;
};

struct family {
	const struct forest *forest;
	struct reader *reader; /* for bases that lie elsewhere */
	struct inflater inflater;
	struct family_frame *frame;
	size_t depth, cap;
	uint8_t *delta; /* the instructions of the object at hand */
	size_t delta_len, delta_cap;
	uint64_t max, alive;
};

/* An object that was made. */
struct family_member {
	uint32_t node;
	struct bytes text;     /* until the next one */
	size_t place;          /* its frame: what is based on it has it as base */
	int base;              /* the place of its base, or -1; may be its own, which then was the base's */
	struct bytes delta;    /* its instructions, where there is a base */
	enum object_type type; /* of a root */
};

/* Begins with nothing; objects above max bytes fail. */
int family_init(struct family *, const struct forest *, struct reader *, uint64_t max, struct error *);
void family_done(struct family *);

/*
 * Begins with a root: makes it. -1: it can't be read, nor what is based on it
 * (the root's weight says how many).
 */
int family_begin(struct family *, uint32_t root, struct family_member *, struct error *);

/*
 * The next member: 1, 0 no more, -1: m->node can't be read, nor what is based on
 * it; call again.
 */
int family_next(struct family *, struct family_member *, struct error *);

#endif
