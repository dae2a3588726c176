/* fuzz_unwrap.c: takes its input apart, nested, as a blob that seeks and as one that doesn't. */
#include <stdint.h>
#include <stdlib.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "blob/memory.h"
#include "unwrap/unwrap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEPTH 4

static void
take_apart(struct bytes all, bool seeks, struct budget *budget, const struct wrapping *w, unsigned depth)
{
	const struct origin origin = { .step = ORIGIN_FILE, .name = "input" };
	struct memory_blob memory;
	struct feed *feed;
	struct blob inner;
	struct error err;

	if (!w || depth == DEPTH)
		return;
	memory_blob_init(&memory, &origin, all);
	if (!seeks)
		memory.blob.seek = NULL;
	feed = w->open(&memory.blob, budget, &err);
	while (feed && feed->next(feed, &inner, &err) > 0) {
		struct bytes block;
		unsigned sum = 0;

		while (inner.read(&inner, &block, &err) > 0) {
			for (size_t i = 0; i < block.len; i++)
				sum += block.at[i];
			take_apart(block, seeks, budget, unwrap_bid(bytes_cut(block, 0, UNWRAP_HEAD)), depth + 1);
		}
		if (sum == 1 && !inner.origin->name)
			abort();
	}
	if (feed)
		feed->close(feed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes all = { data, size };
	struct limits limits = limits_default;

	limits.entries = 500;
	limits.unwrapped = 8 << 20;
	for (unsigned seeks = 0; seeks < 2; seeks++) {
		struct budget budget = { .limits = &limits };

		take_apart(all, seeks, &budget, unwrap_bid(bytes_cut(all, 0, UNWRAP_HEAD)), 0);
	}
	return 0;
}
