/*
 * shim.c: makes the world fail on purpose, by LD_PRELOAD.
 *
 * FAULT_ALLOC=N    the N-th allocation of the program fails, once
 * FAULT_ALLOC_ALL  and all that follow it
 * FAULT_READ=1     read() and pread() give one byte at a time
 * FAULT_EINTR=1    every second read(), pread(), write() and open is interrupted
 * FAULT_WRITE=N    from the N-th byte on there is no space left to write
 * FAULT_COUNT=FILE how many allocations there were is written there at the end
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long allocations, written;
static atomic_uint calls;
static long alloc_at = -1, write_at = -1;
static int alloc_all, short_reads, interrupts;
static const char *count_file;
static uintptr_t spared_from, spared_to;

/* libarchive 3.6 does not survive its own allocations' failing, which is not ours to test */
static int
find_spared(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	if (!strstr(info->dlpi_name, "libarchive.so"))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X)) {
			spared_from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
			spared_to = spared_from + info->dlpi_phdr[i].p_memsz;
		}
	return 1;
}

/* glibc's own, which need no look-up and so no allocation */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

__attribute__((constructor)) static void
begin(void)
{
	const char *v;

	if ((v = getenv("FAULT_ALLOC")))
		alloc_at = atol(v);
	if ((v = getenv("FAULT_WRITE")))
		write_at = atol(v);
	alloc_all = getenv("FAULT_ALLOC_ALL") != NULL;
	short_reads = getenv("FAULT_READ") != NULL;
	interrupts = getenv("FAULT_EINTR") != NULL;
	count_file = getenv("FAULT_COUNT");
	dl_iterate_phdr(find_spared, NULL);
	/* what loading needed is not the program's */
	atomic_store(&allocations, 0);
}

/* opened late, so it is the sandbox's business whether this works: the runner leaves a descriptor instead */
__attribute__((destructor)) static void
end(void)
{
	char text[32];
	int n;

	if (!count_file)
		return;
	n = snprintf(text, sizeof text, "%ld\n", atomic_load(&allocations));
	if (write(atoi(count_file), text, (size_t)n) < 0)
		_exit(99);
}

static int
alloc_fails_for(const void *caller)
{
	if ((uintptr_t)caller >= spared_from && (uintptr_t)caller < spared_to)
		return 0;
	const long n = atomic_fetch_add(&allocations, 1) + 1;

	if (alloc_at < 0 || n < alloc_at || (n > alloc_at && !alloc_all))
		return 0;
	errno = ENOMEM;
	return 1;
}

static int
interrupted(void)
{
	if (!interrupts || atomic_fetch_add(&calls, 1) % 2)
		return 0;
	errno = EINTR;
	return 1;
}

void *
malloc(size_t n)
{
	return alloc_fails_for(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return alloc_fails_for(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return alloc_fails_for(__builtin_return_address(0)) ? NULL : __libc_realloc(p, n);
}

int
posix_memalign(void **p, size_t align, size_t n)
{
	if (alloc_fails_for(__builtin_return_address(0)) || !(*p = __libc_memalign(align, n)))
		return ENOMEM;
	return 0;
}

void *
aligned_alloc(size_t align, size_t n)
{
	return alloc_fails_for(__builtin_return_address(0)) ? NULL : __libc_memalign(align, n);
}

static void *
next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

ssize_t
read(int fd, void *at, size_t n)
{
	static ssize_t (*real)(int, void *, size_t);

	if (!real)
		*(void **)&real = next("read");
	return interrupted() ? -1 : real(fd, at, short_reads && n ? 1 : n);
}

ssize_t
pread(int fd, void *at, size_t n, off_t from)
{
	static ssize_t (*real)(int, void *, size_t, off_t);

	if (!real)
		*(void **)&real = next("pread");
	return interrupted() ? -1 : real(fd, at, short_reads && n ? 1 : n, from);
}

ssize_t
pread64(int fd, void *at, size_t n, off_t from)
{
	return pread(fd, at, n, from);
}

ssize_t
write(int fd, const void *at, size_t n)
{
	static ssize_t (*real)(int, const void *, size_t);
	long before;

	if (!real)
		*(void **)&real = next("write");
	if (interrupted())
		return -1;
	/* standard error stays, so that the sentence is seen */
	if (write_at < 0 || fd == 2)
		return real(fd, at, n);
	before = atomic_fetch_add(&written, (long)n);
	if (before >= write_at) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, at, before + (long)n > write_at ? (size_t)(write_at - before) : n);
}
