#include "git/readers.h"

#include <pthread.h>
#include <stdlib.h>

#include <stanch/error.h>

#include "git/object.h"

/* no more are kept: one for each thread is plenty */
#define IDLE_MAX 64

struct readers {
	const struct store *store;
	uint64_t max, room;
	pthread_mutex_t lock;
	struct reader *idle[IDLE_MAX];
	size_t count;
};

struct readers *
readers_new(const struct store *store, uint64_t max, uint64_t room, struct error *err)
{
	struct readers *r = calloc(1, sizeof *r);

	if (!r) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	r->store = store;
	r->max = max;
	r->room = room;
	pthread_mutex_init(&r->lock, NULL);
	return r;
}

void
readers_free(struct readers *r)
{
	if (!r)
		return;
	while (r->count)
		reader_free(r->idle[--r->count]);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

struct reader *
readers_lend(struct readers *r, struct error *err)
{
	struct reader *one = NULL;

	pthread_mutex_lock(&r->lock);
	if (r->count)
		one = r->idle[--r->count];
	pthread_mutex_unlock(&r->lock);
	return one ? one : reader_new(r->store, r->max, r->room, err);
}

void
readers_back(struct readers *r, struct reader *one)
{
	pthread_mutex_lock(&r->lock);
	if (one && r->count < IDLE_MAX) {
		r->idle[r->count++] = one;
		one = NULL;
	}
	pthread_mutex_unlock(&r->lock);
	reader_free(one);
}
