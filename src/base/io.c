#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"

ssize_t
io_read_full(int fd, void *to, size_t size)
{
	size_t done = 0;

	while (done < size) {
		const ssize_t n = read(fd, (uint8_t *)to + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int
io_write_full(int fd, const void *from, size_t size)
{
	size_t done = 0;

	while (done < size) {
		const ssize_t n = write(fd, (const uint8_t *)from + done, size - done);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			done += (size_t)n;
	}
	return 0;
}

int
io_read_fd(int fd, const char *name, size_t max, struct buf *out, struct error *err)
{
	for (;;) {
		const size_t step = (size_t)64 << 10;
		uint8_t *room = buf_room(out, step);
		const ssize_t n = room ? io_read_full(fd, room, step) : -1;

		if (!room)
			return error_set(err, ERROR_INTERNAL, "out of memory reading %s", name);
		if (n < 0)
			return error_set(err, errno, "read %s:", name);
		out->len += (size_t)n;
		if (out->len > max)
			return error_set(err, ERROR_LIMIT, "%s is larger than %zu bytes", name, max);
		if ((size_t)n < step)
			return 0;
	}
}

int
io_read_path(const char *path, size_t max, struct buf *out, struct error *err)
{
	int fd __attribute__((cleanup(io_close))) = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return error_set(err, errno, "open %s:", path);
	return io_read_fd(fd, path, max, out, err);
}

int
io_create_private(const char *path, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	struct stat st;

	if (fd < 0 && errno == ELOOP)
		return error_set(err, ELOOP, "write %s: it is a symbolic link, which is not followed; name the file itself", path);
	if (fd < 0)
		return error_set(err, errno, "write %s:", path);
	if (fstat(fd, &st) < 0 || (S_ISREG(st.st_mode) && (fchmod(fd, 0600) < 0 || ftruncate(fd, 0) < 0))) {
		error_set(err, errno, "write %s:", path);
		close(fd);
		return -1;
	}
	/* /dev/null and pipes are written to as they are */
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd;
}

void
io_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
