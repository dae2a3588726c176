/*
 * images.h: all images of one target: their manifests, the layers that they
 * share, and what is known of each finding when all was read.
 */
#ifndef IMAGE_IMAGES_H
#define IMAGE_IMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "image/layer.h"
#include "image/oci.h"

struct built;
struct limits;
struct store;

/* A layer, whichever images have it: read once. */
struct held {
	const char *name;               /* its one name in the store */
	struct part part;
	struct layer layer;
	struct origin origin;
	struct blob_memo memo;
	bool wanted;                    /* it is there and can be read */
};

/* A piece of text that an image brings along beside its layers. */
struct images_text {
	size_t image;
	const char *part, *name;        /* "config" and "Env" */
	struct bytes text;
};

/* What can't be read, and why. */
struct images_problem {
	const char *name;               /* of a part, or NULL: of the target as a whole */
	bool layer;
	char why[256];
};

struct images {
	const char *target;             /* as the user named it */
	const char *platform;           /* only this one, or NULL */
	const struct built *built;      /* the Dockerfile that its lines are told of, borrowed; or NULL */
	const struct limits *limits;
	struct arena arena;
	uint8_t key[NAMES_KEY];
	struct origin root;             /* above the layers; what images they belong to is known at the end */
	struct image *image;
	size_t images, image_cap;
	struct held **held;
	size_t helds, held_cap;
	const struct held *last;        /* found last */
	struct images_text *text;
	size_t texts, text_cap;
	struct images_problem *problem;
	size_t problems, problem_cap;
	const char **seen;              /* digests of manifests that were read */
	size_t seens, seen_cap;
	bool found;                     /* a manifest said what there is */
};

/* target and platform are borrowed */
void images_init(struct images *, const char *target, const char *platform, const struct limits *);
void images_done(struct images *);

/* The digest that a path holds: "blobs/sha256/HEX", "HEX.json", "sha256:HEX", as a copy; NULL: none. */
const char *images_digest(struct images *, const char *path);

/* The layer of that name, made when it is new; NULL when memory ran out or there are too many. */
struct held *images_hold(struct images *, const char *name);

/*
 * Reads what the store has of index.json, manifest.json and all that they name;
 * `first`: a manifest to begin with instead. What can't be read becomes a problem.
 */
void images_load(struct images *, struct store *, const struct part *first);

/* Notes what can't be read; name may be NULL. */
void images_complain(struct images *, const char *name, bool layer, const char *why);

#endif
