#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "decode/decode.h"
#include "match/builtin.h"
#include "match/classes.h"
#include "match/literals.h"
#include "match/sweep.h"
#include "match/window.h"
#include "match/words.h"
#include "rules/run.h"

Suite *sweep_suite(void);

START_TEST(classifiers)
{
	const struct classifier *plain = NULL, *c;
	static struct glance glances, one;
	uint8_t block[CLASSES_BLOCK * (GLANCE_BLOCKS + 1)];
	struct classes want, got;

	for (unsigned i = 0; (c = classifier_list(i)); i++)
		plain = c;
	srand(1);
	for (unsigned round = 0; round < 512; round++) {
		for (size_t i = 0; i < sizeof block; i++)
			block[i] = (uint8_t)(round % 2 ? rand() >> 8 : (int)(i / 3 + round * 37));
		for (unsigned i = 0; (c = classifier_list(i)); i++) {
			plain->classes(block, &want);
			c->classes(block, &got);
			ck_assert_msg(memcmp(&want, &got, sizeof want) == 0, "%s: classes", c->name);
			memset(&glances, 0, sizeof glances);
			c->glance(block, GLANCE_BLOCKS + 1, &glances, 0);
			c->survey(&glances);
			memset(glances.rows + GLANCE_BLOCKS, 0, sizeof glances.rows - sizeof glances.rows[0] * GLANCE_BLOCKS);
			if (c == classifier_list(0))
				one = glances;
			ck_assert_msg(memcmp(&one, &glances, sizeof one) == 0, "%s: glance", c->name);
		}
	}
}
END_TEST

static const struct {
	const char *anchor, *pattern;
	bool sure;
	uint32_t from;
} patterns[] = {
	{ "", "[A-Za-z0-9]{36}", true, 0 },
	{ "ghp_", "[A-Za-z0-9]{36}(?![A-Za-z0-9])", true, 0 },
	{ "", "[0-9a-f]{16}", true, 0 },
	{ "", "[0-9a-f]{15}", false, 0 },
	{ "", "[a-z]{48}", false, 0 },          /* no digit, lower case */
	{ "", "[A-Z2-7]{16}", true, 0 },
	{ "", "(?:test|live)_[A-Za-z0-9]{24,36}", true, 0 },
	{ "", "[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12}", true, 0 },
	{ "", "[^\\s]{1,100}:[A-Za-z0-9]{32}", true, 101 },
	{ "", "[A-Za-z0-9]{0,40}", false, 0 },
	{ "", "(?:[A-Za-z0-9]{40}|[a-z]{3})", false, 0 },
	{ "", "x(?=[A-Za-z0-9]{40})", false, 0 },
	{ "", "[A-Za-z0-9.]{40}", false, 0 },
	{ "", "[A-Za-z0-9_-]{20}", true, 0 },   /* of both cases */
	{ "", "[a-z0-9_-]{48}", false, 0 },     /* an underscore may always be in the way */
	{ "key_", "[0-9a-f]{32}", true, 4 },
	{ "", "[A-Za-z0-9+/]{43}=", true, 0 },
	{ "", "(?x) [A-Za-z0-9]{40}", false, 0 },       /* not understood */
	{ "", "([A-Za-z0-9]{40}", true, 0 },            /* PCRE2 refuses it anyway */
};

START_TEST(sure_runs)
{
	uint32_t from = 0;

	ck_assert_msg(run_in_pattern(patterns[_i].anchor, patterns[_i].pattern, &from) == patterns[_i].sure, "%s",
	    patterns[_i].pattern);
	if (patterns[_i].sure)
		ck_assert_uint_eq(from, patterns[_i].from);
}
END_TEST

static void
count_word(void *arg, const struct word *word)
{
	((unsigned *)arg)[word->id]++;
}

START_TEST(words)
{
	static const char *const texts[] = { "aws", "AWS", "stripe", "sk_live_", "contentful" };
	const struct bytes text = bytes_of("aws AWS Stripe sk_live_ contentful contentfu SK_LIVE_");
	struct word_draft draft[5];
	unsigned met[5] = { 0 };
	struct words w;

	for (uint16_t i = 0; i < 5; i++)
		draft[i] = (struct word_draft){ bytes_of(texts[i]), i, 0, i == 2 || i == 4 };
	ck_assert_int_eq(words_build(&w, draft, 5), 0);
	for (size_t at = 0; at < text.len; at++)
		if (words_may(&w, words_head(text, at)))
			words_find(&w, text, at, count_word, met);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_eq(met[i], 1);
	words_free(&w);
	words_free(&w);
}
END_TEST

/* every word of the built-in rules is met wherever it stands before its run */
START_TEST(everywhere)
{
	static const char run[] = "x9Kd83jfL2mQ7rT1zW5v";
	const struct words *words = &builtin_literals.finder[FINDER_TEXT].words;
	char text[1024];
	struct spots spots = { 0 };

	for (size_t i = 0; i < words->count; i++) {
		const struct word *word = &words->word[i];
		const size_t at = 80 + i % 700;
		struct window w = { .text = { (const uint8_t *)text, sizeof text }, .own = 64, .own_end = sizeof text };
		bool met = false;

		memset(text, ' ', sizeof text);
		memcpy(text + at, words->pool + word->text, word->len);
		memcpy(text + at + word->len + i % 100, run, sizeof run - 1);
		sweep(&builtin_literals, &w, &spots);
		for (size_t k = 0; k < spots.count; k++)
			met |= spots.spot[k].literal == word->id && spots.spot[k].at == at;
		ck_assert_msg(met, "%.*s is not met", word->len, text + at);
	}
	spots_done(&spots);
}
END_TEST

/* what is encoded twice is met where its run begins, and again and again where that goes on */
START_TEST(twice)
{
	enum { LENGTH = 500000 };
	static uint8_t text[LENGTH];
	static const uint8_t digits[] = "YUdWc2JHOTNiM0prYUdWc2JHOTNiM0pr"; /* of aGVsbG93b3JsZGhlbGxvd29ybGQ=, without its end */
	struct window w = { .text = { text, LENGTH }, .own_end = LENGTH };
	struct spots spots = { 0 };

	for (size_t from = 0; from < 130; from++) {
		size_t met = 0, last = from;

		memset(text, ' ', from);
		for (size_t i = from; i < LENGTH; i++)
			text[i] = digits[(i - from) % (sizeof digits - 1)];
		sweep(&builtin_literals, &w, &spots);
		for (size_t i = 0; i < spots.count; i++) {
			if (spots.spot[i].literal != SPOT_NONE || spots.spot[i].len != AGAIN_DIGITS)
				continue;
			ck_assert_uint_eq((spots.spot[i].at - from) % 4, 0);
			ck_assert_uint_lt(spots.spot[i].at - last, AGAIN_APART + 4);
			last = spots.spot[i].at;
			met++;
		}
		ck_assert_uint_eq(met, 1 + LENGTH / AGAIN_APART);
	}
	spots_done(&spots);
}
END_TEST

Suite *
sweep_suite(void)
{
	Suite *s = suite_create("sweep");
	TCase *c = tcase_create("all");

	tcase_add_test(c, classifiers);
	tcase_add_loop_test(c, sure_runs, 0, sizeof patterns / sizeof patterns[0]);
	tcase_add_test(c, words);
	tcase_add_test(c, everywhere);
	tcase_add_test(c, twice);
	suite_add_tcase(s, c);
	return s;
}
