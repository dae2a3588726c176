/* Sealed files with one thing wrong inside, and a sound signature over it. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "seal/seal_crypt.h"
#include "seal/seal_file.h"
#include "seal/seal_sign.h"
#include "seal/seal_text.h"
#include "vectors.h"

const uint8_t *
vectors_key(uint8_t byte)
{
	static uint8_t keys[256][SEAL_KEY_BYTES];

	memset(keys[byte], byte, SEAL_KEY_BYTES);
	return keys[byte];
}

struct recipient {
	uint8_t id[SEAL_ID_BYTES], key[SEAL_KEY_BYTES];
};

static int
by_id(const void *a, const void *b)
{
	return memcmp(a, b, SEAL_ID_BYTES);
}

static void
add_stanzas(struct buf *out, const struct forgery *f, struct seal_crypt keys)
{
	struct recipient r[SEAL_RECIPIENTS_MAX + 1];
	const unsigned count = f->recipients ? f->recipients : 1;
	uint8_t body[SEAL_WRAP];

	for (unsigned i = 0; i < count; i++) {
		seal_key_public(SEAL_KEY_IDENTITY, vectors_key((uint8_t)(i + 2)), r[i].key);
		seal_key_id(r[i].key, r[i].id);
	}
	qsort(r, count, sizeof *r, by_id);
	if (f->wrap_other_key)
		keys.data[0] ^= 1;
	if (f->wrap_other_header)
		keys.bound[0] ^= 1;
	for (unsigned i = 0; i < count; i++) {
		seal_crypt_wrap(&keys, r[i].key, body);
		if (f->wrap_broken)
			body[40] ^= 1;
		buf_adds(out, SEAL_STANZA_START);
		seal_text_add64(out, r[i].id, sizeof r[i].id);
		buf_addc(out, ' ');
		seal_text_add64(out, body, sizeof body);
		buf_addc(out, '\n');
	}
}

static uint8_t
tag_of(const struct forgery *f, size_t chunk, bool last)
{
	const uint8_t sound = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;

	return !f->tags_set || f->tags[chunk] == 254 ? sound : f->tags[chunk];
}

static void
add_payload(struct buf *out, const struct forgery *f, const struct seal_crypt *keys, const struct buf *header, const uint8_t *plain, size_t n)
{
	crypto_secretstream_xchacha20poly1305_state state;
	uint8_t *raw = malloc(seal_file_raw_len(n)), *at = raw, ad[32];
	struct buf text;

	crypto_generichash(ad, sizeof ad, header->at, header->len, NULL, 0);
	ad[0] ^= f->ad_other;
	crypto_secretstream_xchacha20poly1305_init_push(&state, at, keys->payload);
	at += SEAL_STREAM_HEADER;
	for (size_t i = 0; i < n; i += SEAL_CHUNK) {
		const size_t len = n - i < SEAL_CHUNK ? n - i : SEAL_CHUNK;

		crypto_secretstream_xchacha20poly1305_push(&state, at, NULL, plain + i, len, ad, sizeof ad,
		    tag_of(f, i / SEAL_CHUNK, i + len == n));
		at += len + SEAL_CHUNK_OVER;
	}
	if (f->stream_broken)
		at[-1] ^= 1;
	buf_init(&text);
	seal_text_add64(&text, raw, seal_file_raw_len(n));
	for (size_t i = 0; i < text.len; i += SEAL_LINE_CHARS) {
		buf_add(out, text.at + i, text.len - i < SEAL_LINE_CHARS ? text.len - i : SEAL_LINE_CHARS);
		buf_addc(out, '\n');
	}
	buf_done(&text);
	free(raw);
}

void
vectors_resign(struct buf *b, uint8_t signer)
{
	const struct bytes text = { b->at, b->len };
	const size_t header = bytes_find(text, bytes_of("\nsig: ")) + 1;
	const size_t payload = header + bytes_find(bytes_cut(text, header, text.len), bytes_of("\n")) + 1;
	uint8_t hash[SEAL_SIGN_HASH], signature[SEAL_SIGNATURE_BYTES];
	struct buf out;

	buf_init(&out);
	seal_sign_hash((const char *)b->at, header, (const char *)b->at + payload, b->len - payload, hash);
	seal_sign_make(SEAL_SIGN_FILE, hash, vectors_key(signer), signature);
	buf_add(&out, b->at, header);
	buf_adds(&out, "sig: ");
	seal_text_add64(&out, signature, sizeof signature);
	buf_addc(&out, '\n');
	buf_add(&out, b->at + payload, b->len - payload);
	buf_done(b);
	*b = out;
}

static struct seal_header
header_of(const struct forgery *f)
{
	struct seal_header h = { .version = f->version ? f->version : 7, .expires = SEAL_NEVER, .mode = 0400 };

	strcpy(h.name, f->name ? f->name : "db/password");
	strcpy(h.scope, f->scope ? f->scope : "prod/payments/api");
	if (f->expires)
		seal_date_parse(f->expires, strlen(f->expires), &h.expires);
	if (f->mode)
		h.mode = (unsigned)strtoul(f->mode, NULL, 8);
	seal_key_public(SEAL_KEY_SIGNER, vectors_key(f->signer ? (uint8_t)f->signer : 1), h.from);
	return h;
}

struct buf
vectors_forge(const struct forgery *f)
{
	static const uint8_t usual[64] = "correct horse battery staple\n\x80";
	const struct seal_header h = header_of(f);
	struct seal_crypt keys;
	struct buf out, payload;
	uint8_t mac[32];

	buf_init(&out);
	buf_init(&payload);
	seal_file_add_bound(&out, &h);
	randombytes_buf(keys.data, sizeof keys.data);
	seal_crypt_derive(&keys);
	seal_crypt_bind(&keys, (const char *)out.at, out.len);
	add_stanzas(&out, f, keys);
	buf_adds(&out, "---");
	seal_crypt_mac(&keys, (const char *)out.at, out.len, mac);
	mac[0] ^= f->mac_broken;
	buf_addc(&out, ' ');
	seal_text_add64(&out, mac, sizeof mac);
	buf_addc(&out, '\n');
	add_payload(&payload, f, &keys, &out, f->plain ? f->plain : usual, f->plain ? f->plain_len : sizeof usual);
	buf_adds(&out, "sig: -\n");
	buf_add(&out, payload.at, payload.len);
	buf_done(&payload);
	vectors_resign(&out, f->signer ? (uint8_t)f->signer : 1);
	if (f->signature_broken) {
		uint8_t *sig = out.at + bytes_find((struct bytes){ out.at, out.len }, bytes_of("\nsig: ")) + 20;

		*sig = *sig == 'A' ? 'B' : 'A';
	}
	return out;
}
