/* keep.h: what is kept of the hits of a window, until its findings are made. */
#ifndef SCAN_KEEP_H
#define SCAN_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "match/match.h"
#include "triage/triage.h"

struct encoding;
struct finding;
struct found;
struct job;
struct known_hit;
struct scan_options;
struct window;

/* hits held of one window: who has more there needs no list */
#define KEEPS_MOST 1000

/* Where in a manifest something stands; strings in the job's arena, or NULL. */
struct told {
	const char *path, *pointer, *kind, *space, *name;
	const char *key;                /* what the value is called */
	unsigned role;                  /* bits of enum role: what its keys say */
};

/* The stretch of text that a window was decoded out of; the chain ends at text that a person can open. */
struct within {
	const struct within *outer;
	const struct window *window;    /* where it stands */
	size_t at;                      /* in that window's text */
	struct bytes stretch;
	const struct encoding *encoding;        /* NULL: what is inside has no place of its own */
	const struct told *told;        /* where in a manifest, or NULL */
	bool whole;                     /* what is inside is, as a whole, the value of that place */
};

/* A hit after triage. */
struct kept {
	const struct rule *rule;
	size_t at, len;                 /* in the window's text */
	struct judged judged;
	const char *key;                /* in the job's arena */
	const struct told *told;        /* or NULL */
	struct bytes value;             /* what the text means, where that isn't the text; in keeps.values */
	size_t number;                  /* the caller's */
};

struct keeps {
	struct kept *kept;
	size_t count, cap;
	struct arena values;
};

void keeps_done(struct keeps *);

/* whether a hit is needed here: it is kept, or its fate decides over others that cover the same text */
bool keeps_wants(const struct judged *);

/* false when memory ran out */
bool keeps_add(struct keeps *, const struct hit *, const struct judged *, struct job *);

/* The same for a value that is known, which needs no triage. */
bool keeps_add_known(struct keeps *, const struct known_hit *, struct job *);

/* Adds one as it is. */
bool keeps_put(struct keeps *, const struct kept *);

/*
 * Of hits that cover one another leaves the best; the others' verdict says so.
 * What a comment allowed, or a checksum refused, takes weaker guesses at the
 * same text with it. Returns how many places a comment allowed.
 */
size_t keeps_resolve(struct keeps *);

/* drops what is weaker than asked for, after the overlaps were resolved with it */
void keeps_drop_weaker(struct keeps *, enum confidence least);

/* how good a finding is against one that covers the same text */
unsigned keep_rank(enum confidence, const struct rule *);

/* Where a byte of a window stands in the outermost text, and in which window there. */
size_t within_place(const struct within *, const struct window *, size_t at, const struct window **outermost);

/*
 * Makes the findings of what was kept, in the job's arena, and adds them to it;
 * false when memory ran out.
 */
bool keeps_tell(const struct keeps *, const struct window *, const struct within *, uint64_t blob,
	const struct scan_options *, const uint8_t *mark_key, struct job *);

/* The same for one of them; NULL when memory ran out. */
struct found *keeps_tell_one(const struct keeps *, const struct kept *, const struct window *, const struct within *, uint64_t blob,
	const struct scan_options *, const uint8_t *mark_key, struct job *);

/* Moves a finding to text[at, last] of the outermost window. */
void keep_place(struct found *, const struct window *outermost, size_t at, size_t last);

/* Sets its id from its rule, mark and path; false when memory ran out. */
bool keep_name(struct finding *);

/* the first characters, an ellipsis, the last ones: too few to be of use to others; size at least 24 */
void keep_preview(struct bytes secret, char *preview, size_t size);

#endif
