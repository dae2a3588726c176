/* What the parser of sealed files must refuse, and for which reason. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cases.h"
#include "seal/seal_text.h"

#define LAST "Z3tsfw8IYzQ6\n"
#define MAGIC "stanch-sealed/v1\n"
#define PUBLIC "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"
#define ID1 "cvn/SR7mFXs"
#define MAC "smZOu4Xv2UVsBsSQBXMlMBbHat2/s7PUPSfWgFmp9zU"
#define BODY_END "WxvXjNQkFBECAG7A"
#define SIG_END "Nt7FjuaZsCA\n"

static const struct {
	const char *id, *find, *put;
	enum seal_status status;
} edits[] = {
	{ "byte-tab", "db/password", "db/\tpassword", SEAL_ENCODING },
	{ "byte-cr", "\nscope", "\r\nscope", SEAL_ENCODING },
	{ "byte-cr-at-the-end", LAST, "Z3tsfw8IYzQ6\r\n", SEAL_ENCODING },
	{ "byte-delete", "db/password", "db/\x7fpassword", SEAL_ENCODING },
	{ "byte-utf8", "db/password", "db/p\xc3\xa4ssword", SEAL_ENCODING },
	{ "byte-bom", "stanch-sealed", "\xef\xbb\xbfstanch-sealed", SEAL_ENCODING },
	{ "byte-escape-in-payload", "p8XomCQD", "p8Xo\x1bmCQD", SEAL_ENCODING },
	{ "encoding-before-line", "db/password\n", "db/\tpassword \n", SEAL_ENCODING },
	{ "line-empty-after-magic", MAGIC, MAGIC "\n", SEAL_LINE },
	{ "line-empty-first", MAGIC, "\n" MAGIC, SEAL_LINE },
	{ "line-empty-last", LAST, LAST "\n", SEAL_LINE },
	{ "line-space-before", "\nscope", "\n scope", SEAL_LINE },
	{ "line-space-behind", "payments/api\n", "payments/api \n", SEAL_LINE },
	{ "line-without-value", "db/password", "", SEAL_LINE },
	{ "line-unended", LAST, "Z3tsfw8IYzQ6", SEAL_LINE },
	{ "line-before-magic", MAGIC, "stanch-sealed/v9\n\n", SEAL_LINE },
	{ "magic-v2", MAGIC, "stanch-sealed/v2\n", SEAL_UNSUPPORTED },
	{ "magic-v11", MAGIC, "stanch-sealed/v11\n", SEAL_UNSUPPORTED },
	{ "magic-v", MAGIC, "stanch-sealed/v\n", SEAL_UNSUPPORTED },
	{ "magic-v1-and-more", MAGIC, "stanch-sealed/v1 x\n", SEAL_UNSUPPORTED },
	{ "magic-case", MAGIC, "Stanch-sealed/v1\n", SEAL_MAGIC },
	{ "magic-none", MAGIC, "", SEAL_MAGIC },
	{ "magic-of-a-set", MAGIC, "stanch-set/v1\n", SEAL_MAGIC },
	{ "magic-of-age", MAGIC, "age-encryption.org/v1\n", SEAL_MAGIC },
	{ "key-case", "name: ", "Name: ", SEAL_FIELD_MISSING },
	{ "key-without-space", "name: ", "name:", SEAL_FIELD_MISSING },
	{ "key-space-before-colon", "name: ", "name : ", SEAL_FIELD_MISSING },
	{ "key-equals", "name: ", "name=", SEAL_FIELD_MISSING },
	{ "key-mac-without-space", "--- ", "---", SEAL_FIELD_MISSING },
	{ "field-unknown-first", "name: ", "nickname: x\nname: ", SEAL_FIELD_UNKNOWN },
	{ "field-unknown-before-mac", "--- ", "note: x\n--- ", SEAL_FIELD_UNKNOWN },
	{ "field-unknown-before-sig", "sig: ", "note: x\nsig: ", SEAL_FIELD_UNKNOWN },
	{ "field-unknown-and-missing", "name: db/password", "note: x", SEAL_FIELD_MISSING },
	{ "field-name-far-behind", "mode: 0400\n", "name: db/password\n", SEAL_FIELD_DUPLICATE },
	{ "field-stanza-behind-mac", "sig: ", "-> x25519-seal x\nsig: ", SEAL_FIELD_DUPLICATE },
	{ "name-two-spaces", "name: db", "name:  db", SEAL_NAME },
	{ "name-slash-first", "db/password", "/db/password", SEAL_NAME },
	{ "name-slash-last", "db/password", "db/password/", SEAL_NAME },
	{ "name-slash-twice", "db/password", "db//password", SEAL_NAME },
	{ "name-dot-first", "db/password", ".db/password", SEAL_NAME },
	{ "name-dash-first", "db/password", "db/-password", SEAL_NAME },
	{ "name-dot-dot", "db/password", "../password", SEAL_NAME },
	{ "name-nine-parts", "db/password", "a/b/c/d/e/f/g/h/i", SEAL_NAME },
	{ "name-space", "db/password", "db/pass word", SEAL_NAME },
	{ "name-star", "db/password", "db/*", SEAL_NAME },
	{ "name-backslash", "db/password", "db\\password", SEAL_NAME },
	{ "scope-two-parts", "prod/payments/api", "prod/payments", SEAL_SCOPE },
	{ "scope-four-parts", "prod/payments/api", "prod/payments/api/x", SEAL_SCOPE },
	{ "scope-empty-part", "prod/payments/api", "prod//api", SEAL_SCOPE },
	{ "scope-slash-first", "prod/payments/api", "/payments/api", SEAL_SCOPE },
	{ "scope-star-in-part", "prod/payments/api", "prod/pay*/api", SEAL_SCOPE },
	{ "scope-two-stars", "prod/payments/api", "prod/**/api", SEAL_SCOPE },
	{ "scope-dot-first", "prod/payments/api", ".prod/payments/api", SEAL_SCOPE },
	{ "scope-long-part", "prod/payments/api", "prod/payments/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", SEAL_SCOPE },
	{ "version-zero", "version: 7", "version: 0", SEAL_VERSION },
	{ "version-leading-zero", "version: 7", "version: 07", SEAL_VERSION },
	{ "version-minus", "version: 7", "version: -7", SEAL_VERSION },
	{ "version-plus", "version: 7", "version: +7", SEAL_VERSION },
	{ "version-hex", "version: 7", "version: 0x7", SEAL_VERSION },
	{ "version-point", "version: 7", "version: 7.0", SEAL_VERSION },
	{ "version-2-to-63", "version: 7", "version: 9223372036854775808", SEAL_VERSION },
	{ "version-2-to-64-and-7", "version: 7", "version: 18446744073709551623", SEAL_VERSION },
	{ "version-word", "version: 7", "version: seven", SEAL_VERSION },
	{ "expires-case", "never", "Never", SEAL_EXPIRES },
	{ "expires-day-only", "never", "2027-01-15", SEAL_EXPIRES },
	{ "expires-no-leap-year", "never", "2027-02-29T00:00:00Z", SEAL_EXPIRES },
	{ "expires-no-leap-century", "never", "2100-02-29T00:00:00Z", SEAL_EXPIRES },
	{ "expires-month-13", "never", "2027-13-01T00:00:00Z", SEAL_EXPIRES },
	{ "expires-month-0", "never", "2027-00-01T00:00:00Z", SEAL_EXPIRES },
	{ "expires-day-0", "never", "2027-01-00T00:00:00Z", SEAL_EXPIRES },
	{ "expires-april-31", "never", "2027-04-31T00:00:00Z", SEAL_EXPIRES },
	{ "expires-hour-24", "never", "2027-01-15T24:00:00Z", SEAL_EXPIRES },
	{ "expires-minute-60", "never", "2027-01-15T08:60:00Z", SEAL_EXPIRES },
	{ "expires-leap-second", "never", "2016-12-31T23:59:60Z", SEAL_EXPIRES },
	{ "expires-1969", "never", "1969-12-31T23:59:59Z", SEAL_EXPIRES },
	{ "expires-lower-case", "never", "2027-01-15t08:00:00z", SEAL_EXPIRES },
	{ "expires-offset", "never", "2027-01-15T08:00:00+00:00", SEAL_EXPIRES },
	{ "expires-five-digits", "never", "12027-01-15T08:00:00Z", SEAL_EXPIRES },
	{ "expires-fraction", "never", "2027-01-15T08:00:00.5Z", SEAL_EXPIRES },
	{ "mode-0600", "0400", "0600", SEAL_MODE },
	{ "mode-0404", "0400", "0404", SEAL_MODE },
	{ "mode-three-digits", "0400", "400", SEAL_MODE },
	{ "mode-five-digits", "0400", "00400", SEAL_MODE },
	{ "mode-letters", "0400", "r--------", SEAL_MODE },
	{ "sender-type", "from: ed25519 ", "from: x25519 ", SEAL_SENDER },
	{ "sender-no-type", "from: ed25519 ", "from: ", SEAL_SENDER },
	{ "sender-case", "from: ed25519 ", "from: Ed25519 ", SEAL_SENDER },
	{ "sender-two-spaces", "from: ed25519 ", "from: ed25519  ", SEAL_BASE64 },
	{ "sender-short", PUBLIC, "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1", SEAL_BASE64 },
	{ "sender-long", PUBLIC, PUBLIC "A", SEAL_BASE64 },
	{ "sender-padded", PUBLIC, PUBLIC "=", SEAL_BASE64 },
	{ "sender-tail-bits", PUBLIC, "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1x", SEAL_BASE64 },
	{ "sender-url-alphabet", PUBLIC, "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQP-_w", SEAL_BASE64 },
	{ "sender-identity-point", PUBLIC, "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", SEAL_KEY_WEAK },
	{ "sender-order-4", PUBLIC, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", SEAL_KEY_WEAK },
	{ "sender-order-2", PUBLIC, "7P///////////////////////////////////////38", SEAL_KEY_WEAK },
	{ "sender-y-is-p", PUBLIC, "7f///////////////////////////////////////38", SEAL_KEY_WEAK },
	{ "sender-y-above-p", PUBLIC, "7v///////////////////////////////////////38", SEAL_KEY_WEAK },
	{ "sender-not-on-curve", PUBLIC, "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", SEAL_KEY_WEAK },
	{ "stanza-type-x25519", "-> x25519-seal " ID1, "-> X25519 " ID1, SEAL_STANZA_TYPE },
	{ "stanza-type-longer", "-> x25519-seal " ID1, "-> x25519-seal2 " ID1, SEAL_STANZA_TYPE },
	{ "stanza-type-scrypt", "-> x25519-seal " ID1, "-> scrypt 18 " ID1, SEAL_STANZA_TYPE },
	{ "stanza-type-grease", "-> x25519-seal " ID1, "-> x-grease x\n-> x25519-seal " ID1, SEAL_STANZA_TYPE },
	{ "stanza-without-body", " " ID1 " ", " ", SEAL_STANZA },
	{ "stanza-more", BODY_END, BODY_END " x", SEAL_STANZA },
	{ "stanza-two-spaces", "seal " ID1, "seal  " ID1, SEAL_STANZA },
	{ "stanza-id-short", ID1, "cvn/SR7mFX", SEAL_BASE64 },
	{ "stanza-id-tail-bits", ID1, "cvn/SR7mFXt", SEAL_BASE64 },
	{ "stanza-id-padded", ID1, ID1 "=", SEAL_BASE64 },
	{ "stanza-body-short", BODY_END, "WxvXjNQkFBECAG7", SEAL_BASE64 },
	{ "stanza-body-long", BODY_END, BODY_END "A", SEAL_BASE64 },
	{ "stanza-body-tail-bits", BODY_END, "WxvXjNQkFBECAG7B", SEAL_BASE64 },
	{ "stanza-id-above-next", ID1, "////SR7mFXs", SEAL_STANZA_ORDER },
	{ "stanza-id-as-next", ID1, "8g9qOTJ/4RQ", SEAL_STANZA_DUPLICATE },
	{ "mac-short", MAC, "smZOu4Xv2UVsBsSQBXMlMBbHat2/s7PUPSfWgFmp9z", SEAL_BASE64 },
	{ "mac-long", MAC, MAC "A", SEAL_BASE64 },
	{ "mac-tail-bits", MAC, "smZOu4Xv2UVsBsSQBXMlMBbHat2/s7PUPSfWgFmp9zV", SEAL_BASE64 },
	{ "sig-short", SIG_END, "Nt7FjuaZsC\n", SEAL_BASE64 },
	{ "sig-long", SIG_END, "Nt7FjuaZsCAA\n", SEAL_BASE64 },
	{ "sig-tail-bits", SIG_END, "Nt7FjuaZsCB\n", SEAL_BASE64 },
	{ "sig-padded", SIG_END, "Nt7FjuaZsCA==\n", SEAL_BASE64 },
	{ "sig-twice", "sig: ", "sig: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nsig: ", SEAL_PAYLOAD },
	{ "payload-line-63", "/SbLR\n", "/SbL\n", SEAL_PAYLOAD },
	{ "payload-line-65", "/SbLR\n", "/SbLRA\n", SEAL_PAYLOAD },
	{ "payload-one-line", "/SbLR\n", "/SbLR", SEAL_PAYLOAD },
	{ "payload-more-lines", LAST, LAST "AAAA\n", SEAL_PAYLOAD },
	{ "payload-text-behind", LAST, LAST "name: x\n", SEAL_PAYLOAD },
	{ "payload-padded", LAST, "Z3tsfw8IYzQ=\n", SEAL_BASE64 },
	{ "payload-url-alphabet", LAST, "Z3tsfw8IYz-_\n", SEAL_BASE64 },
	{ "payload-space", LAST, "Z3ts w8IYzQ6\n", SEAL_BASE64 },
	{ "payload-tail-bits-2", LAST, "Z3tsfw8IYzQ6AB\n", SEAL_BASE64 },
	{ "payload-tail-bits-4", LAST, "Z3tsfw8IYzQ6AAB\n", SEAL_BASE64 },
	{ "payload-length-1", LAST, "Z3tsfw8IYzQ6A\n", SEAL_BASE64 },
	{ "payload-three-less", LAST, "Z3tsfw8I\n", SEAL_PAYLOAD },
	{ "payload-three-more", LAST, "Z3tsfw8IYzQ6AAAA\n", SEAL_PAYLOAD },
	{ "payload-one-more", LAST, "Z3tsfw8IYzQ6AA\n", SEAL_PAYLOAD },
};

/* the lines of the base, by number */
static struct bytes
line_at(const struct buf *text, unsigned n)
{
	struct bytes rest = { text->at, text->len }, line = { 0 };

	for (unsigned i = 0; i <= n; i++)
		seal_text_line(&rest, &line);
	line.len++;
	return line;
}

/* the base with its lines in this order; 0xff ends it */
static struct buf
arrange(const struct buf *base, const uint8_t *order)
{
	struct buf out;

	buf_init(&out);
	for (; *order != 0xff; order++) {
		const struct bytes line = line_at(base, *order);

		buf_add(&out, line.at, line.len);
	}
	return out;
}

#define LINES 14
#define LINE_STANZA 7
#define LINE_MAC 9
#define LINE_SIG 10

static const char *const field_names[LINES] = { "magic", "name", "scope", "version", "expires", "mode", "from", "stanza", "stanza2", "mac", "sig" };

/* each field left out, doubled, and after its neighbour */
static void
arrangements(const struct buf *base)
{
	char id[64];
	uint8_t order[LINES + 2];

	for (uint8_t i = 1; i <= LINE_SIG; i++) {
		size_t n = 0;

		if (i == LINE_STANZA || i == LINE_STANZA + 1)
			continue;
		for (uint8_t k = 0; k < LINES; k++)
			if (k != i)
				order[n++] = k;
		order[n] = 0xff;
		snprintf(id, sizeof id, "without-%s", field_names[i]);
		cases_file(id, arrange(base, order), NULL, SEAL_FIELD_MISSING, NULL, 0);
		n = 0;
		for (uint8_t k = 0; k < LINES; k++) {
			order[n++] = k;
			if (k == i)
				order[n++] = k;
		}
		order[n] = 0xff;
		snprintf(id, sizeof id, "twice-%s", field_names[i]);
		cases_file(id, arrange(base, order), NULL, i == LINE_SIG ? SEAL_PAYLOAD : SEAL_FIELD_DUPLICATE, NULL, 0);
		if (i == LINE_SIG)
			continue;
		for (n = 0; n < LINES; n++)
			order[n] = (uint8_t)n;
		order[i] = (uint8_t)(i + 1);
		order[i + 1] = i;
		order[LINES] = 0xff;
		snprintf(id, sizeof id, "swapped-%s", field_names[i]);
		cases_file(id, arrange(base, order), NULL, SEAL_FIELD_ORDER, NULL, 0);
	}
	cases_file("without-stanzas", arrange(base, (const uint8_t[]){ 0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 0xff }), NULL, SEAL_STANZA_COUNT, NULL, 0);
	cases_file("stanzas-swapped", arrange(base, (const uint8_t[]){ 0, 1, 2, 3, 4, 5, 6, 8, 7, 9, 10, 11, 12, 13, 0xff }), NULL, SEAL_STANZA_ORDER, NULL, 0);
	cases_file("stanza-twice", arrange(base, (const uint8_t[]){ 0, 1, 2, 3, 4, 5, 6, 7, 7, 9, 10, 11, 12, 13, 0xff }), NULL, SEAL_STANZA_DUPLICATE, NULL, 0);
	cases_file("stanza-behind-mac", arrange(base, (const uint8_t[]){ 0, 1, 2, 3, 4, 5, 6, 7, 9, 8, 10, 11, 12, 13, 0xff }), NULL, SEAL_FIELD_DUPLICATE, NULL, 0);
	cases_file("without-payload", arrange(base, (const uint8_t[]){ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0xff }), NULL, SEAL_PAYLOAD, NULL, 0);
	cases_file("payload-swapped", arrange(base, (const uint8_t[]){ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 11, 13, 0xff }), NULL, SEAL_SIGNATURE, NULL, 0);
	cases_file("magic-only", arrange(base, (const uint8_t[]){ 0, 0xff }), NULL, SEAL_FIELD_MISSING, NULL, 0);
	cases_file("empty", arrange(base, (const uint8_t[]){ 0xff }), NULL, SEAL_LINE, NULL, 0);
}

static void
longer(const struct buf *base, const char *id, const char *find, size_t n, enum seal_status status)
{
	char text[512];

	memset(text, 'a', n);
	cases_file(id, cases_replace(base, find, text, n), NULL, status, NULL, 0);
}

/* a key of the prime-order group moved by a point of low order */
static void
mixed_order(const struct buf *base)
{
	static const uint8_t order_two[32] = { 0xec, [1 ... 30] = 0xff, 0x7f };
	uint8_t key[SEAL_KEY_BYTES];
	struct buf b;

	seal_key_public(SEAL_KEY_SIGNER, vectors_key(1), key);
	if (crypto_core_ed25519_add(key, key, order_two) != 0)
		return;
	buf_init(&b);
	seal_text_add64(&b, key, sizeof key);
	cases_file("sender-mixed-order", cases_replace(base, PUBLIC, (const char *)b.at, b.len), NULL, SEAL_KEY_WEAK, NULL, 0);
	buf_done(&b);
}

void
cases_parse(void)
{
	struct buf base = cases_base(), many;

	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
		cases_file(edits[i].id, cases_replace(&base, edits[i].find, edits[i].put, strlen(edits[i].put)), NULL, edits[i].status, NULL, 0);
	cases_file("byte-nul", cases_replace(&base, "db/password", "db/pass\0word", 12), NULL, SEAL_ENCODING, NULL, 0);
	arrangements(&base);
	longer(&base, "name-long-part", "db/password", 129, SEAL_NAME);
	longer(&base, "name-256", "db/password", 256, SEAL_NAME);
	mixed_order(&base);
	vectors_seed(4);
	many = vectors_forge(&(struct forgery){ .recipients = 65 });
	cases_file("stanzas-65", many, NULL, SEAL_STANZA_COUNT, NULL, 0);
	buf_done(&base);
}
