#include "deliver/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"

#define SAFE (O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
#define DEPTH_MAX 64

int
place_folder(const char *path, struct error *err)
{
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		error_set(err, errno, "open the folder %.150s:", path);
	return fd;
}

int
place_parent(const char *path, const char **name, struct error *err)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];
	size_t len;

	*name = slash ? slash + 1 : path;
	if (!**name || strcmp(*name, "..") == 0 || strcmp(*name, ".") == 0)
		return error_set(err, ERROR_USAGE, "%.150s names no file", path);
	if (!slash)
		return place_folder(".", err);
	len = slash == path ? 1 : (size_t)(slash - path);
	if (len >= sizeof folder)
		return error_set(err, ENAMETOOLONG, "open %.150s:", path);
	memcpy(folder, path, len);
	folder[len] = '\0';
	return place_folder(folder, err);
}

static int
by_openat2(int dir, const char *path, int flags, mode_t mode)
{
	const struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | SAFE),
		.mode = flags & O_CREAT ? mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof how);
}

bool
place_has_openat2(void)
{
	static int known;       /* 0 not asked, 1 yes, -1 no */

	if (known == 0) {
		int fd = by_openat2(AT_FDCWD, ".", O_PATH | O_DIRECTORY, 0);

		/* old container profiles refuse calls that they don't know with EPERM */
		known = fd < 0 && (errno == ENOSYS || errno == EPERM) ? -1 : 1;
		io_close(&fd);
	}
	return known > 0;
}

/* cuts the next component off *path into part; false at a component that no walk takes */
static bool
next_part(const char **path, char part[static NAME_MAX + 1])
{
	const size_t len = strcspn(*path, "/");

	if (len == 0 || len > NAME_MAX)
		return false;
	memcpy(part, *path, len);
	part[len] = '\0';
	*path += len;
	if (**path == '/')
		(*path)++;
	return strcmp(part, "..") != 0 && strcmp(part, ".") != 0;
}

int
place_walk(int dir, const char *path, int flags, mode_t mode)
{
	char part[NAME_MAX + 1];
	int at = dir;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		int next, why;

		if (!next_part(&path, part)) {
			why = EXDEV;
			next = -1;
		} else {
			next = *path ? openat(at, part, O_PATH | O_DIRECTORY | SAFE) : openat(at, part, flags | SAFE, mode);
			why = errno;
		}
		if (at != dir)
			close(at);
		if (next < 0 || !*path) {
			errno = why;
			return next;
		}
		at = next;
	}
	if (at != dir)
		close(at);
	errno = ELOOP;
	return -1;
}

int
place_open(int dir, const char *path, int flags, mode_t mode)
{
	return place_has_openat2() ? by_openat2(dir, path, flags, mode) : place_walk(dir, path, flags, mode);
}

int
place_data(int dir, const char *shown, struct error *err)
{
	char target[NAME_MAX + 1];
	const ssize_t n = readlinkat(dir, "..data", target, sizeof target);
	int fd;

	if (n < 0 && errno == ENOENT) {
		fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		return fd < 0 ? error_set(err, errno, "open the folder %.150s:", shown) : fd;
	}
	if (n < 0)
		return error_set(err, errno, "read the link %.150s/..data:", shown);
	if (n < 3 || n > NAME_MAX || memchr(target, '/', (size_t)n) || memcmp(target, "..", 2) != 0)
		return error_set(err, ERROR_SYNTAX, "%.150s/..data points elsewhere than at a folder \"..*\" beside it", shown);
	target[n] = '\0';
	fd = place_open(dir, target, O_RDONLY | O_DIRECTORY, 0);
	return fd < 0 ? error_set(err, errno, "open what %.150s/..data points at:", shown) : fd;
}

bool
place_within(int dir, int outer)
{
	struct stat want, now, before;
	int at = openat(dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool within = false;

	if (at < 0 || fstat(outer, &want) < 0 || fstat(at, &now) < 0) {
		io_close(&at);
		return true;    /* what can't be told apart is taken for the worse */
	}
	for (;;) {
		const int up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

		within = now.st_dev == want.st_dev && now.st_ino == want.st_ino;
		close(at);
		at = up;
		before = now;
		if (within || at < 0 || fstat(at, &now) < 0 || (now.st_dev == before.st_dev && now.st_ino == before.st_ino))
			break;
	}
	io_close(&at);
	return within;
}
