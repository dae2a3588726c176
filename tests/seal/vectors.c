/*
 * vectors.c: makes the hostile cases of corpus/sealed, always the same bytes, and checks them.
 *
 *   vectors make          small cases, as JSON lines, on standard output
 *   vectors make-large    those of many kilobytes
 *   vectors check FILE    runs them through the public library
 *
 * The status that a case must have is written down here, never taken from the
 * library. A case is text put in place of another in a sound file, signers file
 * or set; or a file forged with sound signatures and something wrong inside.
 */
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/seal.h>

#include "vectors.h"

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
		uint8_t number[8];

		if (source.left == 0) {
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

void
vectors_seed(uint8_t byte)
{
	static randombytes_implementation seeded = { source_name, draw_word, NULL, NULL, draw, NULL };

	memset(&source, 0, sizeof source);
	memset(source.seed, byte, sizeof source.seed);
	randombytes_set_implementation(&seeded);
}

/* bytes as a JSON string of the code points 0 to 255 */
json_t *
vectors_text(const char *text, size_t len)
{
	struct buf b;
	json_t *s;

	buf_init(&b);
	for (size_t i = 0; i < len; i++) {
		const uint8_t c = (uint8_t)text[i];

		if (c >= 0x80)
			buf_addc(&b, (char)(0xc0 | c >> 6));
		buf_addc(&b, (char)(c < 0x80 ? c : 0x80 | (c & 0x3f)));
	}
	s = json_stringn_nocheck(b.at ? (const char *)b.at : "", b.len);
	buf_done(&b);
	return s;
}

static void
add_back(struct buf *out, const json_t *s)
{
	const char *text = json_string_value(s);
	const size_t len = json_string_length(s);

	for (size_t i = 0; text && i < len; i++) {
		if ((uint8_t)text[i] >= 0xc0 && i + 1 < len) {
			buf_addc(out, (char)((uint8_t)text[i] << 6 | ((uint8_t)text[i + 1] & 0x3f)));
			i++;
		} else {
			buf_addc(out, text[i]);
		}
	}
}

static struct buf
get(const json_t *c, const char *key)
{
	struct buf b;

	buf_init(&b);
	add_back(&b, json_object_get(c, key));
	return b;
}

static const char *
word(const json_t *c, const char *key)
{
	return json_string_value(json_object_get(c, key));
}

static uint64_t
number(const json_t *c, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(c, key));
}

/* Identities as hex in a row. */
static size_t
identities(const json_t *c, uint8_t keys[static SEAL_IDENTITIES_MAX * SEAL_KEY_BYTES])
{
	const json_t *list = json_object_get(c, "identities");
	size_t n = json_array_size(list);

	for (size_t i = 0; i < n; i++)
		sodium_hex2bin(keys + i * SEAL_KEY_BYTES, SEAL_KEY_BYTES, json_string_value(json_array_get(list, i)), 64, NULL, NULL, NULL);
	return n;
}

static struct error err;

static int
check_open(const json_t *c, const struct seal_signers *signers, bool decrypt, const char **wrong)
{
	const struct seal_asked asked = { word(c, "name"), word(c, "scope"), (int64_t)number(c, "now"), number(c, "min_version") };
	uint8_t keys[SEAL_IDENTITIES_MAX * SEAL_KEY_BYTES], digest[32];
	struct buf text = get(c, "file");
	struct seal_value value = { 0 };
	struct seal_file f;
	char hex[65];
	int r = seal_file_parse((const char *)text.at, text.len, &f, &err);

	if (r == SEAL_OK && !decrypt)
		r = seal_verify(&f, signers, &asked, &err);
	else if (r == SEAL_OK)
		r = seal_open(&f, signers, &asked, keys, identities(c, keys), &value, &err);
	if (r == SEAL_OK && decrypt) {
		crypto_generichash(digest, sizeof digest, value.at, value.len, NULL, 0);
		sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
		if (!word(c, "value_blake2b") || strcmp(hex, word(c, "value_blake2b")) != 0)
			*wrong = "another value";
	}
	seal_value_free(&value);
	buf_done(&text);
	return r;
}

static int
check_files(const json_t *c, const struct seal_set *set, const struct seal_signers *signers, const struct seal_set_asked *asked)
{
	const json_t *list = json_object_get(c, "files");
	const size_t n = json_array_size(list);
	struct buf *texts = calloc(n + 1, sizeof *texts);
	struct seal_file *files = calloc(n + 1, sizeof *files);
	size_t *which = calloc(set->count + 1, sizeof *which), bad;
	int r = SEAL_OK;

	for (size_t i = 0; i < n; i++) {
		buf_init(&texts[i]);
		add_back(&texts[i], json_array_get(list, i));
		if (r == SEAL_OK)
			r = seal_file_parse((const char *)texts[i].at, texts[i].len, &files[i], &err);
	}
	if (r == SEAL_OK)
		r = seal_set_verify(set, files, n, signers, asked, which, &bad, &err);
	for (size_t i = 0; i < n; i++)
		buf_done(&texts[i]);
	free(texts);
	free(files);
	free(which);
	return r;
}

static int
check_set(const json_t *c, const struct seal_signers *signers)
{
	struct seal_floor floor = { word(c, "floor_name"), number(c, "floor_version") };
	struct seal_set_asked asked = { .scope = word(c, "scope"), .now = (int64_t)number(c, "now"), .min_epoch = number(c, "min_epoch"),
		.floors = &floor, .floor_count = floor.name != NULL };
	uint8_t pin[SEAL_DIGEST_BYTES];
	struct buf text = get(c, "set");
	struct seal_set set = { 0 };
	int r = seal_set_parse((const char *)text.at, text.len, &set, &err);

	if (r == SEAL_OK && word(c, "pin")) {
		r = seal_set_pin_parse(word(c, "pin"), pin, &err);
		asked.pin = pin;
	}
	if (r == SEAL_OK)
		r = seal_set_check(&set, signers, &asked, &err);
	if (r == SEAL_OK)
		r = check_files(c, &set, signers, &asked);
	seal_set_free(&set);
	buf_done(&text);
	return r;
}

static int
check_key(const json_t *c, const char **wrong)
{
	static const char *const kinds[] = { "recipient", "identity", "verifier", "signer", "mark" };
	struct buf text = get(c, "text"), clean;
	const char *phrase = word(c, "passphrase");
	uint8_t key[SEAL_KEY_BYTES];
	enum seal_key_kind kind = 0;
	char hex[65];
	int r;

	/* a ~ keeps scanners from taking the texts for keys */
	buf_init(&clean);
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] != '~')
			buf_addc(&clean, (char)text.at[i]);
	while (strcmp(kinds[kind], word(c, "kind")) != 0)
		kind++;
	if (phrase)
		r = seal_key_unlock(kind, (const char *)clean.at, clean.len, phrase, strlen(phrase), key, &err);
	else
		r = seal_key_parse(kind, (const char *)clean.at, clean.len, key, &err);
	sodium_bin2hex(hex, sizeof hex, key, sizeof key);
	if (r == SEAL_OK && strcmp(hex, word(c, "key")) != 0)
		*wrong = "another key";
	buf_done(&text);
	buf_done(&clean);
	return r;
}

static int
check_case(const json_t *c, const char **wrong)
{
	const char *what = word(c, "do");
	struct buf list = get(c, "signers");
	struct seal_signers *signers = NULL;
	int r = SEAL_OK;

	if (strcmp(what, "key") != 0)
		r = seal_signers_parse((const char *)list.at, list.len, &signers, &err);
	buf_done(&list);
	if (r == SEAL_OK && strcmp(what, "key") == 0)
		r = check_key(c, wrong);
	else if (r == SEAL_OK && strcmp(what, "set") == 0)
		r = check_set(c, signers);
	else if (r == SEAL_OK && strcmp(what, "signers") != 0)
		r = check_open(c, signers, strcmp(what, "open") == 0, wrong);
	seal_signers_free(signers);
	return r;
}

static int
check(const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	unsigned passed = 0, failed = 0;

	if (!f) {
		perror(path);
		return 1;
	}
	while (getline(&line, &size, f) > 0) {
		json_t *c = json_loads(line, JSON_ALLOW_NUL, NULL);
		const char *wrong = NULL;
		const int r = c ? check_case(c, &wrong) : -1;
		const char *got = r < 0 ? "no JSON" : seal_status_word((enum seal_status)r);
		const bool good = c && !wrong && got && strcmp(got, word(c, "status")) == 0 && (uint64_t)r == number(c, "number");

		passed += good;
		failed += !good;
		if (!good)
			printf("%s: %s instead of %s%s%s\n", c ? word(c, "id") : "?", got, c ? word(c, "status") : "?", wrong ? ", " : "",
			    wrong ? wrong : "");
		json_decref(c);
	}
	free(line);
	fclose(f);
	printf("vectors: %u passed, %u failed\n", passed, failed);
	return failed != 0 || passed == 0;
}

int
main(int argc, char **argv)
{
	if (seal_init() < 0)
		return 1;
	/* guarded memory draws its canary once */
	sodium_free(sodium_malloc(1));
	if (argc == 2 && strcmp(argv[1], "make") == 0)
		vectors_make_small();
	else if (argc == 2 && strcmp(argv[1], "make-large") == 0)
		vectors_make_large();
	else if (argc == 3 && strcmp(argv[1], "check") == 0)
		return check(argv[2]);
	else
		return fputs("usage: vectors make | make-large | check FILE\n", stderr), 2;
	return ferror(stdout) || fflush(stdout) != 0;
}
