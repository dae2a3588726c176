/* layout.h: an image in a folder as the OCI lays it out. */
#ifndef SOURCE_LAYOUT_H
#define SOURCE_LAYOUT_H

#include <stdbool.h>

struct error;
struct store;

/* Whether a path is such a folder. */
bool layout_is(const char *path);

/* Takes over fd, a folder; *root is the descriptor beneath which files will be opened. */
struct store *layout_open(int fd, int *root, struct error *);

#endif
