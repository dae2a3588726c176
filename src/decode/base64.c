#include <string.h>

#include "base/buf.h"
#include "decode/decode.h"
#include "decode/encodings.h"

/* characters that depend on nothing but the anchor: fewer are met by chance too often */
#define STABLE_MIN 4

/* digits of a line that may go on in the next one */
#define LINE_MIN 40
/* digits looked at before and after what was seen, to tell where groups of four begin */
#define BEFORE 16
#define AFTER 32

#define NO 0xff

/* the value of a digit of either alphabet */
static const uint8_t values[256] = {
	[0x00 ... 0x1f] = NO, [0x80 ... 0xff] = NO,
	[0x20] = NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 62, NO, 62, NO, 63,
	[0x30] = 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, NO, NO, NO,
	[0x40] = NO, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	[0x50] = 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, NO, NO, NO, NO, 63,
	[0x60] = NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	[0x70] = 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO, NO, NO, NO,
};

static bool
is_digit(uint8_t c)
{
	return values[c] != NO;
}

bool
encodings_digit(uint8_t c)
{
	return is_digit(c) || c == '\n' || c == '\r';
}

/* the anchor behind `skip` unknown bytes: the digits that hold only its own bits */
static bool
form_at(struct bytes anchor, unsigned skip, struct form *f)
{
	const size_t bits = (anchor.len + skip) * 8;

	*f = (struct form){ 0 };
	for (size_t at = (skip * 8 + 5) / 6 * 6; at + 6 <= bits && f->len < FORM_MAX; at += 6) {
		unsigned digit = 0;

		for (size_t b = at; b < at + 6; b++) {
			const uint8_t byte = anchor.at[b / 8 - skip];

			digit = digit << 1 | (byte >> (7 - b % 8) & 1);
		}
		f->text[f->len++] = (uint8_t)encodings_base64[digit];
	}
	return f->len >= STABLE_MIN;
}

static size_t
forms(struct bytes anchor, struct form *out, size_t max)
{
	size_t n = 0;

	if (anchor.len > FORM_MAX / 2)
		return 0;
	for (unsigned skip = 0; skip < 3 && n < max; skip++)
		n += form_at(anchor, skip, &out[n]);
	return n;
}

/* what stands between lines: blanks, a line break or \n, and the quotes and plus of a literal in parts */
struct gap {
	size_t end;
	bool line, quote;
};

static struct gap
gap_ahead(struct bytes t, size_t at)
{
	struct gap g = { .end = at };

	for (; g.end < t.len; g.end++) {
		const uint8_t c = t.at[g.end];
		const uint8_t next = g.end + 1 < t.len ? t.at[g.end + 1] : 0;

		if (c == '\\' && (next == 'n' || next == 'r')) {
			g.line = true;
			g.end++;
		} else if (c == '"' || c == '\'') {
			g.quote = true;
		} else if (c == '\n') {
			g.line = true;
		} else if (c != ' ' && c != '\t' && c != '\r' && c != '\\' && !(c == '+' && g.quote)) {
			break;
		}
	}
	return g;
}

/* the same backwards: where the gap that ends at `at` begins */
static struct gap
gap_back(struct bytes t, size_t at, size_t least)
{
	struct gap g = { .end = at };

	for (; g.end > least; g.end--) {
		const uint8_t c = t.at[g.end - 1];

		if ((c == 'n' || c == 'r') && g.end - 1 > least && t.at[g.end - 2] == '\\') {
			g.line = true;
			g.end--;
		} else if (c == '"' || c == '\'') {
			g.quote = true;
		} else if (c == '\n') {
			g.line = true;
		} else if (c != ' ' && c != '\t' && c != '\r' && c != '\\' && !(c == '+' && g.quote)) {
			break;
		}
	}
	return g;
}

/* where the digits that end at `at` begin; an n behind a backslash is a line break */
static size_t
digits_back(struct bytes t, size_t at, size_t least)
{
	while (at > least && is_digit(t.at[at - 1]) &&
	    !(at - 1 > least && t.at[at - 2] == '\\' && (t.at[at - 1] == 'n' || t.at[at - 1] == 'r')))
		at--;
	return at;
}

/* lines are joined only behind one that is long enough to have been broken */
static size_t
run_back(struct bytes t, size_t at, size_t least)
{
	size_t from = digits_back(t, at, least);

	for (;;) {
		const struct gap g = gap_back(t, from, least);
		const size_t line = g.line ? digits_back(t, g.end, least) : g.end;

		if (g.end - line < LINE_MIN)
			return from;
		from = line;
	}
}

/* the digits from `at` on and their padding; line is where the first line begins */
static size_t
run_ahead(struct bytes t, size_t line, size_t at)
{
	for (;;) {
		struct gap g;

		while (at < t.len && is_digit(t.at[at]))
			at++;
		g = gap_ahead(t, at);
		if (!g.line || at - line < LINE_MIN || g.end == t.len || !is_digit(t.at[g.end]))
			break;
		line = at = g.end;
	}
	for (unsigned i = 0; i < 2 && at < t.len && t.at[at] == '='; i++)
		at++;
	return at;
}

/* the place of the next digit at or behind `at`; t.len for none */
static size_t
digit_at(struct bytes t, size_t at)
{
	if (at < t.len && !is_digit(t.at[at]))
		at = gap_ahead(t, at).end;
	return at < t.len && is_digit(t.at[at]) ? at : t.len;
}

static bool
printable(uint8_t c)
{
	return (c >= ' ' && c < 0x7f) || (c >= '\t' && c <= '\r');
}

/* the next group of four digits from *at on, as its three bytes; false at the end */
static bool
group(struct bytes t, size_t *at, uint8_t out[static 3])
{
	uint32_t v = 0;
	size_t i = *at;

	for (unsigned n = 0; n < 4; n++) {
		i = digit_at(t, i);
		if (i == t.len)
			return false;
		v = v << 6 | values[t.at[i++]];
	}
	out[0] = (uint8_t)(v >> 16);
	out[1] = (uint8_t)(v >> 8);
	out[2] = (uint8_t)v;
	*at = i;
	return true;
}

/* of a hundred bytes decoded from `from` to `to`, how many are text */
static unsigned
share(struct bytes t, size_t from, size_t to)
{
	unsigned all = 0, good = 0;
	uint8_t b[3];

	for (size_t at = from; at < to && group(t, &at, b); all += 3)
		good += (unsigned)printable(b[0]) + printable(b[1]) + printable(b[2]);
	return all ? good * 100 / all : 0;
}

/* the place n digits behind `at` */
static size_t
skip(struct bytes t, size_t at, size_t n)
{
	for (at = digit_at(t, at); n-- && at < t.len;)
		at = digit_at(t, at + 1);
	return at;
}

/* the last place before which all groups from `from` to `at` are text */
static size_t
trim(struct bytes t, size_t from, size_t at)
{
	uint8_t b[3];

	for (size_t i = from; i < at && group(t, &i, b);)
		if (i <= at && !(printable(b[0]) && printable(b[1]) && printable(b[2])))
			from = i;
	return from;
}

/* the last place not far before `at` that is whole groups behind `from` */
static size_t
near(struct bytes t, size_t from, size_t at)
{
	size_t count = 0;

	for (size_t i = digit_at(t, from); i < at; i = digit_at(t, i + 1))
		count++;
	return skip(t, from, count > BEFORE ? (count - BEFORE) / 4 * 4 : 0);
}

/*
 * By how many digits the groups of what was seen at [at, at + len) are shifted
 * against those that begin at `from`, not far before: other groups are believed
 * when they read as text and the first ones don't.
 */
static unsigned
shifted(struct bytes t, size_t from, size_t at, size_t len)
{
	const size_t to = bytes_cut(t, 0, at + len + AFTER).len;
	unsigned best = 0, most = 0;

	for (unsigned shift = 0; shift < 4; shift++) {
		const unsigned good = share(t, skip(t, from, shift), to);

		if (shift == 0 && good >= 75)
			return 0;
		if (good > most) {
			most = good;
			best = shift;
		}
	}
	return most >= 90 ? best : 0;
}

/* where the encoded text begins, of a run that may hold something else before it, such as a path or a line of another text */
static size_t
begin(struct bytes t, size_t at, size_t len)
{
	const unsigned shift = shifted(t, near(t, 0, at), at, len);

	return shift ? trim(t, skip(t, 0, shift), at) : 0;
}

static bool
joins(struct bytes in, size_t *known, size_t at, size_t len)
{
	*known = near(in, at < *known ? 0 : *known, at);
	return shifted(in, *known, at, len) == 0;
}

static bool
stretch(struct bytes text, size_t at, size_t len, struct bytes *out)
{
	const size_t least = at > STRETCH_SIDE ? at - STRETCH_SIDE : 0;
	const size_t most = text.len - at > STRETCH_SIDE ? at + STRETCH_SIDE : text.len;
	const size_t from = run_back(text, at, least);
	const struct bytes all = bytes_cut(text, from, run_ahead(bytes_cut(text, 0, most), digits_back(text, at, least), at + len));

	*out = bytes_cut(all, begin(all, at - from, len), all.len);
	return out->len >= 8;
}

/* digits in groups of four without anything between them; how many of in were used */
static size_t
decode_plain(struct bytes in, uint8_t *out)
{
	size_t i = 0;

	for (; i + 4 <= in.len; i += 4, out += 3) {
		const uint8_t *d = in.at + i;
		const uint32_t a = values[d[0]], b = values[d[1]], c = values[d[2]], e = values[d[3]];
		const uint32_t v = a << 18 | b << 12 | c << 6 | e;

		if ((a | b | c | e) & 0x80)
			break;
		out[0] = (uint8_t)(v >> 16);
		out[1] = (uint8_t)(v >> 8);
		out[2] = (uint8_t)v;
	}
	return i;
}

/* the last digits, fewer than four */
static size_t
decode_rest(struct bytes in, size_t at, uint8_t *out)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = 0;

	for (at = digit_at(in, at); at < in.len; at = digit_at(in, at + 1)) {
		bits = bits << 6 | values[in.at[at]];
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (uint8_t)(bits >> have);
		}
	}
	return n;
}

static bool
decode(struct bytes in, struct buf *out)
{
	uint8_t *const room = buf_room(out, in.len + 3);
	size_t at = 0, n = 0;

	if (!room)
		return false;
	do {
		const size_t used = decode_plain(bytes_cut(in, at, in.len), room + n);

		at += used;
		n += used / 4 * 3;
		if (!group(in, &at, room + n))
			break;
		n += 3;
	} while (at < in.len);
	n += decode_rest(in, at, room + n);
	out->len += n;
	return n > 0;
}

static bool
again(const uint8_t *digits)
{
	for (size_t i = 0; i < AGAIN_DIGITS; i += 4) {
		const uint32_t v = (uint32_t)values[digits[i]] << 18 | (uint32_t)values[digits[i + 1]] << 12 |
		    (uint32_t)values[digits[i + 2]] << 6 | values[digits[i + 3]];

		if (!encodings_digit((uint8_t)(v >> 16)) || !encodings_digit((uint8_t)(v >> 8)) || !encodings_digit((uint8_t)v))
			return false;
	}
	return true;
}

static size_t
where(struct bytes in, size_t n)
{
	size_t digit = n / 3 * 4 + n % 3, at = digit_at(in, 0);

	for (; digit-- && at < in.len;)
		at = digit_at(in, at + 1);
	return at < in.len ? at : in.len - (in.len > 0);
}

/* what leaves nothing of an anchor to be seen: gzip (also encoded twice, as Helm keeps its releases), zip, {"auths": and what etcd
 * stores (protobuf.c) */
static const char *const triggers[] = { "H4sIA", "SDRzSU", "UEsDB", "eyJhdXRocyI6", "azhzAAo", NULL };

const struct encoding encoding_base64 = {
	.name = "base64",
	.triggers = triggers,
	.forms = forms,
	.again = again,
	.stretch = stretch,
	.joins = joins,
	.decode = decode,
	.where = where,
};
