#include "unwrap/gunzip.h"

#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include <stanch/error.h>

#include "base/bytes.h"
#include "blob/memory.h"
#include "blob/origin.h"
#include "unwrap/unwrap.h"

/* files larger than this are read as streams; nor is more unpacked, so that no ratio has to be minded */
#define IN_MOST ((size_t)256 << 10)
#define OUT_MOST ((size_t)1 << 20)

struct gunzip {
	struct feed feed;
	struct budget *budget;
	struct origin origin;
	struct memory_blob memory;
	size_t in, len;
	bool told;
	uint8_t text[];
};

static int
gunzip_next(struct feed *feed, struct blob *b, struct error *err)
{
	struct gunzip *g = feed->state;

	if (g->told)
		return 0;
	g->told = true;
	if (budget_take(g->budget, g->len, g->in, g->len, err) < 0)
		return -1;
	memory_blob_init(&g->memory, &g->origin, (struct bytes){ g->text, g->len });
	*b = g->memory.blob;
	return 1;
}

static void
gunzip_close(struct feed *feed)
{
	free(feed->state);
}

/* what the last four bytes say of the length; 0 where it is not to be done here */
static size_t
length_of(struct bytes all)
{
	uint32_t n;

	if (all.len < 18 || all.len > IN_MOST)
		return 0;
	n = (uint32_t)all.at[all.len - 4] | (uint32_t)all.at[all.len - 3] << 8 | (uint32_t)all.at[all.len - 2] << 16 |
	    (uint32_t)all.at[all.len - 1] << 24;
	return n <= OUT_MOST ? n : 0;
}

/* one member that fills the file, with its check digits right */
static bool
unpack(struct gunzip *g, struct bytes all)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	size_t read = 0, written = 0;
	bool good = false;

	if (d)
		good = libdeflate_gzip_decompress_ex(d, all.at, all.len, g->text, g->len, &read, &written) == LIBDEFLATE_SUCCESS &&
		    read == all.len && written == g->len;
	libdeflate_free_decompressor(d);
	return good;
}

struct feed *
gunzip_open(struct blob *b, struct budget *budget)
{
	struct gunzip *g;
	struct bytes all;
	struct error err;
	size_t len;

	if (!b->seek || b->size > IN_MOST || b->read(b, &all, &err) <= 0)
		return NULL;
	len = all.len == b->size ? length_of(all) : 0;
	g = len ? malloc(sizeof *g + len) : NULL;
	if (!g)
		return NULL;
	*g = (struct gunzip){ .budget = budget, .in = all.len, .len = len };
	if (!unpack(g, all)) {
		free(g);
		return NULL;
	}
	g->origin = origin_step(b->origin, ORIGIN_STREAM, "gzip", 0);
	g->feed = (struct feed){ .next = gunzip_next, .close = gunzip_close, .state = g };
	return &g->feed;
}
