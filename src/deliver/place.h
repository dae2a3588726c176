/* place.h: folders and files reached without following anybody's links. */
#ifndef DELIVER_PLACE_H
#define DELIVER_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

struct error;

/* A folder named on the command line, whose links are the caller's own and are followed: a descriptor, or -1. */
int place_folder(const char *path, struct error *);

/* The folder that holds a file named on the command line; *name points at the file's own name in path. */
int place_parent(const char *path, const char **name, struct error *);

/*
 * Opens a path beneath a folder, following no link and leaving it by no "..";
 * with openat2 where the kernel has it, else component by component. The
 * descriptor is close-on-exec and never blocks; -1 with errno.
 */
int place_open(int dir, const char *path, int flags, mode_t mode);

/* the same, always component by component: for kernels without openat2 */
int place_walk(int dir, const char *path, int flags, mode_t mode);

/* whether the kernel has openat2 */
bool place_has_openat2(void);

/*
 * ConfigMap and Secret volumes are links through one link, "..data". Where a
 * folder holds it, it is read once and its target, one component that begins
 * with "..", is opened; else the folder itself. A new descriptor, or -1.
 */
int place_data(int dir, const char *shown, struct error *);

/* whether a folder is, or lies beneath, another; asked of devices and inodes up to the root */
bool place_within(int dir, int outer);

#endif
