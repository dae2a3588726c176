/*
 * ignored.h: .stanchignore: a path glob, or id:FINDING-ID, a line; then, if
 * wanted, `until=YYYY-MM-DD`; then ` # reason`.
 */
#ifndef TRIAGE_IGNORED_H
#define TRIAGE_IGNORED_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct error;
struct finding;
struct ignored;

/* Reads it; lines whose date is before `today` count as expired and ignore nothing. NULL with the line that is wrong. */
struct ignored *ignored_read(const char *path, time_t today, struct error *);
void ignored_free(struct ignored *);

/* whether the finding is left out; file is its path as reports name it */
bool ignored_has(struct ignored *, const struct finding *, const char *file);

/* the i-th line that ignored nothing or has expired, NULL past the last; *expired says which */
const char *ignored_idle(const struct ignored *, size_t i, bool *expired);

#endif
