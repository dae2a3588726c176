#include "report/excerpt.h"

#include <string.h>

#include <stanch/finding.h>

#include "base/bytes.h"
#include "report/chars.h"
#include "report/quote.h"

#define ELLIPSIS "\xe2\x80\xa6"

static size_t
step(const struct buf *b, size_t at, unsigned *columns)
{
	uint32_t code;
	size_t n = chars_next((const char *)b->at + at, b->len - at, &code);

	*columns = chars_width(code);
	return n;
}

/* Keeps the first so many columns. */
static unsigned
cut_end(struct buf *b, unsigned columns, unsigned most)
{
	unsigned kept = 0, width;
	size_t at = 0;

	if (columns <= most)
		return columns;
	while (at < b->len) {
		size_t n = step(b, at, &width);

		if (kept + width + 1 > most)
			break;
		kept += width;
		at += n;
	}
	b->len = at;
	buf_adds(b, ELLIPSIS);
	return kept + 1;
}

/* Keeps the last so many columns. */
static unsigned
cut_start(struct buf *b, unsigned columns, unsigned most)
{
	size_t at = 0, sign = strlen(ELLIPSIS);
	unsigned width;

	if (columns <= most)
		return columns;
	while (at < b->len && (columns + 1 > most || at < sign)) {
		at += step(b, at, &width);
		columns -= width;
	}
	if (at < sign)
		return columns;
	memmove(b->at + sign, b->at + at, b->len - at);
	memcpy(b->at, ELLIPSIS, sign);
	b->len -= at - sign;
	return columns + 1;
}

/* Adds text; a tab would only cost room and becomes a blank. Returns its columns. */
static unsigned
shown(struct buf *out, struct bytes text)
{
	unsigned columns = 0;

	while (text.len) {
		struct bytes tab = bytes_of("\t");
		size_t at = bytes_find(text, tab);

		columns += quote_visible(out, bytes_cut(text, 0, at));
		if (at == text.len)
			break;
		buf_addc(out, ' ');
		columns++;
		text = bytes_cut(text, at + 1, text.len);
	}
	return columns;
}

static struct bytes
without_indent(struct bytes text)
{
	size_t n = 0;

	while (n < text.len && (text.at[n] == ' ' || text.at[n] == '\t'))
		n++;
	return bytes_cut(text, n, text.len);
}

void
excerpt_fit(struct excerpt *e, const struct finding *f, unsigned columns)
{
	struct bytes line = bytes_of(f->excerpt);
	size_t from = f->excerpt_at < line.len ? f->excerpt_at : line.len;
	size_t to = f->excerpt_len < line.len - from ? from + f->excerpt_len : line.len;
	unsigned rest, half;

	*e = (struct excerpt){ 0 };
	e->before_cols = shown(&e->before, without_indent(bytes_cut(line, 0, from)));
	e->secret_cols = shown(&e->secret, bytes_cut(line, from, to));
	e->after_cols = shown(&e->after, bytes_cut(line, to, line.len));
	/* a column on either side is left for an ellipsis */
	e->secret_cols = cut_end(&e->secret, e->secret_cols, columns > 4 ? columns - 2 : 2);
	rest = columns > e->secret_cols ? columns - e->secret_cols : 0;
	half = rest / 2;
	e->before_cols = cut_start(&e->before, e->before_cols, rest - (e->after_cols < half ? e->after_cols : half));
	rest = rest > e->before_cols ? rest - e->before_cols : 0;
	e->after_cols = cut_end(&e->after, e->after_cols, rest);
}

void
excerpt_done(struct excerpt *e)
{
	buf_done(&e->before);
	buf_done(&e->secret);
	buf_done(&e->after);
}
