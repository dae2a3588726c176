/* tarhead.h: the headers of a tar whose members are an image's parts, read one after another. */
#ifndef IMAGE_TARHEAD_H
#define IMAGE_TARHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

struct blob;
struct error;

/* Whether a block begins with a tar header, or with the zeros that end an empty tar. */
bool tarhead_is(struct bytes block);

/* A tar that is read from a blob, which is borrowed. */
struct tarhead {
	struct blob *blob;
	struct bytes have;              /* of the block read last, what is not yet used */
	bool ended;
	uint64_t at;                    /* of have.at[0], in the blob */
	uint64_t left, padding;         /* bytes of the member at hand, and behind it */
	/* the member at hand */
	struct buf name, link;          /* link: where it is one; NUL-ended */
	uint64_t start, size;           /* where its content is in the blob */
	enum { TARHEAD_FILE, TARHEAD_LINK, TARHEAD_OTHER } type;
};

void tarhead_init(struct tarhead *, struct blob *);
void tarhead_done(struct tarhead *);

/* Goes to the next member: 1, 0 the end, -1: it is broken here. */
int tarhead_next(struct tarhead *, struct error *);

/* Lends the next block of the member's content: 1 a block, 0 its end, -1. */
int tarhead_read(struct tarhead *, struct bytes *, struct error *);

/* Whether a member of that name speaks for an image: 2 for sure, 1 perhaps, 0 no. */
int tarhead_speaks(const char *name);

#endif
