/*
 * pool.h: threads and the jobs that wait for them. Queues are bounded: who
 * finds one full does the work itself, or waits, so nothing piles up.
 */
#ifndef SCAN_POOL_H
#define SCAN_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct job;
struct pool;

struct pool_calls {
	/* a thread's own state: made on it before its first job; NULL with error */
	void *(*begin)(void *arg, struct pool *, struct error *);
	void (*run)(void *state, struct job *);
	void (*end)(void *state);
	void *arg;
};

/* Starts threads; NULL when none could be started. */
struct pool *pool_new(unsigned threads, const struct pool_calls *, struct error *);

/* Ends the threads after the jobs that are queued. */
void pool_free(struct pool *);

/* Queues a job, waiting for room. */
void pool_put(struct pool *, struct job *);

/* Whether as much waits as may: an offer would be refused now. */
bool pool_full(struct pool *);

/* Queues a part of parent's work if there is room, and lists it there; false: do it yourself. */
bool pool_offer(struct pool *, struct job *parent, struct job *);

/* waits at most so many milliseconds until job is done; true: it is */
bool pool_wait(struct pool *, struct job *, unsigned milliseconds);

/* Whether no thread could begin, and why: jobs will never be done. */
bool pool_broken(struct pool *, struct error *);

/* Memory for windows handed to other threads: WINDOW_SIZE bytes, or NULL when enough is out. */
uint8_t *pool_memory(struct pool *);
void pool_memory_back(struct pool *, uint8_t *);

#endif
