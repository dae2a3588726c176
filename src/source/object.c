#include "source/object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "blob/memory.h"
#include "blob/origin.h"
#include "git/object.h"
#include "git/readers.h"
#include "source/file.h"

#define LFS_DIGITS 64

struct object_state {
	struct origin origin;
	struct attribute attribute[2];  /* of LFS: which object it is; the end */
	struct readers *readers;
	struct oid id;
	struct reader *reader;          /* lent since the first read */
	const struct object *object;
	struct bytes left;
	struct blob inner;              /* of LFS: the file */
	char hex[LFS_DIGITS + 1];
	char path[];
};

static int
object_open(struct blob *b, struct object_state *o, struct error *err)
{
	o->reader = readers_lend(o->readers, err);
	o->object = o->reader ? object_read(o->reader, &o->id, err) : NULL;
	if (!o->object)
		return -1;
	if (o->object->type != OBJECT_BLOB)
		return error_set(err, ERROR_SYNTAX, "its object is no blob but a %s", object_type_name(o->object->type));
	o->left = o->object->text;
	b->size = o->left.len;
	return 0;
}

static int
blob_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct object_state *o = b->state;

	if (!o->object && object_open(b, o, err) < 0)
		return -1;
	*out = o->left;
	o->left.len = 0;
	return out->len > 0;
}

static int
blob_seek(struct blob *b, uint64_t offset, struct error *err)
{
	struct object_state *o = b->state;

	if (!o->object)
		return error_set(err, ESPIPE, "it is not open");
	o->left = bytes_cut(o->object->text, offset < o->object->text.len ? (size_t)offset : o->object->text.len, o->object->text.len);
	return 0;
}

static void
blob_close(struct blob *b)
{
	struct object_state *o = b->state;

	if (o->reader) {
		object_drop(o->reader, o->object);
		readers_back(o->readers, o->reader);
	}
	free(o);
}

static struct object_state *
state_new(const struct origin *commit, const char *path, struct error *err)
{
	const size_t n = strlen(path) + 1;
	struct object_state *o = calloc(1, sizeof *o + n);

	if (!o) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	memcpy(o->path, path, n);
	o->origin = origin_step(commit, ORIGIN_FILE, o->path, 0);
	return o;
}

int
object_blob(struct blob *b, struct readers *readers, const struct oid *id, const struct origin *commit, const char *path,
    struct error *err)
{
	struct object_state *o = state_new(commit, path, err);

	if (!o)
		return -1;
	o->readers = readers;
	o->id = *id;
	*b = (struct blob){ .origin = &o->origin, .read = blob_read, .seek = blob_seek, .close = blob_close, .state = o };
	return 0;
}

static void
text_close(struct blob *b)
{
	free(b->state);
}

int
object_blob_text(struct blob *b, struct bytes text, const struct origin *way, struct error *err)
{
	struct memory_blob *m = malloc(sizeof *m + text.len);
	uint8_t *copy = (uint8_t *)(m + 1);

	if (!m)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	if (text.len)
		memcpy(copy, text.at, text.len);
	memory_blob_init(m, way, (struct bytes){ copy, text.len });
	*b = m->blob;
	b->close = text_close;
	return 0;
}

static int
lfs_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct object_state *o = b->state;
	int r;

	o->inner.room = b->room;
	o->inner.room_size = b->room_size;
	r = o->inner.read(&o->inner, out, err);
	b->size = o->inner.size;
	if (r < 0 && err->code == ENOENT)
		return error_set(err, ENOENT, "its content is in Git LFS and not here: `git lfs fetch` gets it");
	return r;
}

static int
lfs_seek(struct blob *b, uint64_t offset, struct error *err)
{
	struct object_state *o = b->state;

	return o->inner.seek(&o->inner, offset, err);
}

static void
lfs_close(struct blob *b)
{
	struct object_state *o = b->state;

	o->inner.close(&o->inner);
	free(o);
}

/* "version https://git-lfs.github.com/spec/v1" LF, any lines, "oid sha256:" and 64 digits */
static bool
lfs_pointer(struct bytes text, char hex[static LFS_DIGITS + 1])
{
	static const char key[] = "\noid sha256:";
	const size_t at = bytes_find(text, bytes_of(key)) + sizeof key - 1;
	struct oid id;

	if (text.len >= OBJECT_LFS_MAX || !bytes_starts(text, "version https://git-lfs.github.com/spec/v1\n") || at >= text.len ||
	    !oid_parse(bytes_cut(text, at, at + LFS_DIGITS), OID_SHA256, &id))
		return false;
	oid_hex(&id, LFS_DIGITS, hex);
	return true;
}

int
object_blob_lfs(struct blob *b, struct file_root *root, struct bytes text, const struct origin *commit, const char *path,
    struct error *err)
{
	char hex[LFS_DIGITS + 1], file[LFS_DIGITS + 32];
	struct object_state *o;

	if (!lfs_pointer(text, hex))
		return 0;
	o = state_new(commit, path, err);
	snprintf(file, sizeof file, "lfs/objects/%.2s/%.2s/%s", hex, hex + 2, hex);
	if (!o || file_blob(&o->inner, root, file, path, err) < 0) {
		free(o);
		return -1;
	}
	memcpy(o->hex, hex, sizeof hex);
	o->attribute[0] = (struct attribute){ OBJECT_LFS, o->hex };
	o->origin.attributes = o->attribute;
	*b = (struct blob){ .origin = &o->origin, .read = lfs_read, .seek = lfs_seek, .close = lfs_close, .state = o };
	return 1;
}
