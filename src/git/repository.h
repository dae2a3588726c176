/*
 * repository.h: a git repository, opened to be read and nothing else. No git is
 * run, no hook, filter or command of it; its configuration is asked only how
 * its objects are stored; no link inside it is followed, and a .git file is
 * believed only when the folder that it names points back.
 */
#ifndef GIT_REPOSITORY_H
#define GIT_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct oid;

#define REPOSITORY_ALTERNATES 32

struct repository {
	char *path;                             /* as the user named it */
	int work;                               /* the work tree's folder, or -1: bare, or opened by its .git */
	int git;                                /* HEAD and index: of this worktree */
	int common;                             /* objects, refs, packed-refs; may be the same descriptor as git */
	int objects[1 + REPOSITORY_ALTERNATES]; /* object folders: the own one, then alternates */
	size_t object_folders;
	unsigned hash;      /* bytes of an id: OID_SHA1 or OID_SHA256 */
	bool shallow;       /* its history was cut */
	bool partial;       /* objects were left out (a partial clone) */
	bool refs_unread;   /* refs are kept in a form that is not read */
	struct oid *grafts; /* commits whose parents were cut off */
	size_t graft_count;
	char *missing; /* an alternate that could not be opened, in words; or NULL */
};

/*
 * Opens the repository of a work tree, a bare one, or a .git folder. NULL with
 * an error: ENOENT when there is none at path, ERROR_UNSUPPORTED when it is of
 * a kind that is not read.
 */
struct repository *repository_open(const char *path, struct error *);
/* One without folders, as of a bundle: SHA-1 until it is said otherwise. */
struct repository *repository_nowhere(const char *path, struct error *);

void repository_close(struct repository *);

/* Adds a folder of objects, and the alternates that it names, as git's environment may name some. One that can't be opened is
 * noted in missing. */
int repository_add_objects(struct repository *, const char *path, struct error *);

/* The folders that files are opened beneath from now on: writes at most max descriptors and returns how many. */
size_t repository_roots(const struct repository *, int *fds, size_t max);

/* Whether a path has the look of a repository: 0 no, 1 a work tree, 2 a bare one. */
int repository_at(const char *path);

#endif
