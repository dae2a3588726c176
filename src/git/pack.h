/* pack.h: a pack, mapped, with its index. */
#ifndef GIT_PACK_H
#define GIT_PACK_H

#include <stdint.h>

#include "base/bytes.h"
#include "git/packindex.h"

struct error;

enum object_type {
	OBJECT_NONE = 0,
	OBJECT_COMMIT = 1,
	OBJECT_TREE = 2,
	OBJECT_BLOB = 3,
	OBJECT_TAG = 4,
	OBJECT_OFS_DELTA = 6,
	OBJECT_REF_DELTA = 7, /* only as entries of packs */
};

struct pack {
	char *name;        /* "pack-….pack" */
	struct bytes map;  /* the pack */
	struct bytes file; /* what is mapped: it, or what it is part of */
	struct bytes index_map;
	struct packindex index;
	bool own_index; /* index_map is of malloc */
};

/* An object as it stands in a pack. */
struct pack_entry {
	enum object_type type;
	uint64_t size;          /* inflated; of a delta, its instructions' */
	uint64_t data;          /* offset of the zlib stream */
	uint64_t base;          /* of an ofs-delta: its base's offset */
	const uint8_t *base_id; /* of a ref-delta: its base's raw id */
};

/* Opens folder/name.pack and its .idx, beneath dir; hash: bytes of an id. NULL with an error. */
struct pack *pack_open(int dir, const char *folder, const char *name, unsigned hash, struct error *);

/*
 * A pack that is part of a file that is mapped already, with an index made in
 * memory by malloc; both are taken over, also where it fails.
 */
struct pack *pack_new_within(const char *name, struct bytes file, struct bytes map, struct bytes index_map, unsigned hash,
	struct error *);

/* The same where the pack is the whole file. */
struct pack *pack_new(const char *name, struct bytes map, struct bytes index_map, unsigned hash, struct error *);
void pack_close(struct pack *);

/* Reads the head of the entry at offset; its base, if at an offset, lies before it. */
int pack_entry(const struct pack *, uint64_t offset, struct pack_entry *, struct error *);

/* the bytes of the pack from an entry's zlib stream on, without the checksum at its end */
struct bytes pack_data(const struct pack *, const struct pack_entry *);

#endif
