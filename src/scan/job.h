/*
 * job.h: a piece of work and what came of it. Results form a tree in the order
 * of the input: a job that hands part of its work to another job leaves that
 * job in its own list where its results belong.
 */
#ifndef SCAN_JOB_H
#define SCAN_JOB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <stanch/blob.h>
#include <stanch/finding.h>

#include "base/arena.h"
#include "match/window.h"
#include "unwrap/unwrap.h"

#define JOB_BLOBS 32

/* A finding with what decides between overlapping ones. */
struct found {
	struct finding finding;
	uint64_t from, to;              /* what it covers in the outermost text */
	unsigned rank;
	uint64_t version;               /* the last of a family that it was met in, from 1 */
	uint64_t blob;                  /* equal for windows of one blob, 0 when it was one window */
};

struct item {
	struct item *next;
	enum item_kind { ITEM_FOUND, ITEM_UNREAD, ITEM_SAFE, ITEM_IDLE, ITEM_JOB } kind;
	union {
		struct found *found;
		struct unread unread;
		struct safe safe;
		struct idle_comment idle;
		struct job *job;
	};
};

struct job {
	struct job *next;               /* in the queue */
	struct job *order;              /* the one whose results come after */
	enum job_kind { JOB_BLOBS_KIND, JOB_WINDOW_KIND } kind;
	bool done;                      /* guarded by the pool's lock */
	struct arena arena;             /* holds items, findings and origins */
	struct item *first, *last;
	uint64_t files, bytes, allowed;
	struct life life;               /* of the blob at hand: its findings' */
	uint8_t *memory;                /* the pool's, in which its window or its blobs lie; or NULL */
	const struct blob_memo *memo;   /* of its one blob, which is to be kept; or NULL */
	unsigned memo_depth;            /* of that blob's origin */
	struct job *root;               /* that handed this part of its work over, or NULL */
	atomic_uint_fast64_t told;      /* findings, the parts' too */
	union {
		struct {
			struct blob *blob;      /* JOB_BLOBS of them, until they were scanned */
			size_t count;
		};
		struct {
			struct window window;
			uint64_t blob_id;
			struct budget budget;
		};
	};
};

struct job *job_new(enum job_kind);
void job_free(struct job *);    /* and the jobs in its list */

/* Adds to what came of it; false when memory ran out. A secret that its text showed and then what is decoded there is one. */
bool job_found(struct job *, struct found *);
bool job_unread(struct job *, const struct origin *, const char *why);
bool job_safe(struct job *, const struct safe *);
bool job_idle(struct job *, const struct idle_comment *);
bool job_child(struct job *, struct job *);

#endif
