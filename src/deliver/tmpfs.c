#include "deliver/tmpfs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/io.h"

#define PROC_MAX ((size_t)1 << 20)

bool
tmpfs_is(int dir)
{
	struct statfs fs;

	return fstatfs(dir, &fs) == 0 && (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

int
tmpfs_check(int dir, const char *path, struct error *err)
{
	struct stat st;

	if (fstat(dir, &st) < 0)
		return error_set(err, errno, "look at %.150s:", path);
	if (!S_ISDIR(st.st_mode))
		return error_set(err, ERROR_USAGE, "%.150s is no folder", path);
	if (!tmpfs_is(dir))
		return error_set(err, ERROR_USAGE,
			"%.100s is on a disk, not in memory, so nothing is written there; mount a tmpfs, an emptyDir with medium: Memory, or give --mount", path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return error_set(err, ERROR_USAGE, "%.100s belongs to user %u, who could change what is delivered; make it belong to user %u", path,
			(unsigned)st.st_uid, (unsigned)geteuid());
	/* the bits of a group are a mask where there is an access list, which only ever grants reading */
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, ERROR_USAGE,
			"%.100s may be written to by others (mode %04o); name a folder beneath it, which is made with mode 0700", path, st.st_mode & 07777);
	return 0;
}

bool
tmpfs_swaps_any(const char *text)
{
	const char *line = strchr(text, '\n');

	/* the first line names the columns */
	return line && line[1] != '\0';
}

/* whether a comma-separated list, up to a blank or the line's end, holds a word */
static bool
list_has(const char *list, const char *word)
{
	const size_t len = strlen(word);

	while (*list && !strchr(" \n", *list)) {
		const size_t n = strcspn(list, ", \n");

		if (n == len && memcmp(list, word, len) == 0)
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

/* the device is the third word of a line, MAJOR:MINOR */
static bool
line_is_of(const char *line, size_t len, unsigned major, unsigned minor)
{
	const char *end = line + len;
	char device[32];
	const int n = snprintf(device, sizeof device, "%u:%u ", major, minor);

	for (int skip = 0; skip < 2 && line; skip++) {
		line = memchr(line, ' ', (size_t)(end - line));
		line = line ? line + 1 : NULL;
	}
	return line && end - line > n && memcmp(line, device, (size_t)n) == 0;
}

bool
tmpfs_mountinfo_has(const char *text, unsigned major, unsigned minor, const char *option)
{
	/* 36 35 98:0 /root /mnt rw,noatime shared:1 - tmpfs tmpfs rw,size=1024k,noswap */
	for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		const size_t len = strcspn(line, "\n");
		const char *dash = memmem(line, len, " - ", 3), *end = line + len;

		if (!line_is_of(line, len, major, minor) || !dash)
			continue;
		dash += 3;
		for (int skip = 0; skip < 2 && dash && dash < end; skip++) {
			dash = memchr(dash, ' ', (size_t)(end - dash));
			dash = dash ? dash + 1 : NULL;
		}
		if (dash && dash < end)
			return list_has(dash, option);
	}
	return false;
}

static bool
read_proc(const char *path, struct buf *text)
{
	struct error ignored;

	return io_read_path(path, PROC_MAX, text, &ignored) == 0 && buf_str(text) && !text->failed;
}

enum tmpfs_swap
tmpfs_swap(int dir)
{
	struct buf swaps = { 0 }, mounts = { 0 };
	enum tmpfs_swap found = TMPFS_SWAP_UNKNOWN;
	struct statfs fs;
	struct stat st;

	if (fstatfs(dir, &fs) == 0 && fs.f_type == RAMFS_MAGIC)
		return TMPFS_SWAP_NEVER;
	if (read_proc("/proc/swaps", &swaps))
		found = tmpfs_swaps_any(buf_str(&swaps)) ? TMPFS_SWAP_ON : TMPFS_SWAP_NONE;
	if (found != TMPFS_SWAP_NONE && fstat(dir, &st) == 0 && read_proc("/proc/self/mountinfo", &mounts) &&
		tmpfs_mountinfo_has(buf_str(&mounts), major(st.st_dev), minor(st.st_dev), "noswap"))
		found = TMPFS_SWAP_NEVER;
	buf_done(&swaps);
	buf_done(&mounts);
	return found;
}

int
tmpfs_mount(const char *path, uint64_t bytes, bool *noswap, struct error *err)
{
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	char options[80];

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return error_set(err, errno, "make the folder %.150s:", path);
	snprintf(options, sizeof options, "mode=0700,size=%" PRIu64 ",noswap", bytes);
	*noswap = mount("stanch", path, "tmpfs", flags, options) == 0;
	if (*noswap)
		return 0;
	if (errno == EINVAL) {
		*strrchr(options, ',') = '\0';
		if (mount("stanch", path, "tmpfs", flags, options) == 0)
			return 0;
	}
	return error_set(err, errno, "mount a tmpfs on %.150s (--mount needs root with CAP_SYS_ADMIN):", path);
}
