#include "deliver/generation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "deliver/place.h"

#define DEPTH_MAX 10            /* a name has at most eight parts */

bool
generation_is_name(const char *name)
{
	return strncmp(name, GENERATION_PREFIX, strlen(GENERATION_PREFIX)) == 0;
}

mode_t
generation_folder_mode(const struct contents *c)
{
	mode_t mode = 0700;

	for (size_t i = 0; i < c->count; i++)
		mode |= (c->items[i].mode & 0040 ? 0050 : 0) | (c->items[i].mode & 0004 ? 0005 : 0);
	return mode;
}

/* the folders that a name needs, each made where it is missing; mode and rights come last, see finish_folders */
static int
make_folders(int at, const char *name)
{
	char path[256];

	for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(path, sizeof path, "%.*s", (int)(slash - name), name);
		if (mkdirat(at, path, 0700) < 0 && errno != EEXIST)
			return -1;
	}
	return 0;
}

static int
write_item(int at, const struct item *item, const struct contents *c, struct error *err)
{
	int fd __attribute__((cleanup(io_close))) = -1;

	if (make_folders(at, item->name) < 0)
		return error_set(err, errno, "make the folder of %.100s:", item->name);
	fd = place_open(at, item->name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return error_set(err, errno, "make %.100s:", item->name);
	if (io_write_full(fd, item->at, item->len) < 0) {
		const int why = errno;

		return error_set(err, why, "%s %.100s:", why == ENOSPC ? "the tmpfs is full (make it larger) writing" : "write", item->name);
	}
	return acl_set(fd, item->mode, item->name, c->grants, c->grant_count, err);
}

/* opens folders to their readers, innermost first, when all is written */
static int
finish_folders(int at, const struct contents *c, struct error *err)
{
	const mode_t mode = generation_folder_mode(c);
	char path[256];

	for (size_t i = 0; i < c->count; i++) {
		snprintf(path, sizeof path, "%s", c->items[i].name);
		for (char *slash = strrchr(path, '/'); slash; slash = strrchr(path, '/')) {
			int fd __attribute__((cleanup(io_close))) = -1;

			*slash = '\0';
			fd = place_open(at, path, O_RDONLY | O_DIRECTORY, 0);
			if (fd < 0)
				return error_set(err, errno, "open the folder %.100s:", path);
			if (!acl_is(fd, mode, NULL, c->grants, c->grant_count) && acl_set(fd, mode, NULL, c->grants, c->grant_count, err) < 0)
				return -1;
		}
	}
	return acl_set(at, mode, NULL, c->grants, c->grant_count, err);
}

static int
make_named(int dir, uint64_t epoch, char name[static GENERATION_NAME_MAX], struct error *err)
{
	for (int tries = 0; tries < 16; tries++) {
		snprintf(name, GENERATION_NAME_MAX, GENERATION_PREFIX "%" PRIu64 "-%08" PRIx32, epoch, randombytes_random());
		if (mkdirat(dir, name, 0700) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return error_set(err, errno, "%s:", errno == ENOSPC ? "the tmpfs is full (make it larger)" : "make a folder in the target");
}

int
generation_make(int dir, const struct contents *c, uint64_t epoch, char name[static GENERATION_NAME_MAX], struct error *err)
{
	int at, r = 0;

	if (make_named(dir, epoch, name, err) < 0)
		return -1;
	at = place_open(dir, name, O_RDONLY | O_DIRECTORY, 0);
	if (at < 0)
		r = error_set(err, errno, "open a folder in the target:");
	for (size_t i = 0; r == 0 && i < c->count; i++)
		r = write_item(at, &c->items[i], c, err);
	if (r == 0)
		r = finish_folders(at, c, err);
	io_close(&at);
	if (r < 0)
		generation_wipe(dir, name);
	return r;
}

/* compares in guarded memory, a page at a time */
static bool
same_bytes(int fd, const struct item *item)
{
	uint8_t *page = sodium_malloc(4096);
	size_t done = 0;
	bool same = page != NULL;

	while (same) {
		const ssize_t n = io_read_full(fd, page, 4096);

		if (n <= 0) {
			same = n == 0 && done == item->len;
			break;
		}
		same = (size_t)n <= item->len - done && sodium_memcmp(page, item->at + done, (size_t)n) == 0;
		done += (size_t)n;
	}
	sodium_free(page);
	return same;
}

/* the group that new files get in a folder */
static gid_t
group_in(int dir)
{
	struct stat st;

	return fstat(dir, &st) == 0 && st.st_mode & S_ISGID ? st.st_gid : getegid();
}

static bool
item_is(int at, const struct item *item, gid_t group, const struct contents *c)
{
	int fd __attribute__((cleanup(io_close))) = place_open(at, item->name, O_RDONLY, 0);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_uid == geteuid() && st.st_gid == group &&
		(uint64_t)st.st_size == item->len && acl_is(fd, item->mode, item->name, c->grants, c->grant_count) && same_bytes(fd, item);
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

typedef int visit(int at, const char *name, bool folder, void *context);

/* visits all that is beneath, folders after what they hold; the first visit that is not 0 ends it */
static int
walk(int at, visit *each, void *context, int depth)
{
	const int fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int r = d && depth < DEPTH_MAX ? 0 : -1;

	while (r == 0 && (errno = 0, e = readdir(d))) {
		int sub __attribute__((cleanup(io_close))) = -1;

		if (is_dots(e->d_name))
			continue;
		sub = openat(at, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0)
			r = walk(sub, each, context, depth + 1);
		if (r == 0)
			r = each(at, e->d_name, sub >= 0, context);
	}
	if (r == 0 && errno != 0)
		r = -1;
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	return r;
}

struct census {
	size_t files;
	mode_t mode;
	const struct contents *contents;
};

static int
count_one(int at, const char *name, bool folder, void *context)
{
	struct census *census = context;
	const struct contents *c = census->contents;
	int fd __attribute__((cleanup(io_close))) = -1;

	if (!folder) {
		census->files++;
		return 0;
	}
	fd = place_open(at, name, O_RDONLY | O_DIRECTORY, 0);
	return fd >= 0 && acl_is(fd, census->mode, NULL, c->grants, c->grant_count) ? 0 : -1;
}

bool
generation_is(int dir, const char *name, const struct contents *c)
{
	int at __attribute__((cleanup(io_close))) = place_open(dir, name, O_RDONLY | O_DIRECTORY, 0);
	struct census census = { .mode = generation_folder_mode(c), .contents = c };

	if (at < 0 || !acl_is(at, census.mode, NULL, c->grants, c->grant_count))
		return false;
	for (size_t i = 0; i < c->count; i++)
		if (!item_is(at, &c->items[i], group_in(dir), c))
			return false;
	return walk(at, count_one, &census, 0) == 0 && census.files == c->count;
}

void
generation_retire(int dir, const char *name)
{
	struct timespec at[2];

	clock_gettime(CLOCK_BOOTTIME, &at[0]);
	at[1] = at[0];
	utimensat(dir, name, at, AT_SYMLINK_NOFOLLOW);
}

bool
generation_is_fresh(int dir, const char *name, unsigned seconds)
{
	struct timespec now;
	struct stat st;

	clock_gettime(CLOCK_BOOTTIME, &now);
	/* one that was never current still has a time of the calendar, far ahead of any uptime */
	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) && st.st_mtim.tv_sec <= now.tv_sec &&
		now.tv_sec - st.st_mtim.tv_sec < (time_t)seconds;
}

static int
overwrite(int at, const char *name)
{
	static const uint8_t zeros[4096];
	int fd __attribute__((cleanup(io_close))) = -1;
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return 0;
	/* it is 0400, and its owner need not be root */
	if (fchmodat(at, name, 0600, 0) < 0 || (fd = place_open(at, name, O_WRONLY, 0)) < 0)
		return -1;
	for (off_t done = 0; done < st.st_size; done += (off_t)sizeof zeros) {
		const size_t left = (size_t)(st.st_size - done);

		if (io_write_full(fd, zeros, left < sizeof zeros ? left : sizeof zeros) < 0)
			return -1;
	}
	return 0;
}

static int
wipe_one(int at, const char *name, bool folder, void *context)
{
	int *left = context;

	if (!folder && overwrite(at, name) < 0)
		*left = -1;
	if (unlinkat(at, name, folder ? AT_REMOVEDIR : 0) < 0)
		*left = -1;
	return 0;
}

int
generation_wipe(int dir, const char *name)
{
	int at __attribute__((cleanup(io_close))) = place_open(dir, name, O_RDONLY | O_DIRECTORY, 0);
	int left = 0;

	if (at < 0)
		return errno == ENOENT ? 0 : unlinkat(dir, name, 0);
	if (walk(at, wipe_one, &left, 0) < 0)
		left = -1;
	return unlinkat(dir, name, AT_REMOVEDIR) < 0 ? -1 : left;
}
