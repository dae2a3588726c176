/* understand.h: what a manifest's keys say of the hits in a window. */
#ifndef SCAN_UNDERSTAND_H
#define SCAN_UNDERSTAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "manifest/manifest.h"

struct hit;
struct job;
struct judged;
struct keeps;
struct manifest_format;
struct rules;
struct told;
struct window;
struct within;

/* A value that is base64 because its manifest says so. */
struct encoded {
	struct bytes text;              /* in the window */
	const struct told *told;
};

struct understood {
	const struct window *window;
	const struct within *within;
	const struct rules *rules;
	const char *file;
	struct job *job;
	struct keeps *keeps;
	/* told of each value that was judged by its key, and of each hit that was dropped for it; or NULL */
	void (*trace)(void *, const struct hit *, const struct judged *);
	void *trace_arg;
	bool verbose;                   /* what is safe is told, too */
	struct tree_carry *carry;       /* of a text of several windows, or NULL */
	struct manifest manifest;
	struct encoded *encoded;        /* what is to be decoded and scanned on its own */
	size_t encodeds, encoded_cap;
	bool failed;                    /* memory ran out */
};

/*
 * Reads the window's text as a manifest: window, within, rules, file, job,
 * keeps, trace and carry are the caller's.
 */
void understand_read(struct understood *, const struct manifest_format *);

/* Whether understand would drop a hit anyway, so that it need not be judged. */
bool understand_settles(struct understood *, const struct hit *);

/* Settles the hits: guesses that the keys know better are dropped, values that the keys speak for are added. */
void understand(struct understood *);

/* Judges the window as a whole, as the value that it was decoded out of. */
void understand_whole(struct understood *);

/* Puts key path and object on the hits that are kept. */
void understand_tell(struct understood *);

/* where in a manifest a byte of the window stands, in the job's arena; NULL: nowhere */
const struct told *understand_place(struct understood *, size_t at);

void understood_done(struct understood *);

#endif
