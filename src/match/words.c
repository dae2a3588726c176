#include "match/words.h"

#include <stdlib.h>
#include <strings.h>

/* What a table of our own stands in. */
struct memory {
	struct word *word;
	uint16_t *bucket;
	uint64_t *bits[WORDS_TIERS];
	uint64_t *starts;
	uint8_t *pool;
};

static unsigned
tier_of(size_t len)
{
	return len < 4 ? 0 : len < 6 ? 1 : 2;
}

/* for a tier that is not known beforehand */
static uint32_t
hash_of(uint64_t head, unsigned tier)
{
	return tier == 0 ? words_hash(head, 0) : tier == 1 ? words_hash(head, 1) : words_hash(head, 2);
}

static uint32_t
bucket_of(const struct word *w)
{
	return hash_of(w->head, w->tier) % WORDS_BUCKETS;
}

static int
by_bucket(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	const uint32_t h = bucket_of(x), k = bucket_of(y);

	if (h != k)
		return h < k ? -1 : 1;
	return x->id != y->id ? (x->id < y->id ? -1 : 1) : x->text < y->text ? -1 : x->text > y->text;
}

static void
fill_buckets(struct memory *m, size_t count)
{
	size_t i = 0;

	for (size_t b = 0; b < WORDS_BUCKETS; b++) {
		m->bucket[b] = (uint16_t)i;
		while (i < count && bucket_of(&m->word[i]) == b)
			i++;
	}
	m->bucket[WORDS_BUCKETS] = (uint16_t)count;
}

static void
add(struct memory *m, struct word *word, const struct word_draft *d, size_t at)
{
	const size_t len = d->text.len - d->skip;
	uint32_t h;

	*word = (struct word){
		.head = words_head(d->text, d->skip),
		.mask = len < sizeof word->mask ? ((uint64_t)1 << len * 8) - 1 : UINT64_MAX,
		.text = (uint32_t)at,
		.id = d->id,
		.len = (uint8_t)d->text.len,
		.skip = d->skip,
		.tier = (uint8_t)tier_of(len),
		.nocase = d->nocase,
	};
	word->head &= word->mask;
	h = hash_of(word->head, word->tier);
	m->bits[word->tier][h / 64] |= (uint64_t)1 << h % 64;
	h = words_start(word->head);
	m->starts[h / 64] |= (uint64_t)1 << h % 64;
	memcpy(m->pool + at, d->text.at, d->text.len);
}

static struct memory *
memory_new(size_t count, size_t pool)
{
	struct memory *m = calloc(1, sizeof *m);

	if (!m)
		return NULL;
	m->word = calloc(count + 1, sizeof *m->word);
	m->bucket = calloc(WORDS_BUCKETS + 1, sizeof *m->bucket);
	for (unsigned t = 0; t < WORDS_TIERS; t++)
		m->bits[t] = calloc(((size_t)1 << WORDS_HASH(t)) / 64, sizeof *m->bits[t]);
	m->starts = calloc(((size_t)1 << WORDS_START) / 64, sizeof *m->starts);
	m->pool = calloc(pool + 1, 1);
	return m;
}

int
words_build(struct words *w, const struct word_draft *draft, size_t count)
{
	size_t pool = 0;
	struct memory *m;

	*w = (struct words){ 0 };
	for (size_t i = 0; i < count; i++)
		pool += draft[i].text.len;
	if (count >= UINT16_MAX || !(w->memory = m = memory_new(count, pool)))
		return -1;
	if (!m->word || !m->bucket || !m->bits[0] || !m->bits[1] || !m->bits[2] || !m->starts || !m->pool) {
		words_free(w);
		return -1;
	}
	pool = 0;
	for (size_t i = 0; i < count; i++) {
		add(m, &m->word[i], &draft[i], pool);
		pool += draft[i].text.len;
	}
	qsort(m->word, count, sizeof m->word[0], by_bucket);
	fill_buckets(m, count);
	w->word = m->word;
	w->count = count;
	w->bucket = m->bucket;
	for (unsigned t = 0; t < WORDS_TIERS; t++)
		w->bits[t] = m->bits[t];
	w->starts = m->starts;
	w->pool = m->pool;
	w->pool_len = pool;
	return 0;
}

void
words_free(struct words *w)
{
	struct memory *m = w->memory;

	if (m) {
		free(m->word);
		free(m->bucket);
		for (unsigned t = 0; t < WORDS_TIERS; t++)
			free(m->bits[t]);
		free(m->starts);
		free(m->pool);
		free(m);
	}
	*w = (struct words){ 0 };
}

static bool
stands(const struct words *w, const struct word *word, struct bytes text, size_t at)
{
	const uint8_t *own = w->pool + word->text;

	if (at < word->skip || text.len - (at - word->skip) < word->len)
		return false;
	if (word->nocase)
		return strncasecmp((const char *)own, (const char *)text.at + at - word->skip, word->len) == 0;
	return memcmp(own, text.at + at - word->skip, word->len) == 0;
}

void
words_find(const struct words *w, struct bytes text, size_t at, void (*met)(void *, const struct word *), void *arg)
{
	const uint64_t head = words_head(text, at);

	for (unsigned t = 0; t < WORDS_TIERS; t++) {
		const uint32_t h = hash_of(head, t), b = h % WORDS_BUCKETS;

		if (!(w->bits[t][h / 64] >> h % 64 & 1))
			continue;
		for (size_t i = w->bucket[b]; i < w->bucket[b + 1]; i++) {
			const struct word *word = &w->word[i];

			if (word->tier == t && !((word->head ^ head) & word->mask) && stands(w, word, text, at))
				met(arg, word);
		}
	}
}
