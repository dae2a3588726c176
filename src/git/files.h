/* files.h: a repository's own files: read or mapped beneath a folder, through no link, regular ones only. */
#ifndef GIT_FILES_H
#define GIT_FILES_H

#include <stddef.h>

#include "base/bytes.h"

struct buf;
struct error;

/* A folder beneath dir: its descriptor, or -1 with an error (ENOENT: there is none). */
int files_folder(int dir, const char *path, struct error *);

/* Adds a file to buf; more than max bytes is ERROR_LIMIT, no such file ENOENT. */
int files_read(int dir, const char *path, size_t max, struct buf *, struct error *);

/* Maps a file for reading; an empty one is no bytes. */
int files_map(int dir, const char *path, struct bytes *, struct error *);
void files_unmap(struct bytes *);

/* The names in a folder beneath dir, sorted, as strings one after the other in buf (each with its NUL); a missing folder has none. */
int files_list(int dir, const char *path, size_t most, struct buf *, struct error *);

#endif
