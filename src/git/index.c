#include "git/index.h"

#include <inttypes.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "git/ewah.h"
#include "git/number.h"

/* The checksum of an index up to this size is checked. Larger ones are trusted as git trusts every one: what a flipped
 * bit makes of it is what git commits, so it is also what must be scanned, and half of the time would go there. */
#define CHECKED_MAX ((size_t)2 << 20)

/* a signature of four letters, and a length */
#define EXTENSION_HEAD 8

struct index {
	unsigned id_len;
	struct cachetree trees;
	struct entries own;             /* all entries; of a split index what was added */
	struct index_entry last;        /* told last: what comes must be greater */
	struct buf last_path;
	/* of a split index: */
	bool split;
	struct entries base;            /* in the shared file */
	struct entries replacing;       /* nameless ones of our own, in the order of what they replace */
	struct ewah deleted, replaced;  /* which entries of the base are */
	struct index_entry added, kept; /* looked at, not told yet */
	int has_added, has_kept;        /* 1, 0 there are no more, -1 not looked yet */
};

static bool
is_zero(const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i])
			return false;
	return true;
}

/* index.skipHash leaves zeros there */
static int
check_sum(struct bytes all, unsigned id_len, struct error *err)
{
	const uint8_t *sum = all.at + all.len - id_len;
	uint8_t own[SHA256_DIGEST_SIZE];
	struct sha1_ctx sha1;
	struct sha256_ctx sha256;

	if (all.len > CHECKED_MAX || is_zero(sum, id_len))
		return 0;
	if (id_len == SHA1_DIGEST_SIZE) {
		sha1_init(&sha1);
		sha1_update(&sha1, all.len - id_len, all.at);
		sha1_digest(&sha1, id_len, own);
	} else {
		sha256_init(&sha256);
		sha256_update(&sha256, all.len - id_len, all.at);
		sha256_digest(&sha256, id_len, own);
	}
	return memcmp(own, sum, id_len) == 0 ? 0 : error_set(err, ERROR_SYNTAX, "the index is damaged: its checksum is wrong");
}

/* whether extensions follow one another from here to the end */
static bool
chain_ends(struct bytes all, size_t at)
{
	while (all.len - at >= EXTENSION_HEAD) {
		const uint32_t len = number_be32(all.at + at + 4);

		if (len > all.len - at - EXTENSION_HEAD)
			return false;
		at += EXTENSION_HEAD + len;
	}
	return at == all.len;
}

/* Where the extensions start: EOIE, the last of them, says so; without it, behind all entries. 0 with error. */
static size_t
find_extensions(struct bytes body, unsigned id_len, struct error *err)
{
	const size_t eoie = EXTENSION_HEAD + 4 + id_len;
	struct entries e;
	struct index_entry last;
	size_t at = 0;

	if (entries_open(&e, body, id_len, err) < 0)
		return 0;
	if (body.len > eoie + e.at && memcmp(body.at + body.len - eoie, "EOIE", 4) == 0)
		at = number_be32(body.at + body.len - eoie + EXTENSION_HEAD);
	if (at >= e.at && at <= body.len && chain_ends(body, at))
		return at;
	at = e.count && entries_skip(&e, e.count, &last, err) < 0 ? 0 : e.at;
	entries_done(&e);
	if (at && !chain_ends(body, at)) {
		error_set(err, ERROR_SYNTAX, "the index is damaged behind its entries");
		return 0;
	}
	return at;
}

/* the shared index of a split one */
static int
open_base(struct index *x, const uint8_t *id, const struct index_shared *shared, struct error *err)
{
	char hex[2 * SHA256_DIGEST_SIZE + 1];
	struct bytes all;
	size_t end;

	for (unsigned i = 0; i < x->id_len; i++)
		snprintf(hex + 2 * i, 3, "%02x", id[i]);
	if (shared->open(shared->arg, hex, &all, err) < 0)
		return -1;
	if (all.len < x->id_len)
		return error_set(err, ERROR_TRUNCATED, "the shared index %s is too short", hex);
	all.len -= x->id_len;
	end = find_extensions(all, x->id_len, err);
	return end == 0 ? -1 : entries_open(&x->base, bytes_cut(all, 0, end), x->id_len, err);
}

/* "link": id of the shared index; bitmaps of its entries that are deleted, and replaced */
static int
read_link(struct index *x, struct bytes link, const struct index_shared *shared, struct error *err)
{
	struct index_entry e;
	int64_t n = 0;
	uint64_t replaced;

	if (link.len < x->id_len)
		return error_set(err, ERROR_TRUNCATED, "the index's extension link is damaged");
	if (is_zero(link.at, x->id_len))
		return 0;
	if (open_base(x, link.at, shared, err) < 0)
		return -1;
	x->split = true;
	x->has_added = x->has_kept = -1;
	link = bytes_cut(link, x->id_len, link.len);
	if (link.len && (n = ewah_open(&x->deleted, link, err)) > 0)
		n = ewah_open(&x->replaced, bytes_cut(link, (size_t)n, link.len), err);
	if (n < 0)
		return -1;
	replaced = ewah_count(&x->replaced);
	if (replaced > x->own.count || replaced > x->base.count)
		return error_set(err, ERROR_SYNTAX, "the split index replaces more entries than it has");
	x->replacing = x->own;
	return replaced ? entries_skip(&x->own, (uint32_t)replaced, &e, err) : 0;
}

static int
read_extension(struct index *x, const uint8_t *name, struct bytes content,
    const struct index_shared *shared, struct error *err)
{
	if (memcmp(name, "TREE", 4) == 0)
		return x->trees.count ? 0 : cachetree_read(&x->trees, content, x->id_len, err);
	if (memcmp(name, "link", 4) == 0)
		return x->split ? 0 : read_link(x, content, shared, err);
	/* sdir says only that there are folders among the entries, which they say themselves; a capital says "may be passed over" */
	if (memcmp(name, "sdir", 4) == 0 || (name[0] >= 'A' && name[0] <= 'Z'))
		return 0;
	return error_set(err, ERROR_UNSUPPORTED, "the index has an extension that is not known here: %.4s", (const char *)name);
}

static int
open_all(struct index *x, struct bytes all, const struct index_shared *shared, struct error *err)
{
	struct bytes body;
	size_t end;

	if (all.len < x->id_len)
		return error_set(err, ERROR_TRUNCATED, "the index is too short");
	body = bytes_cut(all, 0, all.len - x->id_len);
	if (check_sum(all, x->id_len, err) < 0 || !(end = find_extensions(body, x->id_len, err)) ||
	    entries_open(&x->own, bytes_cut(body, 0, end), x->id_len, err) < 0)
		return -1;
	for (size_t at = end; at < body.len;) {
		const struct bytes content = bytes_cut(body, at + EXTENSION_HEAD, at + EXTENSION_HEAD + number_be32(body.at + at + 4));
		char name[5] = { 0 };

		memcpy(name, body.at + at, 4);
		if (read_extension(x, (const uint8_t *)name, content, shared, err) < 0)
			return -1;
		at += EXTENSION_HEAD + content.len;
	}
	return 0;
}

struct index *
index_open(struct bytes all, unsigned id_len, const struct index_shared *shared, struct error *err)
{
	struct index *x = calloc(1, sizeof *x);

	if (!x) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	x->id_len = id_len;
	if (open_all(x, all, shared, err) == 0)
		return x;
	index_close(x);
	return NULL;
}

void
index_close(struct index *x)
{
	if (!x)
		return;
	cachetree_done(&x->trees);
	entries_done(&x->own);
	entries_done(&x->base);
	entries_done(&x->replacing);
	buf_done(&x->last_path);
	free(x);
}

const struct cachetree *
index_trees(const struct index *x)
{
	return &x->trees;
}

/* as git orders entries */
static int
compare(const struct index_entry *a, const struct index_entry *b)
{
	const size_t n = a->path.len < b->path.len ? a->path.len : b->path.len;
	const int order = n ? memcmp(a->path.at, b->path.at, n) : 0;

	if (order)
		return order;
	if (a->path.len != b->path.len)
		return a->path.len < b->path.len ? -1 : 1;
	return (int)a->stage - (int)b->stage;
}

/* remembers the entry that is told, which must come after the one before */
static int
tell(struct index *x, const struct index_entry *e, struct error *err)
{
	if (x->last_path.len && compare(&x->last, e) >= 0)
		return error_set(err, ERROR_SYNTAX, "the index is damaged: %.*s stands out of order", (int)(e->path.len < 128 ? e->path.len : 128),
		    (const char *)e->path.at);
	if (e->path.len == 0)
		return error_set(err, ERROR_SYNTAX, "the index is damaged: an entry has no path");
	x->last_path.len = 0;
	buf_add(&x->last_path, e->path.at, e->path.len);
	x->last = *e;
	x->last.path = (struct bytes){ x->last_path.at, x->last_path.len };
	return x->last_path.failed ? error_set(err, ERROR_INTERNAL, "out of memory") : 1;
}

/* the next entry of the shared index that is not deleted, with what replaces it */
static int
next_kept(struct index *x, struct index_entry *e, struct error *err)
{
	struct index_entry instead;
	bool deleted, replaced;
	int r;

	do {
		r = entries_next(&x->base, e, err);
		if (r <= 0)
			return r;
		deleted = ewah_next(&x->deleted);
		replaced = ewah_next(&x->replaced);
		if (!replaced)
			continue;
		r = entries_next(&x->replacing, &instead, err);
		if (r <= 0 || instead.path.len)
			return r < 0 ? r : error_set(err, ERROR_SYNTAX, "the split index replaces an entry by one that has a path");
		instead.path = e->path;
		*e = instead;
	} while (deleted);
	return 1;
}

/* of the shared index's entries and those added the lesser; an added one takes an equal one's place */
static int
next_merged(struct index *x, struct index_entry *e, struct error *err)
{
	int order;

	if (x->has_kept < 0 && (x->has_kept = next_kept(x, &x->kept, err)) < 0)
		return -1;
	if (x->has_added < 0 && (x->has_added = entries_next(&x->own, &x->added, err)) < 0)
		return -1;
	if (!x->has_kept && !x->has_added)
		return 0;
	order = !x->has_added ? -1 : !x->has_kept ? 1 : compare(&x->kept, &x->added);
	*e = order < 0 ? x->kept : x->added;
	if (order <= 0)
		x->has_kept = -1;
	if (order >= 0)
		x->has_added = -1;
	return 1;
}

int
index_next(struct index *x, struct index_entry *e, struct error *err)
{
	const int r = x->split ? next_merged(x, e, err) : entries_next(&x->own, e, err);

	return r > 0 ? tell(x, e, err) : r;
}

int
index_skip(struct index *x, uint32_t n, struct index_entry *e, struct error *err)
{
	int r = 1;

	if (!x->split)
		return entries_skip(&x->own, n, e, err) < 0 ? -1 : tell(x, e, err);
	for (; r > 0 && n; n--)
		r = index_next(x, e, err);
	return r ? r : error_set(err, ERROR_SYNTAX, "the index has fewer entries than its tree says");
}
