#include "match/known_forms.h"

#include <string.h>

#include "match/known.h"

static const char digits_lower[] = "0123456789abcdef", digits_upper[] = "0123456789ABCDEF";
static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static size_t
plain(struct bytes v, unsigned variant, uint8_t *out)
{
	(void)variant;
	memcpy(out, v.at, v.len);
	return v.len;
}

/* the characters that no byte before or behind has a part in; variant: bytes before modulo 3, and 4 for the other alphabet */
static size_t
base64(struct bytes v, unsigned variant, uint8_t *out)
{
	const char *digits = variant & 4 ? url : standard;
	const size_t shift = variant & 3, bits = (v.len + shift) * 8;
	const size_t first = (shift * 8 + 5) / 6, last = bits / 6;
	size_t n = 0;

	for (size_t i = first; i < last; i++) {
		const size_t bit = i * 6 - shift * 8, byte = bit / 8;
		const unsigned two = (unsigned)v.at[byte] << 8 | (byte + 1 < v.len ? v.at[byte + 1] : 0);

		out[n++] = (uint8_t)digits[two >> (10 - bit % 8) & 63];
	}
	return n;
}

static size_t
hex(struct bytes v, unsigned variant, uint8_t *out)
{
	const char *digits = variant ? digits_upper : digits_lower;

	for (size_t i = 0; i < v.len; i++) {
		out[2 * i] = (uint8_t)digits[v.at[i] >> 4];
		out[2 * i + 1] = (uint8_t)digits[v.at[i] & 15];
	}
	return v.len * 2;
}

static bool
is_unreserved(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("-._~", c));
}

/* variant 0: upper-case digits, 1: lower-case ones, 2: as forms send it, with + for a space and * left alone */
static size_t
percent(struct bytes v, unsigned variant, uint8_t *out)
{
	const char *digits = variant == 1 ? digits_lower : digits_upper;
	size_t n = 0;

	for (size_t i = 0; i < v.len; i++) {
		const uint8_t c = v.at[i];

		if (variant == 2 && c == ' ') {
			out[n++] = '+';
		} else if (variant == 2 ? c == '*' || (is_unreserved(c) && c != '~') : is_unreserved(c)) {
			out[n++] = c;
		} else {
			out[n++] = '%';
			out[n++] = (uint8_t)digits[c >> 4];
			out[n++] = (uint8_t)digits[c & 15];
		}
	}
	return n;
}

static size_t
unicode(uint32_t c, uint8_t *out)
{
	const uint32_t unit[2] = { c < 0x10000 ? c : 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + ((c - 0x10000) & 0x3ff) };
	size_t n = 0;

	for (unsigned i = 0; i < (c < 0x10000 ? 1 : 2); i++) {
		out[n++] = '\\';
		out[n++] = 'u';
		for (int k = 12; k >= 0; k -= 4)
			out[n++] = (uint8_t)digits_lower[unit[i] >> k & 15];
	}
	return n;
}

/* a code point of UTF-8; its bytes, or 0 when it is none */
static size_t
code_point(struct bytes v, size_t i, uint32_t *c)
{
	const uint8_t b = v.at[i];
	const size_t n = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 0;

	if (n == 0 || i + n > v.len)
		return 0;
	*c = b & (0x7f >> n);
	for (size_t k = 1; k < n; k++) {
		if ((v.at[i + k] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (v.at[i + k] & 0x3f);
	}
	return *c < 0x110000 ? n : 0;
}

static size_t
json_char(uint8_t c, unsigned variant, uint8_t *out)
{
	static const char from[] = "\"\\\n\r\t\b\f", to[] = "\"\\nrtbf";
	const char *short_form = c ? strchr(from, c) : NULL;

	if (short_form || (variant == 1 && c == '/')) {
		out[0] = '\\';
		out[1] = short_form ? (uint8_t)to[short_form - from] : '/';
		return 2;
	}
	if (c < 0x20 || (variant == 3 && (c == '<' || c == '>' || c == '&')))
		return unicode(c, out);
	out[0] = c;
	return 1;
}

/* variant 0: as little as there must be, 1: slashes too (PHP), 2: ASCII only (Python), 3: what HTML minds (Go) */
static size_t
json(struct bytes v, unsigned variant, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < v.len;) {
		uint32_t c;
		const size_t wide = variant == 2 ? code_point(v, i, &c) : 0;

		n += wide ? unicode(c, out + n) : json_char(v.at[i], variant, out + n);
		i += wide ? wide : 1;
	}
	return n;
}

static const struct {
	size_t (*write)(struct bytes, unsigned variant, uint8_t *out);
	unsigned variant;
	const char *why;
} forms[KNOWN_FORMS] = {
	{ plain, 0, "the value of a sealed file" },
	{ base64, 0, "the value of a sealed file, in base64" },
	{ base64, 1, "the value of a sealed file, inside base64" },
	{ base64, 2, "the value of a sealed file, inside base64" },
	{ base64, 4, "the value of a sealed file, in base64url" },
	{ base64, 5, "the value of a sealed file, inside base64url" },
	{ base64, 6, "the value of a sealed file, inside base64url" },
	{ hex, 0, "the value of a sealed file, in hex" },
	{ hex, 1, "the value of a sealed file, in hex" },
	{ percent, 0, "the value of a sealed file, percent-encoded" },
	{ percent, 1, "the value of a sealed file, percent-encoded" },
	{ percent, 2, "the value of a sealed file, percent-encoded" },
	{ json, 0, "the value of a sealed file, escaped" },
	{ json, 1, "the value of a sealed file, escaped" },
	{ json, 2, "the value of a sealed file, escaped" },
	{ json, 3, "the value of a sealed file, escaped" },
};

size_t
known_forms_room(size_t len)
{
	return len * 6 + 16;
}

size_t
known_forms_write(unsigned i, struct bytes value, uint8_t *out)
{
	const size_t n = forms[i].write(value, forms[i].variant, out);

	return n < KNOWN_SHORTEST ? 0 : n;
}

const char *
known_forms_why(unsigned i)
{
	return forms[i].why;
}
