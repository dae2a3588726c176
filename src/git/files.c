#include "git/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/beneath.h"
#include "base/buf.h"
#include "base/io.h"

static int
failed(struct error *err, const char *path)
{
	if (errno == ELOOP)
		return error_set(err, ELOOP, "'%s' is a link, which is not followed in a repository", path);
	return error_set(err, errno, "open '%s':", path);
}

int
files_folder(int dir, const char *path, struct error *err)
{
	const int fd = beneath_open(dir, path, O_RDONLY | O_DIRECTORY);

	return fd < 0 ? failed(err, path) : fd;
}

/* O_NONBLOCK: a FIFO in a file's place must not hang us */
static int
open_file(int dir, const char *path, struct stat *st, struct error *err)
{
	const int fd = beneath_open(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return failed(err, path);
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	close(fd);
	return error_set(err, EINVAL, "'%s' is no regular file", path);
}

int
files_read(int dir, const char *path, size_t max, struct buf *out, struct error *err)
{
	__attribute__((cleanup(io_close))) int fd = -1;
	struct stat st;

	fd = open_file(dir, path, &st, err);
	return fd < 0 ? -1 : io_read_fd(fd, path, max, out, err);
}

int
files_map(int dir, const char *path, struct bytes *out, struct error *err)
{
	__attribute__((cleanup(io_close))) int fd = -1;
	struct stat st;
	void *at;

	fd = open_file(dir, path, &st, err);
	if (fd < 0)
		return -1;
	*out = (struct bytes){ 0 };
	if (st.st_size == 0)
		return 0;
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return error_set(err, errno, "map '%s':", path);
	*out = (struct bytes){ at, (size_t)st.st_size };
	return 0;
}

void
files_unmap(struct bytes *b)
{
	if (b->len)
		munmap((void *)(uintptr_t)b->at, b->len);
	*b = (struct bytes){ 0 };
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* puts the names in order: equal input, equal output */
static int
sort_names(struct buf *names, size_t from, size_t count)
{
	const char **name = calloc(count + 1, sizeof *name);
	char *copy = malloc(names->len - from + 1), *to = copy;
	size_t n = 0;

	if (!name || !copy) {
		free(name);
		free(copy);
		return -1;
	}
	for (size_t at = from; at < names->len && n < count; at += strlen((char *)names->at + at) + 1)
		name[n++] = (char *)names->at + at;
	if (n)
		qsort(name, n, sizeof *name, by_name);
	for (size_t i = 0; i < n; i++)
		to = stpcpy(to, name[i]) + 1;
	if (n)
		memcpy(names->at + from, copy, names->len - from);
	free(name);
	free(copy);
	return 0;
}

int
files_list(int dir, const char *path, size_t most, struct buf *out, struct error *err)
{
	const int fd = beneath_open(dir, path, O_RDONLY | O_DIRECTORY);
	const size_t from = out->len;
	const struct dirent *e;
	size_t count = 0;
	DIR *d;

	if (fd < 0)
		return errno == ENOENT ? 0 : failed(err, path);
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return error_set(err, ERROR_INTERNAL, "out of memory");
	}
	while (count <= most && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
			buf_add(out, e->d_name, strlen(e->d_name) + 1);
			count++;
		}
	closedir(d);
	if (count > most)
		return error_set(err, ERROR_LIMIT, "'%s' holds more than %zu names", path, most);
	return out->failed || sort_names(out, from, count) < 0 ? error_set(err, ERROR_INTERNAL, "out of memory") : 0;
}
