#include "seal/seal_key.h"

#include <sodium.h>
#include <string.h>

#include "seal/seal_status.h"
#include "seal/seal_text.h"

#define VARIANT sodium_base64_VARIANT_ORIGINAL_NO_PADDING

static const struct {
	const char *prefix, *locked;
} kinds[] = {
	[SEAL_KEY_RECIPIENT] = { "stanch1", NULL },
	[SEAL_KEY_IDENTITY] = { "STANCH-IDENTITY-1", "STANCH-IDENTITY-P1" },
	[SEAL_KEY_VERIFIER] = { "stanchsign1", NULL },
	[SEAL_KEY_SIGNER] = { "STANCH-SIGNER-1", "STANCH-SIGNER-P1" },
	[SEAL_KEY_MARK] = { "STANCH-MARK-1", NULL },
};

int
seal_init(void)
{
	return sodium_init() < 0 ? -1 : 0;
}

const char *
seal_key_prefix(enum seal_key_kind kind)
{
	return kinds[kind].prefix;
}

const char *
seal_key_locked_prefix(enum seal_key_kind kind)
{
	return kinds[kind].locked;
}

void
seal_key_check(const char *prefix, const uint8_t *at, size_t n, uint8_t check[static SEAL_KEY_CHECK])
{
	crypto_generichash_state state;
	uint8_t hash[32];

	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	crypto_generichash_update(&state, (const uint8_t *)prefix, strlen(prefix));
	crypto_generichash_update(&state, at, n);
	crypto_generichash_final(&state, hash, sizeof hash);
	memcpy(check, hash, SEAL_KEY_CHECK);
	sodium_memzero(&state, sizeof state);
	sodium_memzero(hash, sizeof hash);
}

struct bytes
seal_key_line(const char *text, size_t len)
{
	const struct bytes b = { (const uint8_t *)text, len };

	return b.len && b.at[b.len - 1] == '\n' ? bytes_cut(b, 0, b.len - 1) : b;
}

bool
seal_key_is_locked(const char *text, size_t len)
{
	const struct bytes line = seal_key_line(text, len);

	return bytes_starts(line, kinds[SEAL_KEY_IDENTITY].locked) || bytes_starts(line, kinds[SEAL_KEY_SIGNER].locked);
}

/* X25519: below the prime, and not of low order, with which every shared secret is zero */
static bool
is_recipient(const uint8_t key[static SEAL_KEY_BYTES])
{
	static const uint8_t prime[SEAL_KEY_BYTES] = { 0xed, [1 ... 30] = 0xff, 0x7f };
	static const uint8_t scalar[SEAL_KEY_BYTES] = { 8, [31] = 0x40 };
	uint8_t shared[SEAL_KEY_BYTES];

	return sodium_compare(key, prime, sizeof prime) < 0 && crypto_scalarmult(shared, scalar, key) == 0;
}

bool
seal_key_is_sound(enum seal_key_kind kind, const uint8_t key[static SEAL_KEY_BYTES])
{
	if (kind == SEAL_KEY_RECIPIENT)
		return is_recipient(key);
	return kind != SEAL_KEY_VERIFIER || crypto_core_ed25519_is_valid_point(key) == 1;
}

enum seal_status
seal_key_parse(enum seal_key_kind kind, const char *text, size_t len, uint8_t key[static SEAL_KEY_BYTES], struct error *err)
{
	const struct bytes line = seal_key_line(text, len);
	const char *prefix = kinds[kind].prefix;
	uint8_t raw[SEAL_KEY_BYTES + SEAL_KEY_CHECK] = { 0 }, check[SEAL_KEY_CHECK];
	enum seal_status s = SEAL_OK;

	if (kinds[kind].locked && bytes_starts(line, kinds[kind].locked))
		return seal_status_refuse(err, SEAL_KEY_TEXT, "a key with a passphrase can't be used here");
	if (!bytes_starts(line, prefix) || !seal_text_base64(bytes_cut(line, strlen(prefix), line.len), raw, sizeof raw))
		s = SEAL_KEY_TEXT;
	seal_key_check(prefix, raw, s == SEAL_OK ? SEAL_KEY_BYTES : 0, check);
	if (s == SEAL_OK && sodium_memcmp(check, raw + SEAL_KEY_BYTES, sizeof check) != 0)
		s = SEAL_KEY_CHECKSUM;
	if (s == SEAL_OK && !seal_key_is_sound(kind, raw))
		s = SEAL_KEY_WEAK;
	if (s == SEAL_OK)
		memcpy(key, raw, SEAL_KEY_BYTES);
	sodium_memzero(raw, sizeof raw);
	return s == SEAL_OK ? s : seal_status_refuse(err, s, "it should begin with %s", prefix);
}

void
seal_key_format(enum seal_key_kind kind, const uint8_t key[static SEAL_KEY_BYTES], char text[static SEAL_KEY_TEXT_MAX])
{
	const char *prefix = kinds[kind].prefix;
	const size_t n = strlen(prefix);
	uint8_t raw[SEAL_KEY_BYTES + SEAL_KEY_CHECK];

	memcpy(raw, key, SEAL_KEY_BYTES);
	seal_key_check(prefix, key, SEAL_KEY_BYTES, raw + SEAL_KEY_BYTES);
	memcpy(text, prefix, n);
	sodium_bin2base64(text + n, SEAL_KEY_TEXT_MAX - n, raw, sizeof raw, VARIANT);
	sodium_memzero(raw, sizeof raw);
}

void
seal_key_random(enum seal_key_kind kind, uint8_t key[static SEAL_KEY_BYTES])
{
	(void)kind;
	randombytes_buf(key, SEAL_KEY_BYTES);
}

void
seal_key_public(enum seal_key_kind kind, const uint8_t secret[static SEAL_KEY_BYTES], uint8_t key[static SEAL_KEY_BYTES])
{
	uint8_t pair[crypto_sign_SECRETKEYBYTES];

	if (kind != SEAL_KEY_SIGNER) {
		crypto_scalarmult_base(key, secret);
		return;
	}
	crypto_sign_seed_keypair(key, pair, secret);
	sodium_memzero(pair, sizeof pair);
}

void
seal_key_id(const uint8_t recipient[static SEAL_KEY_BYTES], uint8_t id[static SEAL_ID_BYTES])
{
	uint8_t hash[32];

	crypto_generichash(hash, sizeof hash, recipient, SEAL_KEY_BYTES, NULL, 0);
	memcpy(id, hash, SEAL_ID_BYTES);
}
