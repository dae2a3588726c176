/* fuzz_template.c: whatever a template says, it is filled or refused; what was filled holds no more than went in. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/seal.h>

#include "base/secret.h"
#include "deliver/generation.h"
#include "deliver/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct item items[] = { { "a", (const uint8_t *)"one\n", 4, 0440 }, { "db/password", (const uint8_t *)"{{a}}", 5, 0400 },
		{ "empty", (const uint8_t *)"", 0, 0444 } };
	mode_t mode = 0444;
	struct error err;
	uint8_t *out;
	size_t len;

	if (seal_init() < 0)
		return 0;
	if (template_fill((const char *)data, size, items, 3, &out, &len, &mode, &err) < 0)
		return 0;
	if (len > size * 5 || (mode != 0444 && mode != 0440 && mode != 0400))
		abort();
	/* a text without braces comes out as it went in */
	if (!memmem(data, size, "{{", 2) && (len != size || memcmp(out, data, size) != 0))
		abort();
	secret_free(out);
	return 0;
}
