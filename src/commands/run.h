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

#endif
