/* test_known.c: known values, against a search that is slow and plain. */
#include <check.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "match/known.h"
#include "match/known_forms.h"
#include "match/window.h"

Suite *known_suite(void);

#define VALUES 40
#define TEXT 20000

static uint64_t state;

/* the same numbers in each run */
static unsigned
draw(unsigned most)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % most;
}

struct met {
	unsigned count;
	uint64_t sum;           /* of places, lengths and names: the order does not matter */
};

static void
on_hit(void *arg, const struct known_hit *h)
{
	struct met *m = arg;

	m->count++;
	m->sum += (h->at + 1) * 1000003u + h->len * 31 + (uint64_t)h->name[0];
	ck_assert_uint_ge(h->at, h->window->own);
	ck_assert_uint_lt(h->at, h->window->own_end);
}

/* every place where a form of the value stands */
static void
search(struct met *m, const struct window *w, struct bytes value, char name)
{
	uint8_t forms[KNOWN_FORMS][1024];
	size_t len[KNOWN_FORMS];

	for (unsigned i = 0; i < KNOWN_FORMS; i++) {
		bool again = false;

		len[i] = known_forms_write(i, value, forms[i]);
		for (unsigned k = 0; k < i; k++)
			again |= len[k] == len[i] && memcmp(forms[k], forms[i], len[i]) == 0;
		for (size_t at = w->own; len[i] && !again && at < w->own_end && at + len[i] <= w->text.len; at++)
			if (memcmp(w->text.at + at, forms[i], len[i]) == 0) {
				m->count++;
				m->sum += (at + 1) * 1000003u + len[i] * 31 + (uint64_t)name;
			}
	}
}

/* _i picks the alphabet: many values that share much, or little */
START_TEST(finds_what_a_plain_search_finds)
{
	static const char *const alphabets[] = { "ab", "abc\"\\/ %", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" };
	const char *alphabet = alphabets[_i % 3];
	uint8_t values[VALUES][40], *text = malloc(TEXT);
	size_t len[VALUES];
	struct met want = { 0 }, got = { 0 };
	struct error err;
	struct known *k = known_new(&err);
	struct window w = { .text = { text, TEXT } };

	state = (uint64_t)_i;
	for (size_t i = 0; i < TEXT; i++)
		text[i] = (uint8_t)alphabet[draw((unsigned)strlen(alphabet))];
	for (size_t i = 0; i < VALUES; i++) {
		char name[2] = { (char)('A' + i), 0 };
		bool again = false;

		len[i] = (_i & 1 ? 8 : 12) + draw(20);
		for (size_t c = 0; c < len[i]; c++)
			values[i][c] = (uint8_t)alphabet[draw((unsigned)strlen(alphabet))];
		for (size_t o = 0; o < i; o++)
			again |= len[o] == len[i] && memcmp(values[o], values[i], len[i]) == 0;
		if (again)
			len[i] = 0;
		else
			ck_assert_int_eq(known_add(k, name, (struct bytes){ values[i], len[i] }, &err), 1);
	}
	/* forms at random places, at both ends too */
	for (unsigned n = 0; n < 300; n++) {
		const size_t i = draw(VALUES);
		uint8_t form[1024];
		const size_t size = len[i] ? known_forms_write(draw(KNOWN_FORMS), (struct bytes){ values[i], len[i] }, form) : 0;
		const size_t at = n == 0 ? 0 : n == 1 ? TEXT - size : draw((unsigned)(TEXT - size));

		memcpy(text + at, form, size);
	}
	w.own = _i & 2 ? 0 : 3000 + draw(64);
	w.own_end = _i & 4 ? TEXT : 15000 + draw(64);
	ck_assert_int_eq(known_build(k, &err), 0);
	known_window(k, &w, false, on_hit, &got);
	for (size_t i = 0; i < VALUES; i++)
		if (len[i])
			search(&want, &w, (struct bytes){ values[i], len[i] }, (char)('A' + i));
	ck_assert_uint_gt(want.count, 20);
	ck_assert_uint_eq(got.count, want.count);
	ck_assert(got.sum == want.sum);
	known_free(k);
	free(text);
}
END_TEST

START_TEST(short_texts_are_searched)
{
	struct error err;
	struct known *k = known_new(&err);

	ck_assert_int_eq(known_add(k, "A", bytes_of("12345678\n"), &err), 1);
	ck_assert_int_eq(known_add(k, "B", bytes_of("1234567"), &err), 0);
	ck_assert_int_eq(known_build(k, &err), 0);
	for (size_t n = 0; n < 24; n++) {
		char *text = malloc(n + 8);
		struct window w = { .text = { (uint8_t *)text, n + 8 }, .own_end = n + 8 };
		struct met got = { 0 };

		memset(text, '.', n);
		memcpy(text + n, "12345678", 8);
		known_window(k, &w, false, on_hit, &got);
		ck_assert_uint_eq(got.count, 1);
		w.text.len--;
		w.own_end--;
		known_window(k, &w, false, on_hit, &got);
		ck_assert_uint_eq(got.count, 1);
		free(text);
	}
	known_free(k);
}
END_TEST

static void
setup(void)
{
	ck_assert_int_ge(sodium_init(), 0);
}

Suite *
known_suite(void)
{
	Suite *s = suite_create("known");
	TCase *t = tcase_create("known");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, finds_what_a_plain_search_finds, 0, 24);
	tcase_add_test(t, short_texts_are_searched);
	suite_add_tcase(s, t);
	return s;
}
