/* reasons.h: what was not read, gathered by why; the names of the first few are kept, the rest counted. */
#ifndef REPORT_REASONS_H
#define REPORT_REASONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define REASONS_MOST 32         /* different ones told; more are counted together */
#define REASONS_NAMES 10        /* names told of each */

struct unread;

struct reason {
	struct buf why;         /* visible text */
	struct buf names;       /* visible text, a line each */
	uint64_t count;
};

/* zeroed to start with; reasons_done frees */
struct reasons {
	struct reason reason[REASONS_MOST];
	size_t count;
};

void reasons_add(struct reasons *, const struct unread *);
void reasons_done(struct reasons *);

#endif
