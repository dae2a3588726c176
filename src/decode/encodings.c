#include "decode/encodings.h"

#include <string.h>

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
