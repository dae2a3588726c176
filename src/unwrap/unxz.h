/* unxz.h: xz files, by liblzma itself: libarchive would give a stream all the memory that it asks for. */
#ifndef UNWRAP_UNXZ_H
#define UNWRAP_UNXZ_H

struct blob;
struct budget;
struct error;
struct feed;

/* See struct wrapping's open. */
struct feed *unxz_open(struct blob *, struct budget *, struct error *);

#endif
