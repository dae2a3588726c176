#include "unwrap/unwrap.h"

#include <inttypes.h>
#include <stdbool.h>
#include <time.h>

#include <stanch/error.h>

#include "base/bytes.h"
#include "base/dictionary.h"
#include "base/limits.h"
#include "unwrap/wrappings.h"

/* what may come out of anything before its ratio is looked at */
#define RATIO_FREE ((uint64_t)1 << 20)

/* bombs in one file before the rest of it is left: each costs its first MiB, and they come nested in each other */
#define BOMBS 16

/*
 * What may come out of a file before that is held against its size, and how
 * many times the ratio all its wrappings together may reach: a few, nested,
 * hand out the same bytes, and dozens in each other are a bomb though none of
 * them is.
 */
#define TOTAL_FREE ((uint64_t)256 << 20)
#define TOTAL_RATIOS 4

/* every wrapping there is */
static const struct wrapping *const wrappings[] = {
	&wrapping_gzip, &wrapping_xz, &wrapping_zstd, &wrapping_bzip2, &wrapping_lz4, &wrapping_lzma, &wrapping_compress,
	&wrapping_zip, &wrapping_tar, &wrapping_7z, &wrapping_cpio, &wrapping_ar, &wrapping_rpm, &wrapping_iso, &wrapping_cab,
	&wrapping_lha, &wrapping_rar, &wrapping_gitobject, &wrapping_gitpack,
	&wrapping_utf16le, &wrapping_utf16be, &wrapping_utf32le, &wrapping_utf32be,
};

const struct wrapping *
unwrap_list(size_t i)
{
	return i < sizeof wrappings / sizeof wrappings[0] ? wrappings[i] : NULL;
}

const struct wrapping *
unwrap_bid(struct bytes head)
{
	const struct wrapping *best = NULL, *w;
	int most = 0;

	for (size_t i = 0; head.len && (w = unwrap_list(i)); i++) {
		const int bid = w->bid(head);

		if (bid > most) {
			most = bid;
			best = w;
		}
	}
	return best;
}

struct feed *
unwrap_open(const struct wrapping *w, struct bytes head, struct blob *blob, struct budget *budget, uint64_t *large, struct error *err)
{
	const uint64_t dictionary = w->dictionary ? w->dictionary(head) : 0;
	struct feed *feed;

	*large = 0;
	if (dictionary > DICTIONARY_MOST) {
		error_set(err, ERROR_LIMIT, "it wants %" PRIu64 " MiB of memory to be unpacked, more than %" PRIu64, dictionary >> 20,
		    DICTIONARY_MOST >> 20);
		return NULL;
	}
	if (dictionary > DICTIONARY_SMALL)
		dictionary_take(*large = dictionary);
	feed = w->open(blob, budget, err);
	if (!feed) {
		unwrap_done(*large);
		*large = 0;
	}
	return feed;
}

void
unwrap_done(uint64_t large)
{
	if (large)
		dictionary_give(large);
}

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

struct budget
budget_begin(const struct limits *limits, uint64_t size)
{
	return (struct budget){ .limits = limits, .size = size, .deadline = now() + limits->seconds * 1000000000 };
}

/* whether too much came out of the file as a whole */
static bool
is_bomb(const struct budget *b)
{
	return b->bombs >= BOMBS || (b->size && b->unwrapped > TOTAL_FREE && b->unwrapped / b->size / TOTAL_RATIOS > b->limits->ratio);
}

int
budget_take(struct budget *b, uint64_t n, uint64_t in, uint64_t out, struct error *err)
{
	const struct limits *l = b->limits;

	b->unwrapped += n;
	if (b->unwrapped > l->unwrapped)
		return error_set(err, ERROR_LIMIT, "more than %" PRIu64 " bytes came out of it (--max-unwrapped)", l->unwrapped);
	if (is_bomb(b))
		return error_set(err, ERROR_LIMIT, "too much in this file unpacks to more than %" PRIu64
		    " bytes for each one read (--max-ratio)", l->ratio);
	if (out > RATIO_FREE && out / (l->ratio ? l->ratio : 1) > in && ++b->bombs)
		return error_set(err, ERROR_LIMIT, "it hands out more than %" PRIu64 " bytes for each one read (--max-ratio)", l->ratio);
	if (b->deadline && now() > b->deadline)
		return error_set(err, ERROR_LIMIT, "it took more than %" PRIu64 " seconds (--max-seconds)", l->seconds);
	return 0;
}
