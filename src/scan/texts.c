#include "scan/texts.h"

#include <pthread.h>
#include <stdlib.h>

#include <stanch/error.h>
#include <stanch/scan.h>

#include "blob/memory.h"
#include "blob/origin.h"
#include "match/match.h"
#include "scan/collect.h"
#include "scan/job.h"
#include "scan/worker.h"

/* A worker that waits for its next text. */
struct idle {
	struct idle *next;
	struct worker *worker;
};

struct texts {
	struct worker_shared shared;
	struct scan_calls none;
	pthread_mutex_t lock;
	struct idle *idle;
};

struct texts *
texts_new(const struct scan_options *options, struct error *err)
{
	struct texts *t = calloc(1, sizeof *t);

	if (!t) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&t->lock, NULL);
	t->shared = (struct worker_shared){ options, &t->none, matcher_new(options->rules, options->literals, err), options->mark_key };
	if (t->shared.matcher)
		return t;
	texts_free(t);
	return NULL;
}

void
texts_free(struct texts *t)
{
	if (!t)
		return;
	while (t->idle) {
		struct idle *next = t->idle->next;

		worker_free(t->idle->worker);
		free(t->idle);
		t->idle = next;
	}
	matcher_free(t->shared.matcher);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static struct idle *
take(struct texts *t, struct error *err)
{
	struct idle *one;

	pthread_mutex_lock(&t->lock);
	one = t->idle;
	if (one)
		t->idle = one->next;
	pthread_mutex_unlock(&t->lock);
	if (one)
		return one;
	one = calloc(1, sizeof *one);
	if (!one)
		error_set(err, ERROR_INTERNAL, "out of memory");
	else if (!(one->worker = worker_new(&t->shared, NULL, err))) {
		free(one);
		one = NULL;
	}
	return one;
}

static void
give_back(struct texts *t, struct idle *one)
{
	pthread_mutex_lock(&t->lock);
	one->next = t->idle;
	t->idle = one;
	pthread_mutex_unlock(&t->lock);
}

static void
ignore_close(struct blob *b)
{
	(void)b;
}

int
texts_scan(struct texts *t, const char *name, struct bytes text, const struct scan_calls *calls, struct error *err)
{
	const struct origin origin = origin_step(NULL, ORIGIN_FILE, name, 0);
	struct idle *one = take(t, err);
	struct job *job = one ? job_new(JOB_BLOBS_KIND) : NULL;
	struct scan_result result = { 0 };
	struct memory_blob blob;
	struct collect collect;

	if (!job) {
		if (one) {
			give_back(t, one);
			error_set(err, ERROR_INTERNAL, "out of memory");
		}
		return -1;
	}
	memory_blob_init(&blob, &origin, text);
	blob.blob.close = ignore_close;
	job->blob[job->count++] = blob.blob;
	job->blob[0].state = &blob;
	worker_run(one->worker, job);
	give_back(t, one);
	collect_init(&collect, calls, &result, t->shared.options->limits);
	collect_job(&collect, job);
	collect_done(&collect);
	job_free(job);
	return 0;
}
