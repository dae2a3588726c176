/* ignore.h: .gitignore files, as git reads them. */
#ifndef SOURCE_IGNORE_H
#define SOURCE_IGNORE_H

#include <stdbool.h>

/* The patterns of one folder's .gitignore, and of the folders above it. */
struct ignore;

/*
 * Reads .gitignore in the folder fd, whose path beneath the root is `path` ("" for
 * the root). Returns it with parent above it, or parent itself when there is none
 * or it can't be read.
 */
struct ignore *ignore_read(struct ignore *parent, int fd, const char *path);

/* Gives back what ignore_read made for one folder; returns its parent. */
struct ignore *ignore_leave(struct ignore *, struct ignore *parent);

/* whether the path beneath the root is left out */
bool ignore_has(const struct ignore *, const char *path, bool folder);

#endif
