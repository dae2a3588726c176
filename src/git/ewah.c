#include "git/ewah.h"

#include <stanch/error.h>

#include "git/number.h"

#define WORD 8

int64_t
ewah_open(struct ewah *e, struct bytes all, struct error *err)
{
	uint64_t words;

	*e = (struct ewah){ 0 };
	if (all.len < 12)
		return error_set(err, ERROR_TRUNCATED, "a bitmap ends too early");
	words = number_be32(all.at + 4);
	if (words > (all.len - 12) / WORD)
		return error_set(err, ERROR_TRUNCATED, "a bitmap ends too early");
	e->bits = number_be32(all.at);
	e->left = bytes_cut(all, 8, 8 + (size_t)words * WORD);
	return (int64_t)(12 + words * WORD);
}

static uint64_t
take_word(struct ewah *e)
{
	const uint64_t word = number_be64(e->left.at);

	e->left = bytes_cut(e->left, WORD, e->left.len);
	return word;
}

/* what comes next: true there is a bit */
static bool
fill(struct ewah *e)
{
	while (e->run == 0 && e->word_bits == 0) {
		if (e->left.len == 0)
			return false;
		if (e->literals) {
			e->literals--;
			e->word = take_word(e);
			e->word_bits = 64;
		} else {
			const uint64_t marker = take_word(e);

			e->running = marker & 1;
			e->run = (marker >> 1 & UINT32_MAX) * 64;
			e->literals = marker >> 33;
		}
	}
	return true;
}

bool
ewah_next(struct ewah *e)
{
	bool bit;

	if (e->bits == 0 || !fill(e))
		return false;
	e->bits--;
	if (e->run) {
		e->run--;
		return e->running;
	}
	bit = e->word & 1;
	e->word >>= 1;
	e->word_bits--;
	return bit;
}

uint64_t
ewah_count(const struct ewah *from)
{
	struct ewah e = *from;
	uint64_t n = 0;

	while (e.bits && fill(&e)) {
		if (e.run) {            /* a run may be billions of bits long: never one by one */
			const uint64_t len = e.run < e.bits ? e.run : e.bits;

			n += e.running ? len : 0;
			e.run -= len;
			e.bits -= (uint32_t)len;
		} else {
			n += ewah_next(&e);
		}
	}
	return n;
}
