/* fuzz_image.c: its input as a streamed image: outer tar, layers, manifests, configs, and what is told at the end. */
#include <stdint.h>
#include <stdlib.h>

#include <stanch/blob.h>
#include <stanch/error.h>
#include <stanch/finding.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "blob/memory.h"
#include "source/image.h"
#include "source/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct rule *const any = (const struct rule *)&any;

static void read_all(struct feed *, struct feed *top, unsigned depth);

static void
settle(struct feed *top, const struct origin *o)
{
	struct finding f = { .rule = any, .origin = o, .offset = 3, .length = 7 };
	struct arena arena;
	struct error err;

	arena_init(&arena);
	if (top->settle(top, &f, &arena, &err) > 0 && !f.origin->name)
		abort();
	arena_done(&arena);
}

static void
read_blob(struct blob *b, struct feed *top, unsigned depth)
{
	struct error err;
	struct bytes block;
	unsigned sum = 0;

	if (b->open) {
		struct feed *inner = b->open(b, &err);

		if (inner) {
			read_all(inner, top, depth + 1);
			inner->close(inner);
		}
	} else {
		while (b->read(b, &block, &err) > 0)
			for (size_t i = 0; i < block.len; i++)
				sum += block.at[i];
	}
	if (sum == 1 && !b->origin->name)
		abort();
	if (depth > 0)
		settle(top, b->origin);
	if (b->close)
		b->close(b);
}

static void
read_all(struct feed *feed, struct feed *top, unsigned depth)
{
	struct error err;
	struct blob b;

	while (depth < 4 && feed->next(feed, &b, &err) > 0)
		read_blob(&b, top, depth);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct origin origin = { .step = ORIGIN_FILE, .name = "input" };
	struct limits limits = limits_default;
	struct source_options options = { .limits = &limits };
	struct memory_blob memory;
	struct feed *feed;
	struct error err;

	limits.members = 500;
	limits.unwrapped = 8 << 20;
	image_begins((struct bytes){ data, size });
	memory_blob_init(&memory, &origin, (struct bytes){ data, size });
	memory.blob.seek = NULL;
	feed = image_open_stream(&memory.blob, "input", &options, &err);
	if (!feed)
		return 0;
	read_all(feed, feed, 0);
	feed->close(feed);
	return 0;
}
