/* packs of git that lie in an image or an archive, where no repository opens them: kept in memory, object by object */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/sha1.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "blob/memory.h"
#include "blob/origin.h"
#include "git/delta.h"
#include "git/inflate.h"
#include "git/object.h"
#include "git/pack.h"
#include "unwrap/unwrap.h"
#include "unwrap/wrappings.h"

#define CHAIN_MOST 4096                 /* git makes chains of 50, at most of 4095 */
#define HEAD 12

struct gitpack {
	struct feed feed;
	struct blob *blob;
	struct budget *budget;
	struct buf data;                /* the pack */
	struct pack pack;               /* over it, without index */
	struct inflater inflater;
	uint64_t next, left;            /* the next entry's offset; entries that are left */
	uint64_t out;
	uint64_t chain[CHAIN_MOST];
	uint64_t base;                  /* offset of the object whose text is kept, 0: none */
	enum object_type base_type;
	struct buf text, spare;         /* that text, and where the next one is made */
	struct buf delta;
	struct origin origin;
	char name[2 * SHA1_DIGEST_SIZE + 1];
	struct memory_blob memory;
};

static int
gitpack_bid(struct bytes head)
{
	return head.len >= HEAD && memcmp(head.at, "PACK\0\0\0", 7) == 0 && (head.at[7] == 2 || head.at[7] == 3) ? 95 : 0;
}

/* inflates an entry into out; *used is how much of the pack it took */
static int
unpack(struct gitpack *g, const struct pack_entry *e, struct buf *out, size_t *used, struct error *err)
{
	const struct bytes in = pack_data(&g->pack, e);
	uint8_t *room;

	if (e->size > g->budget->limits->spool)
		return error_set(err, ERROR_LIMIT, "an object of %" PRIu64 " bytes is too large to keep (--max-spool)", e->size);
	if (inflate_plausible(e->size, in.len, err) < 0)
		return -1;
	out->len = 0;
	room = buf_room(out, (size_t)e->size + 1);
	if (!room)
		return error_set(err, ERROR_INTERNAL, "out of memory for an object");
	if (inflate_exact(&g->inflater, in, room, (size_t)e->size, used, err) < 0)
		return -1;
	out->len = (size_t)e->size;
	g->out += e->size;
	return budget_take(g->budget, e->size, g->data.len, g->out, err);
}

/* the entries from an object down to the first that is whole, or whose text is kept: how many, -1 */
static int
chain_of(struct gitpack *g, uint64_t at, struct error *err)
{
	struct pack_entry e;
	int n = 0;

	for (;;) {
		if (n == CHAIN_MOST)
			return error_set(err, ERROR_LIMIT, "a chain of deltas is longer than git makes them");
		g->chain[n++] = at;
		if (at == g->base)
			return n;
		if (pack_entry(&g->pack, at, &e, err) < 0)
			return -1;
		if (e.type == OBJECT_REF_DELTA)
			return error_set(err, ERROR_UNSUPPORTED, "the base of a delta is not in the pack");
		if (e.type != OBJECT_OFS_DELTA)
			return n;
		at = e.base;
	}
}

/* makes the object of an entry that is a delta of the kept text */
static int
apply(struct gitpack *g, const struct pack_entry *e, struct error *err)
{
	struct delta d;
	struct buf swap;
	uint8_t *room;

	if (unpack(g, e, &g->delta, NULL, err) < 0 || delta_init(&d, (struct bytes){ g->delta.at, g->delta.len }, err) < 0)
		return -1;
	if (d.size > g->budget->limits->spool)
		return error_set(err, ERROR_LIMIT, "an object of %" PRIu64 " bytes is too large to keep (--max-spool)", d.size);
	g->spare.len = 0;
	room = buf_room(&g->spare, (size_t)d.size + 1);
	if (!room)
		return error_set(err, ERROR_INTERNAL, "out of memory for an object");
	if (delta_apply((struct bytes){ g->delta.at, g->delta.len }, (struct bytes){ g->text.at, g->text.len }, room, (size_t)d.size, err) < 0)
		return -1;
	g->spare.len = (size_t)d.size;
	g->out += d.size;
	swap = g->text;
	g->text = g->spare;
	g->spare = swap;
	return budget_take(g->budget, d.size, g->data.len, g->out, err);
}

/* makes the text of the object at an offset the kept one */
static int
resolve(struct gitpack *g, uint64_t at, struct error *err)
{
	int n = chain_of(g, at, err);
	struct pack_entry e;

	if (n < 0)
		return -1;
	if (g->chain[n - 1] != g->base) {
		const uint64_t whole = g->chain[n - 1];

		g->base = 0;
		if (pack_entry(&g->pack, whole, &e, err) < 0 || unpack(g, &e, &g->text, NULL, err) < 0)
			return -1;
		g->base_type = e.type;
		g->base = whole;
	}
	for (n--; n > 0; n--) {
		if (pack_entry(&g->pack, g->chain[n - 1], &e, err) < 0)
			return -1;
		g->base = 0;
		if (apply(g, &e, err) < 0)
			return -1;
		g->base = g->chain[n - 1];
	}
	return 0;
}

static void
name_object(struct gitpack *g)
{
	uint8_t id[SHA1_DIGEST_SIZE];
	struct sha1_ctx sha;
	char head[48];
	const int n = snprintf(head, sizeof head, "%s %zu", object_type_name(g->base_type), g->text.len);

	sha1_init(&sha);
	sha1_update(&sha, (size_t)n + 1, (const uint8_t *)head);
	sha1_update(&sha, g->text.len, g->text.at);
	sha1_digest(&sha, sizeof id, id);
	for (size_t i = 0; i < sizeof id; i++)
		snprintf(g->name + 2 * i, 3, "%02x", id[i]);
}

/* goes behind an entry, whose length nothing says but its stream */
static int
step_over(struct gitpack *g, uint64_t *at, struct error *err)
{
	struct pack_entry e;
	size_t used = 0;

	*at = g->next;
	if (pack_entry(&g->pack, g->next, &e, err) < 0 || unpack(g, &e, &g->delta, &used, err) < 0) {
		g->left = 0;            /* where the next one begins is not known */
		return -1;
	}
	g->left--;
	g->next = e.data + used;
	return 0;
}

static int
failing_read(struct blob *b, struct bytes *out, struct error *err)
{
	(void)b;
	(void)out;
	return error_set(err, ERROR_SYNTAX, "an object of the pack can't be made of its deltas");
}

static int
next(struct feed *feed, struct blob *b, struct error *err)
{
	struct gitpack *g = feed->state;
	struct error why;
	uint64_t at;

	while (g->left) {
		if (step_over(g, &at, err) < 0)
			return -1;
		if (resolve(g, at, &why) < 0) {
			if (why.code == ERROR_LIMIT) {
				*err = why;
				return -1;
			}
			snprintf(g->name, sizeof g->name, "at %" PRIu64, at);
			g->origin = origin_step(g->blob->origin, ORIGIN_MEMBER, g->name, 0);
			*b = (struct blob){ .origin = &g->origin, .read = failing_read };
			return 1;
		}
		if (g->base_type == OBJECT_TREE)
			continue;
		name_object(g);
		g->origin = origin_step(g->blob->origin, ORIGIN_MEMBER, g->name, 0);
		memory_blob_init(&g->memory, &g->origin, (struct bytes){ g->text.at, g->text.len });
		*b = g->memory.blob;
		return 1;
	}
	return 0;
}

static void
gitpack_close(struct feed *feed)
{
	struct gitpack *g = feed->state;

	inflate_done(&g->inflater);
	buf_done(&g->data);
	buf_done(&g->text);
	buf_done(&g->spare);
	buf_done(&g->delta);
	free(g);
}

static int
load(struct gitpack *g, struct error *err)
{
	const uint64_t most = g->budget->limits->spool;
	struct bytes b;
	int got;

	while ((got = g->blob->read(g->blob, &b, err)) > 0) {
		if (g->data.len + b.len > most)
			return error_set(err, ERROR_LIMIT, "a pack of git is larger than %" PRIu64 " bytes, too large to keep (--max-spool)", most);
		buf_add(&g->data, b.at, b.len);
	}
	if (got < 0)
		return -1;
	if (g->data.failed)
		return error_set(err, ERROR_INTERNAL, "out of memory for a pack");
	if (g->data.len < HEAD + SHA1_DIGEST_SIZE)
		return error_set(err, ERROR_TRUNCATED, "the pack ends too early");
	g->pack.name = (char *)"the pack";
	g->pack.map = (struct bytes){ g->data.at, g->data.len };
	g->pack.index.hash = SHA1_DIGEST_SIZE;
	g->next = HEAD;
	g->left = (uint64_t)g->data.at[8] << 24 | (uint64_t)g->data.at[9] << 16 | (uint64_t)g->data.at[10] << 8 | g->data.at[11];
	return inflate_init(&g->inflater, err);
}

static struct feed *
gitpack_open(struct blob *blob, struct budget *budget, struct error *err)
{
	struct gitpack *g = calloc(1, sizeof *g);

	if (!g) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	g->blob = blob;
	g->budget = budget;
	g->feed = (struct feed){ .next = next, .close = gitpack_close, .state = g };
	if (load(g, err) == 0)
		return &g->feed;
	gitpack_close(&g->feed);
	return NULL;
}

const struct wrapping wrapping_gitpack = { "git pack", gitpack_bid, gitpack_open, NULL };
