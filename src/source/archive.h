/* archive.h: an image in a tar that can be read in any order. */
#ifndef SOURCE_ARCHIVE_H
#define SOURCE_ARCHIVE_H

#include <stdbool.h>

struct error;
struct store;

/* Whether what fd reads is a tar whose first members speak for an image; leaves its position alone. */
bool archive_speaks(int fd);

/* Lists the archive's members; takes over fd. What breaks off is told in *broken, and the members before it remain. */
struct store *archive_open(int fd, struct error *broken, struct error *);

#endif
