#include "scan/versions.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <stanch/blob.h>
#include <stanch/error.h>
#include <stanch/scan.h>

#include "base/buf.h"
#include "base/glob.h"
#include "decode/decode.h"
#include "manifest/manifest.h"
#include "match/match.h"
#include "match/window.h"
#include "scan/job.h"
#include "scan/lineage.h"
#include "scan/stretches.h"
#include "scan/telling.h"
#include "scan/worker.h"
#include "triage/triage.h"
#include "unwrap/unwrap.h"

/* how far an encoded form is looked around for the stretch that it stands in, where there was none */
#define STRETCH_REACH ((size_t)62 << 10)

/* A text with more is scanned as any file is, in windows and by their limits, and nothing is known of it then. */
#define RECORDS_MAX 20000
#define HITS_MAX 1000

static size_t
back(size_t at, size_t n)
{
	return at > n ? at - n : 0;
}

static size_t
ahead(const struct lineage *l, size_t at, size_t n)
{
	return l->window.text.len - at > n ? at + n : l->window.text.len;
}

static void
add(struct lineage *l, const struct record *r)
{
	if (l->fresh.count < RECORDS_MAX)
		l->failed |= !records_add(&l->fresh, r);
}

static bool
on_hit(void *arg, const struct hit *h)
{
	struct lineage *l = arg;
	const size_t end = h->at + h->secret.len, last = h->anchor > end ? h->anchor : end;
	struct record r = { .anchor = h->anchor, .met = h->met, .kind = RECORD_HIT };
	struct judged judged;

	triage(h, &(struct triage_sight){ buf_str(&l->file), l->shared->options->rules }, &judged);
	if (!keeps_wants(&judged))
		return false;
	r.lo = back(h->anchor < h->at ? h->anchor : h->at, MATCH_HIT);
	r.hi = ahead(l, last, MATCH_HIT);
	if (keeps_add(&l->keeps, h, &judged, l->job)) {
		r.kept = l->keeps.kept[0];
		add(l, &r);
	} else {
		l->failed = true;
	}
	l->keeps.count = 0;
	return judged.verdict == VERDICT_KEEP;
}

static void
on_far(void *arg, const struct met *met, size_t anchor, size_t reach)
{
	struct lineage *l = arg;

	add(l, &(struct record){ .lo = back(anchor, MATCH_NEAR), .hi = ahead(l, anchor, reach), .anchor = anchor, .met = *met, .kind = RECORD_ANCHOR });
}

/* the stretch of an encoding that a form is decoded with, among those of the version so far */
static const struct record *
stretch_at(struct lineage *l, const struct encoding *e, size_t at, size_t len)
{
	const struct bytes text = l->window.text;
	size_t around = 0;

	for (size_t i = l->fresh.count; i > 0; i--) {
		struct record *r = &l->fresh.record[i - 1];

		if (r->kind == RECORD_STRETCH && r->encoding == e &&
		    stretch_takes(e, bytes_cut(text, r->at, r->at + r->len), &r->known, text.at + at, len, &around))
			return r;
	}
	return NULL;
}

static void
look_around(struct lineage *l, const struct encoding *e, const struct form_hit *h)
{
	const struct record *in = stretch_at(l, e, h->at, h->len);
	struct record r = { .anchor = h->at, .met = h->met, .kind = RECORD_ANCHOR, .encoding = e, .lo = back(h->at, STRETCH_REACH), .hi = ahead(l, h->at, STRETCH_REACH) };
	struct bytes text;

	if (in) {
		r.lo = back(in->at < h->at ? in->at : h->at, 64);
		r.hi = ahead(l, in->at + in->len, 64);
	} else if (e->stretch(l->window.text, h->at, h->len, &text) && text.len) {
		r.kind = RECORD_STRETCH;
		r.at = (size_t)(text.at - l->window.text.at);
		r.len = text.len;
		r.lo = back(r.at < h->at ? r.at : h->at, 64);
		r.hi = ahead(l, r.at + r.len, 64);
	}
	add(l, &r);
}

static void
on_form(void *arg, const struct form_hit *h)
{
	struct lineage *l = arg;
	const struct encoding *e;

	for (size_t i = 0; (e = decode_list(i)); i++)
		if (h->encodings >> i & 1)
			look_around(l, e, h);
}

/* whether what is known of its base holds for this version at all */
static struct records *
base_of(struct lineage *l, unsigned kind)
{
	const struct version *v = l->version;
	struct records *k = v->base >= 0 && (size_t)v->base < l->places ? &l->known[v->base] : NULL;

	return k && k->usable && k->kind == kind ? k : NULL;
}

static void
match_ranges(struct lineage *l)
{
	const struct match_calls calls = { .hit = on_hit, .form = on_form, .far = on_far, .arg = l };
	struct scratch *scratch = worker_scratch(l->worker);
	struct window w = l->window;
	struct error err;

	for (size_t i = 0; i < l->ranges.count; i++) {
		w.own = l->ranges.range[i].from;
		w.own_end = l->ranges.range[i].to;
		if (match_window(scratch, &w, &calls, &err) < 0)
			l->failed |= !job_unread(l->job, w.origin, err.text);
	}
	for (size_t i = 0; i < l->again.count; i++)
		if (match_again(scratch, &l->window, &l->again.at[i].met, l->again.at[i].anchor, &calls, &err) < 0)
			l->failed |= !job_unread(l->job, w.origin, err.text);
}

static bool
make_room(struct lineage *l, unsigned place)
{
	if (place >= l->places) {
		const size_t places = (size_t)place + 16;
		struct records *more = realloc(l->known, places * sizeof *more);

		if (!more)
			return false;
		memset(more + l->places, 0, (places - l->places) * sizeof *more);
		l->known = more;
		l->places = places;
	}
	return true;
}

/* the version's records take the place of what was known there: that may be its base's, which has no use any more */
static void
keep_fresh(struct lineage *l, unsigned kind, bool usable)
{
	struct records old;

	l->fresh.kind = kind;
	l->fresh.len = l->window.text.len;
	l->fresh.named = l->named;
	l->fresh.usable = usable;
	if (!make_room(l, l->version->place)) {
		l->failed = true;
		return;
	}
	records_sort(&l->fresh);
	old = l->known[l->version->place];
	l->known[l->version->place] = l->fresh;
	l->fresh = old;
	records_clear(&l->fresh);
}

static size_t
count_hits(const struct lineage *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->fresh.count; i++)
		n += l->fresh.record[i].kind == RECORD_HIT;
	return n;
}

/* what is made of a text by its path; manifests are known by theirs, too. Most versions have the path of the one before */
static unsigned
kind_of(struct lineage *l, const char *file)
{
	if (l->kind_file.len && strcmp(buf_str(&l->kind_file), file) == 0)
		return l->kind;
	l->kind_file.len = 0;
	buf_adds(&l->kind_file, file);
	crypto_shorthash((uint8_t *)&l->named, (const uint8_t *)file, strlen(file), l->shared->mark_key);
	l->kind = triage_kind(l->picky, l->picky_count, file) << 1 | (glob_path("*.yaml", file) || glob_path("*.yml", file));
	return l->kind;
}

/* whether it begins as the version did that it was made of, which had the same path and was no manifest */
static bool
begins_alike(const struct lineage *l)
{
	const struct version *v = l->version;
	const struct records *k = v->base >= 0 && (size_t)v->base < l->places ? &l->known[v->base] : NULL;

	return k && k->usable && k->named == l->named && v->copy_count && v->copies[0].to == 0 && v->copies[0].from == 0 &&
	       v->copies[0].len >= MANIFEST_HEAD;
}

/* whether what is found in it depends on the text as a whole, or is not in its bytes as they lie there */
static bool
is_whole(struct lineage *l, const char *file)
{
	const struct bytes text = l->window.text;

	/* values that are known are looked for in all of it */
	return l->shared->options->known || unwrap_bid(bytes_cut(text, 0, UNWRAP_HEAD)) || (!begins_alike(l) && manifest_bid(text, file));
}

static void
scan_text(struct lineage *l, unsigned kind)
{
	const struct version *v = l->version;
	struct records *base = base_of(l, kind);
	size_t carried;

	l->ranges.count = l->again.count = 0;
	if (base) {
		ranges_new(&l->ranges, v->text.len, base->len, v->copies, v->copy_count, MATCH_NEAR);
		l->failed |= !records_carry(base, &l->fresh, v->copies, v->copy_count, v->text.len, &l->ranges, &l->again) ||
		             l->ranges.failed;
	} else {
		ranges_add(&l->ranges, 0, v->text.len);
	}
	carried = l->fresh.count;
	match_ranges(l);
	if (l->fresh.count == RECORDS_MAX || count_hits(l) > HITS_MAX) {
		if (!v->known)
			telling_whole(l, v->origin);
		keep_fresh(l, kind, false);
		return;
	}
	telling_hits(l, !base);
	telling_stretches(l, carried);
	keep_fresh(l, kind, true);
}

/* once more for each kind of path that it had, too, by which it may be judged otherwise */
static void
scan_also(struct lineage *l)
{
	const struct version *v = l->version;
	unsigned done[32], count = 0;

	done[count++] = kind_of(l, telling_file(l, v->origin));
	for (const char *const *also = v->also; also && *also && count < sizeof done / sizeof done[0]; also++) {
		struct origin origin = *v->origin;
		bool again = false;

		origin.name = *also;
		done[count] = kind_of(l, telling_file(l, &origin));
		for (unsigned i = 0; i < count; i++)
			again |= done[i] == done[count];
		if (again)
			continue;
		count++;
		telling_whole(l, &origin);
	}
}

static void
scan_version(struct lineage *l)
{
	const struct version *v = l->version;
	const struct bytes text = { v->text.at, v->text.len };
	const char *file;
	unsigned kind;

	l->window = (struct window){ .origin = v->origin, .text = text, .own_end = text.len, .line = 1, .binary = window_looks_binary(text) };
	l->number++;
	l->job->life = v->life;
	l->job->files += !v->known;
	l->job->bytes += v->known ? 0 : text.len;
	file = telling_file(l, v->origin);
	kind = kind_of(l, file) << 1 | l->window.binary;
	if (is_whole(l, file)) {
		if (!v->known)
			telling_whole(l, v->origin);
		keep_fresh(l, 0, false);
	} else {
		scan_text(l, kind);
	}
	if (!v->known)
		scan_also(l);
}

void
versions_run(struct worker *w, struct job *job, struct versions *versions)
{
	struct lineage l = { .worker = w, .shared = worker_shares(w), .job = job };
	struct version v = { 0 };
	struct error err;
	int r;

	buf_init(&l.file);
	buf_init(&l.kind_file);
	l.version = &v;
	l.picky_count = triage_picky(l.shared->options->rules, NULL, 0);
	l.picky = calloc(l.picky_count + 1, sizeof *l.picky);
	if (!l.picky) {
		job_unread(job, job->blob[0].origin, "out of memory");
		return;
	}
	triage_picky(l.shared->options->rules, l.picky, l.picky_count);
	while ((r = versions->next(versions, &v, &err)) != 0) {
		if (r < 0)
			job_unread(job, v.origin, err.text);
		else
			scan_version(&l);
	}
	if (l.failed)
		job_unread(job, v.origin, "out of memory");
	for (size_t i = 0; i < l.places; i++)
		records_done(&l.known[i]);
	free(l.known);
	free(l.picky);
	records_done(&l.fresh);
	ranges_done(&l.ranges);
	again_done(&l.again);
	keeps_done(&l.keeps);
	lives_done(&l.lives);
	buf_done(&l.file);
	buf_done(&l.kind_file);
}
