/* inject.h: stanch-init put into a manifest's text, and taken out again. */
#ifndef INJECT_INJECT_H
#define INJECT_INJECT_H

#include "base/bytes.h"

struct buf;
struct error;
struct plan;

/* What was met. */
struct injected {
	unsigned workloads;     /* changed */
	unsigned others;        /* workloads left alone because they were not asked for */
};

/*
 * Writes the text with the plan carried out in all its workloads. What an
 * earlier injection put there is taken out first, so a second run changes
 * nothing. What was added was tried to be taken out again before this returns:
 * a text that it could not be taken out of byte for byte is refused.
 */
int inject_add(struct bytes text, const char *file, const struct plan *, struct buf *out, struct injected *, struct error *);

/* Writes the text as it was before. */
int inject_remove(struct bytes text, const char *file, struct buf *out, struct injected *, struct error *);

#endif
