/*
 * object.h: objects by their ids. A reader belongs to one thread; it keeps what
 * deltas are based on as long as there is room. What it reads is bounded: the
 * size of an object, the length of a chain of deltas, the room.
 */
#ifndef GIT_OBJECT_H
#define GIT_OBJECT_H

#include <stdint.h>

#include "base/bytes.h"
#include "git/pack.h"

struct error;
struct object_place;
struct oid;
struct reader;
struct store;

#define OBJECT_CHAIN_MAX 10000 /* deltas on deltas; git itself makes no more than 4095 */

/* An object in memory. */
struct object {
	enum object_type type;
	struct bytes text;
};

/* A reader of objects up to max bytes each, which keeps about `room` bytes for later; the store must outlive it. */
struct reader *reader_new(const struct store *, uint64_t max, uint64_t room, struct error *);
void reader_free(struct reader *);

/*
 * Reads an object: it stays until object_drop, whatever else is read. NULL with
 * an error: ENOENT when the store doesn't hold it, ERROR_LIMIT when it is too
 * large, ERROR_SYNTAX when it is damaged.
 */
const struct object *object_read(struct reader *, const struct oid *, struct error *);

/* The same for one whose place is known; id is needed for a loose one. */
const struct object *object_read_at(struct reader *, const struct object_place *, const struct oid *, struct error *);
void object_drop(struct reader *, const struct object *);

/* The type and size of an object, without inflating all of it. */
int object_stat(struct reader *, const struct oid *, enum object_type *, uint64_t *size, struct error *);

/* "commit", "tree", ... */
const char *object_type_name(enum object_type);

#endif
