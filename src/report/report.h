/*
 * report.h: tells findings, in one format. A report is fed in order by one
 * thread: begin, any number of finding and unread, end.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* the project's page, for formats that name it; .example can be nobody else's */
#define REPORT_URL "https://stanch.example/"

struct error;
struct finding;
struct rules;
struct unread;

/* Why hits were not told, counted. Filled by the scan, told by some formats. */
struct summary {
	uint64_t findings;              /* told */
	uint64_t unread;                /* told */
	bool complete;                  /* nothing was left unread */
	uint64_t files, bytes;          /* looked at; bytes after unwrapping */
	uint64_t skipped;               /* sockets, devices, FIFOs, links: counted, not opened */
	uint64_t allowed, baseline, ignored;    /* suppressed by a comment, the baseline, .stanchignore */
	uint64_t identifiers;           /* names of accounts and hosts passed over, by --identifiers */
	double seconds;
	uint64_t rules;
};

struct report {
	const struct reporter *kind;
	int fd;                         /* borrowed: where it is written */
	struct buf out;                 /* not yet written */
	const struct rules *rules;      /* all that were looked for, for formats that list them */
	bool color;                     /* text: the fd is a terminal and NO_COLOR is not set */
	unsigned width;                 /* text: columns of the terminal, or 0 */
	int failed;                     /* errno of the first write that failed */
	uint64_t told[5];               /* findings so far, by enum severity */
	void *state;                    /* the reporter's own */
};

struct reporter {
	const char *name, *about;
	void (*begin)(struct report *);
	void (*finding)(struct report *, const struct finding *);
	void (*unread)(struct report *, const struct unread *);
	void (*end)(struct report *, const struct summary *);   /* frees state */
};

/* the reporter of a name, or NULL; the i-th there is, NULL past the last */
const struct reporter *report_find(const char *name);
const struct reporter *report_list(size_t i);

/* Starts a report of that kind on fd, which stays the caller's. Whoever wants
 * colour sets color and width afterwards, before anything is told. Formats
 * with a date take it from SOURCE_DATE_EPOCH where that is set. */
void report_open(struct report *, const struct reporter *, int fd, const struct rules *);
void report_finding(struct report *, const struct finding *);
void report_unread(struct report *, const struct unread *);

/* Ends it and writes all that is left; -1 when anything could not be written. */
int report_close(struct report *, const struct summary *, struct error *);

/* For reporters: writes out what has gathered beyond 64 KiB. */
void report_flush(struct report *);

#endif
