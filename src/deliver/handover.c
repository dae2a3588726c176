#include "deliver/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>
#include <stanch/seal.h>

#include "base/io.h"
#include "base/secret.h"
#include "deliver/environ.h"

int
handover_memfd(const char *name, const uint8_t *at, size_t len, struct error *err)
{
	const int fd = memfd_create("secret", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return error_set(err, errno, "make a memory descriptor for %.100s:", name);
	if (io_write_full(fd, at, len) < 0 || fchmod(fd, 0400) < 0 || lseek(fd, 0, SEEK_SET) < 0 ||
		fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0) {
		error_set(err, errno, "fill the memory descriptor of %.100s:", name);
		close(fd);
		return -1;
	}
	return fd;
}

static int
add(struct environ *e, const char *secret, const char *suffix, const char *value, struct error *err)
{
	char name[ENVIRON_NAME_MAX];

	environ_name(secret, suffix, name);
	return environ_add(e, name, value, strlen(value), err);
}

int
handover_descriptor(struct environ *e, const char *secret, int fd, struct error *err)
{
	char text[40];

	if (fcntl(fd, F_SETFD, 0) < 0)
		return error_set(err, errno, "hand over a descriptor:");
	snprintf(text, sizeof text, "%d", fd);
	if (add(e, secret, "_FD", text, err) < 0)
		return -1;
	snprintf(text, sizeof text, "/proc/self/fd/%d", fd);
	return handover_path(e, secret, text, err);
}

int
handover_path(struct environ *e, const char *secret, const char *path, struct error *err)
{
	char plain[ENVIRON_NAME_MAX];

	environ_name(secret, "", plain);
	if (!environ_is_steering(plain))
		environ_drop(e, plain);
	return add(e, secret, "_FILE", path, err);
}

int
handover_value(struct environ *e, const char *secret, const char *variable, int fd, struct error *err)
{
	char own[ENVIRON_NAME_MAX];
	uint8_t *at;
	size_t len;
	int r;

	environ_name(secret, "", own);
	if (!environ_is_steering(own))
		environ_drop(e, own);
	if (!variable)
		variable = own;
	r = secret_read_fd(fd, secret, SEAL_VALUE_MAX, &at, &len, err);
	close(fd);
	if (r < 0)
		return -1;
	len -= len && at[len - 1] == '\n';
	if (environ_is_steering(variable))
		r = error_set(err, ERROR_USAGE, "%.100s would become the variable %.100s, which steers programs; choose another", secret, variable);
	else if (memchr(at, 0, len))
		r = error_set(err, ERROR_USAGE, "%.100s holds a NUL byte, which no variable can", secret);
	else
		r = environ_add(e, variable, (const char *)at, len, err);
	secret_free(at);
	return r;
}
