/* seal_crypt.h: a data key, what follows from it, and the payload's stream. */
#ifndef SEAL_SEAL_CRYPT_H
#define SEAL_SEAL_CRYPT_H

#include <stanch/seal.h>

#include "seal/seal_file.h"

/* The keys of one file; lives in guarded memory. Bytes only, so that any alignment will do. */
struct seal_crypt {
	uint8_t data[32];
	uint8_t bound[32];              /* hash of the header through "from:", as wrapped with the data key */
	uint8_t mac[32], payload[32];
};

/* The data key and header hash for one recipient; false when its stanza doesn't open. */
void seal_crypt_wrap(const struct seal_crypt *, const uint8_t recipient[static SEAL_KEY_BYTES], uint8_t body[static SEAL_WRAP]);
bool seal_crypt_unwrap(struct seal_crypt *, const uint8_t body[static SEAL_WRAP], const uint8_t recipient[static SEAL_KEY_BYTES],
	const uint8_t identity[static SEAL_KEY_BYTES]);

/* Sets bound; or says whether it is of this header. */
void seal_crypt_bind(struct seal_crypt *, const char *text, size_t bound_len);
bool seal_crypt_is_bound(const struct seal_crypt *, const char *text, size_t bound_len);

/* Derives mac and payload from data. */
void seal_crypt_derive(struct seal_crypt *);

void seal_crypt_mac(const struct seal_crypt *, const char *text, size_t len, uint8_t mac[static 32]);
bool seal_crypt_mac_holds(const struct seal_crypt *, const char *text, size_t len, const uint8_t mac[static 32]);

/* Encrypts a padded plaintext; raw has room for seal_file_raw_len(). */
void seal_crypt_push(const struct seal_crypt *, const char *header, size_t header_len, const uint8_t *padded, size_t padded_len,
	uint8_t *raw);

/* Decrypts it again; what was written of it on failure is to be thrown away. */
enum seal_status seal_crypt_pull(const struct seal_crypt *, const char *header, size_t header_len, const uint8_t *raw,
	uint8_t *padded, size_t padded_len);

#endif
