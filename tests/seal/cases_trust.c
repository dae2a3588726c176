/* Who may sign what, when, and what is asked of a file; and what is wrong inside one that is well signed. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cases.h"
#include "seal/seal_file.h"
#include "seal/seal_text.h"

#define VALUE "correct horse battery staple\n"

/* a case of the base with a signers file of one or two lines for its signer */
static void
judged(const char *id, const char *one, const char *two, enum seal_status status)
{
	struct buf list;

	buf_init(&list);
	buf_addf(&list, "%s %s\n", cases_sender(1), one);
	if (two)
		buf_addf(&list, "%s %s\n", cases_sender(1), two);
	cases_file(id, cases_base(), &(struct ask){ .signers = buf_str(&list) }, status, status == SEAL_OK ? VALUE : NULL, strlen(VALUE));
	buf_done(&list);
}

static const struct {
	const char *id, *one, *two;
	enum seal_status status;
} lines[] = {
	{ "signer-exact", "scope=prod/payments/api name=db/password", NULL, SEAL_OK },
	{ "signer-stars", "scope=*/*/* name=**", NULL, SEAL_OK },
	{ "signer-name-tail", "scope=prod/payments/api name=db/**", NULL, SEAL_OK },
	{ "signer-may-seal", "scope=prod/payments/api name=** may=seal", NULL, SEAL_OK },
	{ "signer-may-both", "scope=prod/payments/api name=** may=seal,set", NULL, SEAL_OK },
	{ "signer-may-set-only", "scope=prod/payments/api name=** may=set", NULL, SEAL_SIGNER_MAY },
	{ "signer-scope-other-cluster", "scope=test/payments/api name=**", NULL, SEAL_SIGNER_SCOPE },
	{ "signer-scope-other-namespace", "scope=prod/billing/api name=**", NULL, SEAL_SIGNER_SCOPE },
	{ "signer-scope-other-workload", "scope=*/*/web name=**", NULL, SEAL_SIGNER_SCOPE },
	{ "signer-scope-case", "scope=prod/payments/API name=**", NULL, SEAL_SIGNER_SCOPE },
	{ "signer-name-one-star", "scope=prod/payments/api name=*", NULL, SEAL_SIGNER_NAME },
	{ "signer-name-three-parts", "scope=prod/payments/api name=db/*/*", NULL, SEAL_SIGNER_NAME },
	{ "signer-name-tail-needs-one", "scope=prod/payments/api name=db/password/**", NULL, SEAL_SIGNER_NAME },
	{ "signer-name-prefix", "scope=prod/payments/api name=db/pass", NULL, SEAL_SIGNER_NAME },
	{ "signer-name-other", "scope=prod/payments/api name=tls/*", NULL, SEAL_SIGNER_NAME },
	{ "signer-two-lines-together", "scope=prod/payments/api name=tls/*", "scope=prod/payments/web name=db/*", SEAL_SIGNER_NAME },
	{ "signer-two-lines-may", "scope=prod/payments/api name=db/* may=set", "scope=prod/payments/web name=db/*", SEAL_SIGNER_SCOPE },
	{ "signer-two-lines-time", "scope=prod/payments/api name=db/* not-after=2027-01-01T00:00:00Z", "scope=prod/payments/api name=tls/*", SEAL_SIGNER_TIME },
	{ "signer-two-lines-one-enough", "scope=prod/payments/web name=db/*", "scope=prod/payments/api name=db/*", SEAL_OK },
	{ "signer-from-now", "scope=prod/payments/api name=** not-before=2027-01-15T08:00:00Z", NULL, SEAL_OK },
	{ "signer-too-early", "scope=prod/payments/api name=** not-before=2027-01-15T08:00:01Z", NULL, SEAL_SIGNER_TIME },
	{ "signer-until-now", "scope=prod/payments/api name=** not-after=2027-01-15T08:00:00Z", NULL, SEAL_SIGNER_TIME },
	{ "signer-until-soon", "scope=prod/payments/api name=** not-after=2027-01-15T08:00:01Z", NULL, SEAL_OK },
};

static void
signers(void)
{
	char list[512];

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		judged(lines[i].id, lines[i].one, lines[i].two, lines[i].status);
	snprintf(list, sizeof list, "%s scope=*/*/* name=**\n", cases_sender(9));
	cases_file("signer-unlisted", cases_base(), &(struct ask){ .signers = list }, SEAL_SIGNER_UNKNOWN, NULL, 0);
	cases_file("signer-nobody", cases_base(), &(struct ask){ .signers = "# nobody yet\n" }, SEAL_SIGNER_UNKNOWN, NULL, 0);
	snprintf(list, sizeof list, "%s scope=*/*/* name=**\nrevoked %s # left\n", cases_sender(1), cases_sender(1));
	cases_file("signer-revoked-behind", cases_base(), &(struct ask){ .signers = list }, SEAL_SIGNER_REVOKED, NULL, 0);
	snprintf(list, sizeof list, "revoked %s\n%s scope=*/*/* name=**\n", cases_sender(1), cases_sender(1));
	cases_file("signer-revoked-before", cases_base(), &(struct ask){ .signers = list }, SEAL_SIGNER_REVOKED, NULL, 0);
	snprintf(list, sizeof list, "revoked %s\n", cases_sender(1));
	cases_file("signer-revoked-unlisted", cases_base(), &(struct ask){ .signers = list, .verify = true }, SEAL_SIGNER_REVOKED, NULL, 0);
	snprintf(list, sizeof list, "%srevoked %s\n", cases_signers(), cases_sender(9));
	cases_file("signer-other-revoked", cases_base(), &(struct ask){ .signers = list }, SEAL_OK, VALUE, strlen(VALUE));
}

static void
recipient_revoked(void)
{
	uint8_t key[SEAL_KEY_BYTES];
	struct buf list;

	for (uint8_t byte = 3; byte <= 9; byte += 6) {
		seal_key_public(SEAL_KEY_IDENTITY, vectors_key(byte), key);
		buf_init(&list);
		buf_addf(&list, "%srevoked x25519 ", cases_signers());
		seal_text_add64(&list, key, sizeof key);
		buf_addc(&list, '\n');
		cases_file(byte == 3 ? "recipient-revoked" : "recipient-revoked-other", cases_base(), &(struct ask){ .signers = buf_str(&list) },
		    byte == 3 ? SEAL_RECIPIENT_REVOKED : SEAL_OK, byte == 3 ? NULL : VALUE, strlen(VALUE));
		buf_done(&list);
	}
}

static struct buf
forge(struct forgery f)
{
	vectors_seed(6);
	return vectors_forge(&f);
}

static void
asked(void)
{
	static const char wide[] = "prod/*/api", all[] = "*/*/*";
	char list[256];

	snprintf(list, sizeof list, "%s scope=prod/*/api name=**\n", cases_sender(1));
	cases_file("asked-name", cases_base(), &(struct ask){ .name = "db/password" }, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("asked-other-name", cases_base(), &(struct ask){ .name = "db/passwort" }, SEAL_NAME_MISMATCH, NULL, 0);
	cases_file("asked-part-of-name", cases_base(), &(struct ask){ .name = "password" }, SEAL_NAME_MISMATCH, NULL, 0);
	cases_file("asked-scope", cases_base(), &(struct ask){ .scope = "prod/payments/api" }, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("asked-other-scope", cases_base(), &(struct ask){ .scope = "prod/payments/web" }, SEAL_SCOPE_MISMATCH, NULL, 0);
	cases_file("asked-name-before-scope", cases_base(), &(struct ask){ .name = "x", .scope = "a/b/c" }, SEAL_NAME_MISMATCH, NULL, 0);
	cases_file("wide-scope-covers", forge((struct forgery){ .scope = wide }), &(struct ask){ .signers = list, .scope = "prod/x/api" }, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("wide-scope-covers-not", forge((struct forgery){ .scope = wide }), &(struct ask){ .signers = list, .scope = "prod/x/web" }, SEAL_SCOPE_MISMATCH, NULL, 0);
	cases_file("wide-scope-needs-star", forge((struct forgery){ .scope = wide }), NULL, SEAL_SIGNER_SCOPE, NULL, 0);
	cases_file("widest-scope-needs-stars", forge((struct forgery){ .scope = all }), &(struct ask){ .signers = list }, SEAL_SIGNER_SCOPE, NULL, 0);
	cases_file("clock-1970", cases_base(), &(struct ask){ .now = 1 }, SEAL_CLOCK, NULL, 0);
	cases_file("clock-2024", cases_base(), &(struct ask){ .now = SEAL_CLOCK_LEAST - 1 }, SEAL_CLOCK, NULL, 0);
	cases_file("clock-2025", cases_base(), &(struct ask){ .now = SEAL_CLOCK_LEAST }, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("clock-before-signer", cases_base(), &(struct ask){ .now = 1, .signers = "\n" }, SEAL_CLOCK, NULL, 0);
	cases_file("scope-before-clock", cases_base(), &(struct ask){ .now = 1, .scope = "a/b/c" }, SEAL_SCOPE_MISMATCH, NULL, 0);
	cases_file("expired-now", forge((struct forgery){ .expires = "2027-01-15T08:00:00Z" }), NULL, SEAL_EXPIRED, NULL, 0);
	cases_file("expired-long-ago", forge((struct forgery){ .expires = "1970-01-01T00:00:00Z" }), NULL, SEAL_EXPIRED, NULL, 0);
	cases_file("expires-in-a-second", forge((struct forgery){ .expires = "2027-01-15T08:00:01Z" }), NULL, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("expires-in-a-leap-year", forge((struct forgery){ .expires = "2028-02-29T00:00:00Z" }), NULL, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("version-below-floor", cases_base(), &(struct ask){ .min_version = 8 }, SEAL_VERSION_FLOOR, NULL, 0);
	cases_file("version-at-floor", cases_base(), &(struct ask){ .min_version = 7 }, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("version-highest", forge((struct forgery){ .version = SEAL_VERSION_MAX }), &(struct ask){ .min_version = SEAL_VERSION_MAX }, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("mode-0444", forge((struct forgery){ .mode = "0444" }), NULL, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("expired-before-floor", forge((struct forgery){ .expires = "2026-01-01T00:00:00Z" }), &(struct ask){ .min_version = 8 }, SEAL_EXPIRED, NULL, 0);
	cases_file("verify-needs-no-key", cases_base(), &(struct ask){ .verify = true }, SEAL_OK, NULL, 0);
	cases_file("verify-before-identity", forge((struct forgery){ .signature_broken = true }), &(struct ask){ .identities = "\11" }, SEAL_SIGNATURE, NULL, 0);
}

static const struct {
	const char *id, *find, *put;
} tampered[] = {
	{ "tampered-name", "db/password", "db/passwore" },
	{ "tampered-scope", "payments/api", "payments/web" },
	{ "tampered-version", "version: 7", "version: 8" },
	{ "tampered-expires", "expires: never", "expires: 2028-01-01T00:00:00Z" },
	{ "tampered-mode", "mode: 0400", "mode: 0444" },
	{ "tampered-stanza", "skiuZIpJ2J7", "skiuZIpJ2J8" },
	{ "tampered-mac", "smZOu4Xv2", "smZOu4Xv3" },
	{ "tampered-signature", "sig: G0vJ", "sig: G0vK" },
	{ "tampered-payload-first", "\nN01/", "\nN02/" },
	{ "tampered-payload-last", "YzQ6\n", "YzQ7\n" },
};

/* the base with something put in place of another, well signed by key 1 */
static void
resigned(const char *id, const char *find, const char *put, uint8_t signer, const struct ask *a, enum seal_status status)
{
	struct buf base = cases_base(), text = cases_replace(&base, find, put, strlen(put));

	vectors_resign(&text, signer);
	cases_file(id, text, a, status, NULL, 0);
	buf_done(&base);
}

/* the signature with the group's order added to its scalar */
static void
signature_and_order(void)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
	struct buf base = cases_base(), text, sig;
	const size_t at = bytes_find((struct bytes){ base.at, base.len }, bytes_of("\nsig: ")) + 6;
	uint8_t signature[SEAL_SIGNATURE_BYTES];
	char old[87];

	seal_text_base64((struct bytes){ base.at + at, 86 }, signature, sizeof signature);
	sodium_add(signature + 32, order, sizeof order);
	memcpy(old, base.at + at, 86);
	old[86] = 0;
	buf_init(&sig);
	seal_text_add64(&sig, signature, sizeof signature);
	text = cases_replace(&base, old, (const char *)sig.at, sig.len);
	cases_file("signature-s-plus-l", text, NULL, SEAL_SIGNATURE, NULL, 0);
	buf_done(&sig);
	buf_done(&base);
}

static void
tampering(void)
{
	char list[512];

	for (size_t i = 0; i < sizeof tampered / sizeof *tampered; i++) {
		struct buf base = cases_base();

		cases_file(tampered[i].id, cases_replace(&base, tampered[i].find, tampered[i].put, strlen(tampered[i].put)), NULL, SEAL_SIGNATURE, NULL, 0);
		buf_done(&base);
	}
	signature_and_order();
	resigned("signed-by-another", "mode", "mode", 9, NULL, SEAL_SIGNATURE);
	resigned("taken-over-by-unlisted", cases_sender(1), cases_sender(9), 9, NULL, SEAL_SIGNER_UNKNOWN);
	snprintf(list, sizeof list, "%s%s scope=*/*/* name=**\n", cases_signers(), cases_sender(9));
	resigned("taken-over-by-listed", cases_sender(1), cases_sender(9), 9, &(struct ask){ .signers = list }, SEAL_BINDING);
	resigned("taken-over-by-listed-verifies", cases_sender(1), cases_sender(9), 9, &(struct ask){ .signers = list, .verify = true }, SEAL_OK);
	resigned("renamed-and-resigned", "db/password", "db/other", 1, NULL, SEAL_BINDING);
	resigned("moved-and-resigned", "payments/api", "payments/web", 1, NULL, SEAL_BINDING);
	resigned("newer-and-resigned", "version: 7", "version: 8", 1, NULL, SEAL_BINDING);
	resigned("wider-mode-and-resigned", "mode: 0400", "mode: 0444", 1, NULL, SEAL_BINDING);
	resigned("later-and-resigned", "expires: never", "expires: 2099-01-01T00:00:00Z", 1, NULL, SEAL_BINDING);
	resigned("stanza-broken-and-resigned", "skiuZIpJ2J7", "skiuZIpJ2J8", 1, &(struct ask){ .identities = "\3" }, SEAL_UNWRAP);
	resigned("other-stanza-broken-and-resigned", "skiuZIpJ2J7", "skiuZIpJ2J8", 1, NULL, SEAL_MAC);
	resigned("mac-broken-and-resigned", "smZOu4Xv2", "smZOu4Xv3", 1, NULL, SEAL_MAC);
	resigned("payload-broken-and-resigned", "\nN01/", "\nN02/", 1, NULL, SEAL_STREAM);
	resigned("payload-end-broken-and-resigned", "YzQ6\n", "YzQ7\n", 1, NULL, SEAL_STREAM);
}

void
cases_trust(void)
{
	signers();
	recipient_revoked();
	asked();
	tampering();
}

/* the base's first or second stanza line */
static struct bytes
stanza(const struct buf *text, unsigned n)
{
	struct bytes rest = { text->at, text->len }, line = { 0 };

	for (unsigned i = 0; i <= 7 + n; i++)
		seal_text_line(&rest, &line);
	line.len++;
	return line;
}

/* a stanza taken out, put in, or exchanged for that of another file; signed anew */
static void
recipients(void)
{
	struct buf base = cases_base(), other, text;
	struct bytes first = stanza(&base, 0), second = stanza(&base, 1);
	char line[256];

	memcpy(line, first.at, first.len);
	line[first.len] = 0;
	text = cases_replace(&base, line, "", 0);
	vectors_resign(&text, 1);
	cases_file("recipient-removed-and-resigned", text, NULL, SEAL_MAC, NULL, 0);
	memcpy(line, second.at, second.len);
	line[second.len] = 0;
	text = cases_replace(&base, line, "", 0);
	vectors_resign(&text, 1);
	cases_file("own-recipient-removed-and-resigned", text, NULL, SEAL_NOT_RECIPIENT, NULL, 0);
	/* the same header with an older data key */
	other = forge((struct forgery){ .recipients = 2 });
	second = stanza(&other, 1);
	text = cases_replace(&base, line, (const char *)second.at, second.len);
	vectors_resign(&text, 1);
	cases_file("stanza-of-older-data-key", text, NULL, SEAL_MAC, NULL, 0);
	buf_done(&other);
	other = forge((struct forgery){ .recipients = 2, .name = "db/other" });
	second = stanza(&other, 1);
	text = cases_replace(&base, line, (const char *)second.at, second.len);
	vectors_resign(&text, 1);
	cases_file("stanza-of-another-file", text, NULL, SEAL_BINDING, NULL, 0);
	buf_done(&other);
	/* a third one, appended by whoever may sign but cannot read */
	other = forge((struct forgery){ .recipients = 3 });
	for (unsigned i = 0; i < 3; i++) {
		const struct bytes s = stanza(&other, i);
		char both[512];

		uint8_t id[SEAL_ID_BYTES], first_id[SEAL_ID_BYTES], second_id[SEAL_ID_BYTES];

		seal_text_base64((struct bytes){ s.at + 15, 11 }, id, sizeof id);
		seal_text_base64((struct bytes){ first.at + 15, 11 }, first_id, sizeof id);
		seal_text_base64((struct bytes){ (const uint8_t *)line + 15, 11 }, second_id, sizeof id);
		if (memcmp(id, first_id, sizeof id) == 0 || memcmp(id, second_id, sizeof id) == 0)
			continue;
		/* in its place by id: before the second, or behind it */
		if (memcmp(id, second_id, sizeof id) < 0 && memcmp(id, first_id, sizeof id) > 0) {
			memcpy(both, s.at, s.len);
			memcpy(both + s.len, line, first.len);
		} else if (memcmp(id, first_id, sizeof id) < 0) {
			memcpy(both, s.at, s.len);
			memcpy(both + s.len, first.at, first.len);
			memcpy(line, first.at, first.len);
		} else {
			memcpy(both, line, first.len);
			memcpy(both + first.len, s.at, s.len);
		}
		text = cases_replace(&base, line, both, first.len + s.len);
		vectors_resign(&text, 1);
		cases_file("recipient-appended-and-resigned", text, NULL, SEAL_MAC, NULL, 0);
	}
	buf_done(&other);
	buf_done(&base);
}

static void
with_plain(const char *id, const void *plain, size_t len, enum seal_status status, const void *value, size_t value_len)
{
	cases_file(id, forge((struct forgery){ .plain = plain, .plain_len = len }), NULL, status, value, value_len);
}

static void
padding(void)
{
	static const uint8_t zeros[128], empty[64] = { 0x80 }, full[128] = { [0 ... 63] = 'x', [64] = 0x80 };
	uint8_t plain[128] = { [0 ... 127] = 'x' };

	with_plain("padding-zeros-only", zeros, 64, SEAL_PADDING, NULL, 0);
	with_plain("padding-none", plain, 64, SEAL_PADDING, NULL, 0);
	plain[10] = 0x80;
	memset(plain + 11, 0, 117);
	with_plain("padding-too-long", plain, 128, SEAL_PADDING, NULL, 0);
	memset(plain, 'x', 128);
	plain[63] = 0x81;
	with_plain("padding-mark-wrong", plain, 64, SEAL_PADDING, NULL, 0);
	plain[63] = 0x80;
	with_plain("padding-one-byte", plain, 64, SEAL_OK, plain, 63);
	with_plain("padding-whole-block", full, 128, SEAL_OK, full, 64);
	with_plain("value-empty", empty, 64, SEAL_OK, "", 0);
	memset(plain, 0x80, 64);
	with_plain("value-of-padding-marks", plain, 64, SEAL_OK, plain, 63);
}

void
cases_forged(void)
{
	static const struct ask second = { .identities = "\3" }, both = { .identities = "\11\12\3" }, none = { .identities = "" },
	                        strangers = { .identities = "\11\12\13\14\15\16\17\20" };

	cases_file("first-vector", cases_base(), NULL, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("second-recipient", cases_base(), &second, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("third-of-three-identities", cases_base(), &both, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("no-identity", cases_base(), &none, SEAL_NOT_RECIPIENT, NULL, 0);
	cases_file("eight-strangers", cases_base(), &strangers, SEAL_NOT_RECIPIENT, NULL, 0);
	cases_file("64-recipients", forge((struct forgery){ .recipients = 64 }), &(struct ask){ .identities = "\101" }, SEAL_OK, VALUE, strlen(VALUE));
	cases_file("unwrap-broken", forge((struct forgery){ .wrap_broken = true }), NULL, SEAL_UNWRAP, NULL, 0);
	/* a body that fails under its id is a refusal: no other is tried */
	cases_file("unwrap-broken-no-other-tried", forge((struct forgery){ .wrap_broken = true, .recipients = 2 }), &(struct ask){ .identities = "\2\3" }, SEAL_UNWRAP, NULL, 0);
	cases_file("wrapped-other-header", forge((struct forgery){ .wrap_other_header = true }), NULL, SEAL_BINDING, NULL, 0);
	cases_file("wrapped-other-key", forge((struct forgery){ .wrap_other_key = true }), NULL, SEAL_MAC, NULL, 0);
	cases_file("binding-before-mac", forge((struct forgery){ .wrap_other_header = true, .mac_broken = true }), NULL, SEAL_BINDING, NULL, 0);
	cases_file("mac-broken", forge((struct forgery){ .mac_broken = true }), NULL, SEAL_MAC, NULL, 0);
	cases_file("mac-before-stream", forge((struct forgery){ .mac_broken = true, .stream_broken = true }), NULL, SEAL_MAC, NULL, 0);
	cases_file("stream-broken", forge((struct forgery){ .stream_broken = true }), NULL, SEAL_STREAM, NULL, 0);
	cases_file("stream-other-ad", forge((struct forgery){ .ad_other = true }), NULL, SEAL_STREAM, NULL, 0);
	cases_file("signature-broken", forge((struct forgery){ .signature_broken = true }), NULL, SEAL_SIGNATURE, NULL, 0);
	cases_file("tag-push", forge((struct forgery){ .tags_set = true, .tags = { 1 } }), NULL, SEAL_STREAM_TAG, NULL, 0);
	cases_file("tag-rekey", forge((struct forgery){ .tags_set = true, .tags = { 2 } }), NULL, SEAL_STREAM_TAG, NULL, 0);
	cases_file("tag-message-last", forge((struct forgery){ .tags_set = true, .tags = { 0 } }), NULL, SEAL_FINAL_MISSING, NULL, 0);
	cases_file("tag-unknown", forge((struct forgery){ .tags_set = true, .tags = { 7 } }), NULL, SEAL_STREAM_TAG, NULL, 0);
	recipients();
	padding();
}
