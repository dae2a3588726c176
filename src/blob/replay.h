/*
 * replay.h: a blob whose first bytes can be looked at before it is read, and
 * read again as far as they were kept.
 */
#ifndef BLOB_REPLAY_H
#define BLOB_REPLAY_H

#include <stdbool.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/buf.h"
#include "base/bytes.h"

struct replay {
	struct blob blob;               /* what to read instead of the inner one */
	struct blob *inner;
	struct bytes head;              /* the inner one's first bytes */
	struct bytes lent;              /* the part of them not handed out yet */
	struct buf own;                 /* head, where more than a block was needed; then all that was read, up to keep */
	uint64_t keep;                  /* most bytes kept */
	bool whole;                     /* own holds all that was read so far */
	bool ended;
	struct error late;              /* code set: the inner one failed behind the head */
};

/*
 * Reads at least `want` bytes of inner, or all, into r->head; -1 when inner
 * fails before any. keep: bytes to hold on to for replay_again where the inner
 * one can't seek.
 */
int replay_init(struct replay *, struct blob *inner, size_t want, uint64_t keep, struct error *);
void replay_done(struct replay *);

/* It will not be begun anew: what was kept need not be added to. */
void replay_keep_no_more(struct replay *);

/*
 * Makes r->blob begin anew. True: it is the whole blob again. False: only what
 * was kept, followed by what was never read.
 */
bool replay_again(struct replay *);

#endif
