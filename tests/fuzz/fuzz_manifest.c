/* fuzz_manifest.c: the first byte picks a format (or lets them bid); the rest is a text. All that is told must lie in it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "manifest/entry.h"
#include "manifest/judge.h"
#include "manifest/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_entry(void *arg, const struct entry *e)
{
	const struct bytes *text = arg;
	struct bytes secret;
	struct judged judged;
	struct buf path;
	const char *rule;

	if (e->at > e->end || e->end > text->len)
		abort();
	if (e->exact && memcmp(text->at + e->at, e->value.at, e->value.len) != 0)
		abort();
	if (judge_entry(e, NULL, &rule, &secret, &judged) &&
	    (secret.at < e->value.at || secret.at + secret.len > e->value.at + e->value.len))
		abort();
	buf_init(&path);
	manifest_path(e->place, &path);
	manifest_pointer(e->place, &path);
	buf_done(&path);
}

static void
look_everywhere(const struct manifest *m, size_t len)
{
	struct manifest_place place;

	for (size_t i = 0; i < len; i += 1 + len / 64)
		if (manifest_at(m, i, &place) && place.node >= place.part->tree.count)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct manifest_format *format;
	struct manifest m;
	struct bytes text;
	uint8_t *copy;
	size_t formats = 0;

	if (size < 2 || !(copy = malloc(size - 1)))
		return 0;
	memcpy(copy, data + 1, size - 1);
	text = (struct bytes){ copy, size - 1 };
	while (manifest_list(formats))
		formats++;
	format = data[0] < formats ? manifest_list(data[0]) : manifest_bid(text, NULL);
	if (format) {
		manifest_read(&m, format, text);
		entry_each(&m, on_entry, &text);
		look_everywhere(&m, text.len);
		manifest_done(&m);
	}
	free(copy);
	return 0;
}
