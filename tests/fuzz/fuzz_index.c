/* fuzz_index.c: an index, and where the input has two parts, the shared one of a split index. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "git/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
open_shared(void *arg, const char *id, struct bytes *out, struct error *err)
{
	const struct bytes *second = arg;

	if (strlen(id) != 40 && strlen(id) != 64)
		abort();
	if (second->len == 0)
		return error_set(err, ERROR_TRUNCATED, "there is none");
	*out = *second;
	return 0;
}

static unsigned
touch(const struct index_entry *e, unsigned id_len)
{
	unsigned sum = e->stage + e->mode;

	for (size_t i = 0; i < e->path.len; i++)
		sum += e->path.at[i];
	for (unsigned i = 0; i < id_len; i++)
		sum += e->id[i];
	return sum;
}

static void
walk(struct index *x, unsigned id_len, uint32_t skip)
{
	const struct cachetree *t = index_trees(x);
	struct index_entry e;
	struct error err;
	unsigned sum = 0;

	for (uint32_t i = 0; i < t->count; i++) {
		const struct cachetree_node *n = &t->node[i];

		if (n->id)
			sum += n->id[id_len - 1];
		if (i && cachetree_child(t, &t->node[n->parent], n->name))
			sum++;
	}
	while ((skip ? index_skip(x, skip, &e, &err) : index_next(x, &e, &err)) > 0)
		sum += touch(&e, id_len);
	if (sum == 0xdeadbeef)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* the first bytes say where it is cut, which ids it has and how many entries are passed at once */
	const size_t at = size >= 3 ? (size_t)(data[0] << 8 | data[1]) : 0;
	const unsigned id_len = size >= 3 && data[2] & 1 ? 32 : 20;
	struct bytes own = size >= 3 ? (struct bytes){ data + 3, size - 3 } : (struct bytes){ data, 0 };
	struct bytes second = bytes_cut(own, at ? at : own.len, own.len);
	const struct index_shared shared = { open_shared, &second };
	struct error err;
	struct index *x;

	own.len -= second.len;
	/* without a checksum, which fuzzing would not get right */
	if (own.len > id_len) {
		uint8_t *copy = malloc(own.len);

		if (!copy)
			return 0;
		memcpy(copy, own.at, own.len);
		memset(copy + own.len - id_len, 0, id_len);
		own.at = copy;
		x = index_open(own, id_len, &shared, &err);
		if (x)
			walk(x, id_len, data[2] >> 1 & 3);
		index_close(x);
		free(copy);
	}
	return 0;
}
