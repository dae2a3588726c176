/* test_randomness.c: words on one side, draws from a seeded generator on the other. */
#include <check.h>
#include <stdint.h>
#include <string.h>

#include "triage/randomness.h"

Suite *randomness_suite(void);

static const char *const words[] = {
	"password", "sunshine12", "correcthorsebatterystaple", "getAccessToken", "PasswordCredentialVersionData", "access_token",
	"application/x-www-form-urlencoded", "VINYLDNS_SECRET_KEY", "internationalisation", "pbkdf2_sha256", "com.example.service",
};

static char
draw(uint64_t *seed, const char *alphabet)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return alphabet[(*seed >> 33) % strlen(alphabet)];
}

/* The share of 200 draws that are taken for random. */
static double
recognised(const char *alphabet, size_t len)
{
	uint64_t seed = 20261124;
	char text[64];
	unsigned yes = 0;

	for (unsigned i = 0; i < 200; i++) {
		for (size_t k = 0; k < len; k++)
			text[k] = draw(&seed, alphabet);
		yes += randomness_score((struct bytes){(const uint8_t *)text, len}) >= 0.5;
	}
	return yes / 200.0;
}

START_TEST(words_are_not_random)
{
	ck_assert_msg(randomness_score(bytes_of(words[_i])) < 0.3, "%s", words[_i]);
}
END_TEST

START_TEST(draws_are_random)
{
	static const char hex[] = "0123456789abcdef", lower[] = "abcdefghijklmnopqrstuvwxyz";
	static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	ck_assert_double_ge(recognised(hex, 32), 0.99);
	ck_assert_double_ge(recognised(lower, 8), 0.9);
	ck_assert_double_ge(recognised(lower, 16), 0.99);
	ck_assert_double_ge(recognised(all, 12), 0.97);
	ck_assert_double_ge(recognised(all, 40), 0.99);
}
END_TEST

START_TEST(figures_are_what_they_say)
{
	struct randomness r;

	randomness_of(bytes_of("aabb"), &r);
	ck_assert_double_eq_tol(r.entropy, 1.0, 1e-9);
	ck_assert_uint_eq(r.distinct, 2);
	ck_assert_int_eq(r.alphabet, ALPHABET_LOWER);
	randomness_of(bytes_of("0af3"), &r);
	ck_assert_int_eq(r.alphabet, ALPHABET_HEX);
	randomness_of(bytes_of("aB3/=="), &r);
	ck_assert_int_eq(r.alphabet, ALPHABET_BASE64);
	randomness_of(bytes_of("a b"), &r);
	ck_assert_int_eq(r.alphabet, ALPHABET_ANY);
	ck_assert_str_eq(alphabet_name(ALPHABET_HEX), "hexadecimal digits");
}
END_TEST

START_TEST(nothing_and_repetition_are_not_random)
{
	ck_assert_double_lt(randomness_score(bytes_of("")), 0.1);
	ck_assert_double_lt(randomness_score(bytes_of("zxzxzxzxzxzxzxzxzxzx")), 0.9);
	ck_assert_double_lt(randomness_score(bytes_of("aaaaaaaaaaaaaaaa")), 0.3);
}
END_TEST

Suite *
randomness_suite(void)
{
	Suite *suite = suite_create("randomness");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, words_are_not_random, 0, sizeof words / sizeof *words);
	tcase_add_test(all, draws_are_random);
	tcase_add_test(all, figures_are_what_they_say);
	tcase_add_test(all, nothing_and_repetition_are_not_random);
	suite_add_tcase(suite, all);
	return suite;
}
