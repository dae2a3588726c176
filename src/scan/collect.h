/* collect.h: from jobs' results, in order, to calls. */
#ifndef SCAN_COLLECT_H
#define SCAN_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scan/gather.h"

struct feed;
struct found;
struct job;
struct limits;
struct memos;
struct scan_calls;
struct scan_result;

struct collect {
	const struct scan_calls *calls;
	struct scan_result *result;
	uint64_t most;                  /* findings told of one file */
	const char *file;               /* of the finding told last */
	uint64_t told;                  /* of that file */
	struct found **pending;         /* of one blob that came in several windows: overlaps are not settled */
	size_t count, cap;
	bool gathers;
	struct gather gather;
	struct memos *memos;            /* keeps what is worth it, or NULL */
};

void collect_init(struct collect *, const struct scan_calls *, struct scan_result *, const struct limits *);
void collect_done(struct collect *);

/* Tells all that came of a job and of the jobs in its list, which must all be done. */
void collect_job(struct collect *, const struct job *);

/* From now on holds what comes, until collect_tell: all jobs of one feed that settles, and only those. */
void collect_gather(struct collect *);
void collect_tell(struct collect *, struct feed *);

#endif
