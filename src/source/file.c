#include "source/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/beneath.h"
#include "base/bytes.h"
#include "base/io.h"

#define OWN_ROOM ((size_t)64 << 10)

struct file_root {
	int fd;
	atomic_uint holds;
};

struct file {
	struct origin origin;
	struct file_root *root;         /* NULL: fd was given */
	struct error failed;            /* code set: reading fails with it */
	int fd;
	bool ended;
	uint8_t *own;                   /* when the reader has no room to lend */
	char *path;                     /* beneath root; stands in text */
	char text[];                    /* the name, then the path */
};

struct file_root *
file_root_new(int fd)
{
	struct file_root *root = malloc(sizeof *root);

	if (!root)
		return NULL;
	root->fd = fd;
	atomic_init(&root->holds, 1);
	return root;
}

int
file_root_fd(const struct file_root *root)
{
	return root->fd;
}

void
file_root_free(struct file_root *root)
{
	if (!root || atomic_fetch_sub(&root->holds, 1) != 1)
		return;
	close(root->fd);
	free(root);
}

static int
file_open(struct blob *b, struct file *f, struct error *err)
{
	struct stat st;

	/* O_NONBLOCK: what was a file when it was listed may be a FIFO by now */
	f->fd = beneath_open(f->root->fd, f->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (f->fd < 0)
		return error_set(err, errno, errno == ELOOP ? "it was replaced by a link meanwhile" : "open:");
	if (fstat(f->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(err, EINVAL, "it is no regular file any more");
	b->size = (uint64_t)st.st_size;
	return 0;
}

/* reads until the room is full or the file ends, so that a small file is one block and its end is known */
static int
file_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct file *f = b->state;
	ssize_t n;

	if (f->failed.code) {
		*err = f->failed;
		return -1;
	}
	if (f->ended)
		return 0;
	if (f->fd < 0 && file_open(b, f, err) < 0)
		return -1;
	if (!b->room && !f->own && !(f->own = malloc(OWN_ROOM)))
		return error_set(err, ERROR_INTERNAL, "out of memory");
	out->at = b->room ? b->room : f->own;
	n = io_read_full(f->fd, b->room ? b->room : f->own, b->room ? b->room_size : OWN_ROOM);
	if (n < 0)
		return error_set(err, errno, "read:");
	f->ended = (size_t)n < (b->room ? b->room_size : OWN_ROOM);
	out->len = (size_t)n;
	return n > 0;
}

static int
file_seek(struct blob *b, uint64_t offset, struct error *err)
{
	struct file *f = b->state;

	if (f->failed.code || f->fd < 0)
		return error_set(err, ESPIPE, "it is not open");
	if (lseek(f->fd, (off_t)offset, SEEK_SET) < 0)
		return error_set(err, errno, "seek:");
	f->ended = false;
	return 0;
}

static void
file_close(struct blob *b)
{
	struct file *f = b->state;

	io_close(&f->fd);
	file_root_free(f->root);
	free(f->own);
	free(f);
}

static struct file *
file_new(struct blob *b, const char *name, const char *path, struct error *err)
{
	const size_t n = strlen(name) + 1, p = strlen(path) + 1;
	struct file *f = calloc(1, sizeof *f + n + p);

	if (!f) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	memcpy(f->text, name, n);
	f->path = memcpy(f->text + n, path, p);
	f->fd = -1;
	f->origin = (struct origin){ .step = ORIGIN_FILE, .name = f->text };
	*b = (struct blob){
		.origin = &f->origin,
		.read = file_read,
		.seek = file_seek,
		.close = file_close,
		.state = f,
	};
	return f;
}

int
file_blob(struct blob *b, struct file_root *root, const char *path, const char *name, struct error *err)
{
	struct file *f = file_new(b, name, path, err);

	if (!f)
		return -1;
	f->root = root;
	atomic_fetch_add(&root->holds, 1);
	return 0;
}

int
file_blob_fd(struct blob *b, int fd, const char *name, struct error *err)
{
	struct file *f = file_new(b, name, "", err);
	struct stat st;

	if (!f) {
		close(fd);
		return -1;
	}
	f->fd = fd;
	if (lseek(fd, 0, SEEK_CUR) < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		b->seek = NULL;
	else
		b->size = (uint64_t)st.st_size;
	return 0;
}

int
file_blob_failed(struct blob *b, const char *name, const struct error *why, struct error *err)
{
	struct file *f = file_new(b, name, "", err);

	if (!f)
		return -1;
	f->failed = *why;
	return 0;
}
