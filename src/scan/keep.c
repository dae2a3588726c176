#include "scan/keep.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/scan.h>

#include "base/buf.h"
#include "base/mark.h"
#include "blob/origin.h"
#include "decode/decode.h"
#include "match/assign.h"
#include "match/known.h"
#include "match/window.h"
#include "rules/rule.h"
#include "scan/job.h"

/* of a long line, what is told to either side of the secret */
#define EXCERPT_SIDE 60

void
keeps_done(struct keeps *k)
{
	free(k->kept);
	arena_done(&k->values);
	*k = (struct keeps){ 0 };
}

bool
keeps_put(struct keeps *k, const struct kept *one)
{
	if (k->count == k->cap) {
		const size_t cap = k->cap ? k->cap * 2 : 16;
		struct kept *more = realloc(k->kept, cap * sizeof *more);

		if (!more)
			return false;
		k->kept = more;
		k->cap = cap;
	}
	k->kept[k->count++] = *one;
	return true;
}

bool
keeps_add(struct keeps *k, const struct hit *h, const struct judged *judged, struct job *job)
{
	struct kept one = { .rule = h->rule, .at = h->at, .len = h->secret.len, .judged = *judged };
	const bool named = h->assign && h->assign->name.len;

	if (named)
		one.key = arena_string(&job->arena, h->assign->name);
	return (!named || one.key) && keeps_put(k, &one);
}

bool
keeps_add_known(struct keeps *k, const struct known_hit *h, struct job *job)
{
	const struct judged judged = { .verdict = VERDICT_KEEP, .confidence = CONFIDENCE_CERTAIN, .why = h->why };
	const struct kept one = { .rule = &known_rule, .at = h->at, .len = h->len, .judged = judged, .value = h->value,
		.key = arena_string(&job->arena, bytes_of(h->name)) };

	return one.key && keeps_put(k, &one);
}

bool
keeps_wants(const struct judged *j)
{
	return j->verdict == VERDICT_KEEP || j->verdict == VERDICT_CHECKSUM || j->verdict == VERDICT_ALLOWED;
}

unsigned
keep_rank(enum confidence confidence, const struct rule *rule)
{
	static const unsigned kinds[] = {
		[RULE_TOKEN] = 3, [RULE_COMPANION] = 2, [RULE_KEYED] = 1, [RULE_ASSIGNMENT] = 0,
	};

	/* a name is worth less than any secret in or around it */
	if (rule->severity == SEVERITY_INFO)
		return 0;
	return (unsigned)confidence * 4 + kinds[rule->kind];
}

static int
by_place(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;
	const unsigned rx = keep_rank(x->judged.confidence, x->rule), ry = keep_rank(y->judged.confidence, y->rule);

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (rx != ry)
		return rx > ry ? -1 : 1;
	if (x->len != y->len)
		return x->len > y->len ? -1 : 1;
	return strcmp(x->rule->id, y->rule->id);
}

/* the very same bytes, by a vendor's name and by a guess */
static bool
names_guess(const struct kept *a, const struct kept *b)
{
	return a->at == b->at && a->len == b->len && a->rule->kind != RULE_ASSIGNMENT && b->rule->kind == RULE_ASSIGNMENT &&
	    a->rule->severity != SEVERITY_INFO;
}

/* whose it is, is told by the one; how sure it is, by both */
static void
join(struct kept *a, const struct kept *b)
{
	if (b->judged.confidence > a->judged.confidence)
		a->judged.confidence = b->judged.confidence;
	a->judged.evidence |= b->judged.evidence;
	a->key = a->key ? a->key : b->key;
}

static bool
better(const struct kept *a, const struct kept *b)
{
	const unsigned ra = keep_rank(a->judged.confidence, a->rule), rb = keep_rank(b->judged.confidence, b->rule);

	return ra != rb ? ra > rb : a->len > b->len;
}

/* a guess by name or neighbourhood is settled by what knows the thing itself */
static void
overrule(const struct keeps *k, struct kept *one)
{
	for (size_t i = 0; i < k->count; i++) {
		const struct kept *by = &k->kept[i];
		const bool weaker = one->rule->kind == RULE_ASSIGNMENT ||
		    (by->judged.verdict == VERDICT_ALLOWED && keep_rank(0, one->rule) <= keep_rank(0, by->rule));

		if (by->judged.verdict != VERDICT_KEEP && by->judged.verdict != VERDICT_OVERSHADOWED && weaker &&
		    one->at < by->at + by->len && by->at < one->at + one->len)
			one->judged.verdict = VERDICT_OVERSHADOWED;
	}
}

/* how many places comments allowed; several rules may have met at one */
static size_t
count_allowed(const struct keeps *k)
{
	size_t n = 0, end = 0;

	for (size_t i = 0; i < k->count; i++) {
		const struct kept *one = &k->kept[i];

		if (one->judged.verdict != VERDICT_ALLOWED)
			continue;
		n += n == 0 || one->at >= end;
		end = one->at + one->len > end ? one->at + one->len : end;
	}
	return n;
}

size_t
keeps_resolve(struct keeps *k)
{
	struct kept *last = NULL;
	size_t rulings = 0;

	if (k->count > 1)
		qsort(k->kept, k->count, sizeof *k->kept, by_place);
	for (size_t i = 0; i < k->count; i++)
		rulings += k->kept[i].judged.verdict != VERDICT_KEEP;
	for (size_t i = 0; rulings && i < k->count; i++)
		if (k->kept[i].judged.verdict == VERDICT_KEEP)
			overrule(k, &k->kept[i]);
	for (size_t i = 0; i < k->count; i++) {
		struct kept *one = &k->kept[i];

		if (one->judged.verdict != VERDICT_KEEP)
			continue;
		if (!last || one->at >= last->at + last->len) {
			last = one;
		} else if (names_guess(one, last) || (better(one, last) && !names_guess(last, one))) {
			if (names_guess(one, last))
				join(one, last);
			last->judged.verdict = VERDICT_OVERSHADOWED;
			last = one;
		} else {
			if (names_guess(last, one))
				join(last, one);
			one->judged.verdict = VERDICT_OVERSHADOWED;
		}
	}
	return rulings ? count_allowed(k) : 0;
}

size_t
within_place(const struct within *in, const struct window *w, size_t at, const struct window **outermost)
{
	for (; in; in = in->outer) {
		at = in->at + (in->encoding ? in->encoding->where(in->stretch, at) : 0);
		w = in->window;
	}
	*outermost = w;
	return at;
}

void
keep_preview(struct bytes secret, char *preview, size_t size)
{
	const size_t ends = secret.len >= 24 ? 4 : secret.len >= 12 ? 2 : secret.len >= 8 ? 1 : 0;
	const size_t tail = ends > 2 ? 2 : ends ? 1 : 0;
	size_t n = 0;

	for (size_t i = 0; i < ends && n < size - 8; i++)
		preview[n++] = secret.at[i] > ' ' && secret.at[i] < 0x7f ? (char)secret.at[i] : '?';
	memcpy(preview + n, "…", strlen("…"));
	n += strlen("…");
	for (size_t i = secret.len - tail; i < secret.len && n < size - 1; i++)
		preview[n++] = secret.at[i] > ' ' && secret.at[i] < 0x7f ? (char)secret.at[i] : '?';
	preview[n] = 0;
}

/* the stars that stand for a secret; never as long as it, so that they don't tell its length twice */
#define MASK "********"

/* marks what must not be seen in line: every secret of the window, wherever it occurs */
static void
cover(const struct keeps *k, const struct window *w, struct bytes line, bool *hide)
{
	const size_t base = (size_t)(line.at - w->text.at);

	for (size_t i = 0; i < k->count; i++) {
		const struct kept *one = &k->kept[i];
		const struct bytes secret = bytes_cut(w->text, one->at, one->at + one->len);

		for (size_t at = one->at < base ? base : one->at; at < one->at + one->len && at < base + line.len; at++)
			hide[at - base] = true;
		for (size_t at = 0; secret.len >= 4 && at < line.len;) {
			const struct bytes rest = bytes_cut(line, at, line.len);
			const size_t found = bytes_find(rest, secret);

			if (found == rest.len)
				break;
			memset(hide + at + found, true, secret.len);
			at += found + secret.len;
		}
	}
}

static bool
excerpt(const struct keeps *k, const struct kept *one, const struct window *w, struct finding *f, struct job *job)
{
	const size_t end = one->at + one->len;
	const struct bytes line = window_line(w, one->at, end > one->at + 256 ? one->at + 256 : end, EXCERPT_SIDE);
	bool *hide = line.len ? calloc(line.len, 1) : NULL;
	struct buf out;

	if (!hide)
		return line.len == 0;
	cover(k, w, line, hide);
	buf_init(&out);
	for (size_t i = 0; i < line.len; i++) {
		const bool own = line.at + i == w->text.at + one->at;

		if (own)
			f->excerpt_at = out.len;
		if (!hide[i])
			buf_addc(&out, (char)line.at[i]);
		else if (own || i == 0 || !hide[i - 1])
			buf_adds(&out, MASK);
	}
	free(hide);
	f->excerpt_len = sizeof MASK - 1;
	f->excerpt = out.failed ? NULL : arena_string(&job->arena, (struct bytes){ out.at, out.len });
	buf_done(&out);
	return f->excerpt;
}

bool
keep_name(struct finding *f)
{
	struct bytes parts[3] = { bytes_of(f->rule->id), { f->mark, MARK_BYTES }, { 0 } };
	struct buf file;

	buf_init(&file);
	origin_file(f->origin, &file);
	parts[2] = (struct bytes){ file.at, file.len };
	mark_id(f->id, FINDING_ID_CHARS, parts, 3);
	buf_done(&file);
	return !file.failed;
}

void
keep_place(struct found *found, const struct window *outer, size_t at, size_t last)
{
	struct place from = window_place(outer, at), to = window_place(outer, last);
	struct finding *f = &found->finding;

	f->offset = from.offset;
	f->line = from.line;
	f->column = from.column;
	f->column16 = from.column16;
	f->end_line = to.line;
	f->end_column = to.line ? to.column + 1 : 0;
	f->end_column16 = to.line ? to.column16 + 1 : 0;
	found->from = from.offset;
	found->to = to.offset + 1;
}

static void
set_place(struct found *found, const struct window *w, const struct within *in, const struct kept *one)
{
	const struct window *outer;
	const size_t at = within_place(in, w, one->at, &outer);

	keep_place(found, outer, at, in ? within_place(in, w, one->at + one->len - 1, &outer) : at + one->len - 1);
}

struct found *
keeps_tell_one(const struct keeps *k, const struct kept *one, const struct window *w, const struct within *in, uint64_t blob,
    const struct scan_options *options, const uint8_t *mark_key, struct job *job)
{
	const struct bytes secret = one->value.len ? one->value : bytes_cut(w->text, one->at, one->at + one->len);
	struct found *found = arena_new(&job->arena, sizeof *found);
	struct finding *f;

	if (!found)
		return NULL;
	f = &found->finding;
	f->rule = one->rule;
	f->confidence = one->judged.confidence;
	f->evidence = one->judged.evidence;
	f->entropy = one->judged.entropy;
	f->why = one->judged.why;
	f->length = secret.len;
	f->key = one->key;
	if (one->told) {
		f->path = one->told->path;
		f->pointer = one->told->pointer;
		f->object_kind = one->told->kind;
		f->object_namespace = one->told->space;
		f->object_name = one->told->name;
	}
	f->life = job->life;
	found->rank = keep_rank(f->confidence, f->rule);
	found->blob = blob;
	set_place(found, w, in, one);
	mark_make(f->mark, secret, mark_key);
	keep_preview(secret, f->preview, sizeof f->preview);
	f->origin = origin_copy(w->origin, &job->arena);
	if (options->show_secrets)
		f->secret = arena_string(&job->arena, secret);
	if (f->origin && (f->secret || !options->show_secrets) && keep_name(f) && (w->binary || excerpt(k, one, w, f, job)) &&
	    job_found(job, found))
		return found;
	return NULL;
}

bool
keeps_tell(const struct keeps *k, const struct window *w, const struct within *in, uint64_t blob,
    const struct scan_options *options, const uint8_t *mark_key, struct job *job)
{
	bool ok = true;

	for (size_t i = 0; ok && i < k->count; i++)
		if (k->kept[i].judged.verdict == VERDICT_KEEP)
			ok = keeps_tell_one(k, &k->kept[i], w, in, blob, options, mark_key, job);
	return ok;
}

void
keeps_drop_weaker(struct keeps *k, enum confidence least)
{
	for (size_t i = 0; i < k->count; i++) {
		struct judged *j = &k->kept[i].judged;

		if (j->verdict == VERDICT_KEEP && j->confidence < least)
			j->verdict = VERDICT_UNLIKELY;
	}
}
