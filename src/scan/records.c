#include "scan/records.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/blob.h>

void
records_done(struct records *k)
{
	free(k->record);
	*k = (struct records){ 0 };
}

void
records_clear(struct records *k)
{
	k->count = 0;
	k->len = 0;
	k->usable = false;
}

struct record *
records_add(struct records *k, const struct record *one)
{
	if (k->count == k->cap) {
		const size_t cap = k->cap ? k->cap * 2 : 16;
		struct record *more = realloc(k->record, cap * sizeof *more);

		if (!more)
			return NULL;
		k->record = more;
		k->cap = cap;
	}
	k->record[k->count] = *one;
	return &k->record[k->count++];
}

static int
compare_met(const struct record *x, const struct record *y)
{
	if (x->anchor != y->anchor)
		return x->anchor < y->anchor ? -1 : 1;
	if (x->met.literal != y->met.literal)
		return x->met.literal < y->met.literal ? -1 : 1;
	if (x->met.len != y->met.len)
		return x->met.len < y->met.len ? -1 : 1;
	return x->met.encodings - y->met.encodings;
}

static int
by_anchor(const void *a, const void *b)
{
	const struct record *x = a, *y = b;
	const int order = compare_met(x, y);

	if (order)
		return order;
	return x->kept.at != y->kept.at ? (x->kept.at < y->kept.at ? -1 : 1) : 0;
}

void
records_sort(struct records *k)
{
	bool sorted = true;

	for (size_t i = 1; sorted && i < k->count; i++)
		sorted = by_anchor(&k->record[i - 1], &k->record[i]) <= 0;
	if (!sorted)
		qsort(k->record, k->count, sizeof *k->record, by_anchor);
}

void
ranges_done(struct ranges *r)
{
	free(r->range);
	*r = (struct ranges){ 0 };
}

void
ranges_add(struct ranges *r, size_t from, size_t to)
{
	if (from >= to)
		return;
	if (r->count && r->range[r->count - 1].from <= from && r->range[r->count - 1].to >= from) {
		if (to > r->range[r->count - 1].to)
			r->range[r->count - 1].to = to;
		return;
	}
	if (r->count == r->cap) {
		const size_t cap = r->cap ? r->cap * 2 : 32;
		struct range *more = realloc(r->range, cap * sizeof *more);

		if (!more) {
			r->failed = true;
			return;
		}
		r->range = more;
		r->cap = cap;
	}
	r->range[r->count++] = (struct range){ from, to };
}

static int
by_from(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->from != y->from ? (x->from < y->from ? -1 : 1) : (x->to > y->to) - (x->to < y->to);
}

void
ranges_join(struct ranges *r)
{
	size_t n = 0;

	if (r->count > 1)
		qsort(r->range, r->count, sizeof *r->range, by_from);
	for (size_t i = 0; i < r->count; i++) {
		if (n && r->range[i].from <= r->range[n - 1].to) {
			if (r->range[i].to > r->range[n - 1].to)
				r->range[n - 1].to = r->range[i].to;
		} else {
			r->range[n++] = r->range[i];
		}
	}
	r->count = n;
}

static void
add_around(struct ranges *r, size_t from, size_t to, size_t len, size_t margin)
{
	ranges_add(r, from > margin ? from - margin : 0, len - to > margin ? to + margin : len);
}

void
ranges_new(struct ranges *r, size_t len, size_t base_len, const struct copied *copies, size_t count, size_t margin)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		const struct copied *c = &copies[i];

		/* neighbours in the base are one copy already: stretches meet anew, but for the start of both */
		if (at || c->to || c->from)
			add_around(r, at, c->to, len, margin);
		at = c->to + c->len;
	}
	if (at < len || count == 0 || copies[count - 1].from + copies[count - 1].len != base_len)
		add_around(r, at, len, len, margin);
	ranges_join(r);
}

/* whether a byte is in one of the ranges, which are joined */
static bool
covered(const struct ranges *r, size_t at)
{
	size_t from = 0, to = r->count;

	while (from < to) {
		const size_t mid = from + (to - from) / 2;

		if (r->range[mid].to <= at)
			from = mid + 1;
		else
			to = mid;
	}
	return from < r->count && r->range[from].from <= at;
}

/* whether a copy holds all that the record depends on: at the ends of a text also that they are ends */
static bool
intact(const struct record *r, const struct copied *c, size_t base_len, size_t len)
{
	if (r->lo < c->from || r->hi > c->from + c->len)
		return false;
	if (r->lo == 0 && (c->from != 0 || c->to != 0))
		return false;
	return r->hi != base_len || (c->from + c->len == base_len && c->to + c->len == len);
}

static bool
carry(struct records *out, const struct record *r, size_t from, size_t to)
{
	struct record moved = *r;

	moved.lo = r->lo - from + to;
	moved.hi = r->hi - from + to;
	moved.anchor = r->anchor - from + to;
	moved.at = r->at - from + to;
	moved.kept.at = r->kept.at - from + to;
	return records_add(out, &moved);
}

static bool
add_again(struct again *again, size_t anchor, const struct met *met)
{
	if (again->count == again->cap) {
		const size_t cap = again->cap ? again->cap * 2 : 32;
		struct again_at *more = realloc(again->at, cap * sizeof *more);

		if (!more)
			return false;
		again->at = more;
		again->cap = cap;
	}
	again->at[again->count++] = (struct again_at){ anchor, *met };
	return true;
}

void
again_done(struct again *again)
{
	free(again->at);
	*again = (struct again){ 0 };
}

/* the records [i, end) of one anchor stand or fall together: looking at it again finds them all */
static bool
carry_group(const struct records *base, size_t i, size_t end, struct records *out, const struct copied *c, size_t len, struct again *again)
{
	bool ok = true;

	for (size_t k = i; k < end; k++)
		if (!intact(&base->record[k], c, base->len, len))
			return add_again(again, base->record[i].anchor - c->from + c->to, &base->record[i].met);
	for (size_t k = i; ok && k < end; k++)
		ok = carry(out, &base->record[k], c->from, c->to);
	return ok;
}

static size_t
first_at(const struct records *k, size_t anchor)
{
	size_t from = 0, to = k->count;

	while (from < to) {
		const size_t mid = from + (to - from) / 2;

		if (k->record[mid].anchor < anchor)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

/* the records of one copied stretch */
static bool
carry_stretch(const struct records *base, struct records *out, const struct copied *c, size_t len, const struct ranges *r,
	struct again *again)
{
	bool ok = true;

	for (size_t i = first_at(base, c->from), end; ok && i < base->count && base->record[i].anchor < c->from + c->len; i = end) {
		for (end = i + 1; end < base->count && compare_met(&base->record[end], &base->record[i]) == 0; end++)
			;
		if (!covered(r, base->record[i].anchor - c->from + c->to))
			ok = carry_group(base, i, end, out, c, len, again);
	}
	return ok;
}

bool
records_carry(const struct records *base, struct records *out, const struct copied *copies, size_t count, size_t len, const struct ranges *r,
	struct again *again)
{
	bool ok = true;

	again->count = 0;
	for (size_t n = 0; ok && base->count && n < count; n++)
		ok = carry_stretch(base, out, &copies[n], len, r, again);
	return ok;
}
