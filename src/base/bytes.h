/* bytes.h: a borrowed run of bytes, passed by value. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *at;
	size_t len;
};

/* the bytes of a string, without its NUL */
static inline struct bytes
bytes_of(const char *s)
{
	return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

/* the bytes [from, to) of b; both are clamped to its length */
static inline struct bytes
bytes_cut(struct bytes b, size_t from, size_t to)
{
	to = to > b.len ? b.len : to;
	from = from > to ? to : from;
	return (struct bytes){ b.at + from, to - from };
}

static inline bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* the same, but ASCII letters of either case are equal */
bool bytes_equal_nocase(struct bytes, struct bytes);

static inline bool
bytes_starts(struct bytes b, const char *prefix)
{
	const size_t n = strlen(prefix);

	return b.len >= n && memcmp(b.at, prefix, n) == 0;
}

/* where needle first occurs in hay, or hay.len */
size_t bytes_find(struct bytes hay, struct bytes needle);

/* how many bytes of it are UTF-8 from its beginning on: no overlong forms, no surrogates */
size_t bytes_utf8(struct bytes);
/* whether all are */
bool bytes_is_utf8(struct bytes);

/* number of LF bytes */
size_t bytes_lines(struct bytes);

#endif
