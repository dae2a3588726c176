/*
 * oci.h: what says of which layers an image is made. Everything in it comes
 * from whoever made the image: sizes, counts and names are checked, and what is
 * wrong is one sentence. Strings lie in the arena that is given.
 */
#ifndef IMAGE_OCI_H
#define IMAGE_OCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct arena;
struct buf;
struct error;

#define OCI_MOST ((size_t)4 << 20)         /* bytes of a manifest, an index or a config: registries take no more */
#define OCI_LAYERS 4096                    /* of an image; file systems allow a few hundred */
#define OCI_ENTRIES 1024                   /* of an index, of a list of images */

/* A blob that a manifest speaks of. */
struct part {
	const char *name;               /* by which its store knows it: a digest, or a path in an archive */
	const char *digest;             /* of its bytes, or NULL where only a path was given */
	const char *media;              /* its media type, or "" */
	uint64_t size;                  /* as said, or 0 */
};

/* A layer of an image. */
struct image_layer {
	struct part part;
	const char *diff_id;            /* of its content, or NULL */
	char *created_by;               /* the instruction that made it, or NULL; of the arena, to be masked in place */
	bool base;                      /* it came with the image that this one was built from */
	unsigned long line;             /* of the Dockerfile that made it, or 0 (see built.h) */
};

/* An instruction, and whether it made a layer. */
struct image_step {
	char *created_by;               /* or NULL */
	size_t at;                      /* where in the text of the history it stands */
	size_t layer;                   /* index of the layer that it made, or SIZE_MAX */
	unsigned long line;             /* of the Dockerfile that it comes from, or 0 (see built.h) */
};

struct image {
	const char *reference;          /* its tag, or NULL */
	const char *platform;           /* "linux/arm64", or NULL */
	struct part config;
	struct image_layer *layer;
	size_t layers;
	struct image_step *step;        /* the history, in order; known with its config */
	size_t steps;
};

/* What an index lists: manifests, or further indexes. */
struct oci_entry {
	struct part part;
	const char *platform;           /* or NULL */
	const char *reference;          /* of an annotation, or NULL */
};

/* Whether a text is a list of images as `docker save` writes it (manifest.json). */
bool oci_is_list(struct bytes);

/* Reads such a list: images with parts named by paths. */
int oci_list(struct bytes, struct arena *, struct image **, size_t *count, struct error *);

/* What a manifest of the OCI or of Docker is, by what it holds. */
enum oci_kind { OCI_INDEX, OCI_IMAGE, OCI_UNKNOWN };
enum oci_kind oci_kind(struct bytes);

int oci_index(struct bytes, struct arena *, struct oci_entry **, size_t *count, struct error *);

/* Fills an image's config and layers. */
int oci_image(struct bytes, struct arena *, struct image *, struct error *);

/* A piece of a manifest's or config's text that can leak. */
struct oci_text {
	const char *name;               /* "Env", "Labels", "history", ... */
	struct bytes text;              /* a line an entry */
};

/* The pieces of a config (which also tells an image's history, platform and diff ids) or the annotations of a manifest. */
int oci_config(struct bytes, struct arena *, struct image *, struct oci_text **, size_t *count, struct error *);
int oci_annotations(struct bytes, struct arena *, struct oci_text **, size_t *count, struct error *);

/* What a step of a history says, past the "#(nop)" of older builders. */
const char *oci_command(const char *created_by);

/* Whether a layer with that media type is no archive of files, or can't be read without a key. */
bool oci_no_layer(const char *media);
bool oci_encrypted(const char *media);
bool oci_foreign(const char *media);

#endif
