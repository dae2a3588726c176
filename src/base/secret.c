#include "base/secret.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <stanch/error.h>

#include "base/io.h"

uint8_t *
secret_new(size_t size)
{
	return sodium_malloc(size ? size : 1);
}

void
secret_free(void *at)
{
	sodium_free(at);
}

bool
secret_is_locked(void *at, size_t size)
{
	/* libsodium does not say whether its own lock held; locking twice does no harm */
	return sodium_mlock(at, size) == 0;
}

void
secret_guard_process(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
}

/* twice the room, the old wiped */
static uint8_t *
grow(uint8_t *old, size_t len, size_t size)
{
	uint8_t *more = secret_new(size);

	if (more && len)
		memcpy(more, old, len);
	secret_free(old);
	return more;
}

int
secret_read_fd(int fd, const char *name, size_t max, uint8_t **out, size_t *len, struct error *err)
{
	size_t size = 4096, done = 0;
	uint8_t *at = secret_new(size);
	ssize_t n = 1;

	while (at && n > 0 && done <= max) {
		n = io_read_full(fd, at + done, size - done);
		if (n > 0)
			done += (size_t)n;
		if (done < size)
			break;
		size *= 2;
		at = grow(at, done, size);
	}
	if (!at)
		return error_set(err, ERROR_INTERNAL, "out of memory reading %s", name);
	if (n < 0)
		error_set(err, errno, "read %s:", name);
	else if (done > max)
		error_set(err, ERROR_LIMIT, "%s is larger than %zu bytes", name, max);
	else {
		*out = at;
		*len = done;
		return 0;
	}
	secret_free(at);
	return -1;
}
