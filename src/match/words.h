/*
 * words.h: literals that are looked up at places where they may begin, instead
 * of being searched for everywhere: most places are turned down by their first
 * three bytes, which costs a load and a multiplication; the others by three,
 * four or six of them.
 */
#ifndef MATCH_WORDS_H
#define MATCH_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

/* words are told apart by how many bytes of them are hashed: as many as they have, of 3, 4 and 6 */
enum { WORDS_TIERS = 3 };

/* how many bits their hashes have: so many that few places pass by chance, so few that they stay in the cache */
#define WORDS_HASH(tier) ((tier) == 0 ? 14u : (tier) == 1 ? 15u : 17u)
#define WORDS_BUCKETS 4096

/* the fewest bytes that a word has from the place where it is looked up */
#define WORDS_LEAST 3

struct word {
	uint64_t head, mask;            /* its first eight bytes, case folded, and which of them it has */
	uint32_t text;                  /* in the pool: all of it */
	uint16_t id;                    /* the caller's */
	uint8_t len;
	uint8_t skip;                   /* of them stand before the place */
	uint8_t tier;
	bool nocase;
};

struct words {
	const struct word *word;        /* by bucket */
	size_t count;
	const uint16_t *bucket;         /* WORDS_BUCKETS + 1: where each begins */
	const uint64_t *bits[WORDS_TIERS];      /* hashes that occur, 1 << WORDS_HASH(tier) of them */
	const uint64_t *starts;         /* hashes of their first WORDS_LEAST bytes, 1 << WORDS_START */
	const uint8_t *pool;
	size_t pool_len;
	void *memory;                   /* what words_free frees; NULL for the built-in ones */
};

struct word_draft {
	struct bytes text;              /* at least WORDS_LEAST bytes behind skip */
	uint16_t id;
	uint8_t skip;
	bool nocase;
};

/* Makes a table; the drafts need not outlive it. -1 when memory ran out or there are too many. */
int words_build(struct words *, const struct word_draft *, size_t count);
void words_free(struct words *);

/* Calls met() for each word that stands in text with its place at `at`. */
void words_find(const struct words *, struct bytes text, size_t at, void (*met)(void *, const struct word *), void *);

/* the eight bytes at `at`, folded so that letters of either case are equal; 0 for what is missing */
static inline uint64_t
words_head(struct bytes text, size_t at)
{
	uint64_t head = 0;

	if (__builtin_expect(text.len - at >= sizeof head, 1))
		memcpy(&head, text.at + at, sizeof head);
	else
		memcpy(&head, text.at + at, text.len - at);
	return head | 0x2020202020202020;
}

static inline __attribute__((always_inline)) uint32_t
words_hash(uint64_t head, unsigned tier)
{
	const unsigned unused = tier == 0 ? 40 : tier == 1 ? 32 : 16;

	return (uint32_t)((head << unused) * 0x9e3779b97f4a7c15u >> (64 - WORDS_HASH(tier)));
}

/* small, so that it is in the nearest cache whatever else is done between */
#define WORDS_START 15

static inline __attribute__((always_inline)) uint32_t
words_start(uint64_t head)
{
	return (uint32_t)((head << 40) * 0x9e3779b97f4a7c15u >> (64 - WORDS_START));
}

static inline __attribute__((always_inline)) uint64_t
words_bit(const struct words *w, uint64_t head, unsigned tier)
{
	const uint32_t h = words_hash(head, tier);

	return w->bits[tier][h / 64] >> h % 64;
}

/* whether a word may stand where this head does */
static inline __attribute__((always_inline)) bool
words_may(const struct words *w, uint64_t head)
{
	const uint32_t h = words_start(head);

	if (!(w->starts[h / 64] >> h % 64 & 1))
		return false;
	return (words_bit(w, head, 0) | words_bit(w, head, 1) | words_bit(w, head, 2)) & 1;
}

#endif
