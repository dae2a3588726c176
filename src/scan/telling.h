/* telling.h: findings of versions: each secret once a path, where it came first, with the life of all versions that hold it. */
#ifndef SCAN_TELLING_H
#define SCAN_TELLING_H

#include <stdbool.h>
#include <stddef.h>

struct lineage;
struct origin;

/* The path of a way, as reports name it; in l->file, until the next call. */
const char *telling_file(struct lineage *, const struct origin *);

/* Tells the hits among the records of the version at hand: of those that cover each other the best. first: what
 * comments allowed is counted. */
void telling_hits(struct lineage *, bool first);

/* Decodes the stretches among the records, and tells what is in them; the first `carried` were decoded before. */
void telling_stretches(struct lineage *, size_t carried);

/* Scans the version at hand as any file is scanned, by this way, and tells what is found. */
void telling_whole(struct lineage *, const struct origin *);

#endif
