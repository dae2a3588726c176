/* seal_sign.h: signatures of sealed files and sets. */
#ifndef SEAL_SEAL_SIGN_H
#define SEAL_SEAL_SIGN_H

#include <stanch/seal.h>

#define SEAL_SIGN_HASH 64
#define SEAL_SIGN_FILE "stanch-sealed/v1 signature\n"
#define SEAL_SIGN_SET "stanch-set/v1 signature\n"

/* BLAKE2b-512 of two stretches in a row. */
void seal_sign_hash(const char *a, size_t a_len, const char *b, size_t b_len, uint8_t hash[static SEAL_SIGN_HASH]);

/* Over context and hash, with the key of a seed. */
void seal_sign_make(const char *context, const uint8_t hash[static SEAL_SIGN_HASH], const uint8_t seed[static SEAL_KEY_BYTES],
	uint8_t signature[static SEAL_SIGNATURE_BYTES]);
bool seal_sign_holds(const char *context, const uint8_t hash[static SEAL_SIGN_HASH], const uint8_t verifier[static SEAL_KEY_BYTES],
	const uint8_t signature[static SEAL_SIGNATURE_BYTES]);

#endif
