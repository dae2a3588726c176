/* built.h: which lines of a Dockerfile made what an image's history tells. */
#ifndef IMAGE_BUILT_H
#define IMAGE_BUILT_H

#include "base/buf.h"
#include "base/dockerfile.h"

struct arena;
struct error;
struct image;

/* A Dockerfile that images are said to be built from. */
struct built {
	const char *name;               /* as the user named it, borrowed */
	struct buf text;
	struct dockerfile file;
};

/* Reads it; -1 with the reason when that can't be done, or when no FROM is in it. To be given to built_done either way. */
int built_read(struct built *, const char *path, struct error *);
void built_done(struct built *);

/*
 * Fills the lines of an image's steps and layers: of the stage whose instructions,
 * in their order, tell the most of its history. What the base image brought, and
 * what was changed since, keeps 0. -1 when memory ran out.
 */
int built_map(const struct built *, struct image *);

#endif
