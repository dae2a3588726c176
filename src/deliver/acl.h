/* acl.h: POSIX access lists as the kernel stores them, without libacl. */
#ifndef DELIVER_ACL_H
#define DELIVER_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct error;

/* one more reader beside the owner */
struct grant {
	const char *name;       /* the only secret that it is for; NULL for all */
	uint32_t id;
	bool group;             /* id is a gid */
};

#define ACL_GRANTS_MAX 64

/*
 * Gives an open file or folder the mode (its owner, group and other bits) and
 * lets each of the grants that are for `name` (all of them where name is NULL)
 * read it, and search it where it is a folder. Owner and group stay.
 */
int acl_set(int fd, mode_t mode, const char *name, const struct grant *, size_t count, struct error *);

/* whether acl_set would change nothing */
bool acl_is(int fd, mode_t mode, const char *name, const struct grant *, size_t count);

#endif
