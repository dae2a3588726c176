/* bytes.h: a borrowed run of bytes, passed by value. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *at;
	size_t len;
};

/* the bytes of a string, without its NUL */
struct bytes bytes_of(const char *);

/* the bytes [from, to) of b; both are clamped to its length */
struct bytes bytes_cut(struct bytes b, size_t from, size_t to);

bool bytes_equal(struct bytes, struct bytes);

/* the same, but ASCII letters of either case are equal */
bool bytes_equal_nocase(struct bytes, struct bytes);

bool bytes_starts(struct bytes, const char *prefix);

/* where needle first occurs in hay, or hay.len */
size_t bytes_find(struct bytes hay, struct bytes needle);

/* whether all of it is UTF-8: no overlong forms, no surrogates */
bool bytes_is_utf8(struct bytes);

/* number of LF bytes */
size_t bytes_lines(struct bytes);

#endif
