#include "base/buf.h"
#include "decode/decode.h"
#include "decode/encodings.h"

/* what hides the structure around a secret: "://", "=", ":", '"' and a colon; a letter is hardly ever encoded */
static const char *const triggers[] = { "%3A%2F%2F", "%3a%2f%2f", "%22%3A", "%22%3a", "%3D", "%3d%22", NULL };

/* every character encoded: only where the anchor is long enough to be told from chance */
static size_t
forms(struct bytes anchor, bool nocase, struct form *out, size_t max)
{
	static const char hex[] = "0123456789abcdef";

	if (nocase || anchor.len < 4 || max == 0)
		return 0;
	*out = (struct form){ .nocase = true, .len = 12 };
	for (size_t i = 0; i < 4; i++) {
		out->text[3 * i] = '%';
		out->text[3 * i + 1] = (uint8_t)hex[anchor.at[i] >> 4];
		out->text[3 * i + 2] = (uint8_t)hex[anchor.at[i] & 15];
	}
	return 1;
}

static bool
stretch(struct bytes text, size_t at, size_t len, struct bytes *out)
{
	*out = encodings_around(text, at, len, STRETCH_LINE, encodings_word);
	return true;
}

/* the decoded byte at in.at[i] and how long it was */
static uint8_t
one(struct bytes in, size_t i, size_t *len)
{
	if (in.at[i] == '%' && in.len - i >= 3 && encodings_hex(in.at[i + 1]) >= 0 && encodings_hex(in.at[i + 2]) >= 0) {
		*len = 3;
		return (uint8_t)(encodings_hex(in.at[i + 1]) << 4 | encodings_hex(in.at[i + 2]));
	}
	*len = 1;
	return in.at[i];
}

static bool
decode(struct bytes in, struct buf *out)
{
	uint8_t *room = buf_room(out, in.len + 1);
	size_t n = 0, len;

	if (!room)
		return false;
	for (size_t i = 0; i < in.len; i += len)
		room[n++] = one(in, i, &len);
	out->len += n;
	return n < in.len;
}

static size_t
where(struct bytes in, size_t n)
{
	size_t i = 0, len;

	while (i < in.len && n--) {
		one(in, i, &len);
		i += len;
	}
	return i < in.len ? i : in.len - 1;
}

const struct encoding encoding_percent = {
	.name = "percent",
	.triggers = triggers,
	.forms = forms,
	.stretch = stretch,
	.decode = decode,
	.where = where,
};
