/*
 * commits.h: all commits that a store holds, in one order: parents first, and
 * of what that leaves open the older first. A commit's rank is its place in
 * that order, from 1.
 */
#ifndef GIT_COMMITS_H
#define GIT_COMMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "git/oid.h"

struct catalog;
struct error;
struct reader;
struct refs;
struct repository;

enum commit_state { /* what keeps it */
	COMMIT_UNREACHABLE,
	COMMIT_LOGGED,
	COMMIT_REACHABLE,
};

struct commit_node {
	uint32_t number;                /* in the catalog */
	uint32_t tree;                  /* likewise; CATALOG_NONE: missing */
	uint32_t parents, parent_count; /* its stretch of commits.parent */
	int64_t time;                   /* of the committer */
	uint8_t state;                  /* an enum commit_state */
	bool cut;                       /* a parent is not there */
	bool selected;                  /* commits_select */
};

struct commits {
	const struct catalog *catalog;
	struct commit_node *node; /* node[rank]; node[0] is unused */
	uint32_t count, cap;      /* ranks go from 1 to count */
	uint32_t *parent;         /* ranks; 0: missing */
	size_t parents, parent_cap;
	uint32_t *rank;   /* by number in the catalog; 0: no commit */
	uint32_t unread;  /* commits that are damaged */
	uint32_t missing; /* parents that are not there, where the history was not cut on purpose */
};

/* Reads all commits. */
int commits_read(struct commits *, const struct catalog *, const struct repository *, struct reader *, struct error *);
void commits_done(struct commits *);

/* Marks what refs and reflogs keep. */
int commits_reach(struct commits *, const struct refs *, struct reader *, struct error *);

/* Marks as selected what `of` leads to and `without` (either may be empty) does not. */
int commits_select(struct commits *, const uint32_t *of, size_t ofs, const uint32_t *without, size_t withouts, struct error *);

/* The rank of the commit that an id leads to, through tags; 0: none. */
uint32_t commits_peel(const struct commits *, struct reader *, const struct oid *);

#endif
