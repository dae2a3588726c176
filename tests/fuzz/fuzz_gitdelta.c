/* Deltas: instructions must stay within their base and their result. Input: a byte n, n bytes of base, the delta. */
#include <stdint.h>
#include <stdlib.h>

#include <stanch/error.h>

#include "git/delta.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t n = size ? (data[0] < size - 1 ? data[0] : size - 1) : 0;
	const struct bytes base = { data + 1, n }, text = { data + 1 + n, size ? size - 1 - n : 0 };
	struct delta d;
	struct error err;
	uint8_t *out;

	if (size == 0 || delta_init(&d, text, &err) < 0 || d.size > 1 << 20)
		return 0;
	out = malloc(d.size + 1);
	if (out)
		delta_apply(text, base, out, d.size, &err);
	free(out);
	return 0;
}
