/* A pack and its index: every object is read, by its id and in its family. Input: two bytes, the length of the index; the index; the pack. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <stanch/error.h>

#include "git/catalog.h"
#include "git/family.h"
#include "git/object.h"
#include "git/store.h"

#define OBJECT_MOST ((uint64_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
read_all(const struct store *s, const struct catalog *c)
{
	struct error err;
	struct reader *r = reader_new(s, OBJECT_MOST, 1 << 16, &err);

	for (uint32_t i = 0; r && i < c->count && i < 500; i++) {
		const struct oid id = catalog_id(c, i);
		enum object_type type;
		uint64_t size;
		const struct object *o = object_read(r, &id, &err);

		object_stat(r, &id, &type, &size, &err);
		object_drop(r, o);
	}
	reader_free(r);
}

static void
walk_families(const struct store *s, const struct catalog *c)
{
	const struct forest *f = &c->forest[0];
	struct error err;
	struct reader *r = reader_new(s, OBJECT_MOST, 1 << 16, &err);
	struct family family;
	struct family_member m;
	size_t made = 0;

	if (!r || family_init(&family, f, r, OBJECT_MOST, &err) < 0) {
		reader_free(r);
		return;
	}
	for (uint32_t i = 0; i < f->roots && made < 1000; i++) {
		int more = family_begin(&family, f->root[i], &m, &err) < 0 ? 0 : 1;

		while (more && made++ < 1000)
			more = family_next(&family, &m, &err);
	}
	family_done(&family);
	reader_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t n = size < 2 ? 0 : (size_t)data[0] << 8 | data[1], rest = size < 2 || n > size - 2 ? 0 : size - 2 - n;
	struct store s = { .hash = OID_SHA1 };
	struct catalog c;
	struct error err;
	uint8_t *index, *map;
	struct pack *p;

	if (rest == 0 || (map = mmap(NULL, rest, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) == MAP_FAILED)
		return 0;
	index = malloc(n + 1);
	if (!index) {
		munmap(map, rest);
		return 0;
	}
	memcpy(index, data + 2, n);
	memcpy(map, data + 2 + n, rest);
	p = pack_new("fuzz", (struct bytes){ map, rest }, (struct bytes){ index, n }, OID_SHA1, &err);
	if (!p)
		return 0;
	if (store_add(&s, p, &err) == 0 && catalog_build(&c, &s, 2, &err) == 0) {
		read_all(&s, &c);
		walk_families(&s, &c);
		catalog_done(&c);
	}
	store_close(&s);
	return 0;
}
