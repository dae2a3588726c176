/* loose objects of git: zlib streams that begin with a type and a size */
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/bytes.h"
#include "blob/origin.h"
#include "git/inflate.h"
#include "git/loose.h"
#include "unwrap/unwrap.h"
#include "unwrap/wrappings.h"

#define ROOM ((size_t)64 << 10)
#define HEAD 32                         /* a type, a size and a NUL are shorter */

struct gitobject {
	struct feed feed;
	struct blob *blob;
	struct budget *budget;
	struct origin origin;
	z_stream z;
	bool handed, ended;
	size_t skip;                    /* bytes of the head that are still to come */
	uint64_t in, out;
	uint8_t room[ROOM];
};

/* the type of the object that a zlib stream begins, and the length of its head; OBJECT_NONE: it begins none */
static enum object_type
type_of(struct bytes head, size_t *len)
{
	uint8_t text[HEAD];
	enum object_type type;
	struct error err;
	uint64_t size;
	int n;

	if (head.len < 8 || head.at[0] != 0x78 || (head.at[0] * 256 + head.at[1]) % 31)
		return OBJECT_NONE;
	n = inflate_head(head, text, sizeof text, &err);
	if (n <= 0)
		return OBJECT_NONE;
	n = loose_head((struct bytes){ text, (size_t)n }, &type, &size, &err);
	*len = n > 0 ? (size_t)n : 0;
	return n > 0 ? type : OBJECT_NONE;
}

static int
gitobject_bid(struct bytes head)
{
	size_t len;

	return type_of(head, &len) != OBJECT_NONE ? 95 : 0;
}

/* inflates until there is something behind the head: 1, 0 the end, -1 */
static int
inflate_some(struct gitobject *g, struct bytes *block, struct error *err)
{
	int r = Z_OK;

	while (r == Z_OK) {
		size_t n;

		if (g->z.avail_in == 0) {
			const int got = g->blob->read(g->blob, block, err);

			if (got <= 0)
				return got < 0 ? -1 : error_set(err, ERROR_TRUNCATED, "the git object ends too early");
			g->z.next_in = (Bytef *)(uintptr_t)block->at;
			g->z.avail_in = (uInt)block->len;
			g->in += block->len;
		}
		g->z.next_out = g->room;
		g->z.avail_out = ROOM;
		r = inflate(&g->z, Z_NO_FLUSH);
		g->ended = r == Z_STREAM_END;
		if (r != Z_OK && r != Z_STREAM_END)
			return error_set(err, ERROR_SYNTAX, "the git object is broken");
		n = ROOM - g->z.avail_out;
		*block = bytes_cut((struct bytes){ g->room, n }, g->skip < n ? g->skip : n, n);
		g->skip -= n - block->len;
		if (block->len)
			return 1;
	}
	return 0;
}

static int
gitobject_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct gitobject *g = b->state;
	int got;

	if (g->ended)
		return 0;
	got = inflate_some(g, out, err);
	if (got <= 0)
		return got;
	g->out += out->len;
	return budget_take(g->budget, out->len, g->in, g->out, err) < 0 ? -1 : 1;
}

static int
next(struct feed *feed, struct blob *b, struct error *err)
{
	struct gitobject *g = feed->state;

	(void)err;
	if (g->handed)
		return 0;
	g->handed = true;
	*b = (struct blob){ .origin = &g->origin, .read = gitobject_read, .state = g };
	return 1;
}

static void
gitobject_close(struct feed *feed)
{
	struct gitobject *g = feed->state;

	inflateEnd(&g->z);
	free(g);
}

static struct feed *
gitobject_open(struct blob *blob, struct budget *budget, struct error *err)
{
	struct gitobject *g = calloc(1, sizeof *g);
	struct bytes head;
	int got = -1;

	if (!g || inflateInit(&g->z) != Z_OK) {
		free(g);
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	g->blob = blob;
	g->budget = budget;
	g->origin = origin_step(blob->origin, ORIGIN_STREAM, "git object", 0);
	g->feed = (struct feed){ .next = next, .close = gitobject_close, .state = g };
	got = blob->read(blob, &head, err);
	if (got > 0 && type_of(head, &g->skip) != OBJECT_NONE) {
		g->z.next_in = (Bytef *)(uintptr_t)head.at;
		g->z.avail_in = (uInt)head.len;
		g->in = head.len;
		return &g->feed;
	}
	if (got >= 0)
		error_set(err, ERROR_SYNTAX, "the git object is broken");
	gitobject_close(&g->feed);
	return NULL;
}

const struct wrapping wrapping_gitobject = { "git object", gitobject_bid, gitobject_open, NULL };
