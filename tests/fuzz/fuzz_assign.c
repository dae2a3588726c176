/* fuzz_assign.c: the first two bytes pick the word, the third a path; the rest is the text around it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "match/assign.h"
#include "triage/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {"a.py", "a.env", "a.sh", "a.json", "a.md", "a.xml", "yarn.lock", "test/a.go", NULL};

/* Whether a piece lies in the text. */
static void
inside(struct bytes text, struct bytes piece)
{
	if (piece.at < text.at || piece.len > text.len || (size_t)(piece.at - text.at) > text.len - piece.len)
		abort();
}

static void
judge(struct bytes text, const struct assign *a, const char *path)
{
	if (a->count == 0 || a->count > ASSIGN_VALUES)
		abort();
	inside(text, a->name);
	for (size_t i = 0; i < a->count; i++) {
		struct judgement j;
		const bool keep = value_judge(a, i, path, &j);

		inside(text, a->values[i].text);
		if (a->values[i].text.len == 0 || keep != j.keep || !j.why)
			abort();
		if (!(j.randomness >= 0 && j.randomness <= 1) || !(j.probability >= 0 && j.probability <= 1))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct assign a;
	struct bytes text;
	uint8_t *copy;
	size_t at;

	if (size < 4)
		return 0;
	copy = malloc(size - 3);
	if (!copy)
		abort();
	memcpy(copy, data + 3, size - 3);
	text = (struct bytes){copy, size - 3};
	at = ((size_t)data[0] << 8 | data[1]) % text.len;
	for (size_t len = 1; len <= 8 && len <= text.len - at; len++)
		if (assign_parse(text, at, len, &a))
			judge(text, &a, paths[data[2] % (sizeof paths / sizeof *paths)]);
	free(copy);
	return 0;
}
