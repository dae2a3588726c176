#include <string.h>

#include "base/buf.h"
#include "decode/decode.h"
#include "decode/encodings.h"

/* characters that depend on nothing but the anchor: fewer are met by chance too often */
#define STABLE_MIN 4

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* the value of a digit of either alphabet, -1 for none */
static int
value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
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
		f->text[f->len++] = (uint8_t)digits[digit];
	}
	return f->len >= STABLE_MIN;
}

static size_t
forms(struct bytes anchor, bool nocase, struct form *out, size_t max)
{
	size_t n = 0;

	if (nocase || anchor.len > FORM_MAX / 2)
		return 0;
	for (unsigned skip = 0; skip < 3 && n < max; skip++)
		n += form_at(anchor, skip, &out[n]);
	return n;
}

/* what lines of base64 are broken and set in by */
static bool
is_break(uint8_t c)
{
	return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

static bool
belongs(uint8_t c)
{
	return value(c) >= 0 || c == '=';
}

/* the digits beyond a line break, when the line that ends there is full enough to be one of many */
static size_t
run_ahead(struct bytes text, size_t at, size_t end)
{
	size_t line = at;

	while (at < end) {
		if (belongs(text.at[at])) {
			at++;
			continue;
		}
		size_t next = at;

		while (next < end && is_break(text.at[next]))
			next++;
		if (next == at || next == end || at - line < 40 || !memchr(text.at + at, '\n', next - at) || value(text.at[next]) < 0)
			break;
		line = at = next;
	}
	return at;
}

static size_t
run_back(struct bytes text, size_t at, size_t least)
{
	while (at > least) {
		size_t before = at, digits_seen = 0;

		if (belongs(text.at[at - 1])) {
			at--;
			continue;
		}
		while (before > least && is_break(text.at[before - 1]))
			before--;
		for (size_t i = before; i > least && value(text.at[i - 1]) >= 0 && digits_seen < 40; i--)
			digits_seen++;
		if (before == at || digits_seen < 40 || !memchr(text.at + before, '\n', at - before))
			break;
		at = before;
	}
	return at;
}

static bool
stretch(struct bytes text, size_t at, size_t len, struct bytes *out)
{
	const size_t least = at > STRETCH_SIDE ? at - STRETCH_SIDE : 0;
	const size_t most = text.len - at > STRETCH_SIDE ? at + STRETCH_SIDE : text.len;
	size_t from = run_back(text, at, least);
	const size_t to = run_ahead(text, at + len, most);

	/* NAME=ZGF0YQ: a sign of assignment is no padding */
	for (size_t i = at; i > from; i--)
		if (text.at[i - 1] == '=') {
			from = i;
			break;
		}
	*out = bytes_cut(text, from, to);
	return out->len >= 8;
}

static bool
decode(struct bytes in, struct buf *out)
{
	uint8_t *room = buf_room(out, in.len);
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = 0;

	if (!room)
		return false;
	for (size_t i = 0; i < in.len; i++) {
		const int v = value(in.at[i]);

		if (v < 0)
			continue;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			room[n++] = (uint8_t)(bits >> have);
		}
	}
	out->len += n;
	return n > 0;
}

static size_t
where(struct bytes in, size_t n)
{
	size_t digit = n * 8 / 6;

	for (size_t i = 0; i < in.len; i++)
		if (value(in.at[i]) >= 0 && digit-- == 0)
			return i;
	return in.len ? in.len - 1 : 0;
}

const struct encoding encoding_base64 = {
	.name = "base64",
	.forms = forms,
	.stretch = stretch,
	.decode = decode,
	.where = where,
};
