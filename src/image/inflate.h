/* inflate.h: what a layer is compressed with, taken off as a stream, and digests of both sides of it. */
#ifndef IMAGE_INFLATE_H
#define IMAGE_INFLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct blob;
struct error;
struct inflate;
struct limits;

/* Loads what makes gzip fast, if it is installed; to be called before a sandbox is entered. */
void inflate_prepare(void);

/*
 * Begins to read blob, which is borrowed. digest and diff_id: what its bytes, and
 * what comes out of them, must have as digest, or NULL; both are borrowed.
 */
struct inflate *inflate_new(struct blob *, const char *digest, const char *diff_id, const struct limits *, struct error *);

/* It may wait until other threads are done with large dictionaries: for layers, not for what is read while others wait for it. */
void inflate_patient(struct inflate *);
void inflate_free(struct inflate *);

/* "gzip", "zstd", "xz", "bzip2", or NULL: it is not compressed. Known after the first read. */
const char *inflate_kind(const struct inflate *);

/* Lends the next block until the next call: 1 a block, 0 the end, -1 a failure, and again at each call after it. */
int inflate_read(struct inflate *, struct bytes *, struct error *);

/* Gives a part of the block lent last back, so that it is lent again. */
void inflate_unread(struct inflate *, struct bytes);

/*
 * Reads what is left; then 0, or -1 when it fails or its digests are not those
 * that it should have. *out (DIGEST_TEXT bytes) is what came out has as SHA-256.
 */
int inflate_end(struct inflate *, char *out, struct error *);

#endif
