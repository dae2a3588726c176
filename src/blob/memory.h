/* memory.h: bytes that are already there, as a blob. */
#ifndef BLOB_MEMORY_H
#define BLOB_MEMORY_H

#include <stanch/blob.h>

#include "base/bytes.h"

struct memory_blob {
	struct blob blob;
	struct bytes text, left;
};

/* origin and text are borrowed for as long as the blob is read */
void memory_blob_init(struct memory_blob *, const struct origin *, struct bytes text);

#endif
