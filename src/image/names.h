/*
 * names.h: which paths a layer holds and which it takes away, as keyed hashes,
 * so that a layer of a million files takes a few MiB: enough to say later
 * whether a file of a lower layer is still there.
 */
#ifndef IMAGE_NAMES_H
#define IMAGE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define NAMES_KEY 16

struct names {
	uint64_t *hash;
	size_t count, cap;
	bool sorted, failed;            /* failed: more than are kept, or memory ran out */
};

/* what is said of a path */
enum names_kind { NAMES_FILE, NAMES_FOLDER, NAMES_WHITEOUT, NAMES_OPAQUE };

void names_done(struct names *);

/* key: NAMES_KEY bytes, the same for all layers of an image */
void names_add(struct names *, enum names_kind, struct bytes path, const uint8_t *key);

/* No more will be added: may be asked from now on. */
void names_end(struct names *);

/* Takes the hashes of names that had ended, added with the same key; false when it is none, or memory ran out. */
bool names_load(struct names *, struct bytes hashes);

/* What a layer did to a path of a layer below it. */
enum names_fate { NAMES_KEPT, NAMES_DELETED, NAMES_REPLACED };
enum names_fate names_fate(const struct names *, struct bytes path, const uint8_t *key);

/* The path of a member as the names know it: without "./", leading and doubled slashes. What leads out of the layer
 * by ".." keeps its dots; *odd is set then. The result lies in room, which has at least path.len bytes. */
struct bytes names_clean(struct bytes path, char *room, bool *odd);

#endif
