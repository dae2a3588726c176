/* fuzz_oci.c: its input as each kind of manifest, and as a config. */
#include <stdint.h>
#include <stdlib.h>

#include <stanch/error.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "image/oci.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes text = { data, size };
	struct image image = { 0 }, *list;
	struct oci_entry *entries;
	struct oci_text *texts;
	struct arena arena;
	struct error err;
	size_t n;

	arena_init(&arena);
	oci_is_list(text);
	oci_kind(text);
	if (oci_list(text, &arena, &list, &n, &err) == 0 && n == 0)
		abort();
	oci_index(text, &arena, &entries, &n, &err);
	oci_image(text, &arena, &image, &err);
	oci_config(text, &arena, &image, &texts, &n, &err);
	oci_annotations(text, &arena, &texts, &n, &err);
	arena_done(&arena);
	return 0;
}
