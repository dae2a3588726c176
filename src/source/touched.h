/*
 * touched.h: which lines of the files of a commit are new. Only files in which
 * something was found are ever compared. A line is new when it stands nowhere
 * in the file's versions in the parents: a line that only moved is not. A file
 * that was renamed is compared with what it was, as `git diff -M` would.
 */
#ifndef SOURCE_TOUCHED_H
#define SOURCE_TOUCHED_H

#include <stdint.h>

struct error;
struct oid;
struct reader;
struct staged;
struct touched;

/* reader and hash (the length of ids) of the repository; the reader is borrowed */
struct touched *touched_new(struct reader *, unsigned hash, struct error *);
void touched_free(struct touched *);

/* Remembers what the commit brings, in order of paths, and what it takes away. -1 when memory ran out. */
int touched_add(struct touched *, const struct staged *, struct error *);
void touched_gone(struct touched *, const char *path, uint32_t mode, const struct oid *);

/*
 * Whether any of the lines from `first` to `last` (from 1) of a file are new: 1
 * or 0; -1 when it could not be found out. With first 0, whether anything is.
 */
int touched_has(struct touched *, const char *path, uint64_t first, uint64_t last, struct error *);

#endif
