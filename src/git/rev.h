/* rev.h: what a user's word for a commit means. */
#ifndef GIT_REV_H
#define GIT_REV_H

#include "git/oid.h"

struct error;
struct reader;
struct repository;
struct store;

/*
 * The commit that a word names: HEAD, a branch, a tag, a full ref, an id or the
 * first digits of one (at least 4), each with ~N and ^N behind it. -1 with an
 * error: ENOENT when it names none.
 */
int rev_commit(const struct repository *, const struct store *, struct reader *, const char *word, struct oid *, struct error *);

/* The tree of a commit. */
int rev_tree(struct reader *, unsigned hash, const struct oid *commit, struct oid *tree, struct error *);

#endif
