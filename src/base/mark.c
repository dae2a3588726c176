#include "base/mark.h"

#include <sodium.h>
#include <string.h>

#include <stanch/error.h>

#define PREFIX "STANCH-MARK-1"
#define CHECK 4
#define VARIANT sodium_base64_VARIANT_ORIGINAL_NO_PADDING

void
mark_make(uint8_t mark[static MARK_SIZE], struct bytes secret, const uint8_t key[static MARK_KEY_SIZE])
{
	crypto_generichash(mark, MARK_SIZE, secret.at, secret.len, key, MARK_KEY_SIZE);
}

void
mark_id(char *hex, unsigned n, const struct bytes *parts, unsigned count)
{
	crypto_generichash_state state;
	uint8_t hash[32];

	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	for (unsigned i = 0; i < count; i++) {
		const uint64_t len = parts[i].len;

		crypto_generichash_update(&state, (const uint8_t *)&len, sizeof len);
		crypto_generichash_update(&state, parts[i].at, parts[i].len);
	}
	crypto_generichash_final(&state, hash, sizeof hash);
	sodium_bin2hex(hex, n + 1, hash, n / 2);
}

void
mark_key_random(uint8_t key[static MARK_KEY_SIZE])
{
	randombytes_buf(key, MARK_KEY_SIZE);
}

static void
check_of(const uint8_t key[static MARK_KEY_SIZE], uint8_t check[static CHECK])
{
	uint8_t text[sizeof PREFIX - 1 + MARK_KEY_SIZE], hash[32];

	memcpy(text, PREFIX, sizeof PREFIX - 1);
	memcpy(text + sizeof PREFIX - 1, key, MARK_KEY_SIZE);
	crypto_generichash(hash, sizeof hash, text, sizeof text, NULL, 0);
	memcpy(check, hash, CHECK);
	sodium_memzero(text, sizeof text);
}

int
mark_key_parse(const char *text, uint8_t key[static MARK_KEY_SIZE], struct error *err)
{
	uint8_t raw[MARK_KEY_SIZE + CHECK], check[CHECK];
	size_t len, n;

	/* as keygen writes it, below a comment */
	while (*text == '#' && strchr(text, '\n'))
		text = strchr(text, '\n') + 1;
	n = strcspn(text, "\r\n");
	if (strncmp(text, PREFIX, sizeof PREFIX - 1) != 0)
		return error_set(err, ERROR_SYNTAX, "is no mark key: it should begin with " PREFIX);
	text += sizeof PREFIX - 1;
	n -= sizeof PREFIX - 1;
	/* libsodium 1.0.18 takes some bytes above 0x7f for + and / */
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] >= 0x80)
			return error_set(err, ERROR_SYNTAX, "is no mark key: it holds bytes that are no base64");
	if (sodium_base642bin(raw, sizeof raw, text, n, NULL, &len, NULL, VARIANT) != 0 || len != sizeof raw)
		return error_set(err, ERROR_SYNTAX, "is no mark key: 48 characters of base64 should follow " PREFIX);
	check_of(raw, check);
	if (sodium_memcmp(check, raw + MARK_KEY_SIZE, CHECK) != 0)
		return error_set(err, ERROR_SYNTAX, "is a mark key with a typing error: its checksum is wrong");
	memcpy(key, raw, MARK_KEY_SIZE);
	sodium_memzero(raw, sizeof raw);
	return 0;
}

void
mark_key_format(const uint8_t key[static MARK_KEY_SIZE], char *text)
{
	uint8_t raw[MARK_KEY_SIZE + CHECK];

	memcpy(raw, key, MARK_KEY_SIZE);
	check_of(key, raw + MARK_KEY_SIZE);
	memcpy(text, PREFIX, sizeof PREFIX - 1);
	sodium_bin2base64(text + sizeof PREFIX - 1, MARK_KEY_TEXT - (sizeof PREFIX - 1), raw, sizeof raw, VARIANT);
	sodium_memzero(raw, sizeof raw);
}
