/* gunzip.h: small gzip files unpacked in one go, in a fraction of the time: documents, most of what is compressed in an image. */
#ifndef UNWRAP_GUNZIP_H
#define UNWRAP_GUNZIP_H

struct blob;
struct budget;
struct feed;

/* Reads and unpacks it, if it is small, whole and without fault; else NULL, and it is to be sought back to its start. */
struct feed *gunzip_open(struct blob *, struct budget *);

#endif
