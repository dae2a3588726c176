#include "base/bytes.h"

#include <string.h>

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

bool
bytes_equal_nocase(struct bytes a, struct bytes b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

size_t
bytes_find(struct bytes hay, struct bytes needle)
{
	const uint8_t *found;

	if (needle.len == 0)
		return 0;
	if (hay.len < needle.len)
		return hay.len;
	found = memmem(hay.at, hay.len, needle.at, needle.len);
	return found ? (size_t)(found - hay.at) : hay.len;
}

size_t
bytes_lines(struct bytes b)
{
	size_t n = 0;

	size_t i = 0;

	/* in blocks that fit a byte counter and are all of a size, so that the compiler makes vectors of it */
	for (; b.len - i >= 128; i += 128) {
		uint8_t count = 0;

		for (size_t k = 0; k < 128; k++)
			count += b.at[i + k] == '\n';
		n += count;
	}
	for (; i < b.len; i++)
		n += b.at[i] == '\n';
	return n;
}

/* bytes of the character that begins here, or 0 */
static size_t
utf8_length(const uint8_t *at, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const size_t n = *at < 0x80 ? 1 : *at >= 0xc2 && *at < 0xe0 ? 2 : *at >= 0xe0 && *at < 0xf0 ? 3 : *at >= 0xf0 && *at < 0xf5 ? 4 : 0;
	uint32_t c = n < 2 ? *at : *at & (0xffu >> (n + 1));

	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (at[i] & 0x3f);
	}
	return n > 1 && (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) ? 0 : n;
}

size_t
bytes_utf8(struct bytes b)
{
	for (size_t i = 0, n; i < b.len; i += n) {
		uint64_t eight;

		/* most text is ASCII */
		if (b.len - i >= sizeof eight && (memcpy(&eight, b.at + i, sizeof eight), !(eight & 0x8080808080808080u)))
			n = sizeof eight;
		else if ((n = utf8_length(b.at + i, b.len - i)) == 0)
			return i;
	}
	return b.len;
}

bool
bytes_is_utf8(struct bytes b)
{
	return bytes_utf8(b) == b.len;
}
