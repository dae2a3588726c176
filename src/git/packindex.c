#include "git/packindex.h"

#include <endian.h>
#include <string.h>

#include <stanch/error.h>

#include "git/oid.h"

#define FANOUT 1024
#define GUESSES 4 /* then by halves: an index may be made to mislead */

static uint32_t
be32(const uint8_t *at)
{
	uint32_t n;

	memcpy(&n, at, sizeof n);
	return be32toh(n);
}

static uint64_t
be64(const uint8_t *at)
{
	uint64_t n;

	memcpy(&n, at, sizeof n);
	return be64toh(n);
}

static int
damaged(struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "the index of a pack is damaged");
}

static int
init_tables(struct packindex *x, size_t head, size_t an_id, struct error *err)
{
	uint32_t last = 0;

	if (x->map.len < head + FANOUT + 2 * x->hash)
		return damaged(err);
	x->fanout = x->map.at + head;
	for (unsigned i = 0; i < 256; i++) {
		const uint32_t n = be32(x->fanout + 4 * i);

		if (n < last)
			return damaged(err);
		last = n;
	}
	x->count = last;
	if ((x->map.len - head - FANOUT - 2 * x->hash) / an_id < x->count)
		return damaged(err);
	x->ids = x->fanout + FANOUT;
	return 0;
}

int
packindex_init(struct packindex *x, struct bytes map, unsigned hash, struct error *err)
{
	static const uint8_t magic[] = { 0xff, 't', 'O', 'c' };
	size_t rest;

	*x = (struct packindex){ .map = map, .hash = hash, .version = 1, .stride = hash + 4 };
	if (map.len < 8 || memcmp(map.at, magic, 4) != 0) {
		if (init_tables(x, 0, hash + 4, err) < 0)
			return -1;
		x->ids += 4;
		return 0;
	}
	x->version = be32(map.at + 4);
	if (x->version != 2)
		return error_set(err, ERROR_UNSUPPORTED, "the index of a pack is of version %u, which is not read", x->version);
	x->stride = hash;
	if (init_tables(x, 8, hash + 8, err) < 0)
		return -1;
	x->offsets = x->ids + (size_t)x->count * (hash + 4);
	x->large = x->offsets + (size_t)x->count * 4;
	rest = (size_t)(map.at + map.len - x->large);
	x->large_count = (rest - 2 * hash) / 8;
	return 0;
}

const uint8_t *
packindex_raw(const struct packindex *x, uint32_t n)
{
	return x->ids + (size_t)n * x->stride;
}

uint64_t
packindex_offset(const struct packindex *x, uint32_t n)
{
	uint32_t offset;
	uint64_t big;

	if (x->version == 1)
		return be32(x->ids - 4 + (size_t)n * x->stride);
	offset = be32(x->offsets + (size_t)n * 4);
	if (!(offset & 0x80000000))
		return offset;
	offset &= 0x7fffffff;
	if (offset >= x->large_count)
		return UINT64_MAX;
	memcpy(&big, x->large + (size_t)offset * 8, sizeof big);
	return be64toh(big);
}

/* where among n ids between low and high one would be if they were spread evenly, as hashes are */
static uint32_t
guess(uint64_t id, uint64_t low, uint64_t high, uint32_t n)
{
	const double at = (double)(id - low) / ((double)(high - low) + 1) * n;

	return at < n - 1 ? (uint32_t)at : n - 1;
}

bool
packindex_find(const struct packindex *x, const struct oid *id, uint32_t *n)
{
	uint32_t from = id->at[0] ? be32(x->fanout + 4 * (id->at[0] - 1)) : 0, to = be32(x->fanout + 4 * id->at[0]);
	uint64_t low = (uint64_t)id->at[0] << 56, high = low | UINT64_MAX >> 8;
	const uint64_t sought = be64(id->at);

	for (unsigned tries = 0; from < to; tries++) {
		const uint32_t at = from + (tries < GUESSES ? guess(sought, low, high, to - from) : (to - from) / 2);
		const uint8_t *raw = packindex_raw(x, at);
		const uint64_t there = be64(raw);
		const int c = sought != there ? (sought > there) - (sought < there) : memcmp(id->at, raw, x->hash);

		if (c == 0) {
			*n = at;
			return true;
		}
		if (c < 0) {
			to = at;
			high = there;
		} else {
			from = at + 1;
			low = there;
		}
	}
	return false;
}

/* the first object whose id is not below this one */
static uint32_t
lower(const struct packindex *x, const struct oid *id)
{
	uint32_t from = 0, to = x->count;

	while (from < to) {
		const uint32_t mid = from + (to - from) / 2;

		if (memcmp(packindex_raw(x, mid), id->at, x->hash) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

void
packindex_prefix(const struct packindex *x, const struct oid *prefix, unsigned digits, uint32_t *from, uint32_t *to)
{
	struct oid last = *prefix;

	for (unsigned i = digits; i < 2 * x->hash; i++)
		last.at[i / 2] |= i % 2 ? 0x0f : 0xf0;
	*from = lower(x, prefix);
	*to = lower(x, &last);
	if (*to < x->count && memcmp(packindex_raw(x, *to), last.at, x->hash) == 0)
		++*to;
}
