/* wording.h: figures and findings as phrases for people, in English, in any locale. */
#ifndef REPORT_WORDING_H
#define REPORT_WORDING_H

#include <stdint.h>

struct buf;
struct finding;
struct report;
struct summary;

void wording_number(struct buf *, uint64_t);                    /* 91,763 */
void wording_count(struct buf *, uint64_t, const char *one, const char *many);  /* 2 files */
void wording_size(struct buf *, uint64_t bytes);                /* 2.5 GB */
void wording_seconds(struct buf *, double);                     /* 2.1 s */

/* What speaks for a finding: its own phrase or its evidence, and the entropy. */
void wording_why(struct buf *, const struct finding *);

/* The sentence that a report ends in, and that sentence's parts. */
void wording_summary(struct buf *, const struct report *, const struct summary *);
void wording_found(struct buf *, const struct report *, const struct summary *);
void wording_scanned(struct buf *, const struct summary *);
void wording_unread(struct buf *, const struct summary *);
void wording_suppressed(struct buf *, const struct summary *);  /* nothing when none were */

#endif
