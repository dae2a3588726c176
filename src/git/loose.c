#include "git/loose.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <stanch/error.h>

#include "git/files.h"
#include "git/inflate.h"
#include "git/object.h"
#include "git/store.h"

#define HEAD 64

static int
damaged(struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "a loose object is damaged");
}

int
loose_head(struct bytes b, enum object_type *type, uint64_t *size, struct error *err)
{
	static const enum object_type types[] = { OBJECT_COMMIT, OBJECT_TREE, OBJECT_BLOB, OBJECT_TAG };
	size_t at;

	*type = OBJECT_NONE;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (bytes_starts(b, object_type_name(types[i])))
			*type = types[i];
	at = strlen(object_type_name(*type));
	if (*type == OBJECT_NONE || at + 2 > b.len || b.at[at++] != ' ')
		return damaged(err);
	for (*size = 0; at < b.len && b.at[at] >= '0' && b.at[at] <= '9' && *size < UINT64_MAX / 20; at++)
		*size = *size * 10 + (uint64_t)(b.at[at] - '0');
	return at < b.len && b.at[at] == 0 ? (int)at + 1 : damaged(err);
}

int
loose_stat(const struct store *s, size_t folder, const struct oid *id, enum object_type *type, uint64_t *size, struct error *err)
{
	char path[STORE_LOOSE_PATH];
	uint8_t head[HEAD];
	struct bytes map;
	int n;

	store_loose_path(s, id, path);
	if (files_map(s->folder[folder], path, &map, err) < 0)
		return -1;
	n = inflate_head(map, head, sizeof head, err);
	files_unmap(&map);
	return n < 0 || loose_head((struct bytes){ head, (size_t)n }, type, size, err) < 0 ? -1 : 0;
}

/* inflates the whole stream, whose first bytes are the head */
static int
inflate_all(struct bytes in, uint8_t *head, size_t head_len, uint8_t *out, size_t size, struct error *err)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in.at, .next_out = head, .avail_out = (uInt)head_len };
	size_t left = in.len, todo = size;
	int r = inflateInit(&z);

	while (r == Z_OK) {
		const uInt step = left < (1u << 30) ? (uInt)left : 1u << 30;

		if (z.avail_in == 0) {
			z.avail_in = step;
			left -= step;
		}
		if (z.avail_out == 0 && todo) {
			z.next_out = out + (size - todo);
			z.avail_out = todo < (1u << 30) ? (uInt)todo : 1u << 30;
			todo -= z.avail_out;
		}
		r = inflate(&z, Z_NO_FLUSH);
	}
	inflateEnd(&z);
	return r == Z_STREAM_END && todo == 0 && z.avail_out == 0 ? 0 : damaged(err);
}

static int
read_mapped(struct bytes map, uint64_t max, struct object *o, struct error *err)
{
	uint8_t head[HEAD], *text;
	uint64_t size;
	int n = inflate_head(map, head, sizeof head, err), skip;

	skip = n < 0 ? -1 : loose_head((struct bytes){ head, (size_t)n }, &o->type, &size, err);
	if (skip < 0)
		return -1;
	if (size > max)
		return error_set(err, ERROR_LIMIT, "an object of %llu bytes is larger than is read at once", (unsigned long long)size);
	if (inflate_plausible(size, map.len, err) < 0)
		return -1;
	text = malloc(size + 1);
	if (!text)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	if (inflate_all(map, head, (size_t)skip, text, size, err) < 0) {
		free(text);
		return -1;
	}
	o->text = (struct bytes){ text, size };
	return 0;
}

int
loose_read(const struct store *s, size_t folder, const struct oid *id, uint64_t max, struct object *o, struct error *err)
{
	char path[STORE_LOOSE_PATH];
	struct bytes map;
	int r;

	store_loose_path(s, id, path);
	if (files_map(s->folder[folder], path, &map, err) < 0)
		return -1;
	r = read_mapped(map, max, o, err);
	files_unmap(&map);
	return r;
}
