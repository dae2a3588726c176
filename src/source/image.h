/* image.h: what the source of images and that of standard input share. */
#ifndef SOURCE_IMAGE_H
#define SOURCE_IMAGE_H

#include <stdbool.h>

#include "base/bytes.h"

struct blob;
struct error;
struct feed;
struct source_options;
struct store;

/* Whether the first bytes, compressed or not, begin an archive that holds an image. */
bool image_begins(struct bytes head);

/* An image in what fd reads, taken over, if it is a file that holds one in any order; NULL with code 0: it is none. */
struct feed *image_open_fd(int fd, const char *target, struct source_options *, struct error *);

/* An image that blob, taken over, streams; it has close(). */
struct feed *image_open_stream(const struct blob *, const char *target, struct source_options *, struct error *);

/* An image in a store, taken over; first: the manifest to begin with, or NULL; root: the folder beneath which files will be opened, or -1. */
struct part;
struct feed *image_open_store(struct store *, const struct part *first, int root, const char *target, struct source_options *,
	struct error *);

#endif
