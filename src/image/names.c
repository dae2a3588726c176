#include "image/names.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

/* 32 MiB: more names than that in one layer are not remembered, which is told with each finding's state */
#define NAMES_MOST ((size_t)4 << 20)

void
names_done(struct names *n)
{
	free(n->hash);
	*n = (struct names){ 0 };
}

/* two hashes of 62 bits would be alike once in four billion files; the kind takes two bits */
static uint64_t
hash_of(enum names_kind kind, struct bytes path, const uint8_t *key)
{
	uint64_t h;

	_Static_assert(crypto_shorthash_BYTES == sizeof h && crypto_shorthash_KEYBYTES == NAMES_KEY, "SipHash-2-4");
	crypto_shorthash((unsigned char *)&h, path.at ? path.at : (const uint8_t *)"", path.len, key);
	return (h & ~UINT64_C(3)) | kind;
}

void
names_add(struct names *n, enum names_kind kind, struct bytes path, const uint8_t *key)
{
	if (n->count == n->cap && !n->failed) {
		const size_t cap = n->cap ? n->cap * 2 : 256;
		uint64_t *more = cap > NAMES_MOST ? NULL : realloc(n->hash, cap * sizeof *more);

		n->failed = !more;
		if (more) {
			n->hash = more;
			n->cap = cap;
		}
	}
	if (n->failed)
		return;
	n->hash[n->count++] = hash_of(kind, path, key);
	n->sorted = false;
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void
names_end(struct names *n)
{
	if (n->count && !n->sorted)
		qsort(n->hash, n->count, sizeof *n->hash, by_value);
	n->sorted = true;
}

bool
names_load(struct names *n, struct bytes hashes)
{
	uint64_t *copy = hashes.len % sizeof *copy == 0 ? malloc(hashes.len + 1) : NULL;

	if (!copy)
		return false;
	if (hashes.len)
		memcpy(copy, hashes.at, hashes.len);
	names_done(n);
	*n = (struct names){ .hash = copy, .count = hashes.len / sizeof *copy, .cap = hashes.len / sizeof *copy, .sorted = true };
	return true;
}

static bool
has(const struct names *n, enum names_kind kind, struct bytes path, const uint8_t *key)
{
	const uint64_t h = hash_of(kind, path, key);

	return n->count && bsearch(&h, n->hash, n->count, sizeof h, by_value);
}

enum names_fate
names_fate(const struct names *n, struct bytes path, const uint8_t *key)
{
	if (has(n, NAMES_FILE, path, key) || has(n, NAMES_FOLDER, path, key))
		return NAMES_REPLACED;
	if (has(n, NAMES_WHITEOUT, path, key))
		return NAMES_DELETED;
	while (path.len) {
		do
			path.len--;
		while (path.len && path.at[path.len] != '/');
		if (has(n, NAMES_OPAQUE, path, key) || has(n, NAMES_WHITEOUT, path, key) || has(n, NAMES_FILE, path, key))
			return NAMES_DELETED;
	}
	return NAMES_KEPT;
}

struct bytes
names_clean(struct bytes path, char *room, bool *odd)
{
	size_t n = 0, depth = 0;

	*odd = false;
	while (path.len) {
		const size_t end = bytes_find(path, (struct bytes){ (const uint8_t *)"/", 1 });
		const struct bytes part = bytes_cut(path, 0, end);
		const bool up = part.len == 2 && part.at[0] == '.' && part.at[1] == '.';

		path = bytes_cut(path, end + 1, path.len);
		if (part.len == 0 || (part.len == 1 && part.at[0] == '.'))
			continue;
		if (up && depth == 0)
			*odd = true;
		depth = up ? depth - (depth > 0) : depth + 1;
		if (n)
			room[n++] = '/';
		memcpy(room + n, part.at, part.len);
		n += part.len;
	}
	return (struct bytes){ (const uint8_t *)room, n };
}
