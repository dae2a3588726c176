/*
 * history.h: which commit brought each file's content, and which one removed
 * it: one walk over all commits, each compared with its first parent, by several
 * threads. What a merge takes over from its other parents was brought by their
 * side, whose commits come before it.
 */
#ifndef GIT_HISTORY_H
#define GIT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <stanch/error.h>

#include "git/commits.h"
#include "git/paths.h"

struct catalog;
struct error;
struct refs;
struct repository;
struct store;

#define HISTORY_ALSO_MAX 16 /* other paths kept of one content */

/* What is known of an object that was a file's content. */
struct history_object {
	uint32_t brought; /* rank of the first commit; 0: in no commit */
	uint32_t removed; /* rank of the last commit that took it away; 0: none */
	uint32_t path;    /* at which brought it; of paths */
	uint32_t also;    /* its other paths: of history.more; 0: none */
	uint8_t state;    /* an enum commit_state */
	bool by_merge;    /* removed was a merge */
	bool live;        /* in the tip of a branch */
};

struct history_path {
	uint32_t path, next;
};

/* With history_options.replaced: content that took another's place. */
struct history_pair {
	uint32_t was, is; /* numbers in the catalog; CATALOG_NONE: it was added, deleted */
	uint32_t path, rank;
};

struct history_options {
	unsigned threads;
	bool selected; /* only commits that are selected are compared, and pairs are listed */
};

struct history {
	const struct catalog *catalog;
	const struct commits *commits;
	struct history_object *object; /* by number in the catalog */
	struct paths paths;
	struct history_path *more; /* [0] unused */
	uint32_t more_count, more_cap;
	struct history_pair *pair;
	size_t pairs, pair_cap;
	uint64_t missing; /* files' contents that the store does not hold */
	uint64_t unread;  /* folders and commits that could not be compared */
	struct error why; /* the first of them */
	bool unnamed;     /* there were more paths than are kept */
};

/* Compares all commits; they, and the catalog, must outlive it. */
int history_walk(struct history *, const struct catalog *, const struct commits *, const struct history_options *, struct error *);
void history_done(struct history *);

/* Marks as live what is in the tips of branches and HEADs. */
int history_mark_live(struct history *, const struct refs *, struct error *);

#endif
