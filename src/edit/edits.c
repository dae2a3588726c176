#include "edit/edits.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"

void
edits_done(struct edits *e)
{
	for (size_t i = 0; i < e->count; i++)
		free(e->at[i].text);
	free(e->at);
	*e = (struct edits){ 0 };
}

int
edits_add(struct edits *e, size_t from, size_t to, unsigned depth, char *text, struct error *err)
{
	if (e->count == e->cap) {
		const size_t cap = e->cap ? e->cap * 2 : 16;
		struct edit *more = realloc(e->at, cap * sizeof *more);

		if (!more) {
			free(text);
			return error_set(err, ERROR_INTERNAL, "out of memory");
		}
		e->at = more;
		e->cap = cap;
	}
	e->at[e->count] = (struct edit){ from, to, text, depth, e->count };
	e->count++;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	/* what only comes stands before what goes */
	if ((x->from == x->to) != (y->from == y->to))
		return x->from == x->to ? -1 : 1;
	if (x->depth != y->depth)
		return x->depth > y->depth ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* lines that go at the end of a text that ends in no newline: the one before them goes too */
static void
pull_back(struct edits *e, struct bytes text)
{
	size_t i = e->count;
	size_t from;

	if (!i || text.len == 0 || text.at[text.len - 1] == '\n' || e->at[i - 1].to != text.len || e->at[i - 1].text)
		return;
	for (i--; i > 0 && !e->at[i - 1].text && e->at[i - 1].to == e->at[i].from; i--)
		;
	from = e->at[i].from;
	if (from == 0 || from == text.len || text.at[from - 1] != '\n')
		return;
	from--;
	if (from > 0 && text.at[from - 1] == '\r')
		from--;
	if (i == 0 || e->at[i - 1].to <= from)
		e->at[i].from = from;
}

int
edits_apply(struct edits *e, struct bytes text, struct buf *out, struct error *err)
{
	size_t done = 0;

	if (e->count)
		qsort(e->at, e->count, sizeof *e->at, compare);
	pull_back(e, text);
	for (size_t i = 0; i < e->count; i++) {
		const struct edit *edit = &e->at[i];

		if (edit->from < done || edit->to < edit->from || edit->to > text.len)
			return error_set(err, ERROR_INTERNAL, "two changes of one place get in each other's way");
		buf_add(out, text.at + done, edit->from - done);
		if (edit->text)
			buf_adds(out, edit->text);
		done = edit->to;
	}
	buf_add(out, text.at ? text.at + done : NULL, text.len - done);
	return out->failed ? error_set(err, ERROR_INTERNAL, "out of memory") : 0;
}
