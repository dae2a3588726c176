/* fuzz_checksum.c: the first byte picks a validator, the rest is its secret. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "triage/checksum.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
kinds_count(void)
{
	size_t n = 0;

	while (checksum_name(n))
		n++;
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct checksum_kind *kind;
	enum checksum verdict;
	const char *about = NULL;
	char *secret;

	if (size < 1)
		return 0;
	kind = checksum_find(checksum_name(data[0] % kinds_count()));
	secret = malloc(size);
	if (!kind || !secret)
		abort();
	memcpy(secret, data + 1, size - 1);
	/* the same bytes are judged alike, with a phrase or without */
	verdict = checksum_check(kind, secret, size - 1, &about);
	if (!about || verdict != checksum_check(kind, secret, size - 1, NULL))
		abort();
	free(secret);
	return 0;
}
