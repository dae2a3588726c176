/* handover.h: secrets in descriptors: memory that nobody can change any more. */
#ifndef DELIVER_HANDOVER_H
#define DELIVER_HANDOVER_H

#include <stddef.h>
#include <stdint.h>

struct environ;
struct error;

/* A memfd of these bytes, sealed against writing and resizing, close-on-exec: its descriptor, or -1. */
int handover_memfd(const char *name, const uint8_t *, size_t, struct error *);

/* Lets the program have it: NAME_FD=N and NAME_FILE=/proc/self/fd/N. */
int handover_descriptor(struct environ *, const char *secret, int fd, struct error *);

/* NAME_FILE=path; NAME itself, where it is still there, is taken out: many programs refuse both. */
int handover_path(struct environ *, const char *secret, const char *path, struct error *);

/* The value itself, less one final LF, read from the memfd, which is closed. variable may be NULL: the secret's own. */
int handover_value(struct environ *, const char *secret, const char *variable, int fd, struct error *);

#endif
