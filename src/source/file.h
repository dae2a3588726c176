/* file.h: a file beneath a root as a blob that opens itself when it is first read, on whichever thread. */
#ifndef SOURCE_FILE_H
#define SOURCE_FILE_H

struct blob;
struct error;

/* A folder that many files are opened beneath; given back when the last of them is closed. */
struct file_root;

/* takes over fd */
struct file_root *file_root_new(int fd);
int file_root_fd(const struct file_root *);
void file_root_free(struct file_root *);        /* the maker's hold on it */

/*
 * Makes blob the file at `path` beneath root, named `name` in reports (both
 * copied). Nothing is opened yet; only a regular file will be read, and no link
 * in path is followed. -1 when memory ran out.
 */
int file_blob(struct blob *, struct file_root *, const char *path, const char *name, struct error *);

/* The same for an open descriptor, which is taken over. */
int file_blob_fd(struct blob *, int fd, const char *name, struct error *);

/* A blob that fails to be read, to tell what could not be opened. */
int file_blob_failed(struct blob *, const char *name, const struct error *, struct error *);

#endif
