/*
 * Judges values made here from a seed, so that no whole token stands in the
 * file. The checksums are computed a second time, by other means than in src/.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <sodium.h>

#include "triage/checksum.h"
#include "triage/checksum_code.h"

Suite *checksum_suite(void);

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static uint64_t state;

static uint32_t
chance(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 11) % below;
}

static void
setup(void)
{
	state = 0x57a9c4ull * 2654435761u;
}

/* appends n random digits of an alphabet */
static void
grow(char *s, size_t n, const char *alphabet)
{
	s += strlen(s);
	for (size_t i = 0; i < n; i++)
		*s++ = alphabet[chance((uint32_t)strlen(alphabet))];
	*s = '\0';
}

/* CRC-32 by the table, unlike in src/ */
static uint32_t
crc32_table(const char *s, size_t len)
{
	uint32_t table[256], crc = 0xffffffff;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xedb88320 : table[i] >> 1;
	}
	while (len-- > 0)
		crc = table[(crc ^ (uint8_t)*s++) & 0xff] ^ crc >> 8;
	return crc ^ 0xffffffff;
}

/* appends n in a base up to 62, padded with zeros to width; lower case up to base 36 */
static void
grow_number(char *s, uint32_t n, unsigned base, int width)
{
	char digit;

	s += strlen(s);
	s[width] = '\0';
	while (width-- > 0) {
		digit = base62[n % base];
		if (base <= 36 && digit >= 'A')
			digit = (char)(digit - 'A' + 'a');
		s[width] = digit;
		n /= base;
	}
}

static void
grow_base32(char *s, const uint8_t *raw, size_t n)
{
	uint32_t bits = 0;
	int have = 0;

	s += strlen(s);
	for (size_t i = 0; i < n; i++) {
		bits = bits << 8 | raw[i];
		for (have += 8; have >= 5; have -= 5)
			*s++ = base32[bits >> (have - 5) & 31];
	}
	if (have > 0)
		*s++ = base32[bits << (5 - have) & 31];
	*s = '\0';
}

static void
grow_base64(char *s, const void *raw, size_t n, int variant)
{
	s += strlen(s);
	sodium_bin2base64(s, sodium_base64_encoded_len(n, variant), raw, n, variant);
}

static enum checksum
judge(const char *kind, const char *secret)
{
	const struct checksum_kind *found = checksum_find(kind);
	size_t len = strlen(secret);
	const char *about = NULL;
	enum checksum verdict;
	char *copy;

	ck_assert_ptr_nonnull(found);
	/* without a terminator, so that a step too far is seen */
	copy = malloc(len ? len : 1);
	memcpy(copy, secret, len);
	verdict = checksum_check(found, copy, len, &about);
	ck_assert_ptr_nonnull(about);
	ck_assert_int_eq(verdict, checksum_check(found, copy, len, NULL));
	free(copy);
	return verdict;
}

/* the secret with one byte changed for another digit */
static const char *
spoilt(const char *secret, size_t at)
{
	static char copy[8192];

	snprintf(copy, sizeof copy, "%s", secret);
	copy[at] = copy[at] == '7' ? '5' : '7';
	return copy;
}

START_TEST(every_name_is_found_and_bears_any_bytes)
{
	char junk[300];
	size_t n = 0;

	for (; checksum_name(n); n++) {
		const struct checksum_kind *kind = checksum_find(checksum_name(n));

		ck_assert_ptr_nonnull(kind);
		ck_assert_ptr_nonnull(checksum_about(n));
		for (size_t len = 0; len < sizeof junk; len++) {
			for (size_t i = 0; i < len; i++)
				junk[i] = (char)chance(256);
			ck_assert_int_ne(checksum_check(kind, junk, len, NULL), CHECKSUM_VALID);
		}
	}
	ck_assert_uint_gt(n, 20);
	ck_assert_ptr_null(checksum_find("no such validator"));
	ck_assert_ptr_null(checksum_about(n));
}
END_TEST

START_TEST(github_and_npm)
{
	static const char *const prefixes[] = {"ghp_", "gho_", "ghs_", "npm_"};
	char s[200];

	for (size_t i = 0; i < 4; i++) {
		strcpy(s, prefixes[i]);
		grow(s, 30, base62);
		grow_number(s, crc32_table(s + 4, 30), 62, 6);
		ck_assert_int_eq(judge("github", s), CHECKSUM_VALID);
		ck_assert_int_eq(judge("npm", spoilt(s, 12)), CHECKSUM_INVALID);
		ck_assert_int_eq(judge("github", spoilt(s, 39)), CHECKSUM_INVALID);
	}
	strcpy(s, "github_pat_");
	grow(s, 22, base62);
	strcat(s, "_");
	grow(s, 53, base62);
	grow_number(s, crc32_table(s + 34, 53), 62, 6);
	ck_assert_int_eq(judge("github", s), CHECKSUM_VALID);
	ck_assert_int_eq(judge("github", spoilt(s, 60)), CHECKSUM_INVALID);
	ck_assert_int_eq(judge("github", "ghp_short"), CHECKSUM_INVALID);
}
END_TEST

START_TEST(grafana_counts_its_bytes_backwards)
{
	char s[100] = "glsa_";
	uint32_t crc;

	grow(s, 32, base62);
	crc = crc32_table(s, strlen(s));
	sprintf(s + strlen(s), "_%02x%02x%02x%02x", crc & 255, crc >> 8 & 255,
		crc >> 16 & 255, crc >> 24);
	ck_assert_int_eq(judge("grafana", s), CHECKSUM_VALID);
	ck_assert_int_eq(judge("grafana", spoilt(s, 20)), CHECKSUM_INVALID);
}
END_TEST

START_TEST(gitlab_routable_tokens)
{
	static const char *const tails[] = {".", ".01."};
	char s[200], payload[100];

	for (size_t i = 0; i < 2; i++) {
		payload[0] = '\0';
		grow(payload, 38, base62);
		sprintf(s, "glpat-%s%s", payload, tails[i]);
		grow_number(s, 38, 36, 2);
		grow_number(s, crc32_table(s, strlen(s)), 36, 7);
		ck_assert_int_eq(judge("gitlab", s), CHECKSUM_VALID);
		ck_assert_int_eq(judge("gitlab", spoilt(s, 9)), CHECKSUM_INVALID);
	}
	ck_assert_int_eq(judge("gitlab", "glpat-without-a-dot"), CHECKSUM_NONE);
}
END_TEST

START_TEST(atlassian_ends_in_hex)
{
	char s[300] = "ATATT3x";

	grow(s, 170, base62);
	strcat(s, "=");
	sprintf(s + strlen(s), "%08X", crc32_table(s, strlen(s)));
	ck_assert_int_eq(judge("atlassian", s), CHECKSUM_VALID);
	ck_assert_int_eq(judge("atlassian", spoilt(s, 90)), CHECKSUM_INVALID);
}
END_TEST

START_TEST(pypi_macaroons)
{
	uint8_t raw[256];
	char s[400] = "pypi-";
	size_t n = 0;

	memcpy(raw, "\x02\x01\x08pypi.org\x02\x24", 13);
	n = 13;
	for (int i = 0; i < 0x24; i++)
		raw[n++] = (uint8_t)base62[chance(62)];
	memcpy(raw + n, "\0\x02\x04{\"a\"\0\0\x06\x20", 11);
	n += 11;
	for (int i = 0; i < 32; i++)
		raw[n++] = (uint8_t)chance(256);
	grow_base64(s, raw, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	ck_assert_int_eq(judge("pypi", s), CHECKSUM_STRUCTURE);
	s[strlen(s) - 8] = '\0';
	ck_assert_int_eq(judge("pypi", s), CHECKSUM_NONE);
	ck_assert_int_eq(judge("pypi", "pypi-bm90IGEgbWFjYXJvb24"), CHECKSUM_INVALID);
}
END_TEST

START_TEST(stanch_keys)
{
	static const struct {
		const char *prefix;
		size_t body;
	} kinds[] = {{"STANCH-IDENTITY-1", 32}, {"STANCH-SIGNER-1", 32},
		{"STANCH-MARK-1", 32}, {"STANCH-IDENTITY-P1", 92}};
	uint8_t raw[160], hash[32];
	char s[200];

	for (size_t i = 0; i < 4; i++) {
		size_t prefix = strlen(kinds[i].prefix), n = prefix + kinds[i].body;

		memcpy(raw, kinds[i].prefix, prefix);
		for (size_t k = prefix; k < n; k++)
			raw[k] = (uint8_t)chance(256);
		crypto_generichash(hash, sizeof hash, raw, n, NULL, 0);
		memcpy(raw + n, hash, 4);
		strcpy(s, kinds[i].prefix);
		grow_base64(s, raw + prefix, kinds[i].body + 4,
			sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
		ck_assert_int_eq(judge("stanch", s), CHECKSUM_VALID);
		ck_assert_int_eq(judge("stanch", spoilt(s, prefix + 5)), CHECKSUM_INVALID);
	}
}
END_TEST

/* the checksum of BIP 173, over values instead of characters */
static void
grow_bech32(char *s, size_t hrp, const uint8_t *values, size_t n)
{
	static const char digits[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
	static const uint32_t g[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint8_t all[200];
	size_t m = 0;
	uint32_t sum = 1;

	for (size_t i = 0; i < hrp; i++)
		all[m++] = (uint8_t)((s[i] | (s[i] >= 'A' ? 32 : 0)) >> 5);
	all[m++] = 0;
	for (size_t i = 0; i < hrp; i++)
		all[m++] = s[i] & 31;
	memcpy(all + m, values, n);
	m += n;
	memset(all + m, 0, 6);
	m += 6;
	for (size_t i = 0; i < m; i++) {
		uint32_t top = sum >> 25;

		sum = (sum & 0x1ffffff) << 5 ^ all[i];
		for (int k = 0; k < 5; k++)
			sum ^= top >> k & 1 ? g[k] : 0;
	}
	sum ^= 1;
	s += strlen(s);
	for (size_t i = 0; i < n; i++)
		*s++ = digits[values[i]];
	for (int i = 5; i >= 0; i--)
		*s++ = digits[sum >> 5 * i & 31];
	*s = '\0';
}

START_TEST(age_identities)
{
	char s[200] = "AGE-SECRET-KEY-1";
	uint8_t values[52];

	for (size_t i = 0; i < sizeof values; i++)
		values[i] = (uint8_t)chance(i == 51 ? 2 : 32) << (i == 51 ? 4 : 0);
	grow_bech32(s, strlen("AGE-SECRET-KEY-"), values, sizeof values);
	ck_assert_uint_eq(strlen(s), 74);
	ck_assert_int_eq(judge("age", s), CHECKSUM_VALID);
	ck_assert_int_eq(judge("age", spoilt(s, 30)), CHECKSUM_INVALID);
	ck_assert_int_eq(judge("age", spoilt(s, 73)), CHECKSUM_INVALID);
}
END_TEST

/* the CRC-16 of XMODEM, by dividing bit by bit */
static uint16_t
crc16_long(const uint8_t *p, size_t n)
{
	uint16_t crc = 0;

	for (size_t i = 0; i < n * 8; i++) {
		bool bit = (p[i / 8] >> (7 - i % 8) & 1) ^ crc >> 15;

		crc = (uint16_t)(crc << 1 ^ (bit ? 0x1021 : 0));
	}
	return crc;
}

START_TEST(nkeys_and_stellar)
{
	uint8_t raw[36];
	uint16_t crc;
	char s[100] = "";

	for (size_t i = 0; i < sizeof raw; i++)
		raw[i] = (uint8_t)chance(256);
	raw[0] = 18 << 3 | 20 >> 2;     /* seed, user */
	raw[1] = 0xa0 & 31 << 3;
	crc = crc16_long(raw, 34);
	raw[34] = crc & 255;
	raw[35] = (uint8_t)(crc >> 8);
	grow_base32(s, raw, 36);
	ck_assert_uint_eq(strlen(s), 58);
	ck_assert_int_eq(judge("nkey", s), CHECKSUM_VALID);
	ck_assert_int_eq(judge("nkey", spoilt(s, 20)), CHECKSUM_INVALID);
	raw[0] = 18 << 3;
	crc = crc16_long(raw, 33);
	raw[33] = crc & 255;
	raw[34] = (uint8_t)(crc >> 8);
	s[0] = '\0';
	grow_base32(s, raw, 35);
	ck_assert_int_eq(judge("stellar", s), CHECKSUM_VALID);
	ck_assert_int_eq(judge("stellar", spoilt(s, 20)), CHECKSUM_INVALID);
}
END_TEST

/* base58 by long division */
static void
grow_base58(char *s, const uint8_t *raw, size_t n)
{
	static const char digits[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	uint8_t rest[128];
	char out[200];
	size_t at = sizeof out, zeros = 0;

	memcpy(rest, raw, n);
	while (zeros < n && raw[zeros] == 0)
		zeros++;
	for (bool more = true; more;) {
		unsigned carry = 0;

		more = false;
		for (size_t i = 0; i < n; i++) {
			carry = carry << 8 | rest[i];
			rest[i] = (uint8_t)(carry / 58);
			carry %= 58;
			more |= rest[i] != 0;
		}
		out[--at] = digits[carry];
	}
	while (zeros-- > 0)
		out[--at] = '1';
	s += strlen(s);
	memcpy(s, out + at, sizeof out - at);
	s[sizeof out - at] = '\0';
}

START_TEST(base58_keys)
{
	static const size_t lengths[] = {33, 34, 78};
	uint8_t raw[100], hash[32];

	for (size_t i = 0; i < 3; i++) {
		size_t n = lengths[i];
		char s[200] = "";

		for (size_t k = 0; k < n; k++)
			raw[k] = (uint8_t)chance(256);
		raw[0] = 0x80;
		crypto_hash_sha256(hash, raw, n);
		crypto_hash_sha256(hash, hash, 32);
		memcpy(raw + n, hash, 4);
		grow_base58(s, raw, n + 4);
		ck_assert_int_eq(judge("base58check", s), CHECKSUM_VALID);
		ck_assert_int_eq(judge("base58check", spoilt(s, 30)), CHECKSUM_INVALID);
	}
}
END_TEST

START_TEST(azure_keys)
{
	/* vectors of Marvin's own tests: its 64 bits, folded */
	static const uint8_t bytes[] = {0x86, 0x42, 0xdc, 0x59};
	uint64_t seed = 0x004fb61a001bdbccull;
	uint8_t raw[64];
	char s[200] = "";
	uint32_t sum;

	ck_assert_uint_eq(marvin32_of("", 0, seed), 0x30ed35c1 ^ 0x00cd3c7d);
	ck_assert_uint_eq(marvin32_of(bytes, 4, seed), 0x7008f2e8 ^ 0x7e9cf556);
	for (size_t i = 0; i < sizeof raw; i++)
		raw[i] = (uint8_t)chance(256);
	/* "+ASt" stands in front of the six digits of the checksum: bits 456 to 480 */
	grow_base64(s, raw, 64, sodium_base64_VARIANT_ORIGINAL);
	memcpy(s + 76, "+AStA", 5);
	ck_assert_uint_ge(base64_read(s, 88, raw, sizeof raw), 64);
	sum = marvin32_of(raw, 60, 0x44656661756c7430ull);
	for (int i = 0; i < 4; i++)
		raw[60 + i] = (uint8_t)(sum >> 8 * i);
	s[0] = '\0';
	grow_base64(s, raw, 64, sodium_base64_VARIANT_ORIGINAL);
	ck_assert_int_eq(memcmp(s + 76, "+ASt", 4), 0);
	ck_assert_int_eq(judge("azure", s), CHECKSUM_VALID);
	ck_assert_int_eq(judge("azure", spoilt(s, 10)), CHECKSUM_STRUCTURE);
	s[0] = '\0';
	grow_base64(s, raw, 32, sodium_base64_VARIANT_ORIGINAL);
	ck_assert_int_eq(judge("azure-storage", s), CHECKSUM_STRUCTURE);
	ck_assert_int_eq(judge("azure", "no base64 here, but a sentence of some length"), CHECKSUM_NONE);
}
END_TEST

/* appends base64 of a text, as URLs have it */
static void
grow_url(char *s, const char *text)
{
	grow_base64(s, text, strlen(text), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void
make_jwt(char *s, const char *header, const char *claims)
{
	s[0] = '\0';
	grow_url(s, header);
	strcat(s, ".");
	grow_url(s, claims);
	strcat(s, ".");
	grow(s, 43, base62);
}

START_TEST(jwts)
{
	const char *header = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
	char s[600];

	make_jwt(s, header, "{\"sub\":\"1\",\"role\":\"service_role\"}");
	ck_assert_int_eq(judge("jwt", s), CHECKSUM_STRUCTURE);
	ck_assert_int_eq(judge("supabase", s), CHECKSUM_STRUCTURE);
	ck_assert_int_eq(judge("kubernetes", s), CHECKSUM_INVALID);
	make_jwt(s, header, "{\"role\":\"anon\"}");
	ck_assert_int_eq(judge("supabase", s), CHECKSUM_INVALID);
	make_jwt(s, header, "{\"sub\":\"system:serviceaccount:a:b\"}");
	ck_assert_int_eq(judge("kubernetes", s), CHECKSUM_STRUCTURE);
	make_jwt(s, "{\"no\":1}", "{}");
	ck_assert_int_eq(judge("jwt", s), CHECKSUM_NONE);
	make_jwt(s, header, "[1,2]");
	ck_assert_int_eq(judge("jwt", s), CHECKSUM_NONE);
	ck_assert_int_eq(judge("jwt", "a.b.c.d.e.f.g"), CHECKSUM_NONE);
}
END_TEST

START_TEST(json_inside)
{
	char s[400] = "";

	grow_url(s, "{\"k\":\"abcdefgh\",\"n\":\"name\",\"id\":1}");
	ck_assert_int_eq(judge("grafana-key", s), CHECKSUM_STRUCTURE);
	s[0] = '\0';
	grow_url(s, "{\"k\":\"abcdefgh\",\"t\":\"other\"}");
	ck_assert_int_eq(judge("grafana-key", s), CHECKSUM_INVALID);
	strcpy(s, "sntrys_");
	grow_url(s, "{\"iat\":1690880000,\"org\":\"acme\"}");
	strcat(s, "_");
	grow(s, 43, base62);
	ck_assert_int_eq(judge("sentry", s), CHECKSUM_STRUCTURE);
	strcpy(s, "ops_");
	grow_url(s, "{\"signInAddress\":\"x.1password.com\"}");
	ck_assert_int_eq(judge("onepassword", s), CHECKSUM_STRUCTURE);
	strcpy(s, "sk.");
	grow_url(s, "{\"u\":\"acme\",\"a\":\"c1\"}");
	strcat(s, ".");
	grow(s, 22, base62);
	ck_assert_int_eq(judge("mapbox", s), CHECKSUM_STRUCTURE);
	ck_assert_int_eq(judge("jwk", "{\"kty\":\"RSA\",\"n\":\"a\",\"d\":\"b\"}"),
		CHECKSUM_STRUCTURE);
	ck_assert_int_eq(judge("jwk", "{\"kty\":\"RSA\",\"n\":\"a\"}"), CHECKSUM_INVALID);
	ck_assert_int_eq(judge("service-account", "{\"type\":\"service_account\","
		"\"private_key\":\"-----BEGIN PRIVATE KEY-----\"}"), CHECKSUM_STRUCTURE);
	ck_assert_int_eq(judge("service-account", "{\"type\":\"service_account\"}"),
		CHECKSUM_INVALID);
}
END_TEST

START_TEST(small_shapes)
{
	char s[200] = "AKIA";

	grow(s, 16, base32);
	ck_assert_int_eq(judge("aws-key-id", s), CHECKSUM_STRUCTURE);
	s[9] = '1';
	ck_assert_int_eq(judge("aws-key-id", s), CHECKSUM_NONE);
	memset(s + 4, 'X', 16);
	ck_assert_int_eq(judge("aws-key-id", s), CHECKSUM_NONE);
	strcpy(s, "sk-");
	grow(s, 20, base62);
	strcat(s, "T3Blbk" "FJ");
	ck_assert_int_eq(judge("openai", s), CHECKSUM_INVALID);
	grow(s, 20, base62);
	ck_assert_int_eq(judge("openai", s), CHECKSUM_STRUCTURE);
	s[0] = '\0';
	grow_base64(s, "123456789012345678", 18, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	strcat(s, ".abcdef.");
	grow(s, 27, base62);
	ck_assert_int_eq(judge("discord", s), CHECKSUM_STRUCTURE);
	strcpy(s, "1234567890:AA");
	grow(s, 33, base62);
	ck_assert_int_eq(judge("telegram", s), CHECKSUM_STRUCTURE);
	s[0] = '\0';
	grow_base64(s, "Aladdin:open sesame", 19, sodium_base64_VARIANT_ORIGINAL);
	ck_assert_int_eq(judge("basic", s), CHECKSUM_STRUCTURE);
	ck_assert_int_eq(judge("basic", "bm8gY29sb24="), CHECKSUM_INVALID);
	ck_assert_int_eq(judge("luhn", "79927398713"), CHECKSUM_VALID);
	ck_assert_int_eq(judge("luhn", "79927398710"), CHECKSUM_INVALID);
	strcpy(s, "xoxb-123456789012-123456789012-");
	ck_assert_int_eq(judge("slack", s), CHECKSUM_NONE);
	grow(s, 24, base62);
	ck_assert_int_eq(judge("slack", s), CHECKSUM_STRUCTURE);
	ck_assert_int_eq(judge("slack", "xoxb-not-a-number"), CHECKSUM_NONE);
}
END_TEST

/* an unencrypted key in DER: SEQUENCE of INTEGER 0 and random content */
static size_t
make_der(uint8_t *raw, size_t n)
{
	for (size_t i = 0; i < n; i++)
		raw[i] = (uint8_t)chance(256);
	memcpy(raw, "\x30\x82", 2);
	raw[2] = (uint8_t)((n - 4) >> 8);
	raw[3] = (uint8_t)(n - 4);
	memcpy(raw + 4, "\x02\x01", 3);
	return n;
}

/* armour with a line end of one's own */
static void
make_pem(char *s, const char *label, const uint8_t *raw, size_t n, const char *eol)
{
	char digits[4096] = "";

	grow_base64(digits, raw, n, sodium_base64_VARIANT_ORIGINAL);
	s += sprintf(s, "-----BEGIN %s-----%s", label, eol);
	for (size_t i = 0; i < strlen(digits); i += 64)
		s += sprintf(s, "%.64s%s", digits + i, eol);
	sprintf(s, "-----END %s-----", label);
}

START_TEST(pem_in_every_dress)
{
	static const char *const eols[] = {"\n", "\r\n", "\\n", "\\\\n", "\\r\\n", " ",
		"\n    ", "\n# ", "\n// ", "\\n\" +\n    \"", "\" \\\n  \"", "%0A", "&#10;"};
	uint8_t raw[640];
	char s[4096];
	size_t n;

	for (size_t i = 0; i < sizeof eols / sizeof *eols; i++) {
		n = make_der(raw, 600 + i);
		make_pem(s, "RSA PRIVATE KEY", raw, n, eols[i]);
		ck_assert_msg(judge("pem", s) == CHECKSUM_STRUCTURE, "line end %s", eols[i]);
	}
	make_pem(s, "RSA PRIVATE KEY", raw, n - 30, "\n");
	ck_assert_int_eq(judge("pem", s), CHECKSUM_NONE);
	memcpy(s + 200, "...\n", 4);
	ck_assert_int_eq(judge("pem", s), CHECKSUM_INVALID);
	make_pem(s, "RSA PRIVATE KEY", raw, 15, "\n");
	ck_assert_int_eq(judge("pem", s), CHECKSUM_INVALID);
	ck_assert_int_eq(judge("pem", "-----BEGIN PRIVATE KEY-----\") && s.endsWith(\""
		"-----END PRIVATE KEY-----"), CHECKSUM_INVALID);
	memset(raw, 0, sizeof raw);
	make_pem(s, "PRIVATE KEY", raw, 600, "\n");
	ck_assert_int_eq(judge("pem", s), CHECKSUM_INVALID);
}
END_TEST

START_TEST(pem_of_other_kinds)
{
	uint8_t raw[640];
	char s[4096], crc[8] = "";
	size_t n = make_der(raw, 600);
	uint32_t sum;

	make_pem(s, "RSA PRIVATE KEY", raw + 7, 592, "\n");
	ck_assert_int_eq(judge("pem", s), CHECKSUM_NONE);
	memmove(s + 32 + 70, s + 32, strlen(s + 32) + 1);
	memcpy(s + 32, "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF0123456\n\n", 70);
	ck_assert_int_eq(judge("pem", s), CHECKSUM_STRUCTURE);
	memcpy(raw, "openssh-key-v1\0\0\0\0\4none", 23);
	make_pem(s, "OPENSSH PRIVATE KEY", raw, n, "\n");
	ck_assert_int_eq(judge("pem", s), CHECKSUM_STRUCTURE);
	sum = crc24_of(raw, 600);
	raw[600] = (uint8_t)(sum >> 16);
	raw[601] = (uint8_t)(sum >> 8);
	raw[602] = (uint8_t)sum;
	crc[0] = '=';
	grow_base64(crc, raw + 600, 3, sodium_base64_VARIANT_ORIGINAL);
	make_pem(s, "PGP PRIVATE KEY BLOCK", raw, 600, "\n");
	sprintf(strstr(s, "-----END"), "%s\n-----END PGP PRIVATE KEY BLOCK-----", crc);
	ck_assert_int_eq(judge("pem", s), CHECKSUM_VALID);
	ck_assert_int_eq(judge("pem", "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n"
		"Private-Lines: 14\n"), CHECKSUM_STRUCTURE);
}
END_TEST

Suite *
checksum_suite(void)
{
	Suite *suite = suite_create("checksum");
	TCase *all = tcase_create("all");

	tcase_add_checked_fixture(all, setup, NULL);
	tcase_add_test(all, every_name_is_found_and_bears_any_bytes);
	tcase_add_test(all, github_and_npm);
	tcase_add_test(all, grafana_counts_its_bytes_backwards);
	tcase_add_test(all, gitlab_routable_tokens);
	tcase_add_test(all, atlassian_ends_in_hex);
	tcase_add_test(all, pypi_macaroons);
	tcase_add_test(all, stanch_keys);
	tcase_add_test(all, age_identities);
	tcase_add_test(all, nkeys_and_stellar);
	tcase_add_test(all, base58_keys);
	tcase_add_test(all, azure_keys);
	tcase_add_test(all, jwts);
	tcase_add_test(all, json_inside);
	tcase_add_test(all, small_shapes);
	tcase_add_test(all, pem_in_every_dress);
	tcase_add_test(all, pem_of_other_kinds);
	suite_add_tcase(suite, all);
	return suite;
}
