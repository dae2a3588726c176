/* fuzz_sealed.c: a sealed file as it comes, and once more with a signature that holds, so that what lies behind is reached. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/seal.h>

#include "base/buf.h"
#include "seal/seal_sign.h"
#include "seal/seal_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* the signer of the seeds, and who it trusts */
static uint8_t seed[SEAL_KEY_BYTES], verifier[SEAL_KEY_BYTES], identity[SEAL_KEY_BYTES];
static struct seal_signers *signers;

static void
begin(void)
{
	struct error err;
	struct buf list;

	if (signers)
		return;
	if (seal_init() < 0)
		abort();
	memset(seed, 1, sizeof seed);
	memset(identity, 2, sizeof identity);
	seal_key_public(SEAL_KEY_SIGNER, seed, verifier);
	buf_init(&list);
	buf_adds(&list, "ed25519 ");
	seal_text_add64(&list, verifier, sizeof verifier);
	buf_adds(&list, " scope=*/*/* name=**\n");
	if (seal_signers_parse((const char *)list.at, list.len, &signers, &err) != SEAL_OK)
		abort();
	buf_done(&list);
}

/* whatever the parser lets through is a text of its own format, and opens or is refused with a sentence */
static void
open_it(const char *text, size_t len)
{
	const struct seal_asked asked = { .now = 1800000000 };
	struct seal_value value = { 0 };
	struct error err = { 0 };
	uint8_t id[SEAL_ID_BYTES];
	struct seal_file f;
	enum seal_status s = seal_file_parse(text, len, &f, &err);

	if (s != SEAL_OK) {
		if (!seal_status_word(s) || !strstr(err.text, seal_status_word(s)))
			abort();
		return;
	}
	if (!seal_is_name(f.header.name, strlen(f.header.name)) || !seal_is_scope(f.header.scope, strlen(f.header.scope), true) ||
	    f.recipients < 1 || f.recipients > SEAL_RECIPIENTS_MAX || f.padded_len % 64 || f.header_len >= len)
		abort();
	for (unsigned i = 0; i < f.recipients; i++)
		seal_file_recipient(&f, i, id);
	s = seal_open(&f, signers, &asked, identity, 1, &value, &err);
	if (s == SEAL_OK ? value.len > SEAL_VALUE_MAX || value.len >= f.padded_len : value.at != NULL)
		abort();
	seal_value_free(&value);
}

static void
open_signed(const char *text, size_t len)
{
	uint8_t hash[SEAL_SIGN_HASH], signature[SEAL_SIGNATURE_BYTES];
	struct seal_file f;
	struct error err;
	struct buf out;

	if (seal_file_parse(text, len, &f, &err) != SEAL_OK || memcmp(f.header.from, verifier, sizeof verifier) != 0)
		return;
	seal_sign_hash(text, f.header_len, text + f.payload_at, len - f.payload_at, hash);
	seal_sign_make(SEAL_SIGN_FILE, hash, seed, signature);
	buf_init(&out);
	buf_add(&out, text, f.header_len);
	buf_adds(&out, "sig: ");
	seal_text_add64(&out, signature, sizeof signature);
	buf_addc(&out, '\n');
	buf_add(&out, text + f.payload_at, len - f.payload_at);
	open_it((const char *)out.at, out.len);
	buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* a copy of its own size, so that a byte too far is seen */
	char *text = malloc(size ? size : 1);

	begin();
	if (!text)
		return 0;
	memcpy(text, data, size);
	open_it(text, size);
	open_signed(text, size);
	free(text);
	return 0;
}
