#include "base/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* for kernels without openat2: one component after the other */
static int
open_by_steps(int root, char *path, int flags)
{
	int dir = root, fd;
	char *slash;

	while ((slash = strchr(path, '/'))) {
		*slash = 0;
		fd = strcmp(path, "..") == 0 ? -1 : openat(dir, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		*slash = '/';
		if (dir != root)
			close(dir);
		if (fd < 0)
			return -1;
		dir = fd;
		path = slash + 1;
	}
	fd = openat(dir, path, flags);
	if (dir != root)
		close(dir);
	return fd;
}

int
beneath_open(int root, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (uint64_t)(flags | O_NOFOLLOW | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof how);
	char *copy;

	if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
		return (int)fd;
	copy = strdup(path);
	fd = copy ? open_by_steps(root, copy, flags | O_NOFOLLOW | O_CLOEXEC) : -1;
	free(copy);
	return (int)fd;
}
