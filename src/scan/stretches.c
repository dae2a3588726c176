#include "scan/stretches.h"

#include <stdlib.h>

#include "decode/decode.h"
#include "match/match.h"
#include "match/window.h"

/* stretches of one encoding that are decoded though they share a byte */
#define AROUND_MOST 4

void
stretches_done(struct stretches *s)
{
	free(s->stretch);
	*s = (struct stretches){ 0 };
}

void
stretches_add(struct stretches *s, const struct encoding *e, struct bytes text, const struct told *told)
{
	if (s->count == s->cap) {
		const size_t cap = s->cap ? s->cap * 2 : 8;
		struct stretch *more = realloc(s->stretch, cap * sizeof *more);

		if (!more) {
			s->failed = true;
			return;
		}
		s->stretch = more;
		s->cap = cap;
	}
	s->stretch[s->count++] = (struct stretch){ .encoding = e, .text = text, .told = told };
}

bool
stretch_takes(const struct encoding *e, struct bytes stretch, size_t *known, const uint8_t *at, size_t len, size_t *around)
{
	if (at < stretch.at || at >= stretch.at + stretch.len)
		return false;
	return ++*around == AROUND_MOST || !e->joins || e->joins(stretch, known, (size_t)(at - stretch.at), len);
}

/* a form is decoded with a stretch that is listed already: forms come in order, so only the last ones of an encoding matter */
static bool
listed(struct stretches *s, const struct encoding *e, const uint8_t *at, size_t len)
{
	size_t around = 0;

	for (size_t i = s->count; i > 0 && s->count - i < 8; i--) {
		struct stretch *one = &s->stretch[i - 1];

		if (one->encoding == e && stretch_takes(e, one->text, &one->known, at, len, &around))
			return true;
	}
	return false;
}

void
stretches_meet(struct stretches *s, const struct form_hit *f)
{
	struct bytes text;
	const struct encoding *e;

	for (size_t i = 0; (e = decode_list(i)); i++)
		if ((f->encodings >> i & 1) && !listed(s, e, f->window->text.at + f->at, f->len) &&
		    e->stretch(f->window->text, f->at, f->len, &text) && text.len)
			stretches_add(s, e, text, NULL);
}

static bool
overlap(struct bytes a, struct bytes b)
{
	return a.at < b.at + b.len && b.at < a.at + a.len;
}

void
stretches_drop(struct stretches *s, struct bytes text)
{
	size_t left = 0;

	for (size_t i = 0; i < s->count; i++)
		if (!overlap(s->stretch[i].text, text))
			s->stretch[left++] = s->stretch[i];
	s->count = left;
}
