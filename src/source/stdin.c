#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/bytes.h"
#include "blob/replay.h"
#include "source/file.h"
#include "source/image.h"
#include "source/source.h"

#define NAME "(standard input)"
/* first bytes of a pipe that are looked at: a header and its neighbours, or what a compressor makes of them */
#define LOOK ((size_t)32 << 10)

struct once {
	struct feed feed;
	int fd;                         /* -1: handed out, or read in piped */
	struct blob piped;              /* read NULL: there is none, or it was handed out */
};

/* A pipe whose first bytes were looked at. */
struct piped {
	struct blob inner;
	struct replay replay;
	struct error failed;            /* code set: nothing could be read */
	uint8_t room[LOOK];
};

static int
piped_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct piped *p = b->state;

	if (p->failed.code) {
		*err = p->failed;
		return -1;
	}
	p->replay.blob.room = b->room;
	p->replay.blob.room_size = b->room_size;
	return p->replay.blob.read(&p->replay.blob, out, err);
}

static void
piped_close(struct blob *b)
{
	struct piped *p = b->state;

	replay_done(&p->replay);
	p->inner.close(&p->inner);
	free(p);
}

/* an image that is piped in, else NULL with the pipe as a blob in *rest, nothing of it lost */
static struct feed *
open_piped(int fd, struct source_options *options, struct blob *rest, struct error *err)
{
	struct piped *p = calloc(1, sizeof *p);

	if (!p) {
		close(fd);
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	if (file_blob_fd(&p->inner, fd, NAME, err) < 0) {
		free(p);
		return NULL;
	}
	p->inner.room = p->room;
	p->inner.room_size = sizeof p->room;
	*rest = (struct blob){ .origin = p->inner.origin, .read = piped_read, .close = piped_close, .state = p };
	err->code = 0;
	if (replay_init(&p->replay, &p->inner, 1, 0, &p->failed) < 0)
		return NULL;
	p->failed.code = 0;
	return image_begins(p->replay.head) ? image_open_stream(rest, NAME, options, err) : NULL;
}

static int
next(struct feed *feed, struct blob *b, struct error *err)
{
	struct once *o = feed->state;
	const int fd = o->fd;

	if (o->piped.read) {
		*b = o->piped;
		o->piped.read = NULL;
		return 1;
	}
	if (fd < 0)
		return 0;
	o->fd = -1;
	return file_blob_fd(b, fd, NAME, err) < 0 ? -1 : 1;
}

static void
once_close(struct feed *feed)
{
	struct once *o = feed->state;

	if (o->fd >= 0)
		close(o->fd);
	if (o->piped.read)
		o->piped.close(&o->piped);
	free(o);
}

static struct feed *
stdin_open(const char *target, struct source_options *options, struct error *err)
{
	struct once *o = calloc(1, sizeof *o);
	struct feed *image;
	struct stat st;

	(void)target;
	if (o)
		o->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (!o || o->fd < 0) {
		error_set(err, errno, "read standard input:");
		free(o);
		return NULL;
	}
	o->feed = (struct feed){ .next = next, .close = once_close, .state = o };
	if (fstat(o->fd, &st) == 0 && S_ISREG(st.st_mode)) {
		image = image_open_fd(fcntl(o->fd, F_DUPFD_CLOEXEC, 3), NAME, options, err);
	} else {
		image = open_piped(o->fd, options, &o->piped, err);
		o->fd = -1;
	}
	if (!image && err->code == 0)
		return &o->feed;
	if (image)
		o->piped.read = NULL;   /* taken over */
	once_close(&o->feed);
	return image;
}

static int
stdin_bid(const char *target)
{
	return strcmp(target, "-") == 0 ? 100 : 0;
}

const struct source source_stdin = {
	.name = "stdin",
	.about = "- : what is piped in",
	.bid = stdin_bid,
	.open = stdin_open,
};
