/* confine.h: what the worker gives up before it reads the first hostile byte. */
#ifndef DELIVER_CONFINE_H
#define DELIVER_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/* what this kernel could not give; each is worth a note */
struct confine_lacks {
	bool landlock;          /* paths are not confined */
	bool seccomp;           /* system calls are not */
};

/* descriptors of folders beneath which the worker reads, and writes; -1 is skipped */
struct confine {
	const int *read;
	size_t read_count;
	int write;
	int channel;            /* the only descriptor on which sendmsg is let through, or -1 */
};

/*
 * For good, for this process: no new privileges, no core file, not dumpable;
 * files only beneath the folders (Landlock), only the system calls that opening
 * and publishing need: no network, no program, no executable memory (seccomp).
 * -1 when something that the kernel has failed.
 */
int confine_enter(const struct confine *, struct confine_lacks *, struct error *);

#endif
