/*
 * Of every pattern, a stretch of S successive grams (Q bytes each) is in a
 * table; the text is looked at in steps of S, so each occurrence meets exactly
 * one of them. A bitmap answers most steps; a sorted table the others; then the
 * bytes are compared.
 */
#include "match/known.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/secret.h"
#include "match/known_forms.h"
#include "match/known_marks.h"
#include "match/window.h"
#include "rules/rule.h"

#define LONGEST ((size_t)16 << 10)      /* of a value: its forms fit what a window sees ahead, and many of them into memory */
#define STARTS 256                      /* places in a pattern where its stretch of grams may begin */
#define COUNTS_LOG2 20

const struct rule known_rule = {
	.id = "known-secret",
	.about = "Value of a sealed file, in the open",
	.vendor = "stanch",
	.advice = "Change the value, seal the new one, and take this one out",
	.severity = SEVERITY_CRITICAL,
	.kind = RULE_TOKEN,
	.confidence = CONFIDENCE_CERTAIN,
	.binary = true,
};

struct value {
	char *name;
	size_t at, len;                 /* in bytes.at; of its plain form */
};

struct pattern {
	uint32_t value;
	uint32_t at, len;
	uint8_t form;
};

/* A gram and where it stands. */
struct gram {
	uint32_t tag;                   /* the upper half of its hash */
	uint32_t pattern;
	uint32_t offset;
};

/* Growing guarded memory. */
struct vault_bytes {
	uint8_t *at;
	size_t len, cap;
};

struct known {
	struct value *values;
	size_t value_count, value_cap;
	struct pattern *patterns;
	size_t pattern_count, pattern_cap;
	struct vault_bytes bytes;
	size_t shortest;                /* of all patterns */
	unsigned gram, step;            /* Q and S */
	uint64_t *filter;
	unsigned filter_log2;
	struct gram *grams;
	size_t gram_count;
	uint32_t *index;                /* by the tag's upper bits: where in grams it begins */
	unsigned index_log2;
	struct known_marks *marks;
};

struct known *
known_new(struct error *err)
{
	struct known *k = calloc(1, sizeof *k);

	if (!k)
		error_set(err, ERROR_INTERNAL, "out of memory for known values");
	else
		k->shortest = SIZE_MAX;
	return k;
}

void
known_free(struct known *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->value_count; i++)
		free(k->values[i].name);
	/* hashes of parts of values: not for others either */
	if (k->grams)
		sodium_memzero(k->grams, k->gram_count * sizeof *k->grams);
	secret_free(k->bytes.at);
	known_marks_free(k->marks);
	free(k->values);
	free(k->patterns);
	free(k->filter);
	free(k->grams);
	free(k->index);
	free(k);
}

/* room for one more of an array */
static bool
grow(void *array, size_t count, size_t *cap, size_t size)
{
	void **at = array, *more;

	if (count < *cap)
		return true;
	more = reallocarray(*at, *cap ? *cap * 2 : 64, size);
	if (!more)
		return false;
	*at = more;
	*cap = *cap ? *cap * 2 : 64;
	return true;
}

static uint8_t *
room(struct vault_bytes *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 4096;
	uint8_t *more;

	while (cap - b->len < n)
		cap *= 2;
	if (cap == b->cap)
		return b->at + b->len;
	more = secret_new(cap);
	if (!more)
		return NULL;
	if (b->len)
		memcpy(more, b->at, b->len);
	secret_free(b->at);
	b->at = more;
	b->cap = cap;
	return b->at + b->len;
}

/* whether an earlier form of the same value reads the same */
static bool
is_repeated(const struct known *k, size_t first, const uint8_t *at, size_t len)
{
	for (size_t i = first; i < k->pattern_count; i++)
		if (k->patterns[i].len == len && memcmp(k->bytes.at + k->patterns[i].at, at, len) == 0)
			return true;
	return false;
}

static bool
add_form(struct known *k, unsigned form, size_t first)
{
	const struct value *v = &k->values[k->value_count - 1];
	uint8_t *out = room(&k->bytes, known_forms_room(v->len));
	size_t len;

	if (!out || k->bytes.len > UINT32_MAX / 2)
		return false;
	len = known_forms_write(form, (struct bytes){ k->bytes.at + v->at, v->len }, out);
	if (len == 0 || is_repeated(k, first, out, len))
		return true;
	if (!grow(&k->patterns, k->pattern_count, &k->pattern_cap, sizeof *k->patterns))
		return false;
	k->patterns[k->pattern_count++] = (struct pattern){ (uint32_t)(k->value_count - 1), (uint32_t)k->bytes.len, (uint32_t)len, (uint8_t)form };
	k->bytes.len += len;
	k->shortest = len < k->shortest ? len : k->shortest;
	return true;
}

int
known_add(struct known *k, const char *name, struct bytes value, struct error *err)
{
	const size_t first = k->pattern_count;
	struct value *v;
	uint8_t *to;
	bool ok;

	if (value.len && value.at[value.len - 1] == '\n')
		value.len--;
	if (value.len < KNOWN_SHORTEST)
		return 0;
	if (value.len > LONGEST)
		value.len = LONGEST;
	ok = grow(&k->values, k->value_count, &k->value_cap, sizeof *k->values) && (to = room(&k->bytes, value.len));
	if (ok) {
		memcpy(to, value.at, value.len);
		v = &k->values[k->value_count++];
		*v = (struct value){ strdup(name), k->bytes.len, value.len };
		k->bytes.len += value.len;
		ok = v->name;
	}
	for (unsigned i = 0; ok && i < KNOWN_FORMS; i++)
		ok = add_form(k, i, first);
	return ok ? 1 : error_set(err, ERROR_INTERNAL, "out of memory for known values");
}

int
known_add_mark(struct known *k, const char *name, const uint8_t mark[static 16], const uint8_t key[static 32], struct error *err)
{
	if (!k->marks)
		k->marks = known_marks_new(key);
	if (k->marks && known_marks_add(k->marks, name, mark))
		return 0;
	return error_set(err, ERROR_INTERNAL, "out of memory for marks");
}

/* 8 bytes of which the first Q count */
static inline uint64_t
load(const struct known *k, const uint8_t *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof v);
	return v << (64 - 8 * k->gram);
}

static inline uint64_t
hash(uint64_t gram)
{
	return (gram ^ gram >> 29) * 0x9e3779b97f4a7c15u;
}

/* the same where 8 bytes can't be read any more */
static uint64_t
hash_at(const struct known *k, const uint8_t *at, size_t left)
{
	uint8_t copy[8] = { 0 };

	memcpy(copy, at, left < 8 ? left : 8);
	return hash(load(k, copy));
}

/* where a pattern's stretch of grams begins: where the commonest of them is rarest among all patterns */
static size_t
best_start(const struct known *k, const struct pattern *p, const uint8_t *counts)
{
	const uint8_t *at = k->bytes.at + p->at;
	const size_t starts = p->len - k->gram - k->step + 2;
	size_t best = 0;
	unsigned least = 256;

	for (size_t start = 0; start < starts && start < STARTS && least > 1; start++) {
		unsigned most = 0;

		for (size_t i = 0; i < k->step; i++) {
			const uint8_t n = counts[hash_at(k, at + start + i, p->len - start - i) >> (64 - COUNTS_LOG2)];

			most = n > most ? n : most;
		}
		if (most < least) {
			least = most;
			best = start;
		}
	}
	return best;
}

static void
count_grams(const struct known *k, uint8_t *counts)
{
	for (size_t i = 0; i < k->pattern_count; i++) {
		const struct pattern *p = &k->patterns[i];

		for (size_t at = 0; at + k->gram <= p->len && at < STARTS + k->step; at++) {
			uint8_t *n = &counts[hash_at(k, k->bytes.at + p->at + at, p->len - at) >> (64 - COUNTS_LOG2)];

			*n += *n < 255;
		}
	}
}

static int
by_tag(const void *a, const void *b)
{
	const struct gram *x = a, *y = b;

	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	return x->pattern != y->pattern ? (x->pattern < y->pattern ? -1 : 1) : (x->offset > y->offset) - (x->offset < y->offset);
}

static void
fill_grams(struct known *k, const uint8_t *counts)
{
	for (size_t i = 0; i < k->pattern_count; i++) {
		const struct pattern *p = &k->patterns[i];
		const size_t start = best_start(k, p, counts);

		for (size_t s = 0; s < k->step; s++) {
			const uint64_t h = hash_at(k, k->bytes.at + p->at + start + s, p->len - start - s);

			k->grams[k->gram_count++] = (struct gram){ (uint32_t)(h >> 32), (uint32_t)i, (uint32_t)(start + s) };
			k->filter[h >> (64 - k->filter_log2) >> 6] |= (uint64_t)1 << (h >> (64 - k->filter_log2) & 63);
		}
	}
	qsort(k->grams, k->gram_count, sizeof *k->grams, by_tag);
	for (size_t i = 0, bucket = 0; bucket <= (size_t)1 << k->index_log2; bucket++) {
		while (i < k->gram_count && k->grams[i].tag >> (32 - k->index_log2) < bucket)
			i++;
		k->index[bucket] = (uint32_t)i;
	}
}

int
known_build(struct known *k, struct error *err)
{
	uint8_t *counts = calloc(1, (size_t)1 << COUNTS_LOG2);
	size_t n;

	if (k->marks)
		known_marks_build(k->marks);
	if (k->pattern_count == 0) {
		free(counts);
		return 0;
	}
	k->gram = k->shortest >= 16 ? 8 : (unsigned)k->shortest / 2;
	k->step = (unsigned)k->shortest - k->gram + 1 > 9 ? 9 : (unsigned)k->shortest - k->gram + 1;
	n = k->pattern_count * k->step;
	for (k->filter_log2 = 16; k->filter_log2 < 25 && (size_t)1 << k->filter_log2 < n * 16; k->filter_log2++)
		;
	for (k->index_log2 = 8; k->index_log2 < 22 && (size_t)1 << k->index_log2 < n; k->index_log2++)
		;
	k->filter = calloc((size_t)1 << (k->filter_log2 - 6), sizeof *k->filter);
	k->grams = calloc(n, sizeof *k->grams);
	k->index = calloc(((size_t)1 << k->index_log2) + 1, sizeof *k->index);
	if (counts && k->filter && k->grams && k->index) {
		count_grams(k, counts);
		fill_grams(k, counts);
		sodium_memzero(counts, (size_t)1 << COUNTS_LOG2);
		free(counts);
		return 0;
	}
	free(counts);
	return error_set(err, ERROR_INTERNAL, "out of memory for known values");
}

/* all patterns that have this gram, compared where they would stand */
static void
verify(const struct known *k, const struct window *w, size_t at, uint64_t h, void (*call)(void *, const struct known_hit *), void *arg)
{
	const uint32_t tag = (uint32_t)(h >> 32), bucket = tag >> (32 - k->index_log2);

	for (uint32_t i = k->index[bucket]; i < k->index[bucket + 1]; i++) {
		const struct gram *g = &k->grams[i];
		const struct pattern *p = &k->patterns[g->pattern];
		const size_t from = at - g->offset;
		const struct value *v = &k->values[p->value];

		if (g->tag != tag || g->offset > at || from < w->own || from >= w->own_end || p->len > w->text.len - from)
			continue;
		if (memcmp(w->text.at + from, k->bytes.at + p->at, p->len) == 0)
			call(arg, &(struct known_hit){ w, from, p->len, v->name, { k->bytes.at + v->at, v->len }, known_forms_why(p->form) });
	}
}

static void
search(const struct known *k, const struct window *w, void (*call)(void *, const struct known_hit *), void *arg)
{
	const uint8_t *text = w->text.at;
	const unsigned shift = 64 - k->filter_log2;
	/* a pattern that begins in what is owned may have its grams this far behind */
	size_t end = w->own_end + STARTS + k->step, at = w->own;

	if (end > w->text.len)
		end = w->text.len;
	for (; at + 8 <= end; at += k->step) {
		const uint64_t h = hash(load(k, text + at)), bit = h >> shift;

		if (k->filter[bit >> 6] >> (bit & 63) & 1)
			verify(k, w, at, h, call, arg);
	}
	for (; at + k->gram <= end; at += k->step)
		verify(k, w, at, hash_at(k, text + at, w->text.len - at), call, arg);
}

void
known_window(const struct known *k, const struct window *w, bool whole, void (*call)(void *, const struct known_hit *), void *arg)
{
	if (k->pattern_count)
		search(k, w, call, arg);
	if (k->marks)
		known_marks_window(k->marks, w, whole, call, arg);
}
