/* glob.h: paths matched as gitignore does. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

/*
 * Whether pattern matches the whole path: `*` and `?` stop at a slash, `**` as
 * a component is any number of them, [a-z] and [!a-z] are classes, backslash
 * quotes. Linear in the path for each `*`, so no pattern takes long.
 */
bool glob_match(const char *pattern, const char *path);

/* The same for a pattern without slash against the last component, with one against the whole path. */
bool glob_path(const char *pattern, const char *path);

/* the same for any of a list that ends in NULL; none for a NULL list */
bool glob_any(const char *const *globs, const char *path);

#endif
