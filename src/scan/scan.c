/* scan.c: the heart: targets become feeds, feeds become jobs, jobs become findings, in order. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <stanch/error.h>
#include <stanch/scan.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mark.h"
#include "match/match.h"
#include "scan/collect.h"
#include "scan/job.h"
#include "scan/memo.h"
#include "scan/pool.h"
#include "scan/sandbox.h"
#include "scan/worker.h"
#include "source/source.h"

/* milliseconds between two calls of progress while the threads are busy */
#define PROGRESS_MS 100

struct scan {
	const struct scan_options *options;
	struct worker_shared shared;
	struct collect collect;
	struct pool *pool;              /* NULL while there is too little to share */
	struct worker *own;             /* this thread's, for what is not shared */
	unsigned threads;
	struct job *first, *last;       /* jobs in order, not yet told */
	size_t waiting;
	struct feed **feed;
	size_t feeds;
	int folder;                     /* the cache's, or -1 */
	struct memos *memos;            /* NULL: nothing would be met again */
};

static void *
thread_begin(void *arg, struct pool *pool, struct error *err)
{
	struct scan *s = arg;

	return worker_new(&s->shared, pool, err);
}

static void
thread_run(void *state, struct job *job)
{
	worker_run(state, job);
}

static void
thread_end(void *state)
{
	worker_free(state);
}

/* whether a job and all that it handed over are done; waits for them if asked */
static bool
all_done(struct scan *s, struct job *job, bool wait)
{
	const struct scan_calls *calls = s->shared.calls;

	while (s->pool && !pool_wait(s->pool, job, wait ? PROGRESS_MS : 0)) {
		struct error err;

		if (!wait || pool_broken(s->pool, &err))
			return false;
		if (calls->progress)
			calls->progress(calls->arg, &(struct scan_progress){ s->collect.result->files, s->collect.result->bytes,
			    s->collect.result->findings });
	}
	for (const struct item *i = job->first; i; i = i->next)
		if (i->kind == ITEM_JOB && !all_done(s, i->job, wait))
			return false;
	return true;
}

/* tells the jobs at the head that are done; with wait, until at most `most` are left */
static int
flush(struct scan *s, size_t most, struct error *err)
{
	while (s->first) {
		struct job *job = s->first;

		if (!all_done(s, job, s->waiting > most)) {
			if (s->pool && pool_broken(s->pool, err))
				return -1;
			return 0;
		}
		s->first = job->order;
		s->last = s->first ? s->last : NULL;
		s->waiting--;
		collect_job(&s->collect, job);
		job_free(job);
	}
	return 0;
}

static int
run_here(struct scan *s, struct job *job, struct error *err)
{
	if (!s->own)
		s->own = worker_new(&s->shared, NULL, err);
	if (!s->own)
		return -1;
	worker_run(s->own, job);
	job->done = true;
	return 0;
}

/* one whose results come after all that were appended before it */
static void
append(struct scan *s, struct job *job)
{
	if (s->last)
		s->last->order = job;
	else
		s->first = job;
	s->last = job;
	s->waiting++;
}

/* queues a job, or does it where there are no threads */
static int
submit(struct scan *s, struct job *job, bool last, struct error *err)
{
	static const struct pool_calls calls = { thread_begin, thread_run, thread_end, NULL };
	struct pool_calls own = calls;

	own.arg = s;
	/* one batch that is all there is does not pay for threads */
	if (!s->pool && s->threads > 1 && !(last && !s->first && !job->blob[0].open) && !(s->pool = pool_new(s->threads, &own, err)))
		return -1;
	if (!s->pool && run_here(s, job, err) < 0)
		return -1;
	append(s, job);
	if (s->pool)
		pool_put(s->pool, job);
	return flush(s, s->threads * 8, err);
}

/* a feed's own blobs live only until the next one: they are scanned here */
static int
scan_here(struct scan *s, struct blob *blob, struct error *err)
{
	struct job *job = job_new(JOB_BLOBS_KIND);
	int r;

	if (!job)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	job->blob[job->count++] = *blob;
	r = run_here(s, job, err);
	if (r == 0)
		r = flush(s, 0, err);
	if (r == 0)
		collect_job(&s->collect, job);
	job_free(job);
	return r;
}

static int
submit_batch(struct scan *s, struct job **batch, bool last, struct error *err)
{
	struct job *job = *batch;

	*batch = NULL;
	return job ? submit(s, job, last, err) : 0;
}

/* what was scanned already, here or in an earlier run, is told from what was kept of it */
static bool
known_already(struct scan *s, struct blob *blob)
{
	struct job *job = s->memos && blob->memo ? memos_job(s->memos, blob) : NULL;

	if (!job)
		return false;
	append(s, job);
	blob->close(blob);
	return true;
}

static int
drain(struct scan *s, struct feed *feed, struct job **batch, struct error *err)
{
	struct blob blob;
	int r;

	while ((r = feed->next(feed, &blob, err)) > 0) {
		/* what holds files goes its own way */
		if (blob.open && submit_batch(s, batch, false, err) < 0) {
			blob.close(&blob);
			return -1;
		}
		if (blob.open && known_already(s, &blob))
			continue;
		if (!blob.close) {
			if (submit_batch(s, batch, false, err) < 0 || scan_here(s, &blob, err) < 0)
				return -1;
			continue;
		}
		/* versions are many texts: a job of their own */
		if (blob.versions && submit_batch(s, batch, false, err) < 0) {
			blob.close(&blob);
			return -1;
		}
		if (!*batch && !(*batch = job_new(JOB_BLOBS_KIND))) {
			blob.close(&blob);
			return error_set(err, ERROR_INTERNAL, "out of memory");
		}
		(*batch)->blob[(*batch)->count++] = blob;
		(*batch)->memo = blob.memo;
		(*batch)->memo_depth = blob.origin->depth;
		if (((*batch)->count == JOB_BLOBS || blob.versions || blob.open) && submit_batch(s, batch, false, err) < 0)
			return -1;
	}
	return r;
}

/* a feed that settles is drained alone: all that came of others is told before, all that came of it before others begin */
static int
drain_settling(struct scan *s, struct feed *feed, struct job **batch, struct error *err)
{
	int r = submit_batch(s, batch, false, err);

	if (r == 0)
		r = flush(s, 0, err);
	if (r < 0)
		return r;
	collect_gather(&s->collect);
	r = drain(s, feed, batch, err);
	if (r == 0)
		r = submit_batch(s, batch, true, err);
	if (r == 0)
		r = flush(s, 0, err);
	collect_tell(&s->collect, feed);
	return r;
}

static int
run(struct scan *s, struct error *err)
{
	struct job *batch = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->feeds; i++)
		r = (s->feed[i]->settle ? drain_settling : drain)(s, s->feed[i], &batch, err);
	if (r == 0)
		r = submit_batch(s, &batch, true, err);
	job_free(batch);
	return r < 0 ? r : flush(s, 0, err);
}

static int
open_targets(struct scan *s, const char *const *targets, size_t count, int *roots, size_t *root_count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		const char *rest;
		const struct source *source = source_find(targets[i], &rest);

		s->feed[i] = source->open(rest, s->options->source, err);
		if (!s->feed[i])
			return -1;
		s->feeds++;
		if (source->roots)
			*root_count += source->roots(s->feed[i], roots + *root_count, SOURCE_ROOTS);
	}
	return 0;
}

static int
begin(struct scan *s, const char *const *targets, size_t count, struct error *err)
{
	int *roots = calloc(count + 1, SOURCE_ROOTS * sizeof *roots);
	size_t root_count = 0;
	int r;

	s->feed = calloc(count + 1, sizeof *s->feed);
	if (!roots || !s->feed)
		r = error_set(err, ERROR_INTERNAL, "out of memory");
	else
		r = open_targets(s, targets, count, roots, &root_count, err);
	if (r == 0 && s->options->sandbox)
		r = sandbox_enter(roots, root_count, s->folder, err);
	free(roots);
	if (r == 0 && !(s->shared.matcher = matcher_new(s->options->rules, s->options->literals, err)))
		r = -1;
	return r;
}

static void
end(struct scan *s)
{
	pool_free(s->pool);
	worker_free(s->own);
	while (s->first) {
		struct job *next = s->first->order;

		job_free(s->first);
		s->first = next;
	}
	for (size_t i = 0; i < s->feeds; i++)
		s->feed[i]->close(s->feed[i]);
	free(s->feed);
	matcher_free(s->shared.matcher);
	memos_free(s->memos);
	if (s->folder >= 0)
		close(s->folder);
	collect_done(&s->collect);
}

static unsigned
cores(void)
{
	const long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

/* the folder that --cache names, made where it is not there */
static int
open_cache(struct scan *s, const char *path, struct error *err)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return error_set(err, errno, "make the cache %s:", path);
	s->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return s->folder < 0 ? error_set(err, errno, "open the cache %s:", path) : 0;
}

/* what results depend on, beside rules: another limit may cut something off */
static const char *
terms_id(const struct scan_options *o, struct buf *id)
{
	uint64_t limits[sizeof *o->limits / 8];

	memcpy(limits, o->limits, sizeof limits);
	buf_addf(id, "%s %d %d", o->rules_id ? o->rules_id : "", (int)o->min_confidence, o->show_secrets);
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		buf_addf(id, " %llu", (unsigned long long)limits[i]);
	return buf_str(id);
}

/* layers are met again in another target, or in a later run; what is told of a scan as it goes can't be told again */
static int
begin_memos(struct scan *s, size_t targets, struct buf *id, struct error *err)
{
	const struct scan_options *o = s->options;
	const struct memo_terms terms = { s->shared.mark_key, o->rules, terms_id(o, id), s->folder, targets > 1 };

	if (s->shared.calls->trace || s->shared.calls->safe || (s->folder < 0 && targets < 2))
		return 0;
	s->memos = s->collect.memos = id->failed ? NULL : memos_new(&terms);
	return s->memos ? 0 : error_set(err, ERROR_INTERNAL, "out of memory");
}

/* names that are kept with results are known again as long as marks are */
static void
make_names_key(uint8_t key[static SOURCE_NAMES_KEY], const uint8_t *mark_key)
{
	static const char what[] = "stanch: names in layers";

	crypto_generichash(key, SOURCE_NAMES_KEY, (const uint8_t *)what, sizeof what, mark_key, MARK_KEY_BYTES);
}

int
scan_run(const struct scan_options *options, const char *const *targets, size_t count, const struct scan_calls *calls,
    struct scan_result *result, struct error *err)
{
	struct memo_counts counts;
	uint8_t key[MARK_KEY_BYTES];
	uint8_t names_key[SOURCE_NAMES_KEY];
	struct buf id;
	struct scan s = { .options = options, .folder = -1, .threads = options->jobs ? options->jobs : cores() };
	int r;

	if (sodium_init() < 0)
		return error_set(err, ERROR_INTERNAL, "libsodium can't be used on this machine");
	mark_key_random(key);
	s.shared = (struct worker_shared){ options, calls, NULL, options->mark_key ? options->mark_key : key };
	*result = (struct scan_result){ 0 };
	collect_init(&s.collect, calls, result, options->limits);
	make_names_key(names_key, s.shared.mark_key);
	if (options->source)
		options->source->names_key = names_key;
	buf_init(&id);
	r = options->cache ? open_cache(&s, options->cache, err) : 0;
	if (r == 0)
		r = begin_memos(&s, count, &id, err);
	if (r == 0)
		r = begin(&s, targets, count, err);
	if (r == 0)
		r = run(&s, err);
	counts = memos_counts(s.memos);
	result->cached = counts.known;
	result->refused = counts.refused;
	result->cache_failed = counts.failed;
	end(&s);
	if (options->source)
		options->source->names_key = NULL;
	buf_done(&id);
	sodium_memzero(key, sizeof key);
	return r;
}
