/* reading.h: libarchive on top of a blob: what archives and compressed files share. */
#ifndef UNWRAP_READING_H
#define UNWRAP_READING_H

#include <stdbool.h>

#include <stanch/blob.h>

struct archive;
struct budget;
struct error;
struct feed;

/* How one wrapping is read. */
struct reading_kind {
	/* names its formats and filters to libarchive; never "all", since some run programs. ARCHIVE_OK, or it is not read */
	int (*support)(struct archive *);
	enum origin_step step;          /* of what is inside: ORIGIN_MEMBER, or ORIGIN_STREAM for what has one unnamed content */
	const char *name;               /* of the stream */
	bool seeks;                     /* can't be read without seeking: a stream is kept in memory first */
	bool streams;                   /* can be read from the front where its directory at the end is broken */
};

/* Opens blob as that; see struct wrapping's open. */
struct feed *reading_open(struct blob *, struct budget *, const struct reading_kind *, struct error *);

#endif
