/*
 * later.h: text kept for the end of a report. Up to 1 MiB stays in memory,
 * the rest goes to a file without a name, so that a report does not grow with
 * what it tells.
 */
#ifndef REPORT_LATER_H
#define REPORT_LATER_H

#include "base/buf.h"

struct report;

struct later {
	struct buf text;        /* add here, then call later_settle */
	int fd;                 /* -1 while all is in text, -2 when no file could be had */
	uint64_t spilled;       /* bytes in the file */
	int failed;             /* errno of the first write or read that failed */
};

void later_init(struct later *);
void later_done(struct later *);

/* Moves the text to the file when it has grown beyond its share. */
void later_settle(struct later *);

/* Writes everything in the order it was added; failures become the report's. */
void later_write(struct later *, struct report *);

#endif
