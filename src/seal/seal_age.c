#include "seal/seal_age.h"

#include <sodium.h>
#include <string.h>

#include "base/bytes.h"
#include "seal/seal_status.h"

#define RECIPIENT "age"
#define IDENTITY "AGE-SECRET-KEY-"
#define DATA 52                 /* digits of 5 bits for 32 bytes */
#define CHECK 6

bool
seal_age_is_recipient(const char *text, size_t len)
{
	return bytes_starts((struct bytes){ (const uint8_t *)text, len }, RECIPIENT "1");
}

bool
seal_age_is_identity(const char *text, size_t len)
{
	return bytes_starts((struct bytes){ (const uint8_t *)text, len }, IDENTITY "1");
}

/* BIP 173's checksum, one digit further */
static uint32_t
step(uint32_t sum, uint8_t digit)
{
	static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	const uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ digit;
	for (int i = 0; i < 5; i++)
		sum ^= top >> i & 1 ? generator[i] : 0;
	return sum;
}

/* a digit's value, letters of one case only; 32: none */
static uint8_t
digit_of(char c, bool upper)
{
	static const char lower_digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l", upper_digits[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
	const char *digits = upper ? upper_digits : lower_digits, *at = memchr(digits, c, 32);

	return at ? (uint8_t)(at - digits) : 32;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static enum seal_status
decode(const char *prefix, bool upper, const char *text, size_t len, uint8_t key[static SEAL_KEY_BYTES])
{
	const size_t n = strlen(prefix);
	uint32_t sum = 1, bits = 0;
	size_t have = 0, done = 0;

	if (len != n + 1 + DATA + CHECK)
		return SEAL_KEY_TEXT;
	for (size_t i = 0; i < n; i++)
		sum = step(sum, (uint8_t)lower(prefix[i]) >> 5);
	sum = step(sum, 0);
	for (size_t i = 0; i < n; i++)
		sum = step(sum, (uint8_t)lower(prefix[i]) & 31);
	for (size_t i = 0; i < DATA + CHECK; i++) {
		const uint8_t digit = digit_of(text[n + 1 + i], upper);

		if (digit > 31)
			return SEAL_KEY_TEXT;
		sum = step(sum, digit);
		bits = (bits << 5 | digit) & 0xfff;
		have += 5;
		if (i < DATA && have >= 8) {
			have -= 8;
			key[done++] = (uint8_t)(bits >> have);
		}
		if (i == DATA - 1 && bits & 15)
			return SEAL_KEY_TEXT;
	}
	return sum == 1 ? SEAL_OK : SEAL_KEY_CHECKSUM;
}

enum seal_status
seal_age_recipient(const char *text, size_t len, uint8_t key[static SEAL_KEY_BYTES], struct error *err)
{
	uint8_t raw[SEAL_KEY_BYTES] = { 0 };
	enum seal_status s = decode(RECIPIENT, false, text, len, raw);

	if (s == SEAL_OK && !seal_key_is_sound(SEAL_KEY_RECIPIENT, raw))
		s = SEAL_KEY_WEAK;
	if (s != SEAL_OK)
		return seal_status_refuse(err, s, "as an X25519 key of age");
	memcpy(key, raw, sizeof raw);
	return s;
}

enum seal_status
seal_age_identity(const char *text, size_t len, uint8_t key[static SEAL_KEY_BYTES], struct error *err)
{
	uint8_t raw[SEAL_KEY_BYTES] = { 0 };
	const enum seal_status s = decode(IDENTITY, true, text, len, raw);

	if (s == SEAL_OK)
		memcpy(key, raw, sizeof raw);
	sodium_memzero(raw, sizeof raw);
	return s == SEAL_OK ? s : seal_status_refuse(err, s, "as an identity of age");
}
