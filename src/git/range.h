/* range.h: the commits that some lead to and others don't, as a push brings them. */
#ifndef GIT_RANGE_H
#define GIT_RANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "git/oid.h"

struct error;
struct reader;

struct range {
	struct oid *commit;             /* a commit before its parents, as far as clocks are right */
	size_t count;
};

/*
 * Walks from `of`, which may name tags, down to what `without` leads to; an id
 * of `without` that is not here leaves nothing out. Where clocks are wrong, a
 * few that `without` leads to may be in it, but none is ever missing. -1 when a
 * commit that may belong to it can't be read; cut: but parents may be missing,
 * because the clone is shallow.
 */
int range_walk(struct range *, struct reader *, unsigned hash, bool cut, const struct oid *of, size_t ofs, const struct oid *without,
	size_t withouts, struct error *);
void range_done(struct range *);

#endif
