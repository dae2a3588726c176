/*
 * baseline.h: known findings, one line each: mark, rule, path. No line numbers,
 * no dates, no secret: it survives moved lines and merges in git.
 */
#ifndef TRIAGE_BASELINE_H
#define TRIAGE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct finding;

struct baseline;

/* Reads a file; NULL with the line that is wrong. */
struct baseline *baseline_read(const char *path, struct error *);

/* an empty one */
struct baseline *baseline_new(void);
void baseline_free(struct baseline *);

/* whether the finding stands in it; file is its path as reports name it. The entry is then in use. */
bool baseline_has(struct baseline *, const struct finding *, const char *file);

/* adds a finding; false when memory ran out */
bool baseline_add(struct baseline *, const struct finding *, const char *file);

/* how many entries no finding was asked for, and how many there are */
size_t baseline_unused(const struct baseline *);
size_t baseline_count(const struct baseline *);

/* the i-th entry as its line, NULL past the last; *used (may be NULL) says whether a finding was asked for */
const char *baseline_line(const struct baseline *, size_t i, bool *used);

/*
 * Opens the file that will be written, made if it isn't there, never through a
 * link; before the scan, whose sandbox lets nothing be opened for writing.
 */
int baseline_open(const char *path, struct error *);

/* Writes it to that descriptor, sorted, each line once, without what is unused if asked. */
int baseline_write(struct baseline *, int fd, const char *path, bool used_only, struct error *);

#endif
