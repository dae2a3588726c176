/* texts.h: what an image brings along beside its layers (configs, annotations), and what of it can't be read, as blobs. */
#ifndef SOURCE_TEXTS_H
#define SOURCE_TEXTS_H

#include <stddef.h>

#include <stanch/blob.h>

#include "blob/memory.h"

struct images;

/* Texts and problems of an image, handed out one by one. */
struct texts {
	size_t text, problem;           /* next */
	struct origin image, part, piece;
	struct memory_blob memory;
	char number[24];
};

/* The next as a blob that lives until the next call; 0: no more. */
int texts_next(struct texts *, struct images *, struct blob *);

#endif
