#include "seal/seal_crypt.h"

#include <sodium.h>
#include <string.h>

#define HASH 32

void
seal_crypt_wrap(const struct seal_crypt *k, const uint8_t recipient[static SEAL_KEY_BYTES], uint8_t body[static SEAL_WRAP])
{
	/* data and bound stand in a row */
	crypto_box_seal(body, k->data, sizeof k->data + sizeof k->bound, recipient);
}

bool
seal_crypt_unwrap(struct seal_crypt *k, const uint8_t body[static SEAL_WRAP], const uint8_t recipient[static SEAL_KEY_BYTES],
    const uint8_t identity[static SEAL_KEY_BYTES])
{
	return crypto_box_seal_open(k->data, body, SEAL_WRAP, recipient, identity) == 0;
}

void
seal_crypt_bind(struct seal_crypt *k, const char *text, size_t bound_len)
{
	crypto_generichash(k->bound, sizeof k->bound, (const uint8_t *)text, bound_len, NULL, 0);
}

bool
seal_crypt_is_bound(const struct seal_crypt *k, const char *text, size_t bound_len)
{
	uint8_t hash[HASH];

	crypto_generichash(hash, sizeof hash, (const uint8_t *)text, bound_len, NULL, 0);
	return sodium_memcmp(hash, k->bound, sizeof hash) == 0;
}

void
seal_crypt_derive(struct seal_crypt *k)
{
	crypto_kdf_derive_from_key(k->mac, sizeof k->mac, 1, "stanch-1", k->data);
	crypto_kdf_derive_from_key(k->payload, sizeof k->payload, 2, "stanch-1", k->data);
}

void
seal_crypt_mac(const struct seal_crypt *k, const char *text, size_t len, uint8_t mac[static 32])
{
	crypto_generichash(mac, HASH, (const uint8_t *)text, len, k->mac, sizeof k->mac);
}

bool
seal_crypt_mac_holds(const struct seal_crypt *k, const char *text, size_t len, const uint8_t mac[static 32])
{
	uint8_t right[HASH];

	seal_crypt_mac(k, text, len, right);
	return sodium_memcmp(right, mac, sizeof right) == 0;
}

void
seal_crypt_push(const struct seal_crypt *k, const char *header, size_t header_len, const uint8_t *padded, size_t padded_len,
    uint8_t *raw)
{
	crypto_secretstream_xchacha20poly1305_state state;
	uint8_t ad[HASH];

	crypto_generichash(ad, sizeof ad, (const uint8_t *)header, header_len, NULL, 0);
	crypto_secretstream_xchacha20poly1305_init_push(&state, raw, k->payload);
	raw += SEAL_STREAM_HEADER;
	for (size_t at = 0; at < padded_len; at += SEAL_CHUNK) {
		const bool last = padded_len - at <= SEAL_CHUNK;
		const size_t n = last ? padded_len - at : SEAL_CHUNK;

		crypto_secretstream_xchacha20poly1305_push(&state, raw, NULL, padded + at, n, ad, sizeof ad,
		    last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
		raw += n + SEAL_CHUNK_OVER;
	}
	sodium_memzero(&state, sizeof state);
}

/* whether this tag may stand here */
static enum seal_status
judge_tag(uint8_t tag, bool last)
{
	if (tag != crypto_secretstream_xchacha20poly1305_TAG_MESSAGE && tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL)
		return SEAL_STREAM_TAG;
	if ((tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL) == last)
		return SEAL_OK;
	return last ? SEAL_FINAL_MISSING : SEAL_FINAL_EARLY;
}

enum seal_status
seal_crypt_pull(const struct seal_crypt *k, const char *header, size_t header_len, const uint8_t *raw, uint8_t *padded,
    size_t padded_len)
{
	crypto_secretstream_xchacha20poly1305_state state;
	enum seal_status s = SEAL_OK;
	uint8_t ad[HASH], tag;

	crypto_generichash(ad, sizeof ad, (const uint8_t *)header, header_len, NULL, 0);
	if (crypto_secretstream_xchacha20poly1305_init_pull(&state, raw, k->payload) != 0)
		return SEAL_STREAM;
	raw += SEAL_STREAM_HEADER;
	for (size_t at = 0; s == SEAL_OK && at < padded_len; at += SEAL_CHUNK) {
		const bool last = padded_len - at <= SEAL_CHUNK;
		const size_t n = last ? padded_len - at : SEAL_CHUNK;

		if (crypto_secretstream_xchacha20poly1305_pull(&state, padded + at, NULL, &tag, raw, n + SEAL_CHUNK_OVER, ad, sizeof ad) != 0)
			s = SEAL_STREAM;
		else
			s = judge_tag(tag, last);
		raw += n + SEAL_CHUNK_OVER;
	}
	sodium_memzero(&state, sizeof state);
	return s;
}
