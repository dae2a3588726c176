/* store.h: where a repository's objects lie: packs and folders of loose ones, its own and its alternates'. */
#ifndef GIT_STORE_H
#define GIT_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "git/oid.h"
#include "git/pack.h"

struct buf;
struct error;
struct repository;

struct store {
	unsigned hash;
	struct pack **pack; /* in the order of their names, the repository's own first */
	size_t packs, cap;
	const int *folder; /* object folders, borrowed from the repository */
	size_t folders;
	char *unread; /* packs that could not be opened, in words; or NULL */
};

/* Where an object lies. */
struct object_place {
	const struct pack *pack; /* or NULL: loose */
	uint64_t offset;
	size_t which; /* index of the pack, or of the folder */
};

/* Opens all packs; the repository must outlive the store. A pack that can't be read is noted in unread. */
int store_open(struct store *, const struct repository *, struct error *);
void store_close(struct store *);

/* Adds an opened pack, which is taken over. */
int store_add(struct store *, struct pack *, struct error *);

/* Where an object lies: packs first. *hint: the pack where the last one was found, for the next call; false: nowhere. */
bool store_find(const struct store *, const struct oid *, size_t *hint, struct object_place *);
bool store_find_packed(const struct store *, const struct oid *, size_t *hint, struct object_place *);

/* the path of a loose object beneath its folder: "ab/cdef..." */
#define STORE_LOOSE_PATH (OID_HEX + 1)
void store_loose_path(const struct store *, const struct oid *, char path[static STORE_LOOSE_PATH]);

/* Calls found for each loose object of a folder, in order of their ids; nonzero from it ends the listing and is returned. */
int store_each_loose(const struct store *, size_t folder, int (*found)(void *, const struct oid *), void *arg, struct error *);

/* The only object whose id begins with so many hex digits: 1, 0 none, -1 several (or a failure). */
int store_abbreviated(const struct store *, const struct oid *prefix, unsigned digits, struct oid *, struct error *);

#endif
