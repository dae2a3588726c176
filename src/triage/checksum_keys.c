#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <sodium.h>

#include "triage/checksum_code.h"
#include "triage/checksum_kinds.h"

static enum checksum
say(enum checksum verdict, const char **about, const char *why)
{
	*about = why;
	return verdict;
}

/* our own keys: prefix, then base64 of a body and four bytes of its BLAKE2b-256 */
static const struct {
	const char *prefix;
	size_t body;
} stanch_keys[] = {
	{"STANCH-IDENTITY-1", 32},
	{"STANCH-SIGNER-1", 32},
	{"STANCH-MARK-1", 32},
	{"STANCH-IDENTITY-P1", 92},     /* salt 16, costs 4, nonce 24, box 48 */
	{"STANCH-SIGNER-P1", 92},
	{"stanchsign1", 32},
	{"stanch1", 32},
};

static bool
stanch_matches(const char *s, size_t len, size_t prefix, size_t body)
{
	crypto_generichash_state state;
	uint8_t raw[92 + 4], hash[32];
	size_t n = 0;
	bool ok;

	ok = sodium_base642bin(raw, sizeof raw, s + prefix, len - prefix, NULL, &n, NULL,
		sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 && n == body + 4;
	if (ok) {
		crypto_generichash_init(&state, NULL, 0, sizeof hash);
		crypto_generichash_update(&state, (const uint8_t *)s, prefix);
		crypto_generichash_update(&state, raw, body);
		crypto_generichash_final(&state, hash, sizeof hash);
		ok = memcmp(hash, raw + body, 4) == 0;
	}
	sodium_memzero(raw, sizeof raw);
	return ok;
}

enum checksum
judge_stanch(const char *s, size_t len, const char **about)
{
	for (size_t i = 0; i < sizeof stanch_keys / sizeof *stanch_keys; i++) {
		if (!text_begins(s, len, stanch_keys[i].prefix))
			continue;
		if (stanch_matches(s, len, strlen(stanch_keys[i].prefix), stanch_keys[i].body))
			return say(CHECKSUM_VALID, about, "the BLAKE2b checksum of the key matches");
		return say(CHECKSUM_INVALID, about, "the BLAKE2b checksum does not match");
	}
	return CHECKSUM_NONE;
}

static uint32_t
bech32_step(uint32_t sum, uint32_t value)
{
	static const uint32_t generator[] = {
		0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3,
	};
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (int i = 0; i < 5; i++)
		if (top >> i & 1)
			sum ^= generator[i];
	return sum;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* whether the checksum of hrp, '1', data fits; split is the place of the last '1' */
static bool
bech32_fits(const char *s, size_t len, size_t split)
{
	static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	uint32_t sum = 1;

	for (size_t i = 0; i < split; i++)
		sum = bech32_step(sum, (uint8_t)lower(s[i]) >> 5);
	sum = bech32_step(sum, 0);
	for (size_t i = 0; i < split; i++)
		sum = bech32_step(sum, (uint8_t)lower(s[i]) & 31);
	for (size_t i = split + 1; i < len; i++) {
		const char *at = s[i] ? strchr(digits, lower(s[i])) : NULL;

		if (!at)
			return false;
		sum = bech32_step(sum, (uint32_t)(at - digits));
	}
	return sum == 1;
}

enum checksum
judge_age(const char *s, size_t len, const char **about)
{
	size_t split = len;

	while (split > 0 && s[split - 1] != '1')
		split--;
	if (split < 2)
		return say(CHECKSUM_NONE, about, "not bech32");
	if (len - split >= 6 && bech32_fits(s, len, split - 1))
		return say(CHECKSUM_VALID, about, "the bech32 checksum matches");
	return say(CHECKSUM_INVALID, about, "the bech32 checksum does not match");
}

/* base32 that ends in the CRC-16 of what stands before it, little endian */
static bool
crc16_fits(const uint8_t *raw, size_t n)
{
	return crc16_of(raw, n - 2) == (raw[n - 2] | raw[n - 1] << 8);
}

enum checksum
judge_nkey(const char *s, size_t len, const char **about)
{
	uint8_t raw[36];
	bool fits;

	if (len != 58 || base32_read(s, len, raw, sizeof raw) != 36 || raw[0] >> 3 != 18)
		return say(CHECKSUM_NONE, about, "not a NATS seed");
	fits = crc16_fits(raw, sizeof raw);
	sodium_memzero(raw, sizeof raw);
	if (fits)
		return say(CHECKSUM_VALID, about, "the CRC-16 of the seed matches");
	return say(CHECKSUM_INVALID, about, "the CRC-16 of the seed does not match");
}

enum checksum
judge_stellar(const char *s, size_t len, const char **about)
{
	uint8_t raw[35];
	bool fits;

	if (len != 56 || base32_read(s, len, raw, sizeof raw) != 35 || raw[0] != 18 << 3)
		return say(CHECKSUM_NONE, about, "not a Stellar seed");
	fits = crc16_fits(raw, sizeof raw);
	sodium_memzero(raw, sizeof raw);
	if (fits)
		return say(CHECKSUM_VALID, about, "the CRC-16 of the seed matches");
	return say(CHECKSUM_INVALID, about, "the CRC-16 of the seed does not match");
}

enum checksum
judge_base58check(const char *s, size_t len, const char **about)
{
	uint8_t raw[96], hash[32];
	long n = len <= 128 ? base58_read(s, len, raw, sizeof raw) : -1;
	bool fits;

	if (n < 5 + 16)
		return say(CHECKSUM_NONE, about, "not base58");
	crypto_hash_sha256(hash, raw, (unsigned long long)n - 4);
	crypto_hash_sha256(hash, hash, sizeof hash);
	fits = memcmp(hash, raw + n - 4, 4) == 0;
	sodium_memzero(raw, sizeof raw);
	if (fits)
		return say(CHECKSUM_VALID, about, "the base58 checksum matches");
	return say(CHECKSUM_INVALID, about, "the base58 checksum does not match");
}

/* what Azure's services put before the checksum of a key, and what they seed it with */
static const struct {
	char signature[5];
	uint64_t seed;
} azure_keys[] = {
	{"+ASt", 0x44656661756c7430},   /* storage */
	{"+ABa", 0x4162416363743030},   /* batch */
	{"+ACR", 0x41435244666c7430},   /* container registry */
	{"+AMC", 0x436c617373696330},   /* machine learning, classic */
	{"+SQL", 0x5573725077643030},
	{"AzCa", 0x4163636573733030},   /* cache for redis */
	{"AzSe", 0x5175657279303030},   /* search, query */
	{"AzSe", 0x5041646d696e3030},   /* search, admin */
	{"AzFu", 0x4d61737465723030},   /* functions: master, system, function */
	{"AzFu", 0x53797374656d3030},
	{"AzFu", 0x46756e6374693030},
	{"ACDb", 0x4d61737452573030},   /* cosmos: master, read-only and others */
	{"ACDb", 0x4d617374524f3030},
	{"ACDb", 0x5379737452573030},
	{"ACDb", 0x53797374524f3030},
	{"ACDb", 0x537973416c6c3030},
	{"ACDb", 0x5265736f75723030},
	{"ACDb", 0x456e637279703030},
	{"+ASb", 0x4d616e6167653030},   /* service bus, event hub, relay */
	{"+ASb", 0x53656e6430303030},
	{"+ASb", 0x4c697374656e3030},
	{"+ASb", 0x53797374656d3030},
	{"+ASb", 0x556e6b6e6f776e30},
	{"+AEh", 0x4d616e6167653030},
	{"+AEh", 0x53656e6430303030},
	{"+AEh", 0x4c697374656e3030},
	{"+AEh", 0x53797374656d3030},
	{"+AEh", 0x556e6b6e6f776e30},
	{"+ARm", 0x4d616e6167653030},
	{"+ARm", 0x53656e6430303030},
	{"+ARm", 0x4c697374656e3030},
	{"+ARm", 0x53797374656d3030},
	{"AIoT", 0x496f544875623030},   /* hub, provisioning, device */
	{"AIoT", 0x4470734b65793030},
	{"AIoT", 0x4465766963653030},
	{"APIM", 0x54656e616e743030},   /* management, subscription, gateway, repository */
	{"APIM", 0x496f544875623030},
	{"APIM", 0x4761746577793030},
	{"APIM", 0x4769744b65793030},
};

/* whether the last four bytes are the Marvin32 of the others for this signature */
static bool
azure_fits(const char *signature, const uint8_t *raw, size_t n)
{
	uint32_t want = (uint32_t)raw[n - 4] | (uint32_t)raw[n - 3] << 8 |
		(uint32_t)raw[n - 2] << 16 | (uint32_t)raw[n - 1] << 24;

	for (size_t i = 0; i < sizeof azure_keys / sizeof *azure_keys; i++)
		if (memcmp(signature, azure_keys[i].signature, 4) == 0 &&
		    marvin32_of(raw, n - 4, azure_keys[i].seed) == want)
			return true;
	return false;
}

enum checksum
judge_azure(const char *s, size_t len, const char **about)
{
	uint8_t raw[96];
	long n;
	bool fits;

	if (len < 40 || (n = base64_read(s, len, raw, sizeof raw)) < 24)
		return say(CHECKSUM_NONE, about, "not base64 of a key");
	while (s[len - 1] == '=')
		len--;
	/* signature and checksum are the last ten digits */
	fits = azure_fits(s + len - 10, raw, (size_t)n);
	sodium_memzero(raw, sizeof raw);
	if (fits)
		return say(CHECKSUM_VALID, about, "Azure's signature and checksum match");
	if ((n == 64 || n == 32) && text_variety(s, len) >= 16)
		return say(CHECKSUM_STRUCTURE, about, "decodes to a key of Azure's length");
	return say(CHECKSUM_NONE, about, "decodes, but not to a key of Azure's length");
}
