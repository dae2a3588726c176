/* paths.h: paths, each kept once and numbered from 1. */
#ifndef GIT_PATHS_H
#define GIT_PATHS_H

#include <stddef.h>
#include <stdint.h>

#define PATHS_BYTES_MAX ((size_t)64 << 20) /* a repository made to hold endless paths ends here */

struct paths {
	const char **path; /* by number; [0] is NULL */
	uint32_t *hash;    /* of each */
	uint32_t count, cap;
	uint32_t *slot;
	uint32_t slots;
	struct paths_block *block;
	size_t bytes;
};

void paths_init(struct paths *);
void paths_done(struct paths *);

/* The number of a path, which is added if need be; 0 when memory or the room for paths ran out. The hash is its paths_hash. */
uint32_t paths_number(struct paths *, const char *, uint32_t hash);

/* apart, so that threads need no lock while they make it */
uint32_t paths_hash(const char *);

#endif
