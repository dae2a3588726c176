#include "commands/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include <stanch/scan.h>

void
progress_init(struct progress *p, bool wanted)
{
	*p = (struct progress){ .on = wanted && isatty(STDERR_FILENO) };
	clock_gettime(CLOCK_MONOTONIC, &p->began);
}

void
progress_show(struct progress *p, const struct scan_progress *at)
{
	struct timespec now;
	double seconds;

	clock_gettime(CLOCK_MONOTONIC, &now);
	seconds = (double)(now.tv_sec - p->began.tv_sec) + (double)(now.tv_nsec - p->began.tv_nsec) / 1e9;
	if (!p->on || seconds < 0.5)
		return;
	fprintf(stderr, "\r\033[K%" PRIu64 " files, %.1f GB, %" PRIu64 " found, %.0f s", at->files, (double)at->bytes / 1e9,
	    at->findings, seconds);
	p->shown = true;
}

void
progress_clear(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
