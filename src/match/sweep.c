#include "match/sweep.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "decode/decode.h"
#include "match/classes.h"
#include "match/literals.h"
#include "match/window.h"
#include "match/words.h"
#include "rules/run.h"

/* how many blocks behind a block may hold the runs of its words, and how many before those are looked at in one go */
#define BEHIND ((SWEEP_REACH + CLASSES_BLOCK - 1) / CLASSES_BLOCK)
#define GLANCE (GLANCE_BLOCKS - BEHIND)

/* bits of the block at hand and of the next one, so that a run can be followed beyond a block's end */
typedef unsigned __int128 wide;

/* The pass, at a block. */
struct pass {
	const struct literals *literals;
	const struct window *window;
	const struct classifier *classifier;
	struct spots *spots;
	size_t at;                      /* of the block in the window's text */
	size_t place;                   /* looked at, in the window's text */
	size_t classified;              /* the block that `here` is of, or SIZE_MAX */
	struct classes last, here, next;
	struct glance glance;
	uint64_t run[GLANCE];           /* where base64 of text may go on */
	uint64_t hot, encoded;          /* bits: blocks with words, blocks that are not hot but may hold an encoding */
	uint64_t lengthy;               /* bits: blocks in which AGAIN_RUN digits of base64 may go on */
	bool was_hot;                   /* the block before the first */
	uint64_t was_text;              /* in it, where base64 of text goes on */
};

void
spots_done(struct spots *s)
{
	free(s->spot);
	*s = (struct spots){ 0 };
}

static void
add(struct pass *p, size_t at, uint16_t literal, size_t len, uint8_t encodings)
{
	struct spots *s = p->spots;

	if (at < p->window->own || at >= p->window->own_end)
		return;
	if (s->count == s->cap) {
		const size_t cap = s->cap ? s->cap * 2 : 1024;
		struct spot *more = realloc(s->spot, cap * sizeof *more);

		if (!more) {
			s->failed = true;
			return;
		}
		s->spot = more;
		s->cap = cap;
	}
	s->spot[s->count++] = (struct spot){ (uint32_t)at, literal, (uint8_t)len, encodings };
}

/* bits of this block that are followed, k bytes on, by what is set in it or the next one */
static uint64_t
ahead(uint64_t here, uint64_t next, unsigned k)
{
	return here >> k | next << (64 - k);
}

/* bits of this block that stand k bytes behind what is set in it or the last one */
static uint64_t
behind(uint64_t here, uint64_t last, unsigned k)
{
	return here << k | last >> (64 - k);
}

/* where at least RUN_LENGTH (16) bytes in a row are set */
static uint64_t
runs(uint64_t here, uint64_t next)
{
	wide w = (wide)next << 64 | here;

	w &= w >> 1;
	w &= w >> 2;
	w &= w >> 4;
	w &= w >> 8;
	return (uint64_t)w;
}

/* where one of RUN_LENGTH (16) bytes in a row is set */
static uint64_t
some(uint64_t here, uint64_t next)
{
	wide w = (wide)next << 64 | here;

	w |= w >> 1;
	w |= w >> 2;
	w |= w >> 4;
	w |= w >> 8;
	return (uint64_t)w;
}

/* whether signs stand as close to one another as those of an encoding do, with something between them */
static bool
close_signs(uint64_t here, uint64_t next)
{
	return here && ~here && (here & (ahead(here, next, 2) | ahead(here, next, 3) | ahead(here, next, 4) | ahead(here, next, 6)));
}

/* the block at `at`, with spaces past the text's end */
static void
copy_block(struct bytes text, size_t at, uint8_t block[static CLASSES_BLOCK])
{
	memset(block, ' ', CLASSES_BLOCK);
	if (at < text.len)
		memcpy(block, text.at + at, text.len - at < CLASSES_BLOCK ? text.len - at : CLASSES_BLOCK);
}

static void
classify(const struct pass *p, size_t at, struct classes *c)
{
	const struct bytes text = p->window->text;
	uint8_t block[CLASSES_BLOCK];

	if (at < text.len && text.len - at >= CLASSES_BLOCK) {
		p->classifier->classes(text.at + at, c);
		return;
	}
	copy_block(text, at, block);
	p->classifier->classes(block, c);
}

/* the classes of the block at hand and its neighbours */
static void
classify_here(struct pass *p)
{
	if (p->classified == p->at)
		return;
	if (p->classified != SIZE_MAX && p->classified + CLASSES_BLOCK == p->at) {
		p->last = p->here;
		p->here = p->next;
	} else {
		p->last = (struct classes){ 0 };
		if (p->at >= CLASSES_BLOCK)
			classify(p, p->at - CLASSES_BLOCK, &p->last);
		classify(p, p->at, &p->here);
	}
	classify(p, p->at + CLASSES_BLOCK, &p->next);
	p->classified = p->at;
}

/* Where a word may begin: see before_ok in match.c, which decides; this must not miss any. */
static uint64_t
word_starts(const struct pass *p)
{
	const struct classes *c = &p->here, *l = &p->last;
	const uint64_t letter = behind(c->letter, l->letter, 1), digit = behind(c->digit, l->digit, 1);
	const uint64_t lower = behind(c->letter & ~c->upper, l->letter & ~l->upper, 1);
	const uint64_t signs = c->backslash | c->percent | l->backslash | l->percent;
	uint64_t starts = (c->letter & (~letter | (c->upper & lower))) | (c->digit & ~letter & ~digit);

	/* \n, %3D, \x3d and \u003d end before it */
	if (signs)
		starts |= (c->letter | c->digit) & (behind(c->backslash, l->backslash, 2) | behind(c->percent, l->percent, 3) |
		    behind(c->backslash, l->backslash, 4) | behind(c->backslash, l->backslash, 6));
	return starts;
}

static void
met_word(void *arg, const struct word *word)
{
	struct pass *p = arg;

	add(p, p->place - word->skip, word->id, word->len, 0);
}

static void
met_form(void *arg, const struct word *word)
{
	struct pass *p = arg;

	add(p, p->place, SPOT_NONE, word->len, (uint8_t)word->id);
}

static void
look_up(struct pass *p, const struct words *words, uint64_t places, void (*met)(void *, const struct word *))
{
	const struct words w = *words;
	const struct bytes text = p->window->text;

	for (; places; places &= places - 1) {
		const size_t at = p->at + (size_t)__builtin_ctzll(places);

		if (!words_may(&w, words_head(text, at)))
			continue;
		p->place = at;
		words_find(words, text, at, met, p);
	}
}

/* the encoding's first four characters at `at`, and how long they are written; 0: not all of them are encoded */
static size_t
quad(const struct encoding *e, struct bytes text, size_t at, uint8_t out[static QUAD])
{
	size_t len = 0, n;

	for (unsigned i = 0; i < QUAD; i++) {
		n = at + len < text.len ? e->one(text, at + len, &out[i]) : 0;
		if (n < 2 || out[i] <= ' ' || out[i] > '~')
			return 0;
		len += n;
	}
	return len;
}

static void
met_quad(void *arg, const struct word *word)
{
	(void)word;
	*(bool *)arg = true;
}

static bool
is_quad(const struct words *quads, const uint8_t quad[static QUAD])
{
	const struct bytes text = { quad, QUAD };
	bool met = false;

	if (words_may(quads, words_head(text, 0)))
		words_find(quads, text, 0, met_quad, &met);
	return met;
}

static void
look_up_quads(struct pass *p, uint64_t places, enum encoding_sign sign)
{
	const struct bytes text = p->window->text;
	const struct encoding *e;
	uint8_t out[QUAD];
	size_t len;

	for (size_t i = 0; places && (e = decode_list(i)); i++) {
		if (e->sign != sign)
			continue;
		for (uint64_t left = places; left; left &= left - 1) {
			const size_t at = p->at + (size_t)__builtin_ctzll(left);

			len = quad(e, text, at, out);
			if (len && is_quad(&p->literals->quads, out))
				add(p, at, SPOT_NONE, len, (uint8_t)(1u << i));
		}
	}
}

/*
 * Of the places in the i-th block where digits of base64 go on, those that may
 * be text in it: it has upper case letters, and others or digits, or at least no
 * signs, as names have that are all upper case.
 */
static uint64_t
may_be_text(const struct glance *g, size_t i, uint64_t places)
{
	const uint64_t upper = some(g->upper[i], g->upper[i + 1]), lower = some(g->letter[i] & ~g->upper[i], g->letter[i + 1] & ~g->upper[i + 1]);
	const uint64_t digit = some(g->digit[i], g->digit[i + 1]);
	const uint64_t sign = some(g->base64[i] & ~g->letter[i] & ~g->digit[i], g->base64[i + 1] & ~g->letter[i + 1] & ~g->digit[i + 1]);

	return places & upper & (lower | digit | ~sign);
}

/* the places of runs to their ends: what is marked so far, in this block or the last, is where RUN_LENGTH bytes go on */
static uint64_t
to_ends(uint64_t here, uint64_t last)
{
	wide w = (wide)here << 64 | last;

	w |= w << 1;
	w |= w << 2;
	w |= w << 4;
	w |= w << 8;
	return (uint64_t)(w >> 64);
}

/* bits of this block from which on every other byte of QUAD (4) is set */
static uint64_t
every_other(uint64_t here, uint64_t next)
{
	return here & ahead(here, next, 2) & ahead(here, next, 4) & ahead(here, next, 6);
}

/*
 * Where what is encoded twice may begin: the first of AGAIN_RUN (36) letters and
 * digits in a row, since of text base64 has no signs; and where such go on.
 */
static uint64_t
long_runs(const struct pass *p)
{
	const uint64_t here = p->here.letter | p->here.digit, last = p->last.letter | p->last.digit;
	const uint64_t at = p->window->offset + p->at, apart = (at + CLASSES_BLOCK - 1) / AGAIN_APART * AGAIN_APART;
	wide w = (wide)(p->next.letter | p->next.digit) << 64 | here;

	w &= w >> 1;
	w &= w >> 2;
	w &= w >> 4;
	w &= w >> 8;
	w &= w >> 16;
	w &= w >> 4;
	return (uint64_t)w & (~behind(here, last, 1) | (apart >= at ? (uint64_t)1 << (apart - at) : 0));
}

/* one of the first groups of digits begins at `at` or right behind it */
static void
look_again(struct pass *p, const struct encoding *e, uint8_t encodings, size_t at)
{
	for (size_t shift = 0; shift < 4; shift++)
		if (e->again(p->window->text.at + at + shift)) {
			add(p, at + shift, SPOT_NONE, AGAIN_DIGITS, encodings);
			return;
		}
}

static void
look_up_twice(struct pass *p, uint64_t places)
{
	const struct encoding *e;

	for (; places; places &= places - 1)
		for (size_t i = 0; (e = decode_list(i)); i++)
			if (e->again)
				look_again(p, e, (uint8_t)(1u << i), p->at + (size_t)__builtin_ctzll(places));
}

static void
look_up_encoded(struct pass *p, uint64_t places)
{
	const struct classes *c = &p->here, *n = &p->next;

	if (places)
		look_up(p, &p->literals->runs, places, met_form);
	/* most of hexadecimal is no text */
	places = runs(c->hex, n->hex) & every_other(c->hex_ascii, n->hex_ascii);
	if (places)
		look_up_quads(p, places, ENCODING_HEX);
	if (c->percent)
		look_up_quads(p, c->percent & ahead(c->percent, n->percent, 3) & ahead(c->percent, n->percent, 6), ENCODING_PERCENT);
	if (c->backslash)
		look_up_quads(p, c->backslash & (ahead(c->backslash, n->backslash, 4) | ahead(c->backslash, n->backslash, 6)),
		    ENCODING_BACKSLASH);
	if (c->nul)
		look_up_quads(p, every_other(~c->nul, ~n->nul) & ahead(c->nul, n->nul, 1) & ahead(c->nul, n->nul, 3) &
		    ahead(c->nul, n->nul, 5), ENCODING_NUL);
}

/* nothing stands in the blocks from the n-th on */
static void
blank(struct glance *g, size_t n)
{
	const size_t len = (GLANCE_BLOCKS + 1 - n) * sizeof g->letter[0];

	memset(g->letter + n, 0, len);
	memset(g->upper + n, 0, len);
	memset(g->digit + n, 0, len);
	memset(g->base64 + n, 0, len);
	memset(g->word + n, 0, len);
	memset(g->signs + n, 0, len);
}

/* the blocks from `at` to `end` and those behind them whose runs tell of them */
static void
glance(struct pass *p, size_t at, size_t end)
{
	const struct bytes text = p->window->text;
	const size_t all = (end - at + CLASSES_BLOCK - 1) / CLASSES_BLOCK + BEHIND + 1;
	const size_t most = all < GLANCE_BLOCKS + 1 ? all : GLANCE_BLOCKS + 1;
	const size_t whole = at < text.len ? (text.len - at) / CLASSES_BLOCK : 0;
	size_t blocks = whole < most ? whole : most;
	uint8_t block[CLASSES_BLOCK];

	p->classifier->glance(text.at + at, blocks, &p->glance, 0);
	if (blocks < most) {
		copy_block(text, at + blocks * CLASSES_BLOCK, block);
		p->classifier->glance(block, 1, &p->glance, blocks++);
	}
	blank(&p->glance, blocks);
	p->classifier->survey(&p->glance);
}

/* which of the blocks glanced at are worth a closer look */
static void
choose(struct pass *p)
{
	const struct glance *g = &p->glance;

	p->encoded = p->lengthy = 0;
	for (size_t i = 0; i < GLANCE; i++) {
		const uint64_t text = g->rows[i] ? may_be_text(g, i, g->rows[i]) : 0;

		p->run[i] = text | p->was_text ? to_ends(text, p->was_text) & g->base64[i] : 0;
		p->was_text = text;
		p->lengthy |= (uint64_t)((g->rows[i] & ahead(g->rows[i], g->rows[i + 1], AGAIN_RUN - RUN_LENGTH)) != 0) << i;
		p->encoded |= (uint64_t)(p->run[i] || close_signs(g->signs[i], g->signs[i + 1])) << i;
	}
	/* a run stands in the block, right before it, or in one of those behind */
	p->hot = g->runs | g->runs << 1 | p->was_hot;
	for (unsigned k = 1; k <= BEHIND; k++)
		p->hot |= g->runs >> k;
	p->was_hot = g->runs >> (GLANCE - 1) & 1;
}

/* how far a literal may begin before a place where it is looked up */
#define SKIP_MAX 48

void
sweep(const struct literals *l, const struct window *w, struct spots *spots)
{
	const size_t begin = w->own > CLASSES_BLOCK ? w->own - CLASSES_BLOCK : 0;
	const size_t end = bytes_cut(w->text, 0, w->own_end + SKIP_MAX).len;
	const struct words *words = &l->finder[w->binary ? FINDER_BINARY : FINDER_TEXT].words;
	struct pass p;

	/* not all of the pass: what is glanced at is written before it is read */
	p.literals = l;
	p.window = w;
	p.classifier = classifier_list(0);
	p.spots = spots;
	p.classified = SIZE_MAX;
	p.was_hot = true;
	p.was_text = 0;
	spots->count = 0;
	spots->failed = false;
	for (size_t at = begin; at < end; at += GLANCE * CLASSES_BLOCK) {
		glance(&p, at, end);
		choose(&p);
		for (uint64_t left = (p.hot | p.encoded) & (((uint64_t)1 << GLANCE) - 1); left; left &= left - 1) {
			const unsigned i = (unsigned)__builtin_ctzll(left);

			p.at = at + i * CLASSES_BLOCK;
			if (p.at >= end)
				break;
			classify_here(&p);
			if (p.hot >> i & 1)
				look_up(&p, words, word_starts(&p), met_word);
			look_up_encoded(&p, p.run[i]);
			if (p.lengthy >> i & 1)
				look_up_twice(&p, long_runs(&p));
		}
	}
}

/* whether a word begins at text[i] whatever stands before the text; see word_starts */
static bool
begins_inside(struct bytes text, size_t i, bool nocase)
{
	const uint8_t c = text.at[i], before = text.at[i - 1];

	if (isalpha(c))
		return !isalpha(before) || (!nocase && isupper(c) && islower(before));
	return isdigit(c) && !isalnum(before);
}

int
sweep_skip(struct bytes text, bool nocase, bool begins)
{
	for (size_t i = 0; i + WORDS_LEAST <= text.len && i <= SKIP_MAX; i++)
		if (i == 0 ? begins && isalnum(text.at[0]) : begins_inside(text, i, nocase))
			return (int)i;
	return -1;
}
