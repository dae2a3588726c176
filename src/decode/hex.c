#include "base/buf.h"
#include "decode/decode.h"
#include "decode/encodings.h"

static size_t
one(struct bytes text, size_t at, uint8_t *out)
{
	const int high = encodings_hex(text.at[at]), low = at + 1 < text.len ? encodings_hex(text.at[at + 1]) : -1;

	*out = high >= 0 && low >= 0 ? (uint8_t)(high * 16 + low) : text.at[at];
	return high >= 0 && low >= 0 ? 2 : 1;
}

static bool
again(const uint8_t *digits)
{
	for (size_t i = 0; i < AGAIN_DIGITS; i += 2) {
		const int high = encodings_hex(digits[i]), low = encodings_hex(digits[i + 1]);

		if (high < 0 || low < 0 || !encodings_digit((uint8_t)(high * 16 + low)))
			return false;
	}
	return true;
}

static bool
belongs(uint8_t c)
{
	return encodings_hex(c) >= 0;
}

/* pairs are counted from what was seen, so that a prefix such as 0x or an odd digit doesn't shift them */
static bool
stretch(struct bytes text, size_t at, size_t len, struct bytes *out)
{
	struct bytes all = encodings_around(text, at, len, STRETCH_SIDE, belongs);
	const size_t before = at - (size_t)(all.at - text.at);

	*out = bytes_cut(all, before & 1, before + ((all.len - before) & ~(size_t)1));
	return out->len >= 16;
}

static bool
joins(struct bytes in, size_t *known, size_t at, size_t len)
{
	(void)in, (void)known, (void)len;
	return at % 2 == 0;
}

static bool
decode(struct bytes in, struct buf *out)
{
	uint8_t *room = buf_room(out, in.len / 2 + 1);

	if (!room)
		return false;
	for (size_t i = 0; i + 1 < in.len; i += 2)
		*room++ = (uint8_t)(encodings_hex(in.at[i]) * 16 + encodings_hex(in.at[i + 1]));
	out->len += in.len / 2;
	return true;
}

static size_t
where(struct bytes in, size_t n)
{
	return n * 2 < in.len ? n * 2 : in.len - 1;
}

const struct encoding encoding_hex = {
	.name = "hex",
	.sign = ENCODING_HEX,
	.again = again,
	.one = one,
	.stretch = stretch,
	.joins = joins,
	.decode = decode,
	.where = where,
};
