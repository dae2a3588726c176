#include "scan/worker.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/scan.h>

#include "base/buf.h"
#include "base/limits.h"
#include "blob/memory.h"
#include "blob/origin.h"
#include "blob/replay.h"
#include "decode/decode.h"
#include "manifest/manifest.h"
#include "match/known.h"
#include "match/match.h"
#include "match/window.h"
#include "scan/batch.h"
#include "scan/idle.h"
#include "scan/job.h"
#include "scan/keep.h"
#include "scan/pool.h"
#include "scan/safe.h"
#include "scan/stretches.h"
#include "scan/understand.h"
#include "scan/versions.h"
#include "triage/triage.h"
#include "unwrap/unwrap.h"

/* what is kept of a stream that can't be read again, so that its raw bytes can be scanned when it turns out broken */
#define RAW_KEEP ((uint64_t)4 << 20)

/* Windows in flight at once, all threads together. When a file has told so many windows' findings more than it may,
 * what is missing of its first ones can't be in a window that is only now looked at; the collector cuts exactly. */
#define IN_FLIGHT 64

/* A window while it is matched. */
struct look {
	struct worker *worker;
	struct job *job;
	const struct window *window;
	const struct within *within;
	struct keeps keeps;
	struct stretches stretches;
	struct idles idles;
	bool failed;                    /* memory ran out */
	const char *file;
	const struct manifest_format *format;   /* of a manifest, or NULL */
	struct tree_carry *carry;
	struct understood understood;
};

struct worker {
	const struct worker_shared *shared;
	struct pool *pool;
	struct scratch *scratch;
	struct buf file;                /* the path of the blob at hand, as reports name it */
	size_t levels;
	uint8_t *level[];               /* window memory, one a depth */
};

/* Where a blob stands among its parents. */
struct context {
	struct job *job;
	struct budget *budget;
	const struct within *within;    /* NULL: what is inside can be opened by a person */
};

static void scan_blob(struct worker *, struct blob *, const struct context *);
static void scan_opened(struct worker *, struct blob *, struct job *);

struct worker *
worker_new(const struct worker_shared *shared, struct pool *pool, struct error *err)
{
	const size_t levels = (size_t)shared->options->limits->depth + 2;
	struct worker *w = calloc(1, sizeof *w + levels * sizeof w->level[0]);

	if (!w) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	w->shared = shared;
	w->pool = pool;
	w->levels = levels;
	if ((w->scratch = scratch_new(shared->matcher, err)))
		return w;
	worker_free(w);
	return NULL;
}

void
worker_free(struct worker *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->levels; i++)
		free(w->level[i]);
	scratch_free(w->scratch);
	buf_done(&w->file);
	free(w);
}

static const char *
file_name(struct worker *w, const struct origin *o)
{
	w->file.len = 0;
	origin_file(o, &w->file);
	return buf_str(&w->file);
}

static void
trace(void *arg, const struct hit *h, const struct judged *j)
{
	struct look *l = arg;
	const struct scan_calls *calls = l->worker->shared->calls;
	const struct window *outer;
	struct place place;
	char preview[24];
	size_t at;

	if (!calls->trace)
		return;
	keep_preview(h->secret, preview, sizeof preview);
	at = within_place(l->within, h->window, h->at, &outer);
	place = window_place(outer, at);
	calls->trace(calls->arg, &(struct trace){ h->rule, file_name(l->worker, h->window->origin), place.line, place.column,
	    h->secret.len, preview, verdict_words(j->verdict), j->why, j->confidence, j->evidence, j->entropy });
}

static bool
on_hit(void *arg, const struct hit *h)
{
	struct look *l = arg;
	struct judged judged;

	/* who asks why is told all the same */
	if (l->understood.manifest.count && !l->worker->shared->calls->trace && understand_settles(&l->understood, h))
		return false;
	if (!l->file)
		l->file = file_name(l->worker, h->window->origin);
	triage(h, &(struct triage_sight){ l->file, l->worker->shared->options->rules }, &judged);
	trace(l, h, &judged);
	if (keeps_wants(&judged) && l->keeps.count < KEEPS_MOST && !keeps_add(&l->keeps, h, &judged, l->job))
		l->failed = true;
	return judged.verdict == VERDICT_KEEP;
}

static void
on_known(void *arg, const struct known_hit *h)
{
	struct look *l = arg;

	l->failed |= l->keeps.count < KEEPS_MOST && !keeps_add_known(&l->keeps, h, l->job);
}

static void
on_comment(void *arg, size_t at)
{
	struct look *l = arg;

	idles_meet(&l->idles, l->window, at);
}

static void
on_form(void *arg, const struct form_hit *f)
{
	struct look *l = arg;

	stretches_meet(&l->stretches, f);
}

static void
scan_stretch(struct look *l, const struct stretch *s, struct bytes text, const struct context *outer)
{
	const struct within in = {
		.outer = l->within,
		.window = l->window,
		.at = (size_t)(s->text.at - l->window->text.at),
		.stretch = s->text,
		.encoding = s->encoding,
		.told = s->told ? s->told : understand_place(&l->understood, (size_t)(s->text.at - l->window->text.at)),
		.whole = s->told,
	};
	const struct context inner = { outer->job, outer->budget, &in };
	const struct origin origin = origin_step(l->window->origin, ORIGIN_DECODED, s->encoding->name,
	    l->window->offset + in.at);
	struct memory_blob decoded;

	memory_blob_init(&decoded, &origin, text);
	scan_blob(l->worker, &decoded.blob, &inner);
}

static void
scan_stretches(struct look *l, const struct context *c)
{
	const struct limits *limits = l->worker->shared->options->limits;
	uint64_t total = 0;

	for (size_t i = 0; i < l->stretches.count; i++) {
		const struct stretch *s = &l->stretches.stretch[i];
		struct buf text;

		if (l->window->origin->depth + 1 >= limits->depth || total + s->text.len > limits->decoded) {
			l->failed |= !job_unread(l->job, l->window->origin, total + s->text.len > limits->decoded
			    ? "more encoded text than is decoded in one window (--max-decoded)"
			    : "encoded text nested deeper than is looked at (--max-depth)");
			break;
		}
		total += s->text.len;
		buf_init(&text);
		if (s->encoding->decode(s->text, &text) && text.len)
			scan_stretch(l, s, (struct bytes){ text.at, text.len }, c);
		l->failed |= text.failed;
		buf_done(&text);
	}
}

static void
tell(struct look *l, const struct context *c, uint64_t blob)
{
	const struct worker_shared *shared = l->worker->shared;
	struct job *root = c->job->root ? c->job->root : c->job;
	const uint64_t most = shared->options->limits->findings + (uint64_t)IN_FLIGHT * KEEPS_MOST;

	if (l->keeps.count == 0 || atomic_fetch_add(&root->told, l->keeps.count) > most)
		return;
	if (l->keeps.count == KEEPS_MOST)
		job_unread(c->job, l->window->origin, "more than 1000 findings close together: only the first are told");
	if (!keeps_tell(&l->keeps, l->window, c->within, blob, shared->options, shared->mark_key, c->job))
		l->failed = true;
}

/* what the manifest says is base64 is decoded as that, instead of what forms in it were taken for */
static void
add_encoded(struct look *l)
{
	const struct understood *u = &l->understood;

	/* a value that the manifest's own quoting was taken off needs no decoding by looks */
	for (size_t i = 0; i < l->keeps.count; i++) {
		const struct kept *k = &l->keeps.kept[i];

		if (k->value.len)
			stretches_drop(&l->stretches, bytes_cut(l->window->text, k->at, k->at + k->len));
	}
	for (size_t i = 0; i < u->encodeds; i++)
		stretches_drop(&l->stretches, u->encoded[i].text);
	for (size_t i = 0; i < u->encodeds; i++)
		stretches_add(&l->stretches, decode_list(0), u->encoded[i].text, u->encoded[i].told);
}

/* what a manifest's keys are; before the hits, of which they settle most */
static void
read_keys(struct look *l)
{
	struct understood *u = &l->understood;

	*u = (struct understood){ .window = l->window, .within = l->within, .rules = l->worker->shared->options->rules, .job = l->job,
		.keeps = &l->keeps, .trace = trace, .trace_arg = l, .carry = l->carry,
		.verbose = l->worker->shared->calls->safe };
	safe_head(u);
	if (l->window->binary || !(l->format || (l->within && l->within->whole)))
		return;
	u->file = l->file = file_name(l->worker, l->window->origin);
	if (l->format)
		understand_read(u, l->format);
}

/* what they say of this window */
static void
look_again(struct look *l)
{
	struct understood *u = &l->understood;

	if (u->file && l->format)
		understand(u);
	if (u->file && l->within && l->within->whole)
		understand_whole(u);
	add_encoded(l);
}

static void
scan_window(struct worker *w, const struct window *window, const struct context *c, uint64_t blob,
    const struct manifest_format *format, struct tree_carry *carry)
{
	struct look l = { .worker = w, .job = c->job, .window = window, .within = c->within, .format = format, .carry = carry };
	/* only where all of a text is looked at, and a person can open it */
	const bool whole = w->shared->calls->idle && !blob && !c->within;
	const struct match_calls calls = { .hit = on_hit, .form = on_form, .comment = whole ? on_comment : NULL, .arg = &l };
	struct error err;

	read_keys(&l);
	if (match_window(w->scratch, window, &calls, &err) < 0)
		l.failed |= !job_unread(c->job, window->origin, err.text);
	if (w->shared->options->known)
		known_window(w->shared->options->known, window, c->within, on_known, &l);
	look_again(&l);
	c->job->allowed += keeps_resolve(&l.keeps);
	idles_tell(&l.idles, window, &l.keeps, c->job);
	keeps_drop_weaker(&l.keeps, w->shared->options->min_confidence);
	understand_tell(&l.understood);
	tell(&l, c, blob);
	scan_stretches(&l, c);
	if (l.failed | l.understood.failed | l.stretches.failed | l.idles.failed)
		job_unread(c->job, window->origin, "out of memory");
	understood_done(&l.understood);
	keeps_done(&l.keeps);
	idles_done(&l.idles);
	stretches_done(&l.stretches);
}

/* lends a level's memory; level 0 is made with the worker's first blob */
static uint8_t *
level(struct worker *w, unsigned depth)
{
	if (depth >= w->levels)
		return NULL;
	if (!w->level[depth])
		w->level[depth] = malloc(WINDOW_SIZE);
	return w->level[depth];
}

/* hands a window of a large blob to whichever thread is free; false: nobody is, and it is still to be scanned */
static bool
hand_over(struct worker *w, struct windows *ws, const struct window *window, const struct context *c, uint64_t blob,
    unsigned depth)
{
	uint8_t *memory, *const old = ws->memory;
	struct job *job;

	if (!w->pool || c->within || w->shared->calls->trace || pool_full(w->pool) || !(memory = pool_memory(w->pool)))
		return false;
	job = job_new(JOB_WINDOW_KIND);
	if (job) {
		job->window = *window;
		job->window.origin = origin_copy(window->origin, &job->arena);
		job->memory = old;
		job->blob_id = blob;
		job->budget = *c->budget;
		job->root = c->job;
		job->life = c->job->life;
	}
	/* before another thread has it: that may be done with it, and give it to a third, at any time */
	windows_move(ws, memory);
	w->level[depth] = memory;
	if (job && job->window.origin && pool_offer(w->pool, c->job, job))
		return true;
	job_free(job);
	scan_window(w, window, c, blob, NULL, NULL);
	pool_memory_back(w->pool, old);
	return true;
}

/* a blob that is not one of ours: text, or bytes that are scanned as they are */
static void
scan_plain(struct worker *w, struct blob *blob, const struct context *c, unsigned depth)
{
	static atomic_uint_fast64_t ids = 1;
	uint8_t *memory = level(w, depth);
	struct windows ws;
	struct window window;
	const struct manifest_format *format = NULL;
	struct tree_carry *carry = NULL;
	struct error err;
	uint64_t id = 0;
	int r;

	if (!memory) {
		job_unread(c->job, blob->origin, "out of memory");
		return;
	}
	windows_init(&ws, blob, memory);
	while ((r = windows_next(&ws, &window, &err)) != 0) {
		if (r < 0) {
			job_unread(c->job, blob->origin, err.text);
			continue;
		}
		if (!ws.ended && !id)
			id = atomic_fetch_add(&ids, 1);
		if (window.offset == 0 && window.own == 0)
			format = manifest_bid(window.text, file_name(w, window.origin));
		/* its windows are read in their order, here */
		if (format && !ws.ended && !carry)
			carry = manifest_carry_new();
		window.binary &= !format;       /* a list of variables ended by NULs is text */
		c->job->bytes += window.own_end - window.own;
		if (ws.ended || format || !hand_over(w, &ws, &window, c, id, depth))
			scan_window(w, &window, c, id, format, carry);
	}
	manifest_carry_free(carry);
}

static bool
scan_feed(struct worker *w, struct feed *feed, const struct origin *origin, const struct context *c)
{
	struct blob blob;
	struct error err;
	int r;

	while ((r = feed->next(feed, &blob, &err)) > 0)
		scan_blob(w, &blob, c);
	if (r < 0)
		job_unread(c->job, origin, err.text);
	feed->close(feed);
	return r == 0;
}

/* opens what is wrapped; what turns out broken, locked or too large is scanned as it lies there, too */
static void
scan_wrapped(struct worker *w, const struct wrapping *wrapping, struct replay *replay, const struct context *c, unsigned depth)
{
	struct context inner = *c;
	struct within in;
	struct error err;
	struct feed *feed;
	uint64_t large;
	bool read = false;

	if (c->within) {                /* in decoded text nothing but that text has a place */
		in = *c->within;
		in.encoding = NULL;
		inner.within = &in;
	}
	feed = unwrap_open(wrapping, replay->head, &replay->blob, c->budget, &large, &err);
	if (feed)
		read = scan_feed(w, feed, replay->blob.origin, &inner);
	else
		job_unread(c->job, replay->blob.origin, err.text);
	unwrap_done(large);
	if (read)
		return;
	if (!replay_again(replay))
		job_unread(c->job, replay->blob.origin, "its raw bytes were kept only in part");
	scan_plain(w, &replay->blob, &inner, depth);
}

static void
scan_blob(struct worker *w, struct blob *blob, const struct context *c)
{
	const struct limits *limits = w->shared->options->limits;
	const unsigned depth = blob->origin->depth;
	const struct wrapping *wrapping;
	struct replay replay;
	struct error err;

	blob->room = level(w, depth);
	blob->room_size = blob->room ? WINDOW_SIZE : 0;
	if (replay_init(&replay, blob, UNWRAP_HEAD, RAW_KEEP, &err) < 0) {
		job_unread(c->job, blob->origin, err.text);
		replay_done(&replay);
		return;
	}
	wrapping = unwrap_bid(replay.head);
	if (wrapping && depth + 1 >= limits->depth) {
		job_unread(c->job, blob->origin, "nested deeper than is looked at (--max-depth)");
		wrapping = NULL;
	}
	if (wrapping) {
		scan_wrapped(w, wrapping, &replay, c, depth);
	} else {
		replay_keep_no_more(&replay);
		scan_plain(w, &replay.blob, c, depth);
	}
	replay_done(&replay);
}

const struct worker_shared *
worker_shares(const struct worker *w)
{
	return w->shared;
}

void
worker_blob(struct worker *w, struct job *job, struct blob *blob)
{
	struct budget budget = budget_begin(w->shared->options->limits, blob->size);
	const struct context c = { job, &budget, NULL };

	atomic_store(&job->told, 0);
	scan_blob(w, blob, &c);
}

void
worker_text(struct worker *w, struct job *job, struct blob *blob)
{
	struct pool *pool = w->pool;

	w->pool = NULL;
	worker_blob(w, job, blob);
	w->pool = pool;
}

struct scratch *
worker_scratch(struct worker *w)
{
	return w->scratch;
}

void
worker_stretch(struct worker *w, struct job *job, const struct window *window, const struct encoding *encoding, struct bytes stretch)
{
	struct budget budget = budget_begin(w->shared->options->limits, stretch.len);
	const struct context c = { job, &budget, NULL };
	struct look l = { .worker = w, .job = job, .window = window };

	stretches_add(&l.stretches, encoding, stretch, NULL);
	scan_stretches(&l, &c);
	if (l.failed | l.stretches.failed)
		job_unread(job, window->origin, "out of memory");
	stretches_done(&l.stretches);
}

/* a file of its own, or what holds such */
static void
scan_file(struct worker *w, struct blob *blob, struct job *job)
{
	if (blob->open) {
		scan_opened(w, blob, job);
	} else if (blob->versions) {
		versions_run(w, job, blob->versions);
	} else {
		job->life = blob->life;
		worker_blob(w, job, blob);
		job->files++;
	}
}

static void
run_blobs(struct worker *w, struct job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		scan_file(w, &job->blob[i], job);
		if (job->blob[i].close)
			job->blob[i].close(&job->blob[i]);
	}
	free(job->blob);                /* thousands of jobs wait to be told: only what came of them is kept */
	job->blob = NULL;
	job->count = 0;
}

/* gives a batch to whichever thread is free, or does it here; in either case its results stand in the parent's list */
static void
submit_batch(struct worker *w, struct batch *batch, struct job *parent)
{
	struct job *job = batch_take(batch);

	if (!job || pool_offer(w->pool, parent, job))
		return;
	if (!job_child(parent, job)) {
		job_unread(parent, job->blob[0].origin, "out of memory");
		pool_memory_back(w->pool, job->memory);
		job_free(job);
		return;
	}
	worker_run(w, job);
	job->done = true;
}

/* a blob that holds files: small ones go to other threads in batches, large ones window by window */
static void
scan_opened(struct worker *w, struct blob *blob, struct job *job)
{
	struct batch batch = { .pool = w->shared->calls->trace ? NULL : w->pool };
	struct error err;
	struct feed *feed = blob->open(blob, &err);
	struct blob file;
	int r = -1;

	while (feed && (r = feed->next(feed, &file, &err)) > 0) {
		if (batch_full(&batch))
			submit_batch(w, &batch, job);
		if (!batch_add(&batch, &file)) {
			submit_batch(w, &batch, job);
			scan_file(w, &file, job);
		}
		if (file.close)
			file.close(&file);
	}
	submit_batch(w, &batch, job);
	if (r < 0)
		job_unread(job, blob->origin, err.text);
	if (feed)
		feed->close(feed);
}

void
worker_run(struct worker *w, struct job *job)
{
	const struct context c = { job, &job->budget, NULL };

	if (job->kind == JOB_BLOBS_KIND)
		run_blobs(w, job);
	else
		scan_window(w, &job->window, &c, job->blob_id, NULL, NULL);
	if (job->memory)
		pool_memory_back(w->pool, job->memory);
	job->memory = NULL;
}
