/* folder.h: every sealed file beneath a folder, read once into memory, in the order of their paths. */
#ifndef DELIVER_FOLDER_H
#define DELIVER_FOLDER_H

#include <stddef.h>

#include <stanch/seal.h>

struct error;

struct folder_file {
	char *path;             /* beneath the folder; what is not printable is '?' */
	char *text;
	size_t len;
};

struct folder {
	struct folder_file *at;
	struct seal_file *files;        /* one for each, after folder_parse */
	size_t count, cap;
};

/*
 * Reads every *.sealed beneath an open folder (its own ..data, where it has one),
 * through no link; one that is no plain file, too large, or one too many for a
 * set is refused. folder_done is due in any case.
 */
enum seal_status folder_read(struct folder *, int dir, struct error *);

/* Parses all of them. */
enum seal_status folder_parse(struct folder *, struct error *);

void folder_done(struct folder *);

#endif
