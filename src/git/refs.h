/* refs.h: the names that keep objects: refs, HEADs, reflogs. */
#ifndef GIT_REFS_H
#define GIT_REFS_H

#include <stdbool.h>
#include <stddef.h>

#include "git/oid.h"

struct error;
struct repository;

enum ref_kind {
	REF_HEAD, /* HEAD of a worktree, or another name in capitals such as MERGE_HEAD */
	REF_NAME, /* refs/... */
	REF_LOG,  /* an entry of a reflog: name is the log's */
};

struct ref {
	enum ref_kind kind;
	const char *name; /* "HEAD", "refs/heads/main" */
	struct oid id;
};

/* All refs of a repository; names live with it. */
struct refs {
	struct ref *ref;
	size_t count, cap;
	struct name_block *names;
};

/* Adds one; the name is copied. */
int refs_add(struct refs *, enum ref_kind, const char *name, const struct oid *, struct error *);

/* Reads all refs, HEADs (other worktrees', too) and reflogs. What is damaged is passed over and counted in *damaged. */
int refs_read(struct refs *, const struct repository *, size_t *damaged, struct error *);
void refs_done(struct refs *);

/*
 * What a full name ("HEAD", "refs/heads/main") says in this worktree, through
 * symbolic refs: 1 its id, 0 there is none (as HEAD of a repository without a
 * commit), -1.
 */
int refs_find(const struct repository *, const char *name, struct oid *, struct error *);

/* The ref that HEAD names, into at most size bytes: 1; 0 when it is detached; -1. */
int refs_head(const struct repository *, char *name, size_t size, struct error *);

#endif
