#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"

/* Pages of a memory file that the kernel itself leaves unmapped, between two that none may touch. */
struct hidden {
	uint8_t *at;            /* its last byte is the last before the guard */
	uint8_t *base;
	size_t size, whole;
	struct hidden *next;
};

static struct hidden *all_hidden;
static bool hiding;

bool
secret_hide(void)
{
	const int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return hiding = fd >= 0;
}

/* size bytes at `at`, which is mapped already and becomes the file's; they count as locked memory */
static bool
map_hidden(uint8_t *at, size_t size)
{
	const int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
	bool done = false;

	if (fd < 0)
		return false;
	if (ftruncate(fd, (off_t)size) == 0)
		done = mmap(at, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED;
	close(fd);
	return done;
}

/* NULL where the limit or the kernel allows no more */
static uint8_t *
new_hidden(size_t size)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE), body = (size + page - 1) / page * page;
	struct hidden *h = malloc(sizeof *h);
	void *base = h ? mmap(NULL, body + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : MAP_FAILED;

	if (base == MAP_FAILED || !map_hidden((uint8_t *)base + page, body)) {
		if (base != MAP_FAILED)
			munmap(base, body + 2 * page);
		free(h);
		return NULL;
	}
	/* as malloc's, fit for any type; what is left at the end is less than its alignment */
	*h = (struct hidden){ .at = (uint8_t *)base + page + (body - size) / 16 * 16, .base = base, .size = size, .whole = body + 2 * page,
		.next = all_hidden };
	all_hidden = h;
	return h->at;
}

static bool
free_hidden(const void *at)
{
	for (struct hidden **link = &all_hidden; *link; link = &(*link)->next) {
		struct hidden *h = *link;

		if (h->at != at)
			continue;
		*link = h->next;
		sodium_memzero(h->at, h->size);
		munmap(h->base, h->whole);
		free(h);
		return true;
	}
	return false;
}

uint8_t *
secret_new(size_t size)
{
	uint8_t *at = hiding ? new_hidden(size ? size : 1) : NULL;

	return at ? at : sodium_malloc(size ? size : 1);
}

void
secret_free(void *at)
{
	if (!free_hidden(at))
		sodium_free(at);
}

bool
secret_is_locked(void *at, size_t size)
{
	for (const struct hidden *h = all_hidden; h; h = h->next)
		if (h->at == at)
			return true;
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
