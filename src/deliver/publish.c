#include "deliver/publish.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "deliver/generation.h"
#include "deliver/place.h"

#define DATA "..data"
#define DATA_NEW "..data_tmp"
#define LINK_NEW "..link_tmp"

/* one writer at a time; another is waited for, but not for ever */
static int
take_lock(int target, struct error *err)
{
	const struct timespec pause = { 0, 50 * 1000 * 1000 };

	for (int tries = 0; tries < 200; tries++) {
		if (flock(target, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_set(err, errno, "lock the target:");
		nanosleep(&pause, NULL);
	}
	return error_set(err, EBUSY, "another stanch-init has been writing to the target for ten seconds:");
}

/* the generation that ..data names; "" where there is none; refused when the link is not ours */
static int
current(int target, char name[static GENERATION_NAME_MAX], struct error *err)
{
	const ssize_t n = readlinkat(target, DATA, name, GENERATION_NAME_MAX - 1);

	name[n > 0 ? n : 0] = '\0';
	if (n < 0 && errno == ENOENT)
		return 0;
	if (n < 0)
		return error_set(err, errno, "read the target's ..data, which should be a link:");
	if (!generation_is_name(name) || strchr(name, '/'))
		return error_set(err, ERROR_USAGE, "the target's ..data belongs to another program; name a folder of our own");
	return 0;
}

static unsigned
sweep(int target, unsigned grace, const char *now)
{
	const int fd = openat(target, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	unsigned waiting = 0;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (!generation_is_name(e->d_name) || strcmp(e->d_name, now) == 0)
			continue;
		if (generation_is_fresh(target, e->d_name, grace) || generation_wipe(target, e->d_name) < 0)
			waiting++;
	}
	if (d)
		closedir(d);
	else
		io_close(&(int){ fd });
	return waiting;
}

/* the first part of a name, and what its link must say */
static void
link_of(const char *name, char first[static NAME_MAX + 1], char says[static NAME_MAX + 16])
{
	snprintf(first, NAME_MAX + 1, "%.*s", (int)strcspn(name, "/"), name);
	snprintf(says, NAME_MAX + 16, DATA "/%s", first);
}

/* 1 there and right, 0 missing or wrong but a link, -1 something else is in the way */
static int
link_state(int target, const char *first, const char *says)
{
	char have[NAME_MAX + 16];
	const ssize_t n = readlinkat(target, first, have, sizeof have);

	if (n < 0)
		return errno == ENOENT ? 0 : -1;
	return (size_t)n == strlen(says) && memcmp(have, says, (size_t)n) == 0;
}

static int
refuse_strangers(int target, const struct contents *c, struct error *err)
{
	char first[NAME_MAX + 1], says[NAME_MAX + 16];

	for (size_t i = 0; i < c->count; i++) {
		link_of(c->items[i].name, first, says);
		if (link_state(target, first, says) < 0)
			return error_set(err, ERROR_USAGE, "the target holds %.100s already, and it is not ours; move it away", first);
	}
	return 0;
}

static int
make_link(int target, const char *says, const char *temporary, const char *name, struct error *err)
{
	unlinkat(target, temporary, 0);
	if (symlinkat(says, target, temporary) == 0 && renameat(target, temporary, target, name) == 0)
		return 0;
	error_set(err, errno, "%s:", errno == ENOSPC ? "the tmpfs is full (make it larger)" : "make a link in the target");
	unlinkat(target, temporary, 0);
	return -1;
}

static int
make_links(int target, const struct contents *c, struct error *err)
{
	char first[NAME_MAX + 1], says[NAME_MAX + 16];

	for (size_t i = 0; i < c->count; i++) {
		link_of(c->items[i].name, first, says);
		if (link_state(target, first, says) != 1 && make_link(target, says, LINK_NEW, first, err) < 0)
			return -1;
	}
	return 0;
}

static bool
is_wanted(const struct contents *c, const char *first)
{
	const size_t len = strlen(first);

	for (size_t i = 0; i < c->count; i++)
		if (strncmp(c->items[i].name, first, len) == 0 && strchr("/", c->items[i].name[len]))
			return true;
	return false;
}

/* removes links of ours that name nothing any more */
static void
drop_links(int target, const struct contents *c)
{
	const int fd = openat(target, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char says[NAME_MAX + 16], first[NAME_MAX + 1];
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		link_of(e->d_name, first, says);
		if (link_state(target, first, says) == 1 && !is_wanted(c, first))
			unlinkat(target, e->d_name, 0);
	}
	if (d)
		closedir(d);
	else
		io_close(&(int){ fd });
}

static enum publish_result
swap(int target, const struct contents *c, uint64_t epoch, const char *old, struct error *err)
{
	char name[GENERATION_NAME_MAX];

	if (generation_make(target, c, epoch, name, err) < 0)
		return PUBLISH_FAILED;
	if (make_links(target, c, err) < 0 || make_link(target, name, DATA_NEW, DATA, err) < 0) {
		generation_wipe(target, name);
		return PUBLISH_FAILED;
	}
	/* the moment has passed: what follows only tidies */
	if (*old)
		generation_retire(target, old);
	return PUBLISH_NEW;
}

/* the target itself must let in whoever may read */
static int
open_target(int target, const struct contents *c, struct error *err)
{
	const mode_t mode = generation_folder_mode(c);
	struct stat st;

	if (acl_is(target, mode, NULL, c->grants, c->grant_count))
		return 0;
	/* root's folder in which we may work all the same is left as it is */
	if (fstat(target, &st) == 0 && st.st_uid != geteuid() && geteuid() != 0)
		return 0;
	return acl_set(target, mode, NULL, c->grants, c->grant_count, err);
}

static enum publish_result
publish_locked(int target, const struct contents *c, uint64_t epoch, unsigned grace, struct error *err)
{
	enum publish_result result = PUBLISH_SAME;
	char old[GENERATION_NAME_MAX];

	if (current(target, old, err) < 0 || refuse_strangers(target, c, err) < 0)
		return PUBLISH_FAILED;
	unlinkat(target, DATA_NEW, 0);
	unlinkat(target, LINK_NEW, 0);
	sweep(target, grace, old);
	if (open_target(target, c, err) < 0)
		return PUBLISH_FAILED;
	if (!*old || !generation_is(target, old, c))
		result = swap(target, c, epoch, old, err);
	else if (make_links(target, c, err) < 0)
		result = PUBLISH_FAILED;
	if (result == PUBLISH_FAILED)
		return result;
	drop_links(target, c);
	if (grace == 0 && current(target, old, err) == 0)
		sweep(target, 0, old);
	return result;
}

enum publish_result
publish_run(int target, const struct contents *c, uint64_t epoch, unsigned grace, struct error *err)
{
	enum publish_result result;

	if (take_lock(target, err) < 0)
		return PUBLISH_FAILED;
	result = publish_locked(target, c, epoch, grace, err);
	flock(target, LOCK_UN);
	return result;
}

bool
publish_is_there(int target)
{
	char now[GENERATION_NAME_MAX];
	struct error ignored;
	struct stat st;

	return current(target, now, &ignored) == 0 && *now && fstatat(target, now, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

unsigned
publish_sweep(int target, unsigned grace)
{
	char now[GENERATION_NAME_MAX];
	struct error ignored;
	unsigned waiting = 0;

	if (take_lock(target, &ignored) < 0)
		return 1;
	if (current(target, now, &ignored) == 0)
		waiting = sweep(target, grace, now);
	flock(target, LOCK_UN);
	return waiting;
}

int
publish_withdraw(int target, struct error *err)
{
	const struct contents none = { 0 };
	char now[GENERATION_NAME_MAX];
	int r = 0;

	if (take_lock(target, err) < 0)
		return -1;
	if (current(target, now, err) < 0)
		r = -1;
	else if (*now && unlinkat(target, DATA, 0) < 0)
		r = error_set(err, errno, "remove the target's ..data:");
	if (r == 0) {
		drop_links(target, &none);
		if (sweep(target, 0, "") > 0)
			r = error_set(err, EIO, "not all that was delivered could be removed:");
	}
	flock(target, LOCK_UN);
	return r;
}
