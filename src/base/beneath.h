/* beneath.h: files opened below a folder, and nowhere else. */
#ifndef BASE_BENEATH_H
#define BASE_BENEATH_H

/*
 * openat(root, path, flags) with O_NOFOLLOW and O_CLOEXEC, where no component
 * of path may be a link or lead out of root; -1 with errno (ELOOP for a link).
 */
int beneath_open(int root, const char *path, int flags);

#endif
