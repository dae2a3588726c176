/* gather.h: what came of one target, held until its end, so that what is known only then can be told with it. */
#ifndef SCAN_GATHER_H
#define SCAN_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct feed;
struct finding;
struct gathered;
struct origin;
struct unread;

struct gather {
	struct arena arena;
	struct gathered *one;           /* findings and what was not read, in the order of the input */
	size_t count, cap;
	uint64_t most;
	bool full;                      /* more came than are held, or memory ran out */
	const struct origin *last;      /* the way that was copied last: ways in a row share their beginning */
};

/* most: how many findings are held */
void gather_init(struct gather *, uint64_t most);
void gather_done(struct gather *);

/* Keeps a copy. */
void gather_finding(struct gather *, const struct finding *);
void gather_unread(struct gather *, const struct unread *);

/* The i-th that is held; NULL: it is something that was not read. */
const struct finding *gather_at(const struct gather *, size_t i);

/* What tells the outcome. */
struct gather_calls {
	void (*finding)(void *, const struct finding *);
	void (*unread)(void *, const struct unread *);
	void *arg;
};

/*
 * Settles all that was kept by the feed, joins the findings of one rule and one
 * secret, and tells them in the order of the first of each; then holds nothing.
 */
void gather_tell(struct gather *, struct feed *, const struct gather_calls *);

#endif
