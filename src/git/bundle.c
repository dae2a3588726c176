#include "git/bundle.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "git/family.h"
#include "git/files.h"
#include "git/inflate.h"
#include "git/object.h"
#include "git/repository.h"
#include "git/store.h"

#define PACK_HEAD 12
#define OBJECT_MAX ((uint64_t)512 << 20)
#define ROUNDS 64

/* An object of the pack while its id is looked for. */
struct entry {
	struct oid id; /* until it is known, one that no object has */
	uint64_t offset;
	bool known;
};

struct indexing {
	struct pack pack;    /* its index changes from round to round */
	struct entry *entry; /* in the order of offsets */
	uint32_t count;
	unsigned hash;
	enum object_type type; /* of the family at hand */
};

static struct bytes
take_line(struct bytes *b)
{
	const uint8_t *lf = b->len ? memchr(b->at, '\n', b->len) : NULL;
	const struct bytes line = bytes_cut(*b, 0, lf ? (size_t)(lf - b->at) : b->len);

	*b = bytes_cut(*b, line.len + 1, b->len);
	return line;
}

static int
damaged(struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "the bundle is damaged");
}

/* the lines before the pack: what it can do, what it builds on, its refs */
static int
read_head(struct bundle *b, struct bytes *text, struct error *err)
{
	struct bytes line;
	char name[4096];
	struct oid id;

	b->repo->hash = OID_SHA1;
	while (text->len && (line = take_line(text)).len) {
		const size_t n = 2 * b->repo->hash;

		if (bytes_equal(line, bytes_of("@object-format=sha256"))) {
			b->repo->hash = OID_SHA256;
		} else if (*line.at == '@') {
			b->repo->partial |= bytes_starts(line, "@filter=");
		} else if (*line.at == '-') {
			b->repo->partial = true;
		} else if (line.len <= n + 1 || line.len - n > sizeof name || !oid_parse(bytes_cut(line, 0, n), b->repo->hash, &id)) {
			return damaged(err);
		} else {
			memcpy(name, line.at + n + 1, line.len - n - 1);
			name[line.len - n - 1] = 0;
			if (refs_add(&b->refs, REF_NAME, name, &id, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* finds where each object begins: nothing says so but the end of the one before */
static int
list_entries(struct indexing *x, struct error *err)
{
	struct inflater inflater;
	uint64_t offset = PACK_HEAD;
	int r = inflate_init(&inflater, err);

	for (uint32_t i = 0; r == 0 && i < x->count; i++) {
		struct pack_entry e;
		struct bytes in;
		uint8_t *text;
		size_t used;

		if (pack_entry(&x->pack, offset, &e, err) < 0) {
			r = -1;
			break;
		}
		in = pack_data(&x->pack, &e);
		x->entry[i].offset = offset;
		memcpy(x->entry[i].id.at, &(uint32_t){ htobe32(i) }, 4);
		if (e.size > OBJECT_MAX)
			r = error_set(err, ERROR_LIMIT, "an object of the bundle is larger than is held in memory");
		else
			r = inflate_plausible(e.size, in.len, err);
		text = r == 0 ? malloc(e.size + 1) : NULL;
		if (r == 0)
			r = text ? inflate_exact(&inflater, in, text, e.size, &used, err) : error_set(err, ERROR_INTERNAL, "out of memory");
		free(text);
		offset = r == 0 ? e.data + used : 0;
	}
	inflate_done(&inflater);
	return r;
}

static void
name_object(struct indexing *x, struct entry *e, enum object_type type, struct bytes text)
{
	struct sha1_ctx one;
	struct sha256_ctx two;
	char head[64];
	const size_t n = (size_t)snprintf(head, sizeof head, "%s %zu", object_type_name(type), text.len) + 1;

	e->id = (struct oid){ { 0 } };
	e->known = true;
	if (x->hash == OID_SHA1) {
		sha1_init(&one);
		sha1_update(&one, n, (const uint8_t *)head);
		sha1_update(&one, text.len, text.at);
		sha1_digest(&one, OID_SHA1, e->id.at);
	} else {
		sha256_init(&two);
		sha256_update(&two, n, (const uint8_t *)head);
		sha256_update(&two, text.len, text.at);
		sha256_digest(&two, OID_SHA256, e->id.at);
	}
}

static void
put32(uint8_t *at, uint32_t n)
{
	n = htobe32(n);
	memcpy(at, &n, sizeof n);
}

static int
by_id(const void *a, const void *b)
{
	return memcmp((*(struct entry *const *)a)->id.at, (*(struct entry *const *)b)->id.at, OID_MAX);
}

/* an index of version 2 of what is known so far, in memory of malloc */
static int
make_index(const struct indexing *x, struct bytes *out, struct error *err)
{
	const size_t tables = 8 + 1024 + (size_t)x->count * (x->hash + 8), len = tables + (size_t)x->count * 8 + 2 * x->hash;
	struct entry **sorted = malloc((x->count + (size_t)1) * sizeof *sorted);
	uint8_t *map = calloc(1, len), *at = map;
	uint32_t large = 0;

	if (!sorted || !map) {
		free(sorted);
		free(map);
		return error_set(err, ERROR_INTERNAL, "out of memory");
	}
	for (uint32_t i = 0; i < x->count; i++)
		sorted[i] = &x->entry[i];
	if (x->count > 1)
		qsort(sorted, x->count, sizeof *sorted, by_id);
	memcpy(at, "\377tOc\0\0\0\2", 8);
	for (uint32_t i = 0, n = 0; i < 256; i++) {
		while (n < x->count && sorted[n]->id.at[0] <= i)
			n++;
		put32(map + 8 + 4 * i, n);
	}
	at += 8 + 1024;
	for (uint32_t i = 0; i < x->count; i++)
		memcpy(at + (size_t)i * x->hash, sorted[i]->id.at, x->hash);
	at += (size_t)x->count * (x->hash + 4);
	for (uint32_t i = 0; i < x->count; i++) {
		const uint64_t offset = htobe64(sorted[i]->offset);

		put32(at + (size_t)i * 4, sorted[i]->offset < 0x80000000 ? (uint32_t)sorted[i]->offset : 0x80000000 | large);
		if (sorted[i]->offset >= 0x80000000)
			memcpy(map + tables + (size_t)large++ * 8, &offset, 8);
	}
	free(sorted);
	*out = (struct bytes){ map, len };
	return 0;
}

/* makes all objects whose bases are here, and so their ids: how many are new, or -1 */
static int
round_of(struct indexing *x, struct error *err)
{
	const struct store none = { .hash = x->hash };
	struct reader *reader = NULL;
	struct family_member m;
	struct forest forest = { 0 };
	struct family f = { 0 };
	int named = 0, r = make_index(x, &x->pack.index_map, err);

	if (r == 0)
		r = packindex_init(&x->pack.index, x->pack.index_map, x->hash, err);
	if (r == 0)
		r = forest_build(&forest, &x->pack, 1, err);
	if (r == 0 && (!(reader = reader_new(&none, OBJECT_MAX, 0, err)) || family_init(&f, &forest, reader, OBJECT_MAX, err) < 0))
		r = -1;
	for (uint32_t i = 0; r == 0 && i < forest.roots; i++) {
		int more = family_begin(&f, forest.root[i], &m, err) < 0 ? 0 : 1;
		const enum object_type type = m.type;

		for (; more; more = family_next(&f, &m, err))
			if (more > 0 && !x->entry[m.node].known) {
				name_object(x, &x->entry[m.node], type, m.text);
				named++;
			}
	}
	if (f.forest)
		family_done(&f);
	reader_free(reader);
	forest_done(&forest);
	free((void *)(uintptr_t)x->pack.index_map.at);
	x->pack.index_map = (struct bytes){ 0 };
	return r < 0 ? -1 : named;
}

static int
index_pack(struct bundle *b, struct bytes file, struct bytes text, struct error *err)
{
	struct indexing x = { .hash = b->repo->hash };
	struct bytes index;
	uint32_t count;
	int r;

	if (text.len < PACK_HEAD + x.hash || memcmp(text.at, "PACK", 4) != 0)
		return damaged(err);
	memcpy(&count, text.at + 8, 4);
	x.count = be32toh(count);
	if (x.count > text.len / 3) /* none is shorter */
		return damaged(err);
	x.pack = (struct pack){ .name = (char *)(uintptr_t) "the bundle", .map = text, .index = { .hash = x.hash } };
	x.entry = calloc(x.count + (size_t)1, sizeof *x.entry);
	r = x.entry ? list_entries(&x, err) : error_set(err, ERROR_INTERNAL, "out of memory");
	for (int i = 0, named = 1; r == 0 && named && i < ROUNDS; i++) {
		named = round_of(&x, err);
		r = named < 0 ? -1 : 0;
	}
	if (r == 0)
		r = make_index(&x, &index, err);
	for (uint32_t i = 0; r == 0 && i < x.count; i++)
		b->nameless += !x.entry[i].known;
	free(x.entry);
	if (r < 0)
		return -1;
	b->pack = pack_new_within("the bundle", file, text, index, x.hash, err);
	return b->pack ? 0 : -1;
}

static int
map_file(const char *path, struct bytes *file, struct error *err)
{
	__attribute__((cleanup(io_close))) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	void *at;

	*file = (struct bytes){ 0 };
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return 0;
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return error_set(err, errno, "map '%s':", path);
	*file = (struct bytes){ at, (size_t)st.st_size };
	return 0;
}

int
bundle_open(struct bundle *b, const char *path, struct error *err)
{
	struct bytes file, text, line;
	int r;

	*b = (struct bundle){ 0 };
	if (map_file(path, &file, err) < 0)
		return -1;
	text = file;
	line = take_line(&text);
	if (!bytes_equal(line, bytes_of("# v2 git bundle")) && !bytes_equal(line, bytes_of("# v3 git bundle"))) {
		files_unmap(&file);
		return 0;
	}
	b->repo = repository_nowhere(path, err);
	r = b->repo ? read_head(b, &text, err) : -1;
	if (r == 0)
		r = index_pack(b, file, text, err);
	else
		files_unmap(&file);
	if (r == 0)
		return 1;
	repository_close(b->repo);
	refs_done(&b->refs);
	return -1;
}
