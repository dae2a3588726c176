/* texts.h: texts that are in memory already, scanned one by one on the caller's threads. */
#ifndef SCAN_TEXTS_H
#define SCAN_TEXTS_H

#include "base/bytes.h"

struct error;
struct scan_calls;
struct scan_options;
struct texts;

/* options is borrowed, mark_key must be set; NULL with error. */
struct texts *texts_new(const struct scan_options *, struct error *);
void texts_free(struct texts *);

/* Scans a text under a file's name; any thread may call, and gets its findings on itself. */
int texts_scan(struct texts *, const char *name, struct bytes text, const struct scan_calls *, struct error *);

#endif
