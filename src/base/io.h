/* io.h: files and descriptors, whole and safe. */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stddef.h>
#include <sys/types.h>

struct buf;
struct error;

/* read(2) again after a signal, until size bytes or the end; -1 with errno */
ssize_t io_read_full(int fd, void *, size_t size);

/* write(2) until all is written; -1 with errno */
int io_write_full(int fd, const void *, size_t);

/* Adds a file's content to buf; more than max bytes is ERROR_LIMIT. */
int io_read_path(const char *path, size_t max, struct buf *, struct error *);
int io_read_fd(int fd, const char *name, size_t max, struct buf *, struct error *);

/* Makes or empties a file that only its owner may read, never through a link: its descriptor, or -1. */
int io_create_private(const char *path, struct error *);

/* for __attribute__((cleanup(io_close))) */
void io_close(int *fd);

#endif
