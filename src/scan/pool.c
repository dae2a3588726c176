#include "scan/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <stanch/error.h>

#include "match/window.h"
#include "scan/job.h"

struct pool {
	struct pool_calls calls;
	pthread_mutex_t lock;
	pthread_cond_t work, done, room;
	struct job *first, *last;
	size_t queued, most;
	bool ending;
	uint8_t **memory;               /* spare windows */
	size_t spare, out, memory_most;
	unsigned threads, failed;
	struct error why;               /* of the first thread that could not begin */
	pthread_t thread[];
};

static struct job *
take(struct pool *p)
{
	struct job *job;

	while (!p->first && !p->ending)
		pthread_cond_wait(&p->work, &p->lock);
	job = p->first;
	if (job) {
		p->first = job->next;
		p->last = p->first ? p->last : NULL;
		p->queued--;
		job->next = NULL;
		pthread_cond_signal(&p->room);
	}
	return job;
}

static void
finish(struct pool *p, struct job *job)
{
	pthread_mutex_lock(&p->lock);
	job->done = true;
	pthread_cond_broadcast(&p->done);
	pthread_mutex_unlock(&p->lock);
}

static void *
thread_main(void *arg)
{
	struct pool *p = arg;
	struct error err;
	void *state = p->calls.begin(p->calls.arg, p, &err);
	struct job *job;

	pthread_mutex_lock(&p->lock);
	if (!state && p->failed++ == 0)
		p->why = err;
	/* the last thread to fail leaves nobody to work: jobs come back undone, and pool_wait says so */
	while (state && (job = take(p))) {
		pthread_mutex_unlock(&p->lock);
		p->calls.run(state, job);
		finish(p, job);
		pthread_mutex_lock(&p->lock);
	}
	pthread_cond_broadcast(&p->room);
	pthread_cond_broadcast(&p->done);
	pthread_mutex_unlock(&p->lock);
	if (state)
		p->calls.end(state);
	return NULL;
}

static void
init_locks(struct pool *p)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->room, NULL);
	pthread_cond_init(&p->done, &attr);
	pthread_condattr_destroy(&attr);
}

struct pool *
pool_new(unsigned threads, const struct pool_calls *calls, struct error *err)
{
	struct pool *p = calloc(1, sizeof *p + threads * sizeof p->thread[0]);
	int why = 0;

	if (p) {
		p->calls = *calls;
		p->most = (size_t)threads * 4;
		p->memory_most = (size_t)threads * 5;
		p->memory = calloc(p->memory_most, sizeof *p->memory);
	}
	if (!p || !p->memory) {
		free(p);
		error_set(err, ERROR_INTERNAL, "out of memory for threads");
		return NULL;
	}
	init_locks(p);
	while (p->threads < threads && (why = pthread_create(&p->thread[p->threads], NULL, thread_main, p)) == 0)
		p->threads++;
	if (p->threads)
		return p;
	pool_free(p);
	error_set(err, why, "start a thread:");
	return NULL;
}

void
pool_free(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->ending = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->threads; i++)
		pthread_join(p->thread[i], NULL);
	while (p->spare)
		free(p->memory[--p->spare]);
	free(p->memory);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->done);
	pthread_cond_destroy(&p->room);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static void
queue(struct pool *p, struct job *job)
{
	job->next = NULL;
	if (p->last)
		p->last->next = job;
	else
		p->first = job;
	p->last = job;
	p->queued++;
	pthread_cond_signal(&p->work);
}

void
pool_put(struct pool *p, struct job *job)
{
	pthread_mutex_lock(&p->lock);
	while (p->queued >= p->most && p->failed < p->threads)
		pthread_cond_wait(&p->room, &p->lock);
	queue(p, job);
	pthread_mutex_unlock(&p->lock);
}

bool
pool_full(struct pool *p)
{
	bool full;

	pthread_mutex_lock(&p->lock);
	full = p->queued >= p->most;
	pthread_mutex_unlock(&p->lock);
	return full;
}

bool
pool_offer(struct pool *p, struct job *parent, struct job *job)
{
	bool room;

	pthread_mutex_lock(&p->lock);
	room = p->queued < p->most && job_child(parent, job);
	if (room)
		queue(p, job);
	pthread_mutex_unlock(&p->lock);
	return room;
}

/* from now on, as an absolute time */
static struct timespec
later(unsigned milliseconds)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += milliseconds / 1000;
	t.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

bool
pool_wait(struct pool *p, struct job *job, unsigned milliseconds)
{
	const struct timespec until = later(milliseconds);
	bool done;

	pthread_mutex_lock(&p->lock);
	while (!job->done && p->failed < p->threads)
		if (pthread_cond_timedwait(&p->done, &p->lock, &until) == ETIMEDOUT)
			break;
	done = job->done;
	pthread_mutex_unlock(&p->lock);
	return done;
}

bool
pool_broken(struct pool *p, struct error *err)
{
	bool broken;

	pthread_mutex_lock(&p->lock);
	broken = p->failed == p->threads;
	if (broken)
		*err = p->why;
	pthread_mutex_unlock(&p->lock);
	return broken;
}

uint8_t *
pool_memory(struct pool *p)
{
	uint8_t *memory = NULL;
	bool make = false;

	pthread_mutex_lock(&p->lock);
	if (p->spare) {
		memory = p->memory[--p->spare];
	} else if (p->out < p->memory_most) {
		p->out++;
		make = true;
	}
	pthread_mutex_unlock(&p->lock);
	if (make && !(memory = malloc(WINDOW_SIZE))) {
		pthread_mutex_lock(&p->lock);
		p->out--;
		pthread_mutex_unlock(&p->lock);
	}
	return memory;
}

void
pool_memory_back(struct pool *p, uint8_t *memory)
{
	pthread_mutex_lock(&p->lock);
	p->memory[p->spare++] = memory;
	pthread_mutex_unlock(&p->lock);
}
