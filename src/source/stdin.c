#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "source/file.h"
#include "source/source.h"

struct once {
	struct feed feed;
	int fd;                         /* -1: handed out */
};

static int
next(struct feed *feed, struct blob *b, struct error *err)
{
	struct once *o = feed->state;
	const int fd = o->fd;

	if (fd < 0)
		return 0;
	o->fd = -1;
	return file_blob_fd(b, fd, "(standard input)", err) < 0 ? -1 : 1;
}

static void
once_close(struct feed *feed)
{
	struct once *o = feed->state;

	if (o->fd >= 0)
		close(o->fd);
	free(o);
}

static struct feed *
stdin_open(const char *target, struct source_options *options, struct error *err)
{
	struct once *o = calloc(1, sizeof *o);

	(void)target;
	(void)options;
	if (o)
		o->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (!o || o->fd < 0) {
		error_set(err, errno, "read standard input:");
		free(o);
		return NULL;
	}
	o->feed = (struct feed){ .next = next, .close = once_close, .state = o };
	return &o->feed;
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
