#include "decode/encodings.h"

#include <string.h>

#include "base/buf.h"

const char encodings_base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int
encodings_hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct bytes
encodings_around(struct bytes text, size_t at, size_t len, size_t side, bool (*belongs)(uint8_t))
{
	size_t from = at, to = at + len;

	while (from > 0 && at - from < side && belongs(text.at[from - 1]))
		from--;
	while (to < text.len && to - (at + len) < side && belongs(text.at[to]))
		to++;
	return bytes_cut(text, from, to);
}

bool
encodings_word(uint8_t c)
{
	return c > ' ' && !strchr("\"'`<>()", c);
}

bool
encodings_decode(struct bytes in, size_t (*one)(struct bytes, size_t, uint8_t *), struct buf *out)
{
	uint8_t *room = buf_room(out, in.len + 1);
	size_t n = 0;

	if (!room)
		return false;
	for (size_t i = 0; i < in.len;)
		i += one(in, i, &room[n++]);
	out->len += n;
	return n < in.len;
}

size_t
encodings_where(struct bytes in, size_t (*one)(struct bytes, size_t, uint8_t *), size_t n)
{
	uint8_t byte;
	size_t i = 0;

	while (i < in.len && n--)
		i += one(in, i, &byte);
	return i < in.len ? i : in.len - 1;
}
