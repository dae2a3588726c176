/* run.h: a scan as commands run it: settings in, reports and a status out. */
#ifndef COMMANDS_RUN_H
#define COMMANDS_RUN_H

#include "commands/settings.h"

struct baseline;
struct error;
struct staged_options;

/* What a command may want beside the reports. */
struct run_calls {
	void (*finding)(void *, const struct finding *, const char *file);      /* before any report; or NULL */
	void (*trace)(void *, const struct trace *);                            /* or NULL */
	void *arg;
	bool quiet;                     /* no reports */
	const struct staged_options *staged;    /* what `staged:` is asked; or NULL */
	struct baseline *baseline;      /* instead of the settings' own; or NULL */
};

/* Scans and reports; an enum status, or -1. */
int run_scan(const struct settings *, const char *const *targets, size_t count, const struct run_calls *, struct error *);

/* What tells findings that no scan made; counts are added to the summary. */
struct run_teller {
	void (*finding)(void *, const struct finding *);
	void (*unread)(void *, const struct unread *);
	void *arg;
	uint64_t files, bytes, allowed;
};

/* The same with findings of other rules, which `work` tells; an enum status, or -1. */
int run_tell(const struct settings *, const struct rules *, int (*work)(void *, struct run_teller *, struct error *), void *arg,
	struct error *);

#endif
