#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buf_init(struct buf *b)
{
	*b = (struct buf){ 0 };
}

void
buf_done(struct buf *b)
{
	free(b->at);
	buf_init(b);
}

uint8_t *
buf_room(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 256;
	uint8_t *at;

	if (b->failed || n > SIZE_MAX / 4 || b->len > SIZE_MAX / 4) {
		b->failed = true;
		return NULL;
	}
	while (cap < b->len + n)
		cap *= 2;
	if (cap == b->cap)
		return b->at + b->len;
	at = realloc(b->at, cap);
	if (!at) {
		b->failed = true;
		return NULL;
	}
	b->at = at;
	b->cap = cap;
	return b->at + b->len;
}

void
buf_add(struct buf *b, const void *data, size_t n)
{
	uint8_t *room = n ? buf_room(b, n) : NULL;

	if (!room)
		return;
	memcpy(room, data, n);
	b->len += n;
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	uint8_t *room;
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	room = n < 0 ? NULL : buf_room(b, (size_t)n + 1);
	if (room) {
		vsnprintf((char *)room, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

const char *
buf_str(struct buf *b)
{
	uint8_t *room = buf_room(b, 1);

	if (!room)
		return "";
	*room = 0;
	return (const char *)b->at;
}

char *
buf_steal(struct buf *b)
{
	char *s = NULL;

	buf_str(b);
	if (!b->failed) {
		s = (char *)b->at;
		b->at = NULL;
	}
	buf_done(b);
	return s;
}
