/* fuzz_seal_key.c: the first byte picks a kind, the rest is a key's text; what is read is written the same way. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/seal.h>

#include "seal/seal_age.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
parse(enum seal_key_kind kind, const char *text, size_t len)
{
	uint8_t key[SEAL_KEY_BYTES], list[2 * SEAL_KEY_BYTES];
	char again[SEAL_KEY_TEXT_MAX];
	struct error err;
	size_t count;

	if (seal_key_parse(kind, text, len, key, &err) == SEAL_OK) {
		seal_key_format(kind, key, again);
		if (strncmp(again, text, strlen(again)) != 0 || len > strlen(again) + 1)
			abort();
	}
	if (seal_key_list(kind, text, len, list, 2, &count, &err) == SEAL_OK && (count < 1 || count > 2))
		abort();
	/* no passphrase is tried: its cost is bounded, but not small */
	seal_key_is_locked(text, len);
	if (seal_age_is_recipient(text, len))
		seal_age_recipient(text, len, key, &err);
	if (seal_age_is_identity(text, len))
		seal_age_identity(text, len, key, &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size < 1)
		return 0;
	text = malloc(size);
	if (!text || seal_init() < 0)
		abort();
	memcpy(text, data + 1, size - 1);
	parse((enum seal_key_kind)(data[0] % 5), text, size - 1);
	free(text);
	return 0;
}
