#include "base/bytes.h"

#include <string.h>

struct bytes
bytes_of(const char *s)
{
	return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

struct bytes
bytes_cut(struct bytes b, size_t from, size_t to)
{
	if (to > b.len)
		to = b.len;
	if (from > to)
		from = to;
	return (struct bytes){ b.at + from, to - from };
}

bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

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

bool
bytes_starts(struct bytes b, const char *prefix)
{
	const size_t n = strlen(prefix);

	return b.len >= n && memcmp(b.at, prefix, n) == 0;
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

	/* in blocks that fit a byte counter, so that the compiler makes vectors of it */
	for (size_t i = 0; i < b.len;) {
		const size_t end = b.len - i > 255 ? i + 255 : b.len;
		uint8_t count = 0;

		for (; i < end; i++)
			count += b.at[i] == '\n';
		n += count;
	}
	return n;
}
