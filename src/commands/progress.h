/* progress.h: one line on a terminal for what takes longer than half a second. */
#ifndef COMMANDS_PROGRESS_H
#define COMMANDS_PROGRESS_H

#include <stdbool.h>
#include <time.h>

struct scan_progress;

struct progress {
	bool on, shown;
	struct timespec began;
};

/* wanted, and standard error is a terminal */
void progress_init(struct progress *, bool wanted);
void progress_show(struct progress *, const struct scan_progress *);

/* takes the line away, so that something else can be printed */
void progress_clear(struct progress *);

#endif
