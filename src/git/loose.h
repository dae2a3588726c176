/* loose.h: objects in files of their own. */
#ifndef GIT_LOOSE_H
#define GIT_LOOSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "git/pack.h"

struct error;
struct object;
struct oid;
struct store;

/* Reads one of a folder of the store, of at most max bytes; its text is of malloc and the caller's. */
int loose_read(const struct store *, size_t folder, const struct oid *, uint64_t max, struct object *, struct error *);

int loose_stat(const struct store *, size_t folder, const struct oid *, enum object_type *, uint64_t *size, struct error *);

/* Parses "blob 123\0", the head of an inflated object: its length with the NUL, or -1. */
int loose_head(struct bytes, enum object_type *, uint64_t *size, struct error *);

#endif
