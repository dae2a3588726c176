/* Key texts, signers files and sets. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/bytes.h"
#include "cases.h"
#include "seal/seal_key.h"
#include "seal/seal_sign.h"
#include "seal/seal_text.h"

static const char *const kind_words[] = { "recipient", "identity", "verifier", "signer", "mark" };

/* a ~ after the third character keeps scanners from taking it for a key */
static void
key_case(const char *id, enum seal_key_kind kind, const char *text, size_t len, const char *phrase, enum seal_status status, const uint8_t *key)
{
	json_t *c = cases_new("key", id, status);
	char hex[65];
	struct buf b;

	buf_init(&b);
	buf_add(&b, text, len < 3 ? len : 3);
	buf_addc(&b, '~');
	if (len > 3)
		buf_add(&b, text + 3, len - 3);
	json_object_set_new(c, "kind", json_string(kind_words[kind]));
	json_object_set_new(c, "text", vectors_text((const char *)b.at, b.len));
	buf_done(&b);
	if (phrase)
		json_object_set_new(c, "passphrase", json_string(phrase));
	if (key) {
		sodium_bin2hex(hex, sizeof hex, key, SEAL_KEY_BYTES);
		json_object_set_new(c, "key", json_string(hex));
	}
	cases_print(c);
}

static void
key_edits(enum seal_key_kind kind)
{
	const char *word = kind_words[kind];
	uint8_t key[SEAL_KEY_BYTES];
	char text[SEAL_KEY_TEXT_MAX], edited[SEAL_KEY_TEXT_MAX + 8], id[64];
	size_t len;

	memcpy(key, vectors_key(21), sizeof key);
	if (kind == SEAL_KEY_RECIPIENT || kind == SEAL_KEY_VERIFIER)
		seal_key_public(kind == SEAL_KEY_VERIFIER ? SEAL_KEY_SIGNER : SEAL_KEY_IDENTITY, vectors_key(21), key);
	seal_key_format(kind, key, text);
	len = strlen(text);
#define CASE(what, length, status)                            \
	snprintf(id, sizeof id, "key-%s-%s", word, what);         \
	key_case(id, kind, edited, length, NULL, status, status == SEAL_OK ? key : NULL)
	strcpy(edited, text);
	CASE("sound", len, SEAL_OK);
	strcat(edited, "\n");
	CASE("with-lf", len + 1, SEAL_OK);
	strcat(edited, "\n");
	CASE("with-two-lf", len + 2, SEAL_KEY_TEXT);
	strcpy(edited + len, "\r\n");
	CASE("with-cr", len + 2, SEAL_KEY_TEXT);
	strcpy(edited + len, " ");
	CASE("with-space", len + 1, SEAL_KEY_TEXT);
	strcpy(edited + len, "=");
	CASE("padded", len + 1, SEAL_KEY_TEXT);
	CASE("short", len - 1, SEAL_KEY_TEXT);
	CASE("empty", 0, SEAL_KEY_TEXT);
	edited[len - 1] ^= edited[len - 1] == 'A' ? 3 : 1;
	if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", edited[len - 1])) {
		CASE("checksum", len, SEAL_KEY_CHECKSUM);
	}
	strcpy(edited, text);
	edited[len - 20] = edited[len - 20] == 'Q' ? 'R' : 'Q';
	CASE("typing-error", len, SEAL_KEY_CHECKSUM);
	strcpy(edited, text);
	edited[len - 20] = '-';
	CASE("url-alphabet", len, SEAL_KEY_TEXT);
	strcpy(edited, text);
	edited[0] ^= 0x20;
	CASE("prefix-case", len, SEAL_KEY_TEXT);
	seal_key_format(kind == SEAL_KEY_IDENTITY ? SEAL_KEY_SIGNER : SEAL_KEY_IDENTITY, vectors_key(21), edited);
	CASE("of-another-kind", strlen(edited), SEAL_KEY_TEXT);
#undef CASE
}

/* a byte above 0x7f that libsodium's base64 takes for a slash */
static void
high_byte(void)
{
	char text[SEAL_KEY_TEXT_MAX], *slash = NULL;

	for (uint8_t byte = 22; !slash; byte++) {
		seal_key_format(SEAL_KEY_SIGNER, vectors_key(byte), text);
		slash = strchr(text, '/');
	}
	*slash = (char)0xaf;
	key_case("key-signer-high-byte", SEAL_KEY_SIGNER, text, strlen(text), NULL, SEAL_KEY_TEXT, NULL);
}

/* points that must not be used, with right checksums */
static void
weak_keys(void)
{
	static const struct {
		const char *id, *hex;
		enum seal_key_kind kind;
	} weak[] = {
		{ "x25519-zero", "0000000000000000000000000000000000000000000000000000000000000000", SEAL_KEY_RECIPIENT },
		{ "x25519-one", "0100000000000000000000000000000000000000000000000000000000000000", SEAL_KEY_RECIPIENT },
		{ "x25519-order-8-a", "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", SEAL_KEY_RECIPIENT },
		{ "x25519-order-8-b", "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157", SEAL_KEY_RECIPIENT },
		{ "x25519-p-minus-1", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", SEAL_KEY_RECIPIENT },
		{ "x25519-p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", SEAL_KEY_RECIPIENT },
		{ "x25519-p-plus-9", "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", SEAL_KEY_RECIPIENT },
		{ "x25519-all-bits", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", SEAL_KEY_RECIPIENT },
		{ "x25519-bit-255", "0900000000000000000000000000000000000000000000000000000000000080", SEAL_KEY_RECIPIENT },
		{ "ed25519-identity", "0100000000000000000000000000000000000000000000000000000000000000", SEAL_KEY_VERIFIER },
		{ "ed25519-order-2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", SEAL_KEY_VERIFIER },
		{ "ed25519-order-4", "0000000000000000000000000000000000000000000000000000000000000000", SEAL_KEY_VERIFIER },
		{ "ed25519-order-8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", SEAL_KEY_VERIFIER },
		{ "ed25519-not-canonical", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", SEAL_KEY_VERIFIER },
		{ "ed25519-sign-of-zero", "0100000000000000000000000000000000000000000000000000000000000080", SEAL_KEY_VERIFIER },
	};
	uint8_t key[SEAL_KEY_BYTES];
	char text[SEAL_KEY_TEXT_MAX], id[64];

	for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
		sodium_hex2bin(key, sizeof key, weak[i].hex, 64, NULL, NULL, NULL);
		seal_key_format(weak[i].kind, key, text);
		snprintf(id, sizeof id, "key-weak-%s", weak[i].id);
		key_case(id, weak[i].kind, text, strlen(text), NULL, SEAL_KEY_WEAK, NULL);
	}
}

/* a locked key with other costs, and a right checksum over them */
static void
cost(const char *id, const char *locked, unsigned opslimit, unsigned log2_memory)
{
	const char *prefix = seal_key_locked_prefix(SEAL_KEY_IDENTITY);
	uint8_t raw[96];
	struct buf b;

	seal_text_base64(bytes_of(locked + strlen(prefix)), raw, sizeof raw);
	raw[16] = opslimit & 255, raw[17] = opslimit >> 8 & 255, raw[18] = log2_memory & 255, raw[19] = log2_memory >> 8 & 255;
	seal_key_check(prefix, raw, 92, raw + 92);
	buf_init(&b);
	buf_adds(&b, prefix);
	seal_text_add64(&b, raw, sizeof raw);
	key_case(id, SEAL_KEY_IDENTITY, (const char *)b.at, b.len, "a phrase", SEAL_KEY_TEXT, NULL);
	buf_done(&b);
}

void
cases_keys(void)
{
	char text[SEAL_KEY_TEXT_MAX];
	struct error err;

	for (enum seal_key_kind kind = 0; kind <= SEAL_KEY_MARK; kind++)
		key_edits(kind);
	high_byte();
	weak_keys();
	vectors_seed(8);
	seal_key_lock(SEAL_KEY_IDENTITY, vectors_key(21), "a phrase", 8, 1, 23, text, &err);
	key_case("key-locked", SEAL_KEY_IDENTITY, text, strlen(text), "a phrase", SEAL_OK, vectors_key(21));
	key_case("key-locked-wrong-phrase", SEAL_KEY_IDENTITY, text, strlen(text), "a phrasf", SEAL_PASSPHRASE, NULL);
	key_case("key-locked-without-phrase", SEAL_KEY_IDENTITY, text, strlen(text), NULL, SEAL_KEY_TEXT, NULL);
	key_case("key-locked-short", SEAL_KEY_IDENTITY, text, strlen(text) - 4, "a phrase", SEAL_KEY_TEXT, NULL);
	cost("key-locked-opslimit-0", text, 0, 23);
	cost("key-locked-opslimit-17", text, 17, 23);
	cost("key-locked-opslimit-65535", text, 65535, 23);
	cost("key-locked-memory-22", text, 1, 22);
	cost("key-locked-memory-31", text, 1, 31);
	cost("key-locked-memory-65535", text, 1, 65535);
	text[40] = text[40] == 'A' ? 'B' : 'A';
	key_case("key-locked-typing-error", SEAL_KEY_IDENTITY, text, strlen(text), "a phrase", SEAL_KEY_CHECKSUM, NULL);
}

static const struct {
	const char *id, *text;          /* @ is "ed25519 KEY" */
	bool good;
} lists[] = {
	{ "signers-empty", "", true },
	{ "signers-empty-lines", "\n\n", true },
	{ "signers-comments", "# a\n#b\n@ scope=a/b/c name=** # c\n", true },
	{ "signers-all-conditions", "@ scope=*/b/c name=a/*/** may=seal,set not-before=2026-01-01T00:00:00Z not-after=2027-01-01T00:00:00Z\n", true },
	{ "signers-any-order", "@ may=set name=** scope=a/b/c\n", true },
	{ "signers-twice-the-same-key", "@ scope=a/b/c name=**\n@ scope=a/b/d name=**\n", true },
	{ "signers-revoked-comment", "revoked @ # left\n", true },
	{ "signers-unended", "@ scope=a/b/c name=**", false },
	{ "signers-cr", "@ scope=a/b/c name=**\r\n", false },
	{ "signers-tab", "@ scope=a/b/c\tname=**\n", false },
	{ "signers-utf8", "# \xc3\xa4\n", false },
	{ "signers-nul-like", "# \x01\n", false },
	{ "signers-space-only", " \n", false },
	{ "signers-space-first", " @ scope=a/b/c name=**\n", false },
	{ "signers-space-last", "@ scope=a/b/c name=** \n", false },
	{ "signers-two-spaces", "@  scope=a/b/c name=**\n", false },
	{ "signers-comment-without-spaces", "@ scope=a/b/c name=** #c\n", false },
	{ "signers-without-scope", "@ name=**\n", false },
	{ "signers-without-name", "@ scope=a/b/c\n", false },
	{ "signers-without-conditions", "@\n", false },
	{ "signers-scope-twice", "@ scope=a/b/c scope=a/b/d name=**\n", false },
	{ "signers-name-twice", "@ scope=a/b/c name=** name=*\n", false },
	{ "signers-may-twice", "@ scope=a/b/c name=** may=seal may=set\n", false },
	{ "signers-unknown-condition", "@ scope=a/b/c name=** only=x\n", false },
	{ "signers-condition-case", "@ Scope=a/b/c name=**\n", false },
	{ "signers-may-order", "@ scope=a/b/c name=** may=set,seal\n", false },
	{ "signers-may-all", "@ scope=a/b/c name=** may=all\n", false },
	{ "signers-may-empty", "@ scope=a/b/c name=** may=\n", false },
	{ "signers-scope-two-parts", "@ scope=a/b name=**\n", false },
	{ "signers-scope-two-stars", "@ scope=a/b/** name=**\n", false },
	{ "signers-scope-star-in-part", "@ scope=a/b/c* name=**\n", false },
	{ "signers-name-two-stars-first", "@ scope=a/b/c name=**/a\n", false },
	{ "signers-name-star-in-part", "@ scope=a/b/c name=a*\n", false },
	{ "signers-name-three-stars", "@ scope=a/b/c name=***\n", false },
	{ "signers-name-empty", "@ scope=a/b/c name=\n", false },
	{ "signers-name-slash-last", "@ scope=a/b/c name=a/\n", false },
	{ "signers-date-never", "@ scope=a/b/c name=** not-after=never\n", false },
	{ "signers-date-only", "@ scope=a/b/c name=** not-after=2027-01-01\n", false },
	{ "signers-time-turned-round", "@ scope=a/b/c name=** not-before=2027-01-01T00:00:00Z not-after=2026-01-01T00:00:00Z\n", false },
	{ "signers-key-type", "x25519 AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA scope=a/b/c name=**\n", false },
	{ "signers-key-weak", "ed25519 AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA scope=a/b/c name=**\n", false },
	{ "signers-key-short", "ed25519 AQAAAAAA scope=a/b/c name=**\n", false },
	{ "signers-revoked-short", "revoked ed25519 AQAAAAAA\n", false },
	{ "signers-revoked-without-type", "revoked AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", false },
	{ "signers-revoked-weak", "revoked x25519 AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", false },
	{ "signers-revoked-with-scope", "revoked @ scope=a/b/c\n", false },
	{ "signers-one-bad-line-of-three", "@ scope=a/b/c name=**\nnonsense\n@ scope=a/b/d name=**\n", false },
};

static void
add_expanded(struct buf *out, const char *text)
{
	for (; *text; text++)
		if (*text == '@')
			buf_adds(out, cases_sender(1));
		else
			buf_addc(out, *text);
}

void
cases_signers_files(void)
{
	struct buf text;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		json_t *c = cases_new("signers", lists[i].id, lists[i].good ? SEAL_OK : SEAL_SIGNERS);

		buf_init(&text);
		add_expanded(&text, lists[i].text);
		json_object_set_new(c, "signers", vectors_text((const char *)text.at, text.len));
		cases_print(c);
		buf_done(&text);
	}
}

/* What a case of a set asks. */
struct set_ask {
	const char *scope, *pin, *floor_name, *signers;
	uint64_t min_epoch, floor_version;
	int64_t now;
	bool pin_right, pin_wrong;
};

static struct error err;

/* db/password version 7, db/user version 2 and tls/key version 1: three files and their set */
static void
make_files(struct buf files[static 3])
{
	vectors_seed(4);
	files[0] = vectors_forge(&(struct forgery){ .recipients = 2 });
	files[1] = vectors_forge(&(struct forgery){ .name = "db/user", .version = 2 });
	files[2] = vectors_forge(&(struct forgery){ .name = "tls/key", .version = 1, .mode = "0440" });
}

static struct buf
make_set(const struct buf *files, size_t count, uint64_t epoch)
{
	struct seal_file parsed[3];
	struct buf b;
	char *text;
	size_t len;

	for (size_t i = 0; i < count; i++)
		seal_file_parse((const char *)files[i].at, files[i].len, &parsed[i], &err);
	buf_init(&b);
	if (seal_set_make("prod/payments/api", epoch, SEAL_NEVER, parsed, count, NULL, NULL, vectors_key(1), &text, &len, &err) == SEAL_OK) {
		buf_add(&b, text, len);
		free(text);
	}
	return b;
}

static void
resign_set(struct buf *set, uint8_t signer, const char *context)
{
	const size_t at = bytes_find((struct bytes){ set->at, set->len }, bytes_of("\nsig: ")) + 1;
	uint8_t hash[SEAL_SIGN_HASH], signature[SEAL_SIGNATURE_BYTES];

	seal_sign_hash((const char *)set->at, at, NULL, 0, hash);
	seal_sign_make(context, hash, vectors_key(signer), signature);
	set->len = at;
	buf_adds(set, "sig: ");
	seal_text_add64(set, signature, sizeof signature);
	buf_addc(set, '\n');
}

/* takes the set's text, not the files */
static void
set_case(const char *id, struct buf set, const struct buf *files, size_t count, const struct set_ask *a, enum seal_status status)
{
	json_t *c = cases_new("set", id, status), *list = json_array();
	uint8_t pin[SEAL_DIGEST_BYTES];
	char text[SEAL_PIN_TEXT_MAX], wide[256];

	json_object_set_new(c, "set", vectors_text((const char *)set.at, set.len));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, vectors_text((const char *)files[i].at, files[i].len));
	json_object_set_new(c, "files", list);
	snprintf(wide, sizeof wide, "%s scope=prod/payments/* name=** may=seal,set\n", cases_sender(1));
	json_object_set_new(c, "signers", json_string(a && a->signers ? a->signers : wide));
	json_object_set_new(c, "now", json_integer(a && a->now ? a->now : VECTORS_NOW));
	if (a && a->scope)
		json_object_set_new(c, "scope", json_string(a->scope));
	if (a && (a->pin_right || a->pin_wrong)) {
		crypto_generichash(pin, sizeof pin, set.at, set.len, NULL, 0);
		pin[31] ^= a->pin_wrong;
		seal_set_pin_format(pin, text);
		json_object_set_new(c, "pin", json_string(text));
	}
	if (a && a->min_epoch)
		json_object_set_new(c, "min_epoch", json_integer((json_int_t)a->min_epoch));
	if (a && a->floor_name) {
		json_object_set_new(c, "floor_name", json_string(a->floor_name));
		json_object_set_new(c, "floor_version", json_integer((json_int_t)a->floor_version));
	}
	cases_print(c);
	buf_done(&set);
}

/* text put in place of another in the set of three, signed anew */
static const struct {
	const char *id, *find, *put;
	enum seal_status status;
} set_edits[] = {
	{ "set-magic-v2", "stanch-set/v1", "stanch-set/v2", SEAL_UNSUPPORTED },
	{ "set-magic-of-a-file", "stanch-set/v1", "stanch-sealed/v1", SEAL_SET_SYNTAX },
	{ "set-scope-star", "scope: prod/payments/api", "scope: prod/payments/*", SEAL_SET_SYNTAX },
	{ "set-scope-two-parts", "scope: prod/payments/api", "scope: prod/payments", SEAL_SET_SYNTAX },
	{ "set-epoch-0", "epoch: 3", "epoch: 0", SEAL_SET_SYNTAX },
	{ "set-epoch-03", "epoch: 3", "epoch: 03", SEAL_SET_SYNTAX },
	{ "set-expires-soon", "expires: never", "expires: soon", SEAL_SET_SYNTAX },
	{ "set-expired", "expires: never", "expires: 2027-01-15T08:00:00Z", SEAL_SET_EXPIRED },
	{ "set-files-0", "files: 3", "files: 0", SEAL_SET_SIZE },
	{ "set-files-1025", "files: 3", "files: 1025", SEAL_SET_SIZE },
	{ "set-files-2", "files: 3", "files: 2", SEAL_SET_SYNTAX },
	{ "set-files-4", "files: 3", "files: 4", SEAL_SET_SYNTAX },
	{ "set-files-word", "files: 3", "files: three", SEAL_SET_SYNTAX },
	{ "set-field-order", "scope: prod/payments/api\nepoch: 3\n", "epoch: 3\nscope: prod/payments/api\n", SEAL_SET_SYNTAX },
	{ "set-field-unknown", "files: 3\n", "note: x\nfiles: 3\n", SEAL_SET_SYNTAX },
	{ "set-field-twice", "epoch: 3\n", "epoch: 3\nepoch: 3\n", SEAL_SET_SYNTAX },
	{ "set-cr", "epoch: 3\n", "epoch: 3\r\n", SEAL_SET_SYNTAX },
	{ "set-empty-line", "epoch: 3\n", "epoch: 3\n\n", SEAL_SET_SYNTAX },
	{ "set-entry-mode", " 7 0400 ", " 7 0600 ", SEAL_SET_SYNTAX },
	{ "set-entry-version", " 7 0400 ", " 0 0400 ", SEAL_SET_SYNTAX },
	{ "set-entry-without-mark", " -\n= db/user", "\n= db/user", SEAL_SET_SYNTAX },
	{ "set-entry-mark-short", " -\n= db/user", " AAAA\n= db/user", SEAL_SET_SYNTAX },
	{ "set-entry-mark-tail-bits", " -\n= db/user", " AAAAAAAAAAAAAAAAAAAAAB\n= db/user", SEAL_SET_SYNTAX },
	{ "set-entry-mark", " -\n= db/user", " AAAAAAAAAAAAAAAAAAAAAA\n= db/user", SEAL_OK },
	{ "set-entry-more", " -\n= db/user", " - x\n= db/user", SEAL_SET_SYNTAX },
	{ "set-entry-name", "= db/user", "= db//user", SEAL_SET_SYNTAX },
	{ "set-order", "= db/user", "= aa/user", SEAL_SET_ORDER },
	{ "set-duplicate", "= db/user", "= db/password", SEAL_SET_DUPLICATE },
	{ "set-conflict", "= db/user", "= db/password/user", SEAL_SET_CONFLICT },
	{ "set-conflict-not-next", "= db/user", "= db/password-2", SEAL_SET_EXTRA },
	{ "set-renamed-entry", "= db/user", "= db/userx", SEAL_SET_EXTRA },
	{ "set-entry-mode-other", "7 0400", "7 0440", SEAL_SET_MODE },
	{ "set-entry-version-lower", " 7 0400", " 6 0400", SEAL_SET_CHANGED },
	{ "set-entry-version-higher", " 7 0400", " 8 0400", SEAL_SET_OLDER },
	{ "set-sender-type", "from: ed25519", "from: x25519", SEAL_SET_SYNTAX },
	{ "set-sender-short", "from: ed25519 i", "from: ed25519 ", SEAL_SET_SYNTAX },
};

static void
edited_sets(const struct buf *files)
{
	for (size_t i = 0; i < sizeof set_edits / sizeof *set_edits; i++) {
		struct buf set = make_set(files, 3, 3), text = cases_replace(&set, set_edits[i].find, set_edits[i].put, strlen(set_edits[i].put));

		resign_set(&text, 1, SEAL_SIGN_SET);
		set_case(set_edits[i].id, text, files, 3, NULL, set_edits[i].status);
		buf_done(&set);
	}
}

static void
tampered_sets(const struct buf *files)
{
	struct buf set = make_set(files, 3, 3), text;
	char list[512];

	text = cases_replace(&set, "epoch: 3", "epoch: 4", 8);
	set_case("set-tampered-epoch", text, files, 3, NULL, SEAL_SET_SIGNATURE);
	text = cases_replace(&set, "expires: never", "expires: 2099-01-01T00:00:00Z", 29);
	set_case("set-tampered-expires", text, files, 3, NULL, SEAL_SET_SIGNATURE);
	text = cases_replace(&set, "", "", 0);
	resign_set(&text, 1, SEAL_SIGN_FILE);
	set_case("set-signed-as-a-file", text, files, 3, NULL, SEAL_SET_SIGNATURE);
	text = cases_replace(&set, "", "", 0);
	resign_set(&text, 9, SEAL_SIGN_SET);
	set_case("set-signed-by-another", text, files, 3, NULL, SEAL_SET_SIGNATURE);
	text = cases_replace(&set, cases_sender(1), cases_sender(9), strlen(cases_sender(9)));
	resign_set(&text, 9, SEAL_SIGN_SET);
	set_case("set-taken-over", text, files, 3, NULL, SEAL_SIGNER_UNKNOWN);
	snprintf(list, sizeof list, "%s scope=prod/payments/* name=**\n", cases_sender(1));
	set_case("set-signer-may-only-seal", cases_replace(&set, "", "", 0), files, 3, &(struct set_ask){ .signers = list }, SEAL_SIGNER_MAY);
	snprintf(list, sizeof list, "%s scope=prod/payments/* name=** may=set\n", cases_sender(1));
	set_case("set-files-signer-may-only-set", cases_replace(&set, "", "", 0), files, 3, &(struct set_ask){ .signers = list }, SEAL_SIGNER_MAY);
	snprintf(list, sizeof list, "%s scope=prod/payments/web name=** may=seal,set\n", cases_sender(1));
	set_case("set-signer-scope", cases_replace(&set, "", "", 0), files, 3, &(struct set_ask){ .signers = list }, SEAL_SIGNER_SCOPE);
	snprintf(list, sizeof list, "%s scope=prod/payments/* name=db/* may=seal,set\n", cases_sender(1));
	set_case("set-files-signer-name", cases_replace(&set, "", "", 0), files, 3, &(struct set_ask){ .signers = list }, SEAL_SIGNER_NAME);
	snprintf(list, sizeof list, "%s scope=prod/payments/* name=** may=seal,set not-after=2027-01-01T00:00:00Z\n", cases_sender(1));
	set_case("set-signer-time", cases_replace(&set, "", "", 0), files, 3, &(struct set_ask){ .signers = list }, SEAL_SIGNER_TIME);
	snprintf(list, sizeof list, "%s scope=*/*/* name=** may=seal,set\nrevoked %s\n", cases_sender(1), cases_sender(1));
	set_case("set-signer-revoked", cases_replace(&set, "", "", 0), files, 3, &(struct set_ask){ .signers = list }, SEAL_SIGNER_REVOKED);
	buf_done(&set);
}

static void
asked_sets(const struct buf *files)
{
	static const struct {
		const char *id;
		struct set_ask ask;
		enum seal_status status;
	} asks[] = {
		{ "set-sound", { 0 }, SEAL_OK },
		{ "set-pinned", { .pin_right = true, .scope = "prod/payments/api" }, SEAL_OK },
		{ "set-pin-other", { .pin_wrong = true }, SEAL_SET_PIN },
		{ "set-pin-before-signer", { .pin_wrong = true, .signers = "\n" }, SEAL_SET_PIN },
		{ "set-pin-replaces-no-signature", { .pin_right = true, .signers = "\n" }, SEAL_SIGNER_UNKNOWN },
		{ "set-clock", { .now = 1 }, SEAL_CLOCK },
		{ "set-asked-other-scope", { .scope = "prod/payments/web" }, SEAL_SET_SCOPE },
		{ "set-epoch-at-floor", { .min_epoch = 3 }, SEAL_OK },
		{ "set-epoch-below-floor", { .min_epoch = 4 }, SEAL_SET_EPOCH },
		{ "set-scope-before-epoch", { .min_epoch = 4, .scope = "a/b/c" }, SEAL_SET_SCOPE },
		{ "set-file-at-floor", { .floor_name = "db/user", .floor_version = 2 }, SEAL_OK },
		{ "set-file-below-floor", { .floor_name = "db/user", .floor_version = 3 }, SEAL_VERSION_FLOOR },
	};
	const struct buf turned[3] = { files[2], files[0], files[1] };

	for (size_t i = 0; i < sizeof asks / sizeof *asks; i++)
		set_case(asks[i].id, make_set(files, 3, 3), files, 3, &asks[i].ask, asks[i].status);
	set_case("set-files-in-any-order", make_set(files, 3, 3), turned, 3, NULL, SEAL_OK);
	set_case("set-missing-last", make_set(files, 3, 3), files, 2, NULL, SEAL_SET_MISSING);
	set_case("set-missing-first", make_set(files, 3, 3), files + 1, 2, NULL, SEAL_SET_MISSING);
	set_case("set-missing-all", make_set(files, 3, 3), files, 0, NULL, SEAL_SET_MISSING);
	set_case("set-extra", make_set(files, 2, 3), files, 3, NULL, SEAL_SET_EXTRA);
	set_case("set-extra-before-missing", make_set(files, 2, 3), files + 1, 2, NULL, SEAL_SET_EXTRA);
}

/* files other than those the set was made of */
static void
exchanged_files(const struct buf *files)
{
	struct buf other[4] = { files[0], files[1], files[2], files[0] };

	set_case("set-file-twice", make_set(files, 3, 3), other, 4, NULL, SEAL_SET_EXTRA);
	vectors_seed(9);
	other[0] = vectors_forge(&(struct forgery){ .version = 6 });
	set_case("set-file-older", make_set(files, 3, 3), other, 3, NULL, SEAL_SET_OLDER);
	buf_done(&other[0]);
	other[0] = vectors_forge(&(struct forgery){ .version = 7 });
	set_case("set-file-other-of-same-version", make_set(files, 3, 3), other, 3, NULL, SEAL_SET_CHANGED);
	buf_done(&other[0]);
	other[0] = vectors_forge(&(struct forgery){ .version = 8 });
	set_case("set-file-newer", make_set(files, 3, 3), other, 3, NULL, SEAL_SET_CHANGED);
	set_case("set-of-two-epochs", make_set(other, 3, 4), files, 3, NULL, SEAL_SET_OLDER);
	buf_done(&other[0]);
	other[0] = cases_replace(&files[0], "mode: 0400", "mode: 0401", 10);
	set_case("set-file-unparsable", make_set(files, 3, 3), other, 3, NULL, SEAL_MODE);
	buf_done(&other[0]);
	other[0] = vectors_forge(&(struct forgery){ .expires = "2027-01-01T00:00:00Z" });
	set_case("set-file-expired", make_set(other, 3, 3), other, 3, NULL, SEAL_EXPIRED);
	buf_done(&other[0]);
	other[0] = vectors_forge(&(struct forgery){ .signature_broken = true });
	set_case("set-file-signature", make_set(other, 3, 3), other, 3, NULL, SEAL_SIGNATURE);
	buf_done(&other[0]);
}

void
cases_sets(void)
{
	struct buf files[3];

	make_files(files);
	edited_sets(files);
	tampered_sets(files);
	asked_sets(files);
	exchanged_files(files);
	for (int i = 0; i < 3; i++)
		buf_done(&files[i]);
}
