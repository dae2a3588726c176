/* Marks: how a scanner that can't decrypt knows a sealed value again. */
#include <sodium.h>
#include <string.h>

#include "base/mark.h"

#include <stanch/seal.h>

#define MARK_VALUE_MIN 12

_Static_assert(SEAL_MARK_BYTES == MARK_SIZE && SEAL_KEY_BYTES == MARK_KEY_SIZE, "one kind of mark");

void
seal_mark_derive(const uint8_t mark_key[SEAL_KEY_BYTES], const char *scope, uint64_t epoch, uint8_t key[SEAL_KEY_BYTES])
{
	crypto_generichash_state state;
	char number[24];
	size_t at = sizeof number;

	for (; epoch || at == sizeof number; epoch /= 10)
		number[--at] = (char)('0' + epoch % 10);
	crypto_generichash_init(&state, mark_key, SEAL_KEY_BYTES, SEAL_KEY_BYTES);
	crypto_generichash_update(&state, (const uint8_t *)"stanch-mark/v1\nscope: ", 22);
	crypto_generichash_update(&state, (const uint8_t *)scope, strlen(scope));
	crypto_generichash_update(&state, (const uint8_t *)"\nepoch: ", 8);
	crypto_generichash_update(&state, (const uint8_t *)number + at, sizeof number - at);
	crypto_generichash_update(&state, (const uint8_t *)"\n", 1);
	crypto_generichash_final(&state, key, SEAL_KEY_BYTES);
	sodium_memzero(&state, sizeof state);
}

bool
seal_mark_make(const uint8_t key[SEAL_KEY_BYTES], const uint8_t *value, size_t len, uint8_t mark[SEAL_MARK_BYTES])
{
	uint8_t hash[32];

	if (len && value[len - 1] == '\n')
		len--;
	if (len < MARK_VALUE_MIN)
		return false;
	crypto_generichash(hash, sizeof hash, value, len, key, SEAL_KEY_BYTES);
	memcpy(mark, hash, SEAL_MARK_BYTES);
	sodium_memzero(hash, sizeof hash);
	return true;
}
