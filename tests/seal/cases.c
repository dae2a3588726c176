#include "cases.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "seal/seal_text.h"

const char *
cases_sender(uint8_t byte)
{
	static char texts[8][80];
	static unsigned next;
	char *text = texts[next++ % 8];
	uint8_t key[SEAL_KEY_BYTES];
	struct buf b;

	seal_key_public(SEAL_KEY_SIGNER, vectors_key(byte), key);
	buf_init(&b);
	buf_adds(&b, "ed25519 ");
	seal_text_add64(&b, key, sizeof key);
	snprintf(text, sizeof texts[0], "%s", buf_str(&b));
	buf_done(&b);
	return text;
}

const char *
cases_signers(void)
{
	static char text[256];

	snprintf(text, sizeof text, "%s scope=prod/payments/* name=db/* may=seal,set # vector 1\n", cases_sender(1));
	return text;
}

json_t *
cases_new(const char *what, const char *id, enum seal_status status)
{
	json_t *c = json_object();

	json_object_set_new(c, "id", json_string(id));
	json_object_set_new(c, "do", json_string(what));
	json_object_set_new(c, "status", json_string(seal_status_word(status)));
	json_object_set_new(c, "number", json_integer(status));
	return c;
}

void
cases_print(json_t *c)
{
	char *text = json_dumps(c, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_PRESERVE_ORDER);

	puts(text);
	free(text);
	json_decref(c);
}

static void
add_identities(json_t *c, const char *bytes)
{
	json_t *list = json_array();
	char hex[65];

	for (; *bytes; bytes++) {
		sodium_bin2hex(hex, sizeof hex, vectors_key((uint8_t)*bytes), SEAL_KEY_BYTES);
		json_array_append_new(list, json_string(hex));
	}
	json_object_set_new(c, "identities", list);
}

void
cases_file(const char *id, struct buf text, const struct ask *asked, enum seal_status status, const void *value, size_t value_len)
{
	static const struct ask usual;
	const struct ask *a = asked ? asked : &usual;
	json_t *c = cases_new(a->verify ? "verify" : "open", id, status);
	uint8_t digest[32];
	char hex[65];

	json_object_set_new(c, "file", vectors_text((const char *)text.at, text.len));
	json_object_set_new(c, "signers", json_string(a->signers ? a->signers : cases_signers()));
	if (a->name)
		json_object_set_new(c, "name", json_string(a->name));
	if (a->scope)
		json_object_set_new(c, "scope", json_string(a->scope));
	json_object_set_new(c, "now", json_integer(a->now ? a->now : VECTORS_NOW));
	if (a->min_version)
		json_object_set_new(c, "min_version", json_integer((json_int_t)a->min_version));
	if (!a->verify)
		add_identities(c, a->identities ? a->identities : "\2");
	if (value) {
		crypto_generichash(digest, sizeof digest, value, value_len, NULL, 0);
		sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
		json_object_set_new(c, "value_blake2b", json_string(hex));
	}
	cases_print(c);
	buf_done(&text);
}

struct buf
cases_replace(const struct buf *text, const char *find, const char *put, size_t put_len)
{
	const struct bytes b = { text->at, text->len };
	const size_t at = bytes_find(b, bytes_of(find));
	struct buf out;

	if (at == b.len && *find) {
		fprintf(stderr, "not found: %s\n", find);
		abort();
	}
	buf_init(&out);
	buf_add(&out, b.at, at);
	buf_add(&out, put, put_len);
	buf_add(&out, b.at + at + strlen(find), b.len - at - strlen(find));
	return out;
}

struct buf
cases_base(void)
{
	vectors_seed(4);
	return vectors_forge(&(struct forgery){ .recipients = 2 });
}

void
vectors_make_small(void)
{
	cases_parse();
	cases_trust();
	cases_forged();
	cases_keys();
	cases_signers_files();
	cases_sets();
}

/* bytes that are padded to a multiple of 64 */
static uint8_t *
padded(size_t len, size_t *padded_len)
{
	uint8_t *plain;

	*padded_len = (len / 64 + 1) * 64;
	plain = calloc(1, *padded_len);
	for (size_t i = 0; i < len; i++)
		plain[i] = (uint8_t)(i * 7 + i / 251);
	plain[len] = 0x80;
	return plain;
}

static void
large(const char *id, size_t len, struct forgery f, enum seal_status status)
{
	size_t n;
	uint8_t *plain = padded(len, &n);

	f.plain = plain;
	f.plain_len = n;
	vectors_seed(7);
	cases_file(id, vectors_forge(&f), NULL, status, status == SEAL_OK ? plain : NULL, len);
	free(plain);
}

/* the payload cut to so many raw bytes, signed as it is or anew */
static void
cut(const char *id, size_t raw, bool resign, enum seal_status status)
{
	const size_t chars = (raw * 4 + 2) / 3;
	size_t n;
	uint8_t *plain = padded(150000, &n);
	struct buf text, short_text;
	size_t payload;

	vectors_seed(7);
	text = vectors_forge(&(struct forgery){ .plain = plain, .plain_len = n });
	payload = bytes_find((struct bytes){ text.at, text.len }, bytes_of("\nsig: ")) + 1 + 5 + 86 + 1;
	buf_init(&short_text);
	buf_add(&short_text, text.at, payload + chars + chars / 64);
	if (chars % 64)
		buf_addc(&short_text, '\n');
	/* the last character must have no tail bits */
	if (raw % 3)
		short_text.at[short_text.len - 2] = 'A';
	if (resign)
		vectors_resign(&short_text, 1);
	cases_file(id, short_text, NULL, status, NULL, 0);
	buf_done(&text);
	free(plain);
}

static void
stretch(const char *id, size_t len, enum seal_status status)
{
	struct buf text = cases_base();

	while (text.len < len)
		buf_adds(&text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
	text.len = len;
	text.at[len - 1] = '\n';
	cases_file(id, text, NULL, status, NULL, 0);
}

void
vectors_make_large(void)
{
	static const struct forgery plain = { 0 }, many = { .recipients = 64 };
	struct forgery early = { .tags_set = true }, missing = { .tags_set = true }, odd = { .tags_set = true };

	memset(early.tags, 254, sizeof early.tags);
	memset(missing.tags, 254, sizeof missing.tags);
	memset(odd.tags, 254, sizeof odd.tags);
	early.tags[0] = 3;
	missing.tags[2] = 0;
	odd.tags[1] = 2;
	large("value-65535", 65535, plain, SEAL_OK);
	large("value-65536", 65536, plain, SEAL_OK);
	large("value-1MiB", SEAL_VALUE_MAX, plain, SEAL_OK);
	large("value-1MiB-64-recipients", SEAL_VALUE_MAX, many, SEAL_OK);
	large("value-1MiB-and-1", SEAL_VALUE_MAX + 1, plain, SEAL_PLAINTEXT_SIZE);
	large("value-1MiB-and-63", SEAL_VALUE_MAX + 63, plain, SEAL_PLAINTEXT_SIZE);
	large("payload-1MiB-and-64", SEAL_VALUE_MAX + 64, plain, SEAL_PAYLOAD);
	large("final-early", 150000, early, SEAL_FINAL_EARLY);
	large("final-missing", 150000, missing, SEAL_FINAL_MISSING);
	large("stream-tag-rekey-in-the-middle", 150000, odd, SEAL_STREAM_TAG);
	cut("cut-after-first-chunk", 24 + 65553, false, SEAL_SIGNATURE);
	cut("cut-after-second-chunk", 24 + 2 * 65553, false, SEAL_SIGNATURE);
	cut("cut-after-first-chunk-resigned", 24 + 65553, true, SEAL_FINAL_MISSING);
	cut("cut-after-second-chunk-resigned", 24 + 2 * 65553, true, SEAL_FINAL_MISSING);
	cut("cut-in-first-chunk-resigned", 24 + 64 + 17, true, SEAL_STREAM);
	cut("cut-in-tag", 24 + 65553 - 1, true, SEAL_PAYLOAD);
	cut("cut-to-stream-header", 24, true, SEAL_PAYLOAD);
	cut("cut-to-an-empty-last-chunk", 24 + 65553 + 17, true, SEAL_PAYLOAD);
	stretch("file-too-large", SEAL_FILE_MAX + 1, SEAL_SIZE);
	stretch("file-as-large-as-can-be", SEAL_FILE_MAX, SEAL_PAYLOAD);
}
