/*
 * round.h: one delivery, from sealed files to what is published, inside the
 * worker. The only file that knows every step; see sealed.md for their order.
 */
#ifndef DELIVER_ROUND_H
#define DELIVER_ROUND_H

#include <stdbool.h>
#include <stdint.h>

#include <stanch/seal.h>

#include "deliver/auditlog.h"

struct error;
struct arguments;
struct places;

enum round_kind {
	ROUND_DELIVER,          /* verify, open, publish or hand over */
	ROUND_LOOK,             /* the same, but open only if the set is not the one of before */
	ROUND_SWEEP,            /* remove generations whose grace is over */
	ROUND_REMOVE,           /* take everything back, because it has expired */
};

/* what goes in, and what becomes of it; it travels over the worker's channel as it is */
struct round_state {
	uint64_t epoch;                         /* of the last set that was delivered: never below it again */
	int64_t now;                            /* the latest time seen, so that a clock going back wakes no expired secret */
	int64_t expires;                        /* when the first of what was delivered ends */
	uint8_t set[SEAL_DIGEST_BYTES];         /* digest of the last set */
	bool delivered;                         /* there was one */
	bool changed;                           /* this round published something new */
	uint32_t waiting;                       /* generations that wait for their grace to end */
	uint64_t seq;                           /* of the audit log */
	uint8_t last[AUDITLOG_HASH];
};

/* what a round sends to the parent while it works */
enum round_message {
	ROUND_PATH = 1,         /* a name that was published */
	ROUND_FD,               /* a name and the descriptor that holds it */
	ROUND_VALUE,            /* the same, to be read into a variable */
	ROUND_DONE,             /* the state; last */
};

/*
 * Works through one round with channel as the way to the parent. Notes and audit lines
 * go to standard error. An enum seal_status, with the error's text beginning in its word.
 */
enum seal_status round_run(enum round_kind, const struct arguments *, const struct places *, int channel, struct round_state *,
	struct error *);

#endif
