/* replace.h: files written whole or not at all. */
#ifndef BASE_REPLACE_H
#define BASE_REPLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct error;

/*
 * Writes a file by way of a temporary one beside it, which is synced and then
 * takes its place; a failure at any point leaves what was there as it was. An
 * old file's mode is kept when keep_mode, else the mode is as given. A link, or
 * anything that is no regular file, is refused; so is an existing file unless
 * replace.
 */
int replace_file(const char *path, const void *, size_t, mode_t mode, bool replace, bool keep_mode, struct error *);

#endif
