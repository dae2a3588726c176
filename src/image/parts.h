/* parts.h: what an archive or a folder that holds an image consists of, by path. */
#ifndef IMAGE_PARTS_H
#define IMAGE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

#define PARTS_MOST 65536                /* an image of a few hundred layers has some hundreds */

struct parts_entry {
	const char *name;               /* without "./" */
	const char *link;               /* where it points, or NULL */
	uint64_t start, size;           /* in an archive */
	struct bytes kept;              /* its content where that was kept, else at is NULL */
	bool used;                      /* a manifest named it */
};

struct parts {
	struct arena arena;
	struct parts_entry *entry;
	size_t count, cap;
	bool sorted, full;
};

void parts_init(struct parts *);
void parts_done(struct parts *);

/* Adds an entry (name and link are copied, kept is not) and returns it, until the next call; NULL when memory ran out or
 * there are too many. */
struct parts_entry *parts_add(struct parts *, const char *name, const char *link);

/* The entry of a path or of a digest ("blobs/sha256/..."), through links; NULL when it is not there. */
struct parts_entry *parts_find(struct parts *, const char *name);

#endif
