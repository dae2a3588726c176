/* origin.h: the way of a blob, copied and told. */
#ifndef BLOB_ORIGIN_H
#define BLOB_ORIGIN_H

#include <stdbool.h>

#include <stanch/blob.h>

struct arena;
struct buf;

/* A child step on the caller's storage; name is borrowed. */
struct origin origin_step(const struct origin *parent, enum origin_step, const char *name, uint64_t offset);

/* A copy of the whole way in an arena; NULL when memory ran out. */
const struct origin *origin_copy(const struct origin *, struct arena *);

/* Whether two ways are the same, step by step, attributes included. */
bool origin_same(const struct origin *, const struct origin *);

/* The value of a step's attribute, or NULL. */
const char *origin_attribute(const struct origin *, const char *name);

/*
 * The way as reports name the file: path!member!member; streams and decoded
 * text add nothing, because a person opens the text around them, nor do images,
 * their layers and commits, because a path keeps its name from one to the next.
 */
void origin_file(const struct origin *, struct buf *);

#endif
