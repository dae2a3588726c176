#include "source/layout.h"

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
#include "image/parts.h"
#include "image/store.h"
#include "source/file.h"

struct layout {
	struct store store;
	struct parts parts;
	struct file_root *root;
};

bool
layout_is(const char *path)
{
	const int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	bool is;

	if (fd < 0)
		return false;
	is = fstatat(fd, "oci-layout", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    fstatat(fd, "index.json", &st, AT_SYMLINK_NOFOLLOW) == 0;
	close(fd);
	return is;
}

static int
layout_part(struct store *store, const struct store_ask *ask, struct blob *b, struct error *err)
{
	struct layout *l = store->state;
	struct parts_entry *e = parts_find(&l->parts, ask->name);

	if (!e)
		return 0;
	return file_blob(b, l->root, e->name, e->name, err) < 0 ? -1 : 1;
}

static const char *
layout_name(struct store *store, const char *name)
{
	struct layout *l = store->state;
	struct parts_entry *e = parts_find(&l->parts, name);

	if (e)
		e->used = true;
	return e ? e->name : NULL;
}

static void
layout_close(struct store *store)
{
	struct layout *l = store->state;

	parts_done(&l->parts);
	file_root_free(l->root);
	free(l);
}

/* the files of a folder and of those beneath it, which are few: blobs/sha256 */
static void
list(struct layout *l, int fd, struct buf *path, int depth)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const size_t len = path->len;
	struct dirent *d;
	struct stat st;

	if (!dir && fd >= 0)
		close(fd);
	while (dir && (d = readdir(dir))) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		path->len = len;
		buf_addf(path, "%s%s", len ? "/" : "", d->d_name);
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth < 3) {
			list(l, openat(fd, d->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), path, depth + 1);
		} else if (S_ISREG(st.st_mode)) {
			struct parts_entry *e = parts_add(&l->parts, buf_str(path), NULL);

			if (e)
				e->size = (uint64_t)st.st_size;
		}
	}
	path->len = len;
	if (dir)
		closedir(dir);
}

struct store *
layout_open(int fd, int *root, struct error *err)
{
	struct layout *l = calloc(1, sizeof *l);
	struct buf path;

	if (l)
		l->root = file_root_new(fd);
	if (!l || !l->root) {
		free(l);
		close(fd);
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	*root = fd;
	parts_init(&l->parts);
	buf_init(&path);
	list(l, fcntl(fd, F_DUPFD_CLOEXEC, 0), &path, 0);
	buf_done(&path);
	l->store = (struct store){ layout_part, layout_name, layout_close, &l->parts, l };
	return &l->store;
}
