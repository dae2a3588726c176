/* idle.h: the comments of a text that allow findings; those that allow none are told, so that they don't outlive their reason. */
#ifndef SCAN_IDLE_H
#define SCAN_IDLE_H

#include <stdbool.h>
#include <stddef.h>

struct job;
struct keeps;
struct window;

struct idles {
	size_t *at;                     /* where in the window's text */
	size_t count, cap;
	bool failed;                    /* memory ran out */
};

void idles_done(struct idles *);

/* Lists what stands there, if it is such a comment. */
void idles_meet(struct idles *, const struct window *, size_t at);

/* Tells those that none of the hits was allowed by. */
void idles_tell(struct idles *, const struct window *, const struct keeps *, struct job *);

#endif
