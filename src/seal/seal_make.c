/* Sealing: the same layout that seal_file.c reads, a new data key each time. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/secret.h"
#include "seal/seal_crypt.h"
#include "seal/seal_file.h"
#include "seal/seal_sign.h"
#include "seal/seal_status.h"
#include "seal/seal_text.h"

/* A recipient under its id. */
struct recipient {
	uint8_t id[SEAL_ID_BYTES];
	uint8_t key[SEAL_KEY_BYTES];
};

static int
by_id(const void *a, const void *b)
{
	return memcmp(((const struct recipient *)a)->id, ((const struct recipient *)b)->id, SEAL_ID_BYTES);
}

static enum seal_status
check_header(const struct seal_header *h)
{
	if (!memchr(h->name, 0, sizeof h->name) || !seal_text_name(bytes_of(h->name)))
		return SEAL_NAME;
	if (!memchr(h->scope, 0, sizeof h->scope) || !seal_text_scope(bytes_of(h->scope), true))
		return SEAL_SCOPE;
	if (h->version < 1 || h->version > SEAL_VERSION_MAX)
		return SEAL_VERSION;
	if (h->expires < 0 || (h->expires != SEAL_NEVER && h->expires > 253402300799))
		return SEAL_EXPIRES;
	return h->mode == 0400 || h->mode == 0440 || h->mode == 0444 ? SEAL_OK : SEAL_MODE;
}

static enum seal_status
sort_recipients(const uint8_t *keys, size_t count, struct recipient *out)
{
	if (count < 1 || count > SEAL_RECIPIENTS_MAX)
		return SEAL_STANZA_COUNT;
	for (size_t i = 0; i < count; i++) {
		memcpy(out[i].key, keys + i * SEAL_KEY_BYTES, SEAL_KEY_BYTES);
		if (!seal_key_is_sound(SEAL_KEY_RECIPIENT, out[i].key))
			return SEAL_KEY_WEAK;
		seal_key_id(out[i].key, out[i].id);
	}
	qsort(out, count, sizeof *out, by_id);
	for (size_t i = 1; i < count; i++)
		if (by_id(&out[i - 1], &out[i]) == 0)
			return SEAL_STANZA_DUPLICATE;
	return SEAL_OK;
}

/* the stanzas and the MAC line */
static void
add_recipients(struct buf *out, const struct seal_crypt *keys, const struct recipient *r, size_t count)
{
	uint8_t body[SEAL_WRAP], mac[32];

	for (size_t i = 0; i < count; i++) {
		seal_crypt_wrap(keys, r[i].key, body);
		buf_adds(out, SEAL_STANZA_START);
		seal_text_add64(out, r[i].id, sizeof r[i].id);
		buf_addc(out, ' ');
		seal_text_add64(out, body, sizeof body);
		buf_addc(out, '\n');
	}
	buf_adds(out, "---");
	seal_crypt_mac(keys, (const char *)out->at, out->len, mac);
	buf_addc(out, ' ');
	seal_text_add64(out, mac, sizeof mac);
	buf_addc(out, '\n');
}

/* the encrypted value as lines of base64 */
static int
add_payload(struct buf *out, const struct seal_crypt *keys, const struct buf *header, const uint8_t *value, size_t len)
{
	const size_t padded = (len / SEAL_PAD + 1) * SEAL_PAD, raw_len = seal_file_raw_len(padded);
	uint8_t *plain = secret_new(padded), *raw = malloc(raw_len);
	struct buf text;
	size_t ignored;

	buf_init(&text);
	if (plain && raw) {
		memcpy(plain, value, len);
		sodium_pad(&ignored, plain, len, SEAL_PAD, padded);
		seal_crypt_push(keys, (const char *)header->at, header->len, plain, padded, raw);
		seal_text_add64(&text, raw, raw_len);
	}
	for (size_t i = 0; i < text.len; i += SEAL_LINE_CHARS) {
		buf_add(out, text.at + i, text.len - i < SEAL_LINE_CHARS ? text.len - i : SEAL_LINE_CHARS);
		buf_addc(out, '\n');
	}
	out->failed |= text.failed || !plain || !raw;
	secret_free(plain);
	free(raw);
	buf_done(&text);
	return out->failed ? -1 : 0;
}

/* header, signature, payload, in this order */
static void
join(struct buf *header, const struct buf *payload, const uint8_t seed[static SEAL_KEY_BYTES])
{
	uint8_t hash[SEAL_SIGN_HASH], signature[SEAL_SIGNATURE_BYTES];

	seal_sign_hash((const char *)header->at, header->len, (const char *)payload->at, payload->len, hash);
	seal_sign_make(SEAL_SIGN_FILE, hash, seed, signature);
	buf_adds(header, "sig: ");
	seal_text_add64(header, signature, sizeof signature);
	buf_addc(header, '\n');
	buf_add(header, payload->at, payload->len);
}

enum seal_status
seal_make(const struct seal_header *asked, const uint8_t *recipients, size_t count, const uint8_t signer[static SEAL_KEY_BYTES],
    const uint8_t *value, size_t value_len, char **text, size_t *len, struct error *err)
{
	struct seal_header header = *asked;
	struct recipient sorted[SEAL_RECIPIENTS_MAX];
	struct buf out, payload;
	struct seal_crypt *keys;
	enum seal_status s = check_header(asked);

	if (s == SEAL_OK)
		s = sort_recipients(recipients, count, sorted);
	if (s == SEAL_OK && value_len > SEAL_VALUE_MAX)
		s = SEAL_PLAINTEXT_SIZE;
	if (s != SEAL_OK)
		return seal_status_refuse(err, s, NULL);
	keys = (struct seal_crypt *)(void *)secret_new(sizeof *keys);
	if (!keys)
		return seal_status_memory(err);
	buf_init(&out);
	buf_init(&payload);
	seal_key_public(SEAL_KEY_SIGNER, signer, header.from);
	seal_file_add_bound(&out, &header);
	randombytes_buf(keys->data, sizeof keys->data);
	seal_crypt_derive(keys);
	if (!out.failed)
		seal_crypt_bind(keys, (const char *)out.at, out.len);
	add_recipients(&out, keys, sorted, count);
	if (!out.failed && add_payload(&payload, keys, &out, value, value_len) == 0)
		join(&out, &payload, signer);
	else
		out.failed = true;
	secret_free(keys);
	buf_done(&payload);
	*len = out.len;
	s = out.failed ? SEAL_IO : SEAL_OK;
	*text = s == SEAL_OK ? buf_steal(&out) : NULL;
	buf_done(&out);
	return *text ? SEAL_OK : seal_status_memory(err);
}

/* whether every scope that b covers is covered by a */
enum seal_status
seal_narrows(const struct seal_header *old, const struct seal_header *new, struct error *err)
{
	if (!seal_scope_covers(old->scope, new->scope))
		return seal_status_refuse(err, SEAL_WIDENING, "the scope");
	if (new->mode & ~old->mode)
		return seal_status_refuse(err, SEAL_WIDENING, "the mode");
	if (new->expires > old->expires)
		return seal_status_refuse(err, SEAL_WIDENING, "the expiry");
	return SEAL_OK;
}
