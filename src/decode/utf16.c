/* UTF-16 strings in the middle of other bytes, as in Windows binaries; whole files are a wrapping. */
#include "base/buf.h"
#include "decode/decode.h"
#include "decode/encodings.h"

/* from one character's ASCII byte to the next one's: the same in both byte orders */
static size_t
one(struct bytes text, size_t at, uint8_t *out)
{
	*out = text.at[at];
	return at + 1 < text.len && text.at[at] && !text.at[at + 1] ? 2 : 1;
}

static bool
printable(uint8_t c)
{
	return (c >= ' ' && c < 0x7f) || c == '\t' || c == '\n' || c == '\r';
}

static bool
stretch(struct bytes text, size_t at, size_t len, struct bytes *out)
{
	size_t from = at, to = at + len;

	while (from >= 2 && at - from < STRETCH_SIDE && text.at[from - 1] == 0 && printable(text.at[from - 2]))
		from -= 2;
	while (to + 1 < text.len && to - at < STRETCH_SIDE && printable(text.at[to]) && text.at[to + 1] == 0)
		to += 2;
	/* in the other byte order nothing follows the last character */
	if (to < text.len && printable(text.at[to]))
		to++;
	*out = bytes_cut(text, from, to);
	return true;
}

static bool
decode(struct bytes in, struct buf *out)
{
	uint8_t *room = buf_room(out, in.len / 2 + 1);
	size_t n = 0;

	if (!room)
		return false;
	for (size_t i = 0; i < in.len; i += 2)
		room[n++] = in.at[i];
	out->len += n;
	return n > 0;
}

static size_t
where(struct bytes in, size_t n)
{
	return n * 2 < in.len ? n * 2 : in.len - 1;
}

const struct encoding encoding_utf16 = {
	.name = "utf-16",
	.sign = ENCODING_NUL,
	.one = one,
	.stretch = stretch,
	.decode = decode,
	.where = where,
};
