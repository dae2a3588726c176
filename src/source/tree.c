#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/io.h"
#include "source/file.h"
#include "source/ignore.h"
#include "source/source.h"

/* An entry of a folder. */
struct entry {
	unsigned char type;             /* DT_*, never DT_UNKNOWN */
	char name[];
};

/* A folder on the way down; its entries are read at once and sorted, so that output doesn't depend on the disk. */
struct folder {
	int fd;
	struct entry **entries;
	size_t count, next;
	size_t path_len;                /* of tree.path, for its children */
	struct ignore *ignore, *ignore_above;
};

struct tree {
	struct feed feed;
	struct source_options *options;
	struct file_root *root;
	char *named;                    /* how the user named it, with a slash; "" for "." */
	struct buf path;                /* beneath the root */
	struct folder *stack;
	size_t depth, cap;
	dev_t device;
	struct error failed;            /* of a folder, to be told by the next blob */
	int single;                     /* a file, as an open descriptor; -1 */
	bool done;
};

static int
by_name(const void *a, const void *b)
{
	return strcmp((*(struct entry *const *)a)->name, (*(struct entry *const *)b)->name);
}

static unsigned char
type_of(int fd, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN)
		return d->d_type;
	return fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? (unsigned char)IFTODT(st.st_mode) : DT_REG;
}

static int
add_entry(struct folder *f, const struct dirent *d)
{
	const size_t n = strlen(d->d_name) + 1;
	struct entry *e;

	if ((f->count & (f->count - 1)) == 0) {         /* full at 0 and each power of two */
		struct entry **more = realloc(f->entries, (f->count ? f->count * 2 : 1) * sizeof *more);

		if (!more)
			return -1;
		f->entries = more;
	}
	e = malloc(sizeof *e + n);
	if (!e)
		return -1;
	e->type = type_of(f->fd, d);
	memcpy(e->name, d->d_name, n);
	f->entries[f->count++] = e;
	return 0;
}

static int
list(struct folder *f, struct error *err)
{
	const int fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;
	int r = 0;

	if (!dir) {
		error_set(err, errno, "list folder:");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while (r == 0 && (errno = 0, d = readdir(dir)))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			r = add_entry(f, d);
	if (r < 0)
		error_set(err, ERROR_INTERNAL, "out of memory listing folder");
	else if (errno)
		r = error_set(err, errno, "list folder:");
	closedir(dir);
	if (f->count)
		qsort(f->entries, f->count, sizeof f->entries[0], by_name);
	return r;
}

static void
leave(struct tree *t)
{
	struct folder *f = &t->stack[--t->depth];

	ignore_leave(f->ignore, f->ignore_above);
	for (size_t i = f->next; i < f->count; i++)
		free(f->entries[i]);
	free(f->entries);
	close(f->fd);
}

/* takes over fd; what the folder holds so far is walked even when listing it failed */
static int
enter(struct tree *t, int fd, struct error *err)
{
	struct ignore *above = t->depth ? t->stack[t->depth - 1].ignore : NULL;
	struct folder *f;

	if (t->depth == t->cap) {
		const size_t cap = t->cap ? t->cap * 2 : 16;
		struct folder *more = realloc(t->stack, cap * sizeof *more);

		if (!more) {
			close(fd);
			return error_set(err, ERROR_INTERNAL, "out of memory entering folder");
		}
		t->stack = more;
		t->cap = cap;
	}
	f = &t->stack[t->depth++];
	*f = (struct folder){ .fd = fd, .path_len = t->path.len, .ignore = above, .ignore_above = above };
	if (t->options->gitignore)
		f->ignore = ignore_read(above, fd, buf_str(&t->path));
	return list(f, err);
}

/* an exclusion of a folder leaves out all in it; inclusions are asked of files only */
static bool
wanted(const struct tree *t, const struct folder *f, const char *name, const char *path, bool folder)
{
	if (folder && strcmp(name, ".git") == 0 && !t->options->git_folders)
		return false;
	if (glob_any(t->options->exclude, path) || ignore_has(f->ignore, path, folder))
		return false;
	return folder || !t->options->include || glob_any(t->options->include, path);
}

static int
open_folder(struct tree *t, int parent, const char *name, struct error *err)
{
	const int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return error_set(err, errno, "open folder:");
	if (t->options->one_file_system && fstat(fd, &st) == 0 && st.st_dev != t->device) {
		close(fd);
		t->options->skipped++;
		return 0;
	}
	return enter(t, fd, err);
}

/* the name in reports of the path at hand */
static int
told(struct tree *t, struct buf *name)
{
	buf_init(name);
	buf_adds(name, t->named);
	buf_adds(name, buf_str(&t->path));
	return name->failed ? -1 : 0;
}

static int
make_blob(struct tree *t, struct blob *b, const struct error *failed, struct error *err)
{
	struct buf name;
	int r;

	if (told(t, &name) < 0 || t->path.failed) {
		buf_done(&name);
		return error_set(err, ERROR_INTERNAL, "out of memory");
	}
	r = failed ? file_blob_failed(b, buf_str(&name), failed, err)
	    : file_blob(b, t->root, buf_str(&t->path), buf_str(&name), err);
	buf_done(&name);
	return r < 0 ? -1 : 1;
}

/* one entry: 1 a blob, 0 go on, -1 no memory */
static int
visit(struct tree *t, struct folder *f, const struct entry *e, struct blob *b, struct error *err)
{
	struct error why;

	t->path.len = f->path_len;
	if (t->path.len)
		buf_addc(&t->path, '/');
	buf_adds(&t->path, e->name);
	if ((e->type == DT_DIR || e->type == DT_REG) && !wanted(t, f, e->name, buf_str(&t->path), e->type == DT_DIR))
		return 0;
	if (e->type == DT_REG)
		return make_blob(t, b, NULL, err);
	if (e->type != DT_DIR) {
		t->options->skipped++;
		return 0;
	}
	return open_folder(t, f->fd, e->name, &why) < 0 ? make_blob(t, b, &why, err) : 0;
}

static int
next(struct feed *feed, struct blob *b, struct error *err)
{
	struct tree *t = feed->state;

	if (t->single >= 0) {
		const int fd = t->single;

		t->single = -1;
		return file_blob_fd(b, fd, t->named, err) < 0 ? -1 : 1;
	}
	if (t->failed.code) {
		const struct error why = t->failed;

		t->failed.code = 0;
		return make_blob(t, b, &why, err);
	}
	while (t->depth) {
		struct folder *f = &t->stack[t->depth - 1];
		struct entry *e;
		int r;

		if (f->next == f->count) {
			leave(t);
			continue;
		}
		e = f->entries[f->next++];
		r = visit(t, f, e, b, err);
		free(e);
		if (r)
			return r;
	}
	return 0;
}

static void
tree_close(struct feed *feed)
{
	struct tree *t = feed->state;

	while (t->depth)
		leave(t);
	free(t->stack);
	buf_done(&t->path);
	io_close(&t->single);
	file_root_free(t->root);
	free(t->named);
	free(t);
}

/* "." is told as nothing, "src" and "src/" as "src/" */
static char *
folder_name(const char *target)
{
	size_t n;
	struct buf name;

	while (strncmp(target, "./", 2) == 0)
		for (target += 2; *target == '/'; target++)
			;
	n = strlen(target);
	while (n > 1 && target[n - 1] == '/')
		n--;
	buf_init(&name);
	if (n && strcmp(target, ".") != 0) {
		buf_add(&name, target, n);
		if (target[n - 1] != '/')
			buf_addc(&name, '/');
	}
	return buf_steal(&name);
}

/* a FIFO in a folder may never have a writer; one behind /dev/fd/N is a pipe of the user's shell */
static bool
is_named_pipe(const char *target)
{
	struct stat st;

	return lstat(target, &st) == 0 && S_ISFIFO(st.st_mode);
}

static int
open_single(struct tree *t, int fd, const struct stat *st, const char *target, struct error *err)
{
	if ((!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode)) || is_named_pipe(target)) {
		close(fd);
		return error_set(err, EINVAL, "open %s: it is neither a file nor a folder", target);
	}
	/* a pipe such as <(command) is waited for */
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	t->single = fd;
	t->named = strdup(target);
	return t->named ? 0 : error_set(err, ERROR_INTERNAL, "out of memory");
}

static int
open_target(struct tree *t, const char *target, struct error *err)
{
	const int fd = open(target, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int again;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set(err, errno, "open %s:", target);
	if (!S_ISDIR(st.st_mode))
		return open_single(t, fd, &st, target, err);
	t->device = st.st_dev;
	t->named = folder_name(target);
	t->root = file_root_new(fd);
	again = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (!t->named || !t->root || again < 0) {
		if (!t->root)
			close(fd);
		io_close(&again);
		return error_set(err, ERROR_INTERNAL, "out of memory opening %s", target);
	}
	if (enter(t, again, &t->failed) < 0 && t->depth == 0)
		return error_set(err, t->failed.code, "open %s: %s", target, t->failed.text);
	return 0;
}

static struct feed *
tree_open(const char *target, struct source_options *options, struct error *err)
{
	struct tree *t = calloc(1, sizeof *t);

	if (!t) {
		error_set(err, ERROR_INTERNAL, "out of memory opening %s", target);
		return NULL;
	}
	t->options = options;
	t->single = -1;
	t->feed = (struct feed){ .next = next, .close = tree_close, .state = t };
	if (open_target(t, target, err) == 0)
		return &t->feed;
	tree_close(&t->feed);
	return NULL;
}

static int
tree_bid(const char *target)
{
	(void)target;
	return 1;
}

static size_t
tree_roots(const struct feed *feed, int *fds, size_t max)
{
	const struct tree *t = feed->state;

	if (!t->root || max == 0)
		return 0;
	fds[0] = file_root_fd(t->root);
	return 1;
}

const struct source source_tree = {
	.name = "tree",
	.about = "PATH : a folder, or a file",
	.bid = tree_bid,
	.open = tree_open,
	.roots = tree_roots,
};
