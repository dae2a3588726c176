/* tmpfs.h: whether a folder is in memory, and making one that is. */
#ifndef DELIVER_TMPFS_H
#define DELIVER_TMPFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* where memory may still reach a disk */
enum tmpfs_swap {
	TMPFS_SWAP_NEVER,       /* ramfs, or a tmpfs with noswap */
	TMPFS_SWAP_NONE,        /* no swap is on now */
	TMPFS_SWAP_ON,          /* swap is on and this tmpfs may be written to it */
	TMPFS_SWAP_UNKNOWN,     /* /proc does not say */
};

/*
 * Refuses an open folder that is not on tmpfs or ramfs, that its group or others
 * may write to, or that belongs to another user than this one (or root).
 */
int tmpfs_check(int dir, const char *path, struct error *);

/* whether a folder is on tmpfs or ramfs */
bool tmpfs_is(int dir);

enum tmpfs_swap tmpfs_swap(int dir);

/*
 * Mounts a tmpfs of so many bytes over a folder, which is made where it is
 * missing: nosuid, nodev, noexec, 0700, and noswap where the kernel knows it
 * (*noswap tells). Needs CAP_SYS_ADMIN.
 */
int tmpfs_mount(const char *path, uint64_t bytes, bool *noswap, struct error *);

/* parsers of what /proc says, for tests: the options of a device's mount; whether any swap is on */
bool tmpfs_mountinfo_has(const char *text, unsigned major, unsigned minor, const char *option);
bool tmpfs_swaps_any(const char *text);

#endif
