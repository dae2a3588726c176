/*
 * layer.h: a layer as a feed of what it holds, as a stream, never unpacked: its
 * files, the targets of its links, extended attributes. What it holds and takes
 * away is noted in its names.
 */
#ifndef IMAGE_LAYER_H
#define IMAGE_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/digest.h"
#include "image/names.h"

struct blob;
struct buf;
struct error;
struct feed;
struct limits;
struct origin;

/* What is known of a layer before it is read, and what reading it adds. The caller's; used by one thread at a time. */
struct layer {
	const struct origin *origin;    /* its own step */
	const char *digest, *diff_id;   /* of its bytes, of its content; or NULL where nobody says */
	const uint8_t *key;             /* for names, NAMES_KEY bytes */
	const struct limits *limits;
	bool other;                     /* it need not be an archive of files */
	const char *content_name;       /* what it is called where it is none; or NULL */
	struct names names;             /* added */
	char content[DIGEST_TEXT];      /* added at its end: the digest of what came out */
	bool whole;                     /* added: it was read to its end, and is what it should be */
	bool broken;                    /* added: it was opened, but not read to its end */
};

/* Opens blob, which is borrowed, as that; NULL when memory ran out. */
struct feed *layer_open(struct layer *, struct blob *, struct error *);

/* Reads blob to its end: whether it is what the digests say. */
bool layer_same(const struct layer *, struct blob *);

/* What reading it added, as a blob's memo keeps it. */
bool layer_save(void *layer, struct buf *);
bool layer_load(void *layer, struct bytes);

#endif
