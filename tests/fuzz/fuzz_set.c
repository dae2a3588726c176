/* fuzz_set.c: a set; what is parsed names its entries in order, and is checked to its end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/seal.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct seal_set *set)
{
	const struct seal_set_asked asked = { .now = 1800000000, .scope = "prod/payments/api" };
	struct seal_signers *signers = NULL;
	size_t bad, *which = calloc(set->count, sizeof *which);
	struct error err;

	for (size_t i = 0; i < set->count; i++)
		if (!seal_is_name(set->entries[i].name, strlen(set->entries[i].name)) ||
		    (i && strcmp(set->entries[i - 1].name, set->entries[i].name) >= 0))
			abort();
	if (which && seal_signers_parse("", 0, &signers, &err) == SEAL_OK &&
	    seal_set_verify(set, NULL, 0, signers, &asked, which, &bad, &err) == SEAL_OK)
		abort();
	seal_signers_free(signers);
	free(which);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1), pin[SEAL_PIN_TEXT_MAX];
	uint8_t again[SEAL_DIGEST_BYTES];
	struct seal_set set;
	struct error err;

	if (!text || seal_init() < 0)
		abort();
	memcpy(text, data, size);
	if (seal_set_parse(text, size, &set, &err) == SEAL_OK) {
		check(&set);
		seal_set_pin_format(set.pin, pin);
		if (seal_set_pin_parse(pin, again, &err) != SEAL_OK || memcmp(again, set.pin, sizeof again) != 0)
			abort();
		seal_set_free(&set);
	}
	free(text);
	return 0;
}
