/* Verifying and opening, in the one order that gives one cause one status. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "seal/seal_crypt.h"
#include "seal/seal_file.h"
#include "seal/seal_sign.h"
#include "seal/seal_signers.h"
#include "seal/seal_status.h"
#include "seal/seal_text.h"

void
seal_value_free(struct seal_value *v)
{
	secret_free(v->at);
	v->at = NULL;
	v->len = 0;
}

static bool
signature_holds(const struct seal_file *f)
{
	uint8_t hash[SEAL_SIGN_HASH], signature[SEAL_SIGNATURE_BYTES];

	seal_sign_hash(f->text, f->header_len, f->text + f->payload_at, f->len - f->payload_at, hash);
	seal_file_signature(f, signature);
	return seal_sign_holds(SEAL_SIGN_FILE, hash, f->header.from, signature);
}

static bool
recipient_revoked(const struct seal_file *f, const struct seal_signers *signers)
{
	uint8_t id[SEAL_ID_BYTES];

	for (unsigned i = 0; i < f->recipients; i++) {
		seal_file_recipient(f, i, id);
		if (seal_signers_revoked_id(signers, id))
			return true;
	}
	return false;
}

static enum seal_status
verify(const struct seal_file *f, const struct seal_signers *signers, const struct seal_asked *asked)
{
	const struct seal_header *h = &f->header;
	enum seal_status s;

	if (asked->name && strcmp(asked->name, h->name) != 0)
		return SEAL_NAME_MISMATCH;
	if (asked->scope && !seal_scope_covers(h->scope, asked->scope))
		return SEAL_SCOPE_MISMATCH;
	if (asked->now < SEAL_CLOCK_LEAST)
		return SEAL_CLOCK;
	s = seal_signers_judge(signers, h->from, SEAL_MAY_SEAL, h->scope, h->name, asked->now);
	if (s != SEAL_OK)
		return s;
	if (!signature_holds(f))
		return SEAL_SIGNATURE;
	if (recipient_revoked(f, signers))
		return SEAL_RECIPIENT_REVOKED;
	if (h->expires != SEAL_NEVER && asked->now >= h->expires)
		return SEAL_EXPIRED;
	return h->version < asked->min_version ? SEAL_VERSION_FLOOR : SEAL_OK;
}

enum seal_status
seal_verify(const struct seal_file *f, const struct seal_signers *signers, const struct seal_asked *asked, struct error *err)
{
	const enum seal_status s = verify(f, signers, asked);

	return s == SEAL_OK ? s : seal_status_refuse(err, s, NULL);
}

/* opens the stanza of the first identity that has one, into keys->data */
static enum seal_status
unwrap(const struct seal_file *f, const uint8_t *identities, size_t count, struct seal_crypt *keys)
{
	uint8_t public[SEAL_KEY_BYTES], id[SEAL_ID_BYTES], stanza[SEAL_ID_BYTES], wrap[SEAL_WRAP];

	for (size_t k = 0; k < count; k++) {
		seal_key_public(SEAL_KEY_IDENTITY, identities + k * SEAL_KEY_BYTES, public);
		seal_key_id(public, id);
		for (unsigned i = 0; i < f->recipients; i++) {
			seal_file_recipient(f, i, stanza);
			if (memcmp(id, stanza, sizeof id) != 0)
				continue;
			seal_file_wrap(f, i, wrap);
			return seal_crypt_unwrap(keys, wrap, public, identities + k * SEAL_KEY_BYTES) ? SEAL_OK : SEAL_UNWRAP;
		}
	}
	return SEAL_NOT_RECIPIENT;
}

static enum seal_status
decrypt(const struct seal_file *f, struct seal_crypt *keys, struct seal_value *out)
{
	const size_t raw_len = seal_file_raw_len(f->padded_len);
	uint8_t mac[32], *raw;
	enum seal_status s;
	size_t len;

	if (!seal_crypt_is_bound(keys, f->text, f->bound_len))
		return SEAL_BINDING;
	seal_file_mac(f, mac);
	seal_crypt_derive(keys);
	if (!seal_crypt_mac_holds(keys, f->text, f->mac_at + 3, mac))
		return SEAL_MAC;
	raw = malloc(raw_len);
	out->at = secret_new(f->padded_len);
	if (!raw || !out->at || sodium_base642bin(raw, raw_len, f->text + f->payload_at, f->len - f->payload_at, "\n", &len, NULL,
	                            sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0 || len != raw_len)
		s = SEAL_IO;
	else
		s = seal_crypt_pull(keys, f->text, f->header_len, raw, out->at, f->padded_len);
	free(raw);
	if (s != SEAL_OK)
		return s;
	if (sodium_unpad(&out->len, out->at, f->padded_len, SEAL_PAD) != 0)
		return SEAL_PADDING;
	return out->len > SEAL_VALUE_MAX ? SEAL_PLAINTEXT_SIZE : SEAL_OK;
}

enum seal_status
seal_open(const struct seal_file *f, const struct seal_signers *signers, const struct seal_asked *asked, const uint8_t *identities,
    size_t count, struct seal_value *out, struct error *err)
{
	struct seal_value value = { 0 };
	struct seal_crypt *keys;
	enum seal_status s = seal_verify(f, signers, asked, err);

	if (s != SEAL_OK)
		return s;
	if (count > SEAL_IDENTITIES_MAX)
		return seal_status_refuse(err, SEAL_USAGE, "more than 8 identities");
	keys = (struct seal_crypt *)(void *)secret_new(sizeof *keys);
	if (!keys)
		return seal_status_memory(err);
	s = unwrap(f, identities, count, keys);
	if (s == SEAL_OK)
		s = decrypt(f, keys, &value);
	secret_free(keys);
	if (s == SEAL_OK) {
		*out = value;
		return s;
	}
	seal_value_free(&value);
	return s == SEAL_IO ? seal_status_memory(err) : seal_status_refuse(err, s, NULL);
}
