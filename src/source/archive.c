#include "source/archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/bytes.h"
#include "image/parts.h"
#include "image/store.h"
#include "image/tarhead.h"

#define OWN_ROOM ((size_t)64 << 10)
/* members that are looked at before an archive is taken for none of an image */
#define LOOK 64

struct archive {
	struct store store;
	struct parts parts;
	int fd;
};

/* A stretch of a file, read at its own place, so that several threads may read stretches of one file. */
struct stretch {
	int fd;
	uint64_t at, start, end;
	uint8_t *own;
	struct origin origin;
};

static int
stretch_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct stretch *s = b->state;
	uint8_t *room = b->room;
	size_t size = b->room_size;
	ssize_t n;

	if (s->at >= s->end)
		return 0;
	if (!room && !s->own && !(s->own = malloc(OWN_ROOM)))
		return error_set(err, ERROR_INTERNAL, "out of memory");
	if (!room) {
		room = s->own;
		size = OWN_ROOM;
	}
	if (size > s->end - s->at)
		size = (size_t)(s->end - s->at);
	do
		n = pread(s->fd, room, size, (off_t)s->at);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_set(err, errno, "read:");
	if (n == 0)
		return s->end == UINT64_MAX >> 1 ? 0 : error_set(err, ERROR_TRUNCATED, "the archive ends too early");
	s->at += (uint64_t)n;
	*out = (struct bytes){ room, (size_t)n };
	return 1;
}

static int
stretch_seek(struct blob *b, uint64_t offset, struct error *err)
{
	struct stretch *s = b->state;

	(void)err;
	s->at = offset < s->end - s->start ? s->start + offset : s->end;
	return 0;
}

static void
stretch_close(struct blob *b)
{
	struct stretch *s = b->state;

	free(s->own);
	free(s);
}

static int
stretch_blob(struct blob *b, int fd, uint64_t start, uint64_t size, struct error *err)
{
	struct stretch *s = calloc(1, sizeof *s);

	if (!s)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	*s = (struct stretch){ .fd = fd, .at = start, .start = start, .end = start + size };
	s->origin = (struct origin){ .step = ORIGIN_FILE, .name = "" };
	*b = (struct blob){
		.origin = &s->origin,
		.size = size,
		.read = stretch_read,
		.seek = stretch_seek,
		.close = stretch_close,
		.state = s,
	};
	return 0;
}

static int
file_blob_of(struct blob *b, int fd, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(err, EINVAL, "it is no regular file");
	return stretch_blob(b, fd, 0, (uint64_t)st.st_size, err);
}

bool
archive_speaks(int fd)
{
	uint8_t room[4096];
	struct tarhead t;
	struct error err;
	struct blob b;
	int speaks = 0;

	if (pread(fd, room, 512, 0) != 512 || !tarhead_is((struct bytes){ room, 512 }) || file_blob_of(&b, fd, &err) < 0)
		return false;
	b.room = room;
	b.room_size = sizeof room;
	tarhead_init(&t, &b);
	for (int i = 0; i < LOOK && speaks < 2 && tarhead_next(&t, &err) > 0; i++) {
		const int says = tarhead_speaks((const char *)t.name.at);

		speaks = says > speaks ? says : speaks;
	}
	tarhead_done(&t);
	b.close(&b);
	return speaks == 2;
}

static int
archive_part(struct store *store, const struct store_ask *ask, struct blob *b, struct error *err)
{
	struct archive *a = store->state;
	struct parts_entry *e = parts_find(&a->parts, ask->name);

	if (!e)
		return 0;
	if (ask->size && ask->size != e->size)
		return error_set(err, ERROR_SYNTAX, "its size is not the one that the image says");
	return stretch_blob(b, a->fd, e->start, e->size, err) < 0 ? -1 : 1;
}

static const char *
archive_name(struct store *store, const char *name)
{
	struct archive *a = store->state;
	struct parts_entry *e = parts_find(&a->parts, name);

	if (e)
		e->used = true;
	return e ? e->name : NULL;
}

static void
archive_close(struct store *store)
{
	struct archive *a = store->state;

	parts_done(&a->parts);
	close(a->fd);
	free(a);
}

static int
list(struct archive *a, struct error *broken, struct error *err)
{
	struct tarhead t;
	struct blob b;
	int got;

	if (file_blob_of(&b, a->fd, err) < 0)
		return -1;
	tarhead_init(&t, &b);
	while ((got = tarhead_next(&t, broken)) > 0) {
		struct parts_entry *e;

		if (t.type == TARHEAD_OTHER)
			continue;
		e = parts_add(&a->parts, (const char *)t.name.at, t.type == TARHEAD_LINK ? (const char *)t.link.at : NULL);
		if (!e) {
			error_set(broken, ERROR_LIMIT, "it has more members than any image");
			break;
		}
		e->start = t.start;
		e->size = t.size;
	}
	tarhead_done(&t);
	b.close(&b);
	return 0;
}

struct store *
archive_open(int fd, struct error *broken, struct error *err)
{
	struct archive *a = calloc(1, sizeof *a);

	broken->code = 0;
	if (!a) {
		close(fd);
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	a->fd = fd;
	parts_init(&a->parts);
	a->store = (struct store){ archive_part, archive_name, archive_close, &a->parts, a };
	if (list(a, broken, err) == 0)
		return &a->store;
	archive_close(&a->store);
	return NULL;
}
