#include "decode/decode.h"
#include "decode/encodings.h"

/* what hides the structure around a secret: "://", "=", ":", '"' and a colon; a letter is hardly ever encoded */
static const char *const triggers[] = { "%3A%2F%2F", "%3a%2f%2f", "%22%3A", "%22%3a", "%3D", "%3d%22", NULL };

static bool
stretch(struct bytes text, size_t at, size_t len, struct bytes *out)
{
	*out = encodings_around(text, at, len, STRETCH_LINE, encodings_word);
	return true;
}

static size_t
one(struct bytes in, size_t i, uint8_t *out)
{
	const bool encoded = in.at[i] == '%' && in.len - i >= 3 && encodings_hex(in.at[i + 1]) >= 0 && encodings_hex(in.at[i + 2]) >= 0;

	*out = encoded ? (uint8_t)(encodings_hex(in.at[i + 1]) << 4 | encodings_hex(in.at[i + 2])) : in.at[i];
	return encoded ? 3 : 1;
}

static bool
decode(struct bytes in, struct buf *out)
{
	return encodings_decode(in, one, out);
}

static size_t
where(struct bytes in, size_t n)
{
	return encodings_where(in, one, n);
}

const struct encoding encoding_percent = {
	.name = "percent",
	.sign = ENCODING_PERCENT,
	.triggers = triggers,
	.one = one,
	.stretch = stretch,
	.decode = decode,
	.where = where,
};
