#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"

/* Where the file is, and the temporary one beside it. */
struct place {
	const char *path, *name;
	int dir;
	char temp[64];
	bool exists;
	mode_t mode;
};

static int
open_place(struct place *p, struct error *err)
{
	const char *slash = strrchr(p->path, '/');
	char *folder = slash ? strndup(p->path, (size_t)(slash - p->path) + 1) : strdup(".");

	if (!folder)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	p->name = slash ? slash + 1 : p->path;
	p->dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	return p->dir < 0 ? error_set(err, errno, "write %s:", p->path) : 0;
}

/* what stands there now */
static int
look(struct place *p, bool replace, bool keep_mode, struct error *err)
{
	struct stat st;

	if (fstatat(p->dir, p->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : error_set(err, errno, "write %s:", p->path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_USAGE, "%s is a link or no regular file, which is never written to; name the file itself", p->path);
	if (!replace)
		return error_set(err, ERROR_USAGE, "%s exists; take another name, or say --force to replace it", p->path);
	p->exists = true;
	p->mode = keep_mode ? st.st_mode & 0777 : p->mode;
	return 0;
}

static int
write_temp(struct place *p, const void *data, size_t len, struct error *err)
{
	uint64_t number;
	int fd __attribute__((cleanup(io_close))) = -1;

	if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
		return error_set(err, errno, "write %s:", p->path);
	snprintf(p->temp, sizeof p->temp, ".stanch-%016llx", (unsigned long long)number);
	fd = openat(p->dir, p->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		p->temp[0] = 0;
		return error_set(err, errno, "write %s:", p->path);
	}
	if (fchmod(fd, p->mode) < 0 || io_write_full(fd, data, len) < 0 || fsync(fd) < 0)
		return error_set(err, errno, "write %s:", p->path);
	return 0;
}

/* puts the temporary file into place; the old one is kept until that is on the disk */
static int
swap(struct place *p, bool replace, struct error *err)
{
	const unsigned how = p->exists ? RENAME_EXCHANGE : RENAME_NOREPLACE;
	bool exchanged = false;
	int r = renameat2(p->dir, p->temp, p->dir, p->name, how);

	exchanged = r == 0 && p->exists;
	if (r < 0 && (errno == EINVAL || errno == ENOSYS) && (replace || faccessat(p->dir, p->name, F_OK, AT_SYMLINK_NOFOLLOW) < 0))
		r = renameat(p->dir, p->temp, p->dir, p->name);
	if (r < 0)
		return error_set(err, errno, "write %s:", p->path);
	if (fsync(p->dir) < 0 && errno != EINVAL) {
		error_set(err, errno, "write %s:", p->path);
		if (exchanged)
			renameat2(p->dir, p->temp, p->dir, p->name, RENAME_EXCHANGE);
		else if (!p->exists)
			unlinkat(p->dir, p->name, 0);
		return -1;
	}
	if (!exchanged)
		p->temp[0] = 0;
	return 0;
}

int
replace_file(const char *path, const void *data, size_t len, mode_t mode, bool replace, bool keep_mode, struct error *err)
{
	struct place p = { .path = path, .dir = -1, .mode = mode };
	int r = open_place(&p, err);

	if (r == 0)
		r = look(&p, replace, keep_mode, err);
	if (r == 0)
		r = write_temp(&p, data, len, err);
	if (r == 0)
		r = swap(&p, replace, err);
	if (p.temp[0])
		unlinkat(p.dir, p.temp, 0);
	io_close(&p.dir);
	return r;
}
