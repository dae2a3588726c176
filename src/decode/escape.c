/* escapes of string literals: \uXXXX, \u{X}, \xXX, and those of one letter */
#include <string.h>

#include "decode/decode.h"
#include "decode/encodings.h"

/* what JSON writers escape around a secret: = & < > " ' : and, as Go quotes them, what etcd stores (protobuf.c) */
static const char *const triggers[] = {
	"\\u003d", "\\u003D", "\\u0026", "\\u0022", "\\u0027", "\\u003a", "\\u003A", "\\u002b", "\\u002B", "\\u002f", "\\u002F",
	"\\x3d", "\\x3D", "\\x22\\x", "\\x3a", "\\x3A", "k8s\\x00", NULL,
};

/* to the end of its line: a literal may hold blanks, and quotes that are escaped */
static bool
belongs(uint8_t c)
{
	return c >= ' ' || c == '\t';
}

static bool
stretch(struct bytes text, size_t at, size_t len, struct bytes *out)
{
	*out = encodings_around(text, at, len, STRETCH_LINE, belongs);
	return true;
}

/* n hex digits at s, or -1 */
static long
digits(struct bytes in, size_t at, size_t n)
{
	long v = 0;

	if (in.len - at < n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const int d = encodings_hex(in.at[at + i]);

		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

/* \u{X}, one to six digits, at the brace; how long it is with its braces, or 0 */
static size_t
braced(struct bytes in, size_t at, long *v)
{
	size_t n = 0;

	if (at >= in.len || in.at[at] != '{')
		return 0;
	while (n < 7 && at + 1 + n < in.len && encodings_hex(in.at[at + 1 + n]) >= 0)
		n++;
	if (n == 0 || n > 6 || at + 1 + n >= in.len || in.at[at + 1 + n] != '}')
		return 0;
	*v = digits(in, at + 1, n);
	return n + 2;
}

static uint8_t
letter(uint8_t c)
{
	static const char letters[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
	const char *at = c ? strchr(letters, c) : NULL;

	return at ? (uint8_t)values[at - letters] : c;
}

/* of a character beyond ASCII a question mark is left, but \xXX is a byte */
static size_t
one(struct bytes in, size_t i, uint8_t *out)
{
	size_t len = 1;
	long v = 0;

	*out = in.at[i];
	if (in.at[i] != '\\' || in.len - i < 2)
		return len;
	if (in.at[i + 1] == 'x' && (v = digits(in, i + 2, 2)) >= 0)
		len = 4;
	else if (in.at[i + 1] == 'u' && (v = digits(in, i + 2, 4)) >= 0)
		len = 6;
	else if (in.at[i + 1] == 'u' && (len = braced(in, i + 2, &v)) > 0)
		len += 2;
	else {
		*out = letter(in.at[i + 1]);
		return 2;
	}
	*out = v < 0x80 || in.at[i + 1] == 'x' ? (uint8_t)v : '?';
	return len;
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

const struct encoding encoding_escape = {
	.name = "escape",
	.sign = ENCODING_BACKSLASH,
	.triggers = triggers,
	.one = one,
	.stretch = stretch,
	.decode = decode,
	.where = where,
};
