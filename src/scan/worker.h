/* worker.h: one thread's way through blobs: unwrap, cut into windows, match, decode. */
#ifndef SCAN_WORKER_H
#define SCAN_WORKER_H

#include <stdint.h>

#include "base/bytes.h"

struct blob;
struct encoding;
struct error;
struct job;
struct matcher;
struct match_calls;
struct met;
struct pool;
struct scan_calls;
struct scan_options;
struct scratch;
struct window;
struct worker;

/* What all workers of a scan share. */
struct worker_shared {
	const struct scan_options *options;
	const struct scan_calls *calls;         /* for traces only */
	struct matcher *matcher;
	const uint8_t *mark_key;
};

/* A worker; with a pool it hands windows of large blobs to other threads. */
struct worker *worker_new(const struct worker_shared *, struct pool *, struct error *);
void worker_free(struct worker *);

/* Does a job; what came of it is in the job. */
void worker_run(struct worker *, struct job *);

/* For who scans parts of texts: versions.c. */
const struct worker_shared *worker_shares(const struct worker *);

/* Scans a whole blob; what came of it is added to the job. */
void worker_blob(struct worker *, struct job *, struct blob *);

/* The same, but hands no part of it to other threads. */
void worker_text(struct worker *, struct job *, struct blob *);

/* what it matches with, for windows that its caller cuts */
struct scratch *worker_scratch(struct worker *);

/* Decodes a stretch of a window and scans what comes out. */
void worker_stretch(struct worker *, struct job *, const struct window *, const struct encoding *, struct bytes stretch);

#endif
