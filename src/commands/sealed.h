/* sealed.h: sealed files and sets on disk. */
#ifndef COMMANDS_SEALED_H
#define COMMANDS_SEALED_H

#include "base/buf.h"
#include "commands/vault.h"

/* A file as it was read; nothing of it is verified. */
struct sealed {
	char *path;
	struct buf text;
	struct seal_file file;          /* of text, when status is SEAL_OK */
	int status;
	char why[256];                  /* else */
};

struct sealed_list {
	struct sealed *at;
	size_t count;
};

/* Reads and parses one file; its status is also returned, with v->err. */
int sealed_read(struct vault *, const char *path, struct sealed *);
void sealed_done(struct sealed *);

/*
 * Reads the named files and, of named folders, every regular *.sealed beneath
 * them, in order of their paths and without following links. A file that can't
 * be parsed is in the list with its status; SEAL_IO or SEAL_USAGE when the list
 * itself can't be made.
 */
int sealed_gather(struct vault *, const char *const *paths, size_t count, struct sealed_list *);
void sealed_list_done(struct sealed_list *);

/* Writes a sealed text or set whole or not at all; an existing file keeps its mode. */
int sealed_write(struct vault *, const char *path, const char *text, size_t len, bool replace);

/* Reads and parses a set. */
int sealed_set(struct vault *, const char *path, struct seal_set *);

#endif
