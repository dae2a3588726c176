/* batch.h: small files of a feed, copied so that another thread can scan them while the feed goes on. */
#ifndef SCAN_BATCH_H
#define SCAN_BATCH_H

#include <stdbool.h>
#include <stddef.h>

struct blob;
struct job;
struct pool;

struct batch {
	struct pool *pool;              /* NULL: nothing is copied */
	struct job *job;                /* that they are for, or NULL: none yet */
	size_t used;                    /* of its memory */
};

/* No more fits: it is to be taken. */
bool batch_full(const struct batch *);

/*
 * Copies a file, read to its end or to where it fails. False: it is to be scanned
 * by whoever holds it, after the batch was taken.
 */
bool batch_add(struct batch *, struct blob *);

/* The job of what was copied, or NULL; the batch is empty again. */
struct job *batch_take(struct batch *);

#endif
