/* collect.h: from jobs' results, in order, to calls. */
#ifndef SCAN_COLLECT_H
#define SCAN_COLLECT_H

#include <stddef.h>
#include <stdint.h>

struct found;
struct job;
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
};

void collect_init(struct collect *, const struct scan_calls *, struct scan_result *, uint64_t most);
void collect_done(struct collect *);

/* Tells all that came of a job and of the jobs in its list, which must all be done. */
void collect_job(struct collect *, const struct job *);

#endif
