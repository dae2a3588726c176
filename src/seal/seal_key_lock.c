/* Keys with a passphrase: salt, cost, nonce, box and checksum. Apart, so that stanch-init carries no Argon2id. */
#include <sodium.h>
#include <string.h>

#include "base/secret.h"
#include "seal/seal_key.h"
#include "seal/seal_status.h"
#include "seal/seal_text.h"

#define VARIANT sodium_base64_VARIANT_ORIGINAL_NO_PADDING
#define BOX (SEAL_KEY_BYTES + crypto_secretbox_MACBYTES)

/* the raw bytes of a locked key, in their order */
struct locked {
	uint8_t salt[crypto_pwhash_SALTBYTES];
	uint8_t opslimit[2], log2_memory[2];
	uint8_t nonce[crypto_secretbox_NONCEBYTES];
	uint8_t box[BOX];
	uint8_t check[SEAL_KEY_CHECK];
};

_Static_assert(sizeof(struct locked) == 96, "no padding");

static unsigned
get16(const uint8_t b[static 2])
{
	return b[0] | (unsigned)b[1] << 8;
}

static void
put16(uint8_t b[static 2], unsigned n)
{
	b[0] = n & 0xff;
	b[1] = n >> 8 & 0xff;
}

static bool
is_bounded(unsigned opslimit, unsigned log2_memory)
{
	return opslimit >= 1 && opslimit <= 16 && log2_memory >= 23 && log2_memory <= 30;
}

/* the key of the box; 0, or -1 when there is no memory */
static int
stretch(const struct locked *l, const char *passphrase, size_t len, uint8_t key[static SEAL_KEY_BYTES])
{
	return crypto_pwhash(key, SEAL_KEY_BYTES, passphrase, len, l->salt, get16(l->opslimit),
	    (size_t)1 << get16(l->log2_memory), crypto_pwhash_ALG_ARGON2ID13);
}

static enum seal_status
parse(enum seal_key_kind kind, const char *text, size_t len, struct locked *l)
{
	const struct bytes line = seal_key_line(text, len);
	const char *prefix = seal_key_locked_prefix(kind);
	uint8_t check[SEAL_KEY_CHECK];

	if (!prefix || !bytes_starts(line, prefix))
		return SEAL_KEY_TEXT;
	if (!seal_text_base64(bytes_cut(line, strlen(prefix), line.len), (uint8_t *)l, sizeof *l))
		return SEAL_KEY_TEXT;
	seal_key_check(prefix, (const uint8_t *)l, sizeof *l - SEAL_KEY_CHECK, check);
	if (sodium_memcmp(check, l->check, sizeof check) != 0)
		return SEAL_KEY_CHECKSUM;
	return is_bounded(get16(l->opslimit), get16(l->log2_memory)) ? SEAL_OK : SEAL_KEY_TEXT;
}

enum seal_status
seal_key_unlock(enum seal_key_kind kind, const char *text, size_t len, const char *passphrase, size_t passphrase_len,
    uint8_t key[static SEAL_KEY_BYTES], struct error *err)
{
	struct locked l;
	uint8_t *box_key;
	enum seal_status s = parse(kind, text, len, &l);

	if (s != SEAL_OK)
		return seal_status_refuse(err, s, NULL);
	box_key = secret_new(SEAL_KEY_BYTES);
	if (!box_key || stretch(&l, passphrase, passphrase_len, box_key) < 0)
		s = seal_status_memory(err);
	else if (crypto_secretbox_open_easy(key, l.box, sizeof l.box, l.nonce, box_key) < 0)
		s = seal_status_refuse(err, SEAL_PASSPHRASE, NULL);
	secret_free(box_key);
	return s;
}

enum seal_status
seal_key_lock(enum seal_key_kind kind, const uint8_t key[static SEAL_KEY_BYTES], const char *passphrase, size_t passphrase_len,
    unsigned opslimit, unsigned log2_memory, char text[static SEAL_KEY_TEXT_MAX], struct error *err)
{
	const char *prefix = seal_key_locked_prefix(kind);
	const size_t n = prefix ? strlen(prefix) : 0;
	uint8_t *box_key;
	struct locked l;
	int r;

	opslimit = opslimit ? opslimit : 3;
	log2_memory = log2_memory ? log2_memory : 26;
	if (!prefix || passphrase_len == 0 || !is_bounded(opslimit, log2_memory))
		return seal_status_refuse(err, SEAL_USAGE, "a passphrase must not be empty, and fits identities and signers only");
	randombytes_buf(l.salt, sizeof l.salt);
	put16(l.opslimit, opslimit);
	put16(l.log2_memory, log2_memory);
	randombytes_buf(l.nonce, sizeof l.nonce);
	box_key = secret_new(SEAL_KEY_BYTES);
	r = box_key ? stretch(&l, passphrase, passphrase_len, box_key) : -1;
	if (r == 0)
		crypto_secretbox_easy(l.box, key, SEAL_KEY_BYTES, l.nonce, box_key);
	secret_free(box_key);
	if (r < 0)
		return seal_status_memory(err);
	seal_key_check(prefix, (const uint8_t *)&l, sizeof l - SEAL_KEY_CHECK, l.check);
	memcpy(text, prefix, n);
	sodium_bin2base64(text + n, SEAL_KEY_TEXT_MAX - n, (const uint8_t *)&l, sizeof l, VARIANT);
	return SEAL_OK;
}
