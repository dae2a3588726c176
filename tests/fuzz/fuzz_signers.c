/* fuzz_signers.c: a signers file, and a file by one of its signers judged by it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/seal.h>

#include "seal/seal_signers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[SEAL_KEY_BYTES] = { [0 ... 31] = 1 };
	struct seal_header h = { .name = "db/password", .scope = "prod/payments/api" };
	char *text = malloc(size ? size : 1);
	struct seal_signers *s;
	struct error err;

	if (!text || seal_init() < 0)
		abort();
	memcpy(text, data, size);
	seal_key_public(SEAL_KEY_SIGNER, seed, h.from);
	if (seal_signers_parse(text, size, &s, &err) == SEAL_OK) {
		const int64_t until = seal_signers_until(s, &h);
		const enum seal_status now = seal_signers_judge(s, h.from, SEAL_MAY_SEAL, h.scope, h.name, until ? until - 1 : 1800000000);

		/* who may until then may just before, unless revoked */
		if (until && now != SEAL_OK && now != SEAL_SIGNER_REVOKED)
			abort();
		seal_signers_free(s);
	} else if (!strstr(err.text, "signers: ")) {
		abort();
	}
	free(text);
	return 0;
}
