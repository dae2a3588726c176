/* test_seal.c: the first vector of stanch-sealed(5), byte for byte, and what must not open. */
#include <check.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/seal.h>

#include "base/buf.h"
#include "base/io.h"
#include "seal/seal_text.h"

Suite *seal_suite(void);

#define NOW 1800000000 /* 2027-01-15T08:00:00Z */
#define VALUE "correct horse battery staple\n"

static struct error err;

/* The random source of the vectors: BLAKE2b-512(key = seed, LE64(i)) in a row. */
static struct {
	uint8_t seed[32], block[64];
	uint64_t next;
	size_t left;
} source;

static void
draw(void *const to, const size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (source.left == 0) {
			uint8_t number[8];

			for (int k = 0; k < 8; k++)
				number[k] = (uint8_t)(source.next >> 8 * k);
			crypto_generichash(source.block, sizeof source.block, number, sizeof number, source.seed, sizeof source.seed);
			source.next++;
			source.left = sizeof source.block;
		}
		((uint8_t *)to)[i] = source.block[sizeof source.block - source.left--];
	}
}

static const char *
source_name(void)
{
	return "seeded";
}

static uint32_t
draw_word(void)
{
	uint32_t n;

	draw(&n, sizeof n);
	return n;
}

static void
seed_random(uint8_t byte)
{
	static randombytes_implementation seeded = { source_name, draw_word, NULL, NULL, draw, NULL };

	memset(&source, 0, sizeof source);
	memset(source.seed, byte, sizeof source.seed);
	randombytes_set_implementation(&seeded);
}

static void
setup(void)
{
	ck_assert_int_eq(seal_init(), 0);
	/* guarded memory draws its canary once */
	sodium_free(sodium_malloc(1));
}

static void
teardown(void)
{
	randombytes_set_implementation(&randombytes_sysrandom_implementation);
}

static struct buf
slurp(const char *path)
{
	struct buf b;

	buf_init(&b);
	ck_assert_msg(io_read_path(path, 2 << 20, &b, &err) == 0, "%s", err.text);
	return b;
}

/* keys made of one byte, as the vector has them */
static const uint8_t *
key(uint8_t byte)
{
	static uint8_t keys[256][SEAL_KEY_BYTES];

	memset(keys[byte], byte, SEAL_KEY_BYTES);
	return keys[byte];
}

static struct seal_header
header_of_vector(void)
{
	return (struct seal_header){ .name = "db/password", .scope = "prod/payments/api", .version = 7, .expires = SEAL_NEVER, .mode = 0400 };
}

static void
make(const struct seal_header *h, size_t recipients, const void *value, size_t value_len, char **text, size_t *len)
{
	uint8_t keys[SEAL_RECIPIENTS_MAX * SEAL_KEY_BYTES];

	for (size_t i = 0; i < recipients; i++)
		seal_key_public(SEAL_KEY_IDENTITY, key((uint8_t)(i + 2)), keys + i * SEAL_KEY_BYTES);
	ck_assert_msg(seal_make(h, keys, recipients, key(1), value, value_len, text, len, &err) == SEAL_OK, "%s", err.text);
}

START_TEST(vector_is_made_byte_for_byte)
{
	const struct seal_header h = header_of_vector();
	struct buf want = slurp("corpus/sealed/first/db-password.sealed");
	char *text;
	size_t len;

	seed_random(4);
	make(&h, 2, VALUE, strlen(VALUE), &text, &len);
	ck_assert_uint_eq(len, 794);
	ck_assert_uint_eq(want.len, len);
	ck_assert_mem_eq(want.at, text, len);
	free(text);
	buf_done(&want);
}
END_TEST

static struct seal_signers *
signers_of(const char *text)
{
	struct seal_signers *s = NULL;

	ck_assert_msg(seal_signers_parse(text, strlen(text), &s, &err) == SEAL_OK, "%s", err.text);
	return s;
}

/* a signers file with one line for the signer of the tests */
static struct seal_signers *
signers_with(const char *conditions)
{
	struct buf b;
	struct seal_signers *s;
	uint8_t verifier[SEAL_KEY_BYTES];

	seal_key_public(SEAL_KEY_SIGNER, key(1), verifier);
	buf_init(&b);
	buf_adds(&b, "ed25519 ");
	seal_text_add64(&b, verifier, sizeof verifier);
	buf_addf(&b, " %s\n", conditions);
	s = signers_of(buf_str(&b));
	buf_done(&b);
	return s;
}

START_TEST(vector_opens_for_both_recipients)
{
	struct buf text = slurp("corpus/sealed/first/db-password.sealed"), list = slurp("corpus/sealed/first/signers");
	const struct seal_asked asked = { "db/password", "prod/payments/api", NOW, 7 };
	struct seal_signers *signers;
	struct seal_value value;
	struct seal_file f;

	ck_assert_int_eq(seal_file_parse((char *)text.at, text.len, &f, &err), SEAL_OK);
	ck_assert_uint_eq(f.recipients, 2);
	ck_assert_int_eq(seal_signers_parse((char *)list.at, list.len, &signers, &err), SEAL_OK);
	for (uint8_t i = 2; i <= 3; i++) {
		ck_assert_msg(seal_open(&f, signers, &asked, key(i), 1, &value, &err) == SEAL_OK, "%s", err.text);
		ck_assert_uint_eq(value.len, strlen(VALUE));
		ck_assert_mem_eq(value.at, VALUE, value.len);
		seal_value_free(&value);
	}
	ck_assert_int_eq(seal_open(&f, signers, &asked, key(9), 1, &value, &err), SEAL_NOT_RECIPIENT);
	seal_signers_free(signers);
	buf_done(&text);
	buf_done(&list);
}
END_TEST

START_TEST(vector_set_is_made_and_holds)
{
	struct buf text = slurp("corpus/sealed/first/db-password.sealed"), list = slurp("corpus/sealed/first/signers");
	struct buf want = slurp("corpus/sealed/first/stanch.set");
	const struct seal_value value = { (uint8_t *)VALUE, strlen(VALUE) };
	uint8_t pin[SEAL_DIGEST_BYTES];
	struct seal_set_asked asked = { .pin = pin, .scope = "prod/payments/api", .now = NOW };
	struct seal_signers *signers;
	struct seal_file f;
	struct seal_set set;
	size_t len, which, bad;
	char *made, pin_text[SEAL_PIN_TEXT_MAX];

	ck_assert_int_eq(seal_file_parse((char *)text.at, text.len, &f, &err), SEAL_OK);
	ck_assert_int_eq(seal_set_make("prod/payments/api", 1, SEAL_NEVER, &f, 1, &value, key(5), key(1), &made, &len, &err), SEAL_OK);
	ck_assert_uint_eq(len, want.len);
	ck_assert_mem_eq(made, want.at, len);
	ck_assert_int_eq(seal_set_parse(made, len, &set, &err), SEAL_OK);
	seal_set_pin_format(set.pin, pin_text);
	ck_assert_str_eq(pin_text, "blake2b-256:c50ae968addac389873698e476e2935aec875414009f0466a49829772134c427");
	ck_assert_int_eq(seal_set_pin_parse(pin_text, pin, &err), SEAL_OK);
	ck_assert_int_eq(seal_signers_parse((char *)list.at, list.len, &signers, &err), SEAL_OK);
	ck_assert_int_eq(seal_set_verify(&set, &f, 1, signers, &asked, &which, &bad, &err), SEAL_OK);
	ck_assert_int_eq(seal_set_verify(&set, &f, 0, signers, &asked, &which, &bad, &err), SEAL_SET_MISSING);
	asked.min_epoch = 2;
	ck_assert_int_eq(seal_set_verify(&set, &f, 1, signers, &asked, &which, &bad, &err), SEAL_SET_EPOCH);
	pin[0] ^= 1;
	ck_assert_int_eq(seal_set_verify(&set, &f, 1, signers, &asked, &which, &bad, &err), SEAL_SET_PIN);
	seal_signers_free(signers);
	seal_set_free(&set);
	free(made);
	buf_done(&text);
	buf_done(&list);
	buf_done(&want);
}
END_TEST

static const struct {
	enum seal_key_kind kind;
	uint8_t byte;
	bool public;
	const char *prefix, *text;      /* apart, so that nothing takes them for keys */
} key_texts[] = {
	{ SEAL_KEY_IDENTITY, 2, false, "STANCH-IDENTITY-1", "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgJkZ7cN" },
	{ SEAL_KEY_RECIPIENT, 2, true, "stanch1", "zo060cy2M+x7cMF4FKXHbs0CloUFDTRHRboFhw5YfVl6UQK3" },
	{ SEAL_KEY_SIGNER, 1, false, "STANCH-SIGNER-1", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQHD3R1k" },
	{ SEAL_KEY_VERIFIER, 1, true, "stanchsign1", "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1zDhJuA" },
	{ SEAL_KEY_MARK, 5, false, "STANCH-MARK-1", "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQVwKHGH" },
};

START_TEST(key_texts_are_those_of_the_vector)
{
	const enum seal_key_kind kind = key_texts[_i].kind;
	char text[SEAL_KEY_TEXT_MAX], want[SEAL_KEY_TEXT_MAX];
	uint8_t raw[SEAL_KEY_BYTES], again[SEAL_KEY_BYTES];

	memcpy(raw, key(key_texts[_i].byte), sizeof raw);
	if (key_texts[_i].public)
		seal_key_public(kind == SEAL_KEY_VERIFIER ? SEAL_KEY_SIGNER : SEAL_KEY_IDENTITY, key(key_texts[_i].byte), raw);
	seal_key_format(kind, raw, text);
	snprintf(want, sizeof want, "%s%s", key_texts[_i].prefix, key_texts[_i].text);
	ck_assert_str_eq(text, want);
	ck_assert_int_eq(seal_key_parse(kind, text, strlen(text), again, &err), SEAL_OK);
	ck_assert_mem_eq(again, raw, sizeof raw);
	text[strlen(text) - 9] ^= 1;
	ck_assert_int_ne(seal_key_parse(kind, text, strlen(text), again, &err), SEAL_OK);
}
END_TEST

START_TEST(passphrases_lock_keys)
{
	char text[SEAL_KEY_TEXT_MAX];
	uint8_t again[SEAL_KEY_BYTES];

	ck_assert_int_eq(seal_key_lock(SEAL_KEY_IDENTITY, key(2), "a phrase", 8, 1, 23, text, &err), SEAL_OK);
	ck_assert(seal_key_is_locked(text, strlen(text)));
	ck_assert_int_eq(seal_key_unlock(SEAL_KEY_IDENTITY, text, strlen(text), "a phrase", 8, again, &err), SEAL_OK);
	ck_assert_mem_eq(again, key(2), sizeof again);
	ck_assert_int_eq(seal_key_unlock(SEAL_KEY_IDENTITY, text, strlen(text), "a phrasf", 8, again, &err), SEAL_PASSPHRASE);
	ck_assert_int_eq(seal_key_unlock(SEAL_KEY_SIGNER, text, strlen(text), "a phrase", 8, again, &err), SEAL_KEY_TEXT);
	ck_assert_int_eq(seal_key_parse(SEAL_KEY_IDENTITY, text, strlen(text), again, &err), SEAL_KEY_TEXT);
	text[60] = text[60] == 'A' ? 'B' : 'A';
	ck_assert_int_eq(seal_key_unlock(SEAL_KEY_IDENTITY, text, strlen(text), "a phrase", 8, again, &err), SEAL_KEY_CHECKSUM);
	ck_assert_int_eq(seal_key_lock(SEAL_KEY_IDENTITY, key(2), "a phrase", 8, 17, 23, text, &err), SEAL_USAGE);
}
END_TEST

static const size_t sizes[] = { 0, 1, 63, 64, 65535, 65536 - 64, 65536, 65537, 131071, SEAL_VALUE_MAX - 1, SEAL_VALUE_MAX };

START_TEST(any_size_comes_back)
{
	const struct seal_header h = header_of_vector();
	const struct seal_asked asked = { .now = NOW };
	struct seal_signers *signers = signers_with("scope=prod/payments/api name=db/*");
	uint8_t *value = malloc(sizes[_i] + 1);
	struct seal_value got;
	struct seal_file f;
	size_t len;
	char *text;

	memset(value, 'x', sizes[_i]);
	make(&h, 64, value, sizes[_i], &text, &len);
	ck_assert_uint_le(len, SEAL_FILE_MAX);
	ck_assert_msg(seal_file_parse(text, len, &f, &err) == SEAL_OK, "%s", err.text);
	ck_assert_msg(seal_open(&f, signers, &asked, key(40), 1, &got, &err) == SEAL_OK, "%s", err.text);
	ck_assert_uint_eq(got.len, sizes[_i]);
	ck_assert_mem_eq(got.at, value, got.len);
	seal_value_free(&got);
	seal_signers_free(signers);
	free(text);
	free(value);
}
END_TEST

START_TEST(no_changed_byte_opens)
{
	struct buf text = slurp("corpus/sealed/first/db-password.sealed");
	struct seal_signers *signers = signers_with("scope=prod/payments/* name=db/*");
	const struct seal_asked asked = { "db/password", "prod/payments/api", NOW, 7 };
	struct seal_value value = { 0 };
	struct seal_file f;

	for (size_t i = 0; i < text.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			text.at[i] ^= (uint8_t)(1 << bit);
			ck_assert(seal_file_parse((char *)text.at, text.len, &f, &err) != SEAL_OK ||
			    seal_open(&f, signers, &asked, key(2), 1, &value, &err) != SEAL_OK);
			text.at[i] ^= (uint8_t)(1 << bit);
		}
	for (size_t n = 0; n < text.len; n++)
		ck_assert(seal_file_parse((char *)text.at, n, &f, &err) != SEAL_OK || seal_verify(&f, signers, &asked, &err) != SEAL_OK);
	seal_signers_free(signers);
	buf_done(&text);
}
END_TEST

/* what the signer's lines allow of the vector */
static const struct {
	const char *lines[2];
	enum seal_status status;
} judged[] = {
	{ { "scope=prod/payments/api name=db/password" }, SEAL_OK },
	{ { "scope=*/*/* name=**" }, SEAL_OK },
	{ { "scope=prod/payments/api name=db/**" }, SEAL_OK },
	{ { "scope=prod/payments/api name=db/password may=set" }, SEAL_SIGNER_MAY },
	{ { "scope=prod/payments/web name=db/password" }, SEAL_SIGNER_SCOPE },
	{ { "scope=prod/payments/api name=*" }, SEAL_SIGNER_NAME },
	{ { "scope=prod/payments/api name=db/password/**" }, SEAL_SIGNER_NAME },
	{ { "scope=prod/payments/api name=tls/*", "scope=prod/payments/web name=db/*" }, SEAL_SIGNER_NAME },
	{ { "scope=prod/payments/api name=** not-after=2027-01-15T08:00:00Z" }, SEAL_SIGNER_TIME },
	{ { "scope=prod/payments/api name=** not-before=2027-01-15T08:00:01Z" }, SEAL_SIGNER_TIME },
	{ { "scope=prod/payments/api name=** not-before=2027-01-15T08:00:00Z" }, SEAL_OK },
	{ { "scope=prod/payments/api name=**", "revoked" }, SEAL_SIGNER_REVOKED },
};

START_TEST(signers_are_judged_line_by_line)
{
	struct buf text = slurp("corpus/sealed/first/db-password.sealed"), list;
	const struct seal_asked asked = { .now = NOW };
	uint8_t verifier[SEAL_KEY_BYTES];
	struct seal_signers *signers;
	struct seal_file f;

	seal_key_public(SEAL_KEY_SIGNER, key(1), verifier);
	buf_init(&list);
	for (int i = 0; i < 2 && judged[_i].lines[i]; i++) {
		const bool revoked = strcmp(judged[_i].lines[i], "revoked") == 0;

		buf_adds(&list, revoked ? "revoked ed25519 " : "ed25519 ");
		seal_text_add64(&list, verifier, sizeof verifier);
		buf_addf(&list, "%s%s # why\n", revoked ? "" : " ", revoked ? "" : judged[_i].lines[i]);
	}
	signers = signers_of(buf_str(&list));
	ck_assert_int_eq(seal_file_parse((char *)text.at, text.len, &f, &err), SEAL_OK);
	ck_assert_int_eq(seal_verify(&f, signers, &asked, &err), judged[_i].status);
	seal_signers_free(signers);
	buf_done(&text);
	buf_done(&list);
}
END_TEST

static const struct {
	const char *text;
	int64_t seconds;        /* -1: no date */
} dates[] = {
	{ "never", SEAL_NEVER }, { "1970-01-01T00:00:00Z", 0 }, { "2027-01-15T08:00:00Z", NOW }, { "2024-02-29T00:00:00Z", 1709164800 },
	{ "2025-01-01T00:00:00Z", SEAL_CLOCK_LEAST }, { "9999-12-31T23:59:59Z", 253402300799 }, { "2023-02-29T00:00:00Z", -1 },
	{ "2100-02-29T00:00:00Z", -1 }, { "1969-12-31T23:59:59Z", -1 }, { "2024-13-01T00:00:00Z", -1 }, { "2024-00-01T00:00:00Z", -1 },
	{ "2024-01-00T00:00:00Z", -1 }, { "2024-04-31T00:00:00Z", -1 }, { "2024-01-01T24:00:00Z", -1 }, { "2024-01-01T00:60:00Z", -1 },
	{ "2016-12-31T23:59:60Z", -1 }, { "2024-01-01t00:00:00z", -1 }, { "2024-01-01", -1 }, { "Never", -1 }, { "", -1 },
};

START_TEST(dates_are_real)
{
	int64_t s = -1;
	char text[24];

	ck_assert_int_eq(seal_date_parse(dates[_i].text, strlen(dates[_i].text), &s), dates[_i].seconds >= 0);
	ck_assert_int_eq(s, dates[_i].seconds);
	if (s >= 0) {
		seal_date_format(s, text);
		ck_assert_str_eq(text, dates[_i].text);
	}
}
END_TEST

START_TEST(every_status_has_its_words)
{
	int words = 0;

	for (int s = 0; s < 120; s++) {
		const char *fix = seal_status_fix((enum seal_status)s);

		ck_assert_int_eq(seal_status_word((enum seal_status)s) != NULL, fix != NULL);
		words += fix != NULL;
		if (fix)
			ck_assert_uint_lt(strlen(fix), 160);
	}
	ck_assert_int_eq(words, 69);
}
END_TEST

Suite *
seal_suite(void)
{
	Suite *s = suite_create("seal");
	TCase *t = tcase_create("seal");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, vector_is_made_byte_for_byte);
	tcase_add_test(t, vector_opens_for_both_recipients);
	tcase_add_test(t, vector_set_is_made_and_holds);
	tcase_add_loop_test(t, key_texts_are_those_of_the_vector, 0, 5);
	tcase_add_test(t, passphrases_lock_keys);
	tcase_add_loop_test(t, any_size_comes_back, 0, (int)(sizeof sizes / sizeof *sizes));
	tcase_add_test(t, no_changed_byte_opens);
	tcase_add_loop_test(t, signers_are_judged_line_by_line, 0, (int)(sizeof judged / sizeof *judged));
	tcase_add_loop_test(t, dates_are_real, 0, (int)(sizeof dates / sizeof *dates));
	tcase_add_test(t, every_status_has_its_words);
	suite_add_tcase(s, t);
	return s;
}
