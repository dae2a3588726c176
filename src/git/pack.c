#include "git/pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <stanch/error.h>

#include "git/files.h"

#define HEAD 12

static int
damaged(struct error *err, const struct pack *p)
{
	return error_set(err, ERROR_SYNTAX, "%s is damaged", p->name);
}

static int
check_head(const struct pack *p, unsigned hash, struct error *err)
{
	static const uint8_t version[2][4] = { { 0, 0, 0, 2 }, { 0, 0, 0, 3 } };

	if (p->map.len < HEAD + hash || memcmp(p->map.at, "PACK", 4) != 0)
		return damaged(err, p);
	if (memcmp(p->map.at + 4, version[0], 4) != 0 && memcmp(p->map.at + 4, version[1], 4) != 0)
		return error_set(err, ERROR_UNSUPPORTED, "%s is of a version that is not read", p->name);
	return 0;
}

static struct pack *
finish(struct pack *p, unsigned hash, struct error *err)
{
	if (check_head(p, hash, err) == 0 && packindex_init(&p->index, p->index_map, hash, err) == 0)
		return p;
	pack_close(p);
	return NULL;
}

struct pack *
pack_open(int dir, const char *folder, const char *name, unsigned hash, struct error *err)
{
	struct pack *p = calloc(1, sizeof *p);
	char path[512];

	if (!p || asprintf(&p->name, "%s.pack", name) < 0) {
		free(p);
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	snprintf(path, sizeof path, "%s/%s.pack", folder, name);
	if (files_map(dir, path, &p->file, err) == 0) {
		p->map = p->file;
		snprintf(path, sizeof path, "%s/%s.idx", folder, name);
		if (files_map(dir, path, &p->index_map, err) == 0)
			return finish(p, hash, err);
	}
	pack_close(p);
	return NULL;
}

struct pack *
pack_new(const char *name, struct bytes map, struct bytes index_map, unsigned hash, struct error *err)
{
	return pack_new_within(name, map, map, index_map, hash, err);
}

struct pack *
pack_new_within(const char *name, struct bytes file, struct bytes map, struct bytes index_map, unsigned hash, struct error *err)
{
	struct pack *p = calloc(1, sizeof *p);

	if (!p || !(p->name = strdup(name))) {
		free(p);
		free((void *)(uintptr_t)index_map.at);
		files_unmap(&file);
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	p->map = map;
	p->file = file;
	p->index_map = index_map;
	p->own_index = true;
	return finish(p, hash, err);
}

void
pack_close(struct pack *p)
{
	if (!p)
		return;
	files_unmap(&p->file);
	if (p->own_index)
		free((void *)(uintptr_t)p->index_map.at);
	else
		files_unmap(&p->index_map);
	free(p->name);
	free(p);
}

/* the distance back to an ofs-delta's base */
static bool
take_distance(const uint8_t **at, const uint8_t *end, uint64_t *out)
{
	uint64_t n = 0;

	for (unsigned i = 0; *at < end && i < 10; i++) {
		const uint8_t c = *(*at)++;

		if (n >> 56)
			return false;
		n = n << 7 | (c & 0x7f);
		if (!(c & 0x80)) {
			*out = n;
			return true;
		}
		n++;
	}
	return false;
}

/* the type and the size, in groups of bits, lowest first */
static bool
take_head(const uint8_t **at, const uint8_t *end, struct pack_entry *e)
{
	uint8_t c = *(*at)++;

	e->type = (enum object_type)(c >> 4 & 7);
	e->size = c & 15;
	for (unsigned shift = 4; c & 0x80; shift += 7) {
		if (*at == end || shift > 56)
			return false;
		c = *(*at)++;
		e->size |= (uint64_t)(c & 0x7f) << shift;
	}
	return e->type != OBJECT_NONE && (int)e->type != 5;
}

int
pack_entry(const struct pack *p, uint64_t offset, struct pack_entry *e, struct error *err)
{
	const uint8_t *at, *end = p->map.at + p->map.len - p->index.hash;
	uint64_t back;

	*e = (struct pack_entry){ 0 };
	if (offset < HEAD || offset >= (uint64_t)(end - p->map.at))
		return damaged(err, p);
	at = p->map.at + offset;
	if (!take_head(&at, end, e))
		return damaged(err, p);
	if (e->type == OBJECT_OFS_DELTA) {
		if (!take_distance(&at, end, &back) || back == 0 || back > offset - HEAD)
			return damaged(err, p);
		e->base = offset - back;
	} else if (e->type == OBJECT_REF_DELTA) {
		if ((size_t)(end - at) < p->index.hash)
			return damaged(err, p);
		e->base_id = at;
		at += p->index.hash;
	}
	e->data = (uint64_t)(at - p->map.at);
	return 0;
}

struct bytes
pack_data(const struct pack *p, const struct pack_entry *e)
{
	return bytes_cut(p->map, e->data, p->map.len - p->index.hash);
}
