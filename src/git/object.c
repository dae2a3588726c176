#include "git/object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "git/delta.h"
#include "git/inflate.h"
#include "git/loose.h"
#include "git/oid.h"
#include "git/store.h"

#define BUCKET_BITS 15 /* trees are small and many */
#define BUCKETS (1u << BUCKET_BITS)

/* An object that is kept; in use, or in the list of those that may go. */
struct kept {
	struct object object;
	const struct pack *pack; /* NULL: loose, and not found again */
	uint64_t offset;
	unsigned uses;
	struct kept *next;          /* in its bucket */
	struct kept *older, *newer; /* by when it was used last */
};

struct reader {
	const struct store *store;
	struct inflater inflater;
	uint64_t max, room, held;
	size_t hint;
	struct kept *bucket[BUCKETS];
	struct kept *oldest, *newest;
	uint64_t *chain; /* offsets, from the object to its base */
	size_t chain_cap;
	uint8_t *delta; /* room for the instructions at hand */
	size_t delta_cap;
};

static const char *const type_names[] = {
	[OBJECT_NONE] = "none",
	[OBJECT_COMMIT] = "commit",
	[OBJECT_TREE] = "tree",
	[OBJECT_BLOB] = "blob",
	[OBJECT_TAG] = "tag",
};

const char *
object_type_name(enum object_type type)
{
	return (size_t)type < sizeof type_names / sizeof type_names[0] ? type_names[type] : "delta";
}

struct reader *
reader_new(const struct store *store, uint64_t max, uint64_t room, struct error *err)
{
	struct reader *r = calloc(1, sizeof *r);

	if (r && inflate_init(&r->inflater, err) == 0) {
		r->store = store;
		r->max = max;
		r->room = room;
		return r;
	}
	error_set(err, ERROR_INTERNAL, "out of memory");
	free(r);
	return NULL;
}

static void
kept_free(struct kept *k)
{
	free((void *)(uintptr_t)k->object.text.at);
	free(k);
}

void
reader_free(struct reader *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (r->bucket[i]) {
			struct kept *next = r->bucket[i]->next;

			kept_free(r->bucket[i]);
			r->bucket[i] = next;
		}
	inflate_done(&r->inflater);
	free(r->chain);
	free(r->delta);
	free(r);
}

static struct kept **
bucket_of(struct reader *r, const struct pack *pack, uint64_t offset)
{
	return &r->bucket[(offset ^ (uintptr_t)pack >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BUCKET_BITS)];
}

static void
unlink_use(struct reader *r, struct kept *k)
{
	*(k->older ? &k->older->newer : &r->oldest) = k->newer;
	*(k->newer ? &k->newer->older : &r->newest) = k->older;
	k->older = k->newer = NULL;
}

static void
evict(struct reader *r)
{
	while (r->held > r->room && r->oldest) {
		struct kept *k = r->oldest, **at;

		unlink_use(r, k);
		for (at = bucket_of(r, k->pack, k->offset); *at != k; at = &(*at)->next)
			;
		*at = k->next;
		r->held -= k->object.text.len;
		kept_free(k);
	}
}

static struct kept *
find(struct reader *r, const struct pack *pack, uint64_t offset)
{
	struct kept *k = *bucket_of(r, pack, offset);

	while (k && (k->pack != pack || k->offset != offset))
		k = k->next;
	if (k && k->uses++ == 0)
		unlink_use(r, k);
	return k;
}

/* takes over memory; the object is in use once */
static struct kept *
keep(struct reader *r, const struct pack *pack, uint64_t offset, enum object_type type, uint8_t *text, size_t len, struct error *err)
{
	struct kept *k = calloc(1, sizeof *k), **at;

	if (!k) {
		free(text);
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	*k = (struct kept){ .object = { type, { text, len } }, .pack = pack, .offset = offset, .uses = 1 };
	if (pack) {
		at = bucket_of(r, pack, offset);
		k->next = *at;
		*at = k;
		r->held += len;
		evict(r);
	}
	return k;
}

static void
drop(struct reader *r, struct kept *k)
{
	if (--k->uses)
		return;
	if (!k->pack) {
		kept_free(k);
		return;
	}
	k->older = r->newest;
	*(r->newest ? &r->newest->newer : &r->oldest) = k;
	r->newest = k;
	evict(r);
}

void
object_drop(struct reader *r, const struct object *o)
{
	if (o)
		drop(r, (struct kept *)(uintptr_t)o); /* its first member */
}

/* memory for what claims a size, if it is not too large and can be true */
static uint8_t *
room_for(const struct reader *r, uint64_t size, uint64_t in, struct error *err)
{
	uint8_t *text;

	if (size > r->max) {
		error_set(err, ERROR_LIMIT, "an object of %llu bytes is larger than is read at once", (unsigned long long)size);
		return NULL;
	}
	if (inflate_plausible(size, in, err) < 0)
		return NULL;
	text = malloc(size + 1);
	if (!text)
		error_set(err, ERROR_INTERNAL, "out of memory");
	return text;
}

static struct kept *
read_whole(struct reader *r, const struct pack *pack, uint64_t offset, const struct pack_entry *e, struct error *err)
{
	const struct bytes in = pack_data(pack, e);
	uint8_t *text = room_for(r, e->size, in.len, err);

	if (!text)
		return NULL;
	if (inflate_exact(&r->inflater, in, text, e->size, NULL, err) == 0)
		return keep(r, pack, offset, e->type, text, e->size, err);
	free(text);
	return NULL;
}

static int
read_delta(struct reader *r, const struct pack *pack, const struct pack_entry *e, struct error *err)
{
	const struct bytes in = pack_data(pack, e);

	if (e->size > r->delta_cap) {
		uint8_t *more = room_for(r, e->size, in.len, err);

		if (!more)
			return -1;
		free(r->delta);
		r->delta = more;
		r->delta_cap = e->size;
	}
	return inflate_exact(&r->inflater, in, r->delta, e->size, NULL, err);
}

/* the object that a delta makes of its base, which is given back */
static struct kept *
read_next(struct reader *r, const struct pack *pack, uint64_t offset, struct kept *base, struct error *err)
{
	const enum object_type type = base->object.type;
	struct pack_entry e;
	struct delta d;
	uint8_t *text = NULL;
	bool ok = pack_entry(pack, offset, &e, err) == 0 && read_delta(r, pack, &e, err) == 0;
	const struct bytes delta = { r->delta, ok ? e.size : 0 };

	ok = ok && delta_init(&d, delta, err) == 0 && (text = room_for(r, d.size, UINT64_MAX / 2, err)) &&
	     delta_apply(delta, base->object.text, text, d.size, err) == 0;
	drop(r, base);
	if (ok)
		return keep(r, pack, offset, type, text, d.size, err);
	free(text);
	return NULL;
}

static int
push(struct reader *r, size_t n, uint64_t offset, struct error *err)
{
	if (n >= OBJECT_CHAIN_MAX)
		return error_set(err, ERROR_LIMIT, "a chain of more than %d deltas", OBJECT_CHAIN_MAX);
	if (n == r->chain_cap) {
		const size_t cap = n ? n * 2 : 64;
		uint64_t *more = realloc(r->chain, cap * sizeof *more);

		if (!more)
			return error_set(err, ERROR_INTERNAL, "out of memory");
		r->chain = more;
		r->chain_cap = cap;
	}
	r->chain[n] = offset;
	return 0;
}

/* the offset of a delta's base in the same pack, where git always puts it, or UINT64_MAX: elsewhere */
static uint64_t
base_of(const struct pack *pack, const struct pack_entry *e)
{
	struct oid id;
	uint32_t n;

	if (e->type == OBJECT_OFS_DELTA)
		return e->base;
	id = oid_of(e->base_id, pack->index.hash);
	return packindex_find(&pack->index, &id, &n) ? packindex_offset(&pack->index, n) : UINT64_MAX;
}

static struct kept *read_place(struct reader *, const struct object_place *, const struct oid *, unsigned, struct error *);

/* a thin pack's base lies elsewhere in the store */
static struct kept *
read_elsewhere(struct reader *r, const struct pack_entry *e, unsigned depth, struct error *err)
{
	const struct oid id = oid_of(e->base_id, r->store->hash);
	struct object_place place;

	if (depth < 8 && store_find(r->store, &id, &r->hint, &place))
		return read_place(r, &place, &id, depth + 1, err);
	error_set(err, ENOENT, "the base of a delta is missing");
	return NULL;
}

static struct kept *
read_packed(struct reader *r, const struct pack *pack, uint64_t offset, unsigned depth, struct error *err)
{
	struct kept *k;
	size_t n = 0;

	while (!(k = find(r, pack, offset))) {
		struct pack_entry e;
		uint64_t base;

		if (pack_entry(pack, offset, &e, err) < 0)
			return NULL;
		if (e.type != OBJECT_OFS_DELTA && e.type != OBJECT_REF_DELTA) {
			k = read_whole(r, pack, offset, &e, err);
			break;
		}
		if (push(r, n++, offset, err) < 0)
			return NULL;
		base = base_of(pack, &e);
		if (base == UINT64_MAX) {
			if (depth) { /* the chain of who called stands in r->chain */
				error_set(err, ERROR_LIMIT, "deltas between packs are nested");
				return NULL;
			}
			const size_t mine = n;
			uint64_t *chain = r->chain;
			const size_t cap = r->chain_cap;

			r->chain = NULL;
			r->chain_cap = 0;
			k = read_elsewhere(r, &e, depth, err);
			free(r->chain);
			r->chain = chain;
			r->chain_cap = cap;
			n = mine;
			break;
		}
		offset = base;
	}
	while (k && n)
		k = read_next(r, pack, r->chain[--n], k, err);
	return k;
}

static struct kept *
read_place(struct reader *r, const struct object_place *at, const struct oid *id, unsigned depth, struct error *err)
{
	struct object o;

	if (at->pack)
		return read_packed(r, at->pack, at->offset, depth, err);
	if (loose_read(r->store, at->which, id, r->max, &o, err) < 0)
		return NULL;
	return keep(r, NULL, 0, o.type, (uint8_t *)(uintptr_t)o.text.at, o.text.len, err);
}

const struct object *
object_read_at(struct reader *r, const struct object_place *at, const struct oid *id, struct error *err)
{
	struct kept *k = read_place(r, at, id, 0, err);

	return k ? &k->object : NULL;
}

const struct object *
object_read(struct reader *r, const struct oid *id, struct error *err)
{
	struct object_place place;
	char hex[OID_HEX];

	if (store_find(r->store, id, &r->hint, &place))
		return object_read_at(r, &place, id, err);
	oid_hex(id, 12, hex);
	error_set(err, ENOENT, "the object %s is missing", hex);
	return NULL;
}

/* a delta says the size of what it makes in its first bytes */
static int
delta_size(const struct pack *pack, const struct pack_entry *e, uint64_t *size, struct error *err)
{
	uint8_t head[32];
	const int n = inflate_head(pack_data(pack, e), head, sizeof head, err);
	struct delta d;

	if (n < 0 || delta_init(&d, (struct bytes){ head, (size_t)n }, err) < 0)
		return -1;
	*size = d.size;
	return 0;
}

static int
stat_packed(struct reader *r, const struct object_place *at, enum object_type *type, uint64_t *size, struct error *err)
{
	struct pack_entry e;
	uint64_t offset = at->offset;
	struct oid id;

	for (unsigned n = 0; n < OBJECT_CHAIN_MAX; n++) {
		if (pack_entry(at->pack, offset, &e, err) < 0)
			return -1;
		if (e.type != OBJECT_OFS_DELTA && e.type != OBJECT_REF_DELTA) {
			*type = e.type;
			*size = n ? *size : e.size;
			return 0;
		}
		if (n == 0 && delta_size(at->pack, &e, size, err) < 0)
			return -1;
		offset = base_of(at->pack, &e);
		if (offset == UINT64_MAX) {
			uint64_t other;

			id = oid_of(e.base_id, r->store->hash);
			return object_stat(r, &id, type, &other, err);
		}
	}
	return error_set(err, ERROR_LIMIT, "a chain of more than %d deltas", OBJECT_CHAIN_MAX);
}

int
object_stat(struct reader *r, const struct oid *id, enum object_type *type, uint64_t *size, struct error *err)
{
	struct object_place place;

	if (!store_find(r->store, id, &r->hint, &place))
		return error_set(err, ENOENT, "an object is missing");
	if (!place.pack)
		return loose_stat(r->store, place.which, id, type, size, err);
	return stat_packed(r, &place, type, size, err);
}
