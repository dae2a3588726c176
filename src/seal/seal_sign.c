#include "seal/seal_sign.h"

#include <sodium.h>
#include <string.h>

/* the longer of the contexts, and a hash */
struct message {
	uint8_t at[sizeof SEAL_SIGN_FILE + SEAL_SIGN_HASH];
	size_t len;
};

void
seal_sign_hash(const char *a, size_t a_len, const char *b, size_t b_len, uint8_t hash[static SEAL_SIGN_HASH])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, SEAL_SIGN_HASH);
	crypto_generichash_update(&state, (const uint8_t *)a, a_len);
	crypto_generichash_update(&state, (const uint8_t *)b, b_len);
	crypto_generichash_final(&state, hash, SEAL_SIGN_HASH);
}

/* the context stands outside the hash: a bare hash can be had from any service that signs hashes */
static struct message
message_of(const char *context, const uint8_t hash[static SEAL_SIGN_HASH])
{
	struct message m = { .len = strlen(context) };

	memcpy(m.at, context, m.len);
	memcpy(m.at + m.len, hash, SEAL_SIGN_HASH);
	m.len += SEAL_SIGN_HASH;
	return m;
}

void
seal_sign_make(const char *context, const uint8_t hash[static SEAL_SIGN_HASH], const uint8_t seed[static SEAL_KEY_BYTES],
    uint8_t signature[static SEAL_SIGNATURE_BYTES])
{
	const struct message m = message_of(context, hash);
	uint8_t public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];

	crypto_sign_seed_keypair(public, secret, seed);
	crypto_sign_detached(signature, NULL, m.at, m.len, secret);
	sodium_memzero(secret, sizeof secret);
}

bool
seal_sign_holds(const char *context, const uint8_t hash[static SEAL_SIGN_HASH], const uint8_t verifier[static SEAL_KEY_BYTES],
    const uint8_t signature[static SEAL_SIGNATURE_BYTES])
{
	const struct message m = message_of(context, hash);

	return crypto_sign_verify_detached(signature, m.at, m.len, verifier) == 0;
}
