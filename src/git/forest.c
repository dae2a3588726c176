#include "git/forest.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "git/oid.h"

#define RADIX 65536
#define THREADS_MAX 64
#define SHARE_MIN 8192 /* nodes for which a thread of their own pays */

void
forest_done(struct forest *f)
{
	free(f->offset);
	free(f->number);
	free(f->child);
	free(f->sibling);
	free(f->weight);
	free(f->root);
	*f = (struct forest){ 0 };
}

struct place {
	uint64_t offset;
	uint32_t number;
};

/* sorts by 16 bits of the offsets at a time, lowest first */
static bool
sort_places(struct place **places, uint32_t n, uint64_t most)
{
	struct place *from = *places, *to = malloc(((size_t)n + 1) * sizeof *to);
	uint32_t *count = malloc(RADIX * sizeof *count);

	for (unsigned shift = 0; to && count && shift < 64 && most >> shift; shift += 16) {
		uint32_t sum = 0;
		struct place *swap = from;

		memset(count, 0, RADIX * sizeof *count);
		for (uint32_t i = 0; i < n; i++)
			count[from[i].offset >> shift & 0xffff]++;
		for (uint32_t i = 0; i < RADIX; i++) {
			const uint32_t c = count[i];

			count[i] = sum;
			sum += c;
		}
		for (uint32_t i = 0; i < n; i++)
			to[count[from[i].offset >> shift & 0xffff]++] = from[i];
		from = to;
		to = swap;
	}
	*places = from;
	free(to == from ? NULL : to);
	free(count);
	return to && count;
}

static int
order(struct forest *f, struct error *err)
{
	const uint64_t end = f->pack->map.len - f->pack->index.hash;
	struct place *places = malloc(((size_t)f->count + 1) * sizeof *places);
	bool ok = places != NULL;

	for (uint32_t i = 0; ok && i < f->count; i++) {
		places[i] = (struct place){ packindex_offset(&f->pack->index, i), i };
		if (places[i].offset >= end) {
			free(places);
			return error_set(err, ERROR_SYNTAX, "the index of %s is damaged", f->pack->name);
		}
	}
	ok = ok && sort_places(&places, f->count, end);
	for (uint32_t i = 0; ok && i < f->count; i++) {
		f->offset[i] = places[i].offset;
		f->number[i] = places[i].number;
	}
	f->offset[f->count] = end;
	free(places);
	return ok ? 0 : error_set(err, ERROR_INTERNAL, "out of memory");
}

/* the node of [from, to) that begins at an offset */
static uint32_t
at_offset(const struct forest *f, uint32_t from, uint32_t to, uint64_t offset)
{
	while (from < to) {
		const uint32_t mid = from + (to - from) / 2;

		if (f->offset[mid] < offset)
			from = mid + 1;
		else
			to = mid;
	}
	return from < f->count && f->offset[from] == offset ? from : FOREST_NONE;
}

uint32_t
forest_node(const struct forest *f, uint32_t number)
{
	return at_offset(f, 0, f->count, packindex_offset(&f->pack->index, number));
}

/* git writes a base shortly before what is based on it: looked for in steps that double */
static uint32_t
before(const struct forest *f, uint32_t node, uint64_t offset)
{
	uint32_t step = 1;

	while (step < node && f->offset[node - step] > offset)
		step *= 2;
	return at_offset(f, step < node ? node - step : 0, node, offset);
}

/* what a node is based on: itself when it is a root, FOREST_NONE when it is damaged */
static uint32_t
base_of(const struct forest *f, uint32_t node)
{
	struct pack_entry e;
	struct error err;
	struct oid id;
	uint32_t number;

	if (pack_entry(f->pack, f->offset[node], &e, &err) < 0)
		return FOREST_NONE;
	if (e.type == OBJECT_OFS_DELTA)
		return before(f, node, e.base);
	if (e.type != OBJECT_REF_DELTA)
		return node;
	id = oid_of(e.base_id, f->pack->index.hash);
	return packindex_find(&f->pack->index, &id, &number) ? forest_node(f, number) : node;
}

/* A part of the nodes, and where what they are based on goes. */
struct share {
	const struct forest *forest;
	uint32_t *base;
	uint32_t from, to;
};

static void *
find_bases(void *arg)
{
	const struct share *s = arg;

	for (uint32_t i = s->from; i < s->to; i++)
		s->base[i] = base_of(s->forest, i);
	return NULL;
}

/* what no thread could be had for is done here */
static void
find_all_bases(const struct forest *f, uint32_t *base, unsigned threads)
{
	const uint32_t most = f->count / SHARE_MIN + 1, want = threads < THREADS_MAX ? threads : THREADS_MAX, n = want < most ? want : most;
	struct share share[THREADS_MAX];
	pthread_t thread[THREADS_MAX];
	uint32_t begun = 0;

	for (uint32_t i = 0; i < n; i++)
		share[i] = (struct share){ f, base, (uint32_t)((uint64_t)f->count * i / n), (uint32_t)((uint64_t)f->count * (i + 1) / n) };
	while (begun + 1 < n && pthread_create(&thread[begun], NULL, find_bases, &share[begun]) == 0)
		begun++;
	for (uint32_t i = begun; i < n; i++)
		find_bases(&share[i]);
	while (begun)
		pthread_join(thread[--begun], NULL);
}

/* the heaviest child stays at the list's end */
static void
link_child(struct forest *f, uint32_t base, uint32_t c)
{
	const uint32_t last = f->child[base];

	if (last == FOREST_NONE) {
		f->sibling[c] = f->child[base] = c;
		return;
	}
	f->sibling[c] = f->sibling[last];
	f->sibling[last] = c;
	if (f->weight[c] >= f->weight[last])
		f->child[base] = c;
}

/* weighs from the back, since bases come before what is based on them, but for some ref-deltas, whose weight is then too small */
static void
link_all(struct forest *f, const uint32_t *base)
{
	for (uint32_t i = 0; i < f->count; i++) {
		f->weight[i] = 1;
		f->child[i] = f->sibling[i] = FOREST_NONE;
	}
	for (uint32_t i = f->count; i-- > 0;)
		if (base[i] != i && base[i] != FOREST_NONE)
			f->weight[base[i]] += f->weight[i];
	for (uint32_t i = 0; i < f->count; i++) {
		if (base[i] == i)
			f->root[f->roots++] = i;
		else if (base[i] != FOREST_NONE)
			link_child(f, base[i], i);
	}
}

/* nodes that no root leads to */
static uint32_t
count_unrooted(struct forest *f, uint32_t *base)
{
	uint32_t unrooted = 0;

	/* marks with base[i] == i what leads to a root, by walking up and, once found, up again */
	for (uint32_t i = 0; i < f->count; i++) {
		uint32_t at = i, root;
		uint32_t steps = 0;

		while (at != FOREST_NONE && base[at] != at && steps++ <= f->count)
			at = base[at];
		root = at != FOREST_NONE && base[at] == at ? at : FOREST_NONE;
		unrooted += root == FOREST_NONE;
		for (at = i; at != FOREST_NONE && base[at] != at;) {
			const uint32_t next = base[at];

			base[at] = root == FOREST_NONE ? FOREST_NONE : at;
			at = next;
		}
	}
	return unrooted;
}

int
forest_build(struct forest *f, const struct pack *pack, unsigned threads, struct error *err)
{
	const size_t n = (size_t)pack->index.count + 1;
	uint32_t *base = malloc(n * sizeof *base);

	*f = (struct forest){ .pack = pack, .count = pack->index.count };
	f->offset = malloc((n + 1) * sizeof *f->offset);
	f->number = malloc(n * sizeof *f->number);
	f->child = malloc(n * sizeof *f->child);
	f->sibling = malloc(n * sizeof *f->sibling);
	f->weight = malloc(n * sizeof *f->weight);
	f->root = malloc(n * sizeof *f->root);
	if (!base || !f->offset || !f->number || !f->child || !f->sibling || !f->weight || !f->root)
		error_set(err, ERROR_INTERNAL, "out of memory for the %u objects of %s", f->count, pack->name);
	else if (order(f, err) == 0) {
		find_all_bases(f, base, threads ? threads : 1);
		link_all(f, base);
		f->unrooted = count_unrooted(f, base);
		free(base);
		return 0;
	}
	free(base);
	forest_done(f);
	return -1;
}

uint32_t
forest_first(const struct forest *f, uint32_t node)
{
	return f->child[node] == FOREST_NONE ? FOREST_NONE : f->sibling[f->child[node]];
}

uint32_t
forest_after(const struct forest *f, uint32_t node, uint32_t c)
{
	return f->child[node] == c ? FOREST_NONE : f->sibling[c];
}

struct bytes
forest_data(const struct forest *f, uint32_t node, const struct pack_entry *e)
{
	return bytes_cut(f->pack->map, e->data, f->offset[node + 1]);
}
