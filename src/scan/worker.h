/* worker.h: one thread's way through blobs: unwrap, cut into windows, match, decode. */
#ifndef SCAN_WORKER_H
#define SCAN_WORKER_H

#include <stdint.h>

struct error;
struct job;
struct matcher;
struct pool;
struct scan_calls;
struct scan_options;
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

#endif
