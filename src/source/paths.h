/* paths.h: files and folders that a user named, by their paths from a root: no "./", no "..", no slash at the end; "" is the root. */
#ifndef SOURCE_PATHS_H
#define SOURCE_PATHS_H

#include <stdbool.h>
#include <stddef.h>

/* Sorts a list so that the others may ask it. */
void paths_sort(const char **paths, size_t count);

/* whether that very path was named */
bool paths_have(const char *const *paths, size_t count, const char *path);

/* whether it was named, or a folder that it lies in */
bool paths_cover(const char *const *paths, size_t count, const char *path);

/* whether anything in a folder was named, whose path ends in a slash ("" is the root) */
bool paths_below(const char *const *paths, size_t count, const char *folder);

#endif
