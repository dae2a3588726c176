/*
 * admission.h: what a cluster asks before it takes an object (AdmissionReview,
 * admission.k8s.io/v1 and v1beta1), and the answer.
 */
#ifndef REVIEW_ADMISSION_H
#define REVIEW_ADMISSION_H

#include <stdbool.h>

#include <stanch/finding.h>

#include "base/bytes.h"

struct buf;
struct error;
struct texts;

/* the most bytes of a request: the API server's own limit is 3 MiB for an object, and it sends two */
#define ADMISSION_MOST ((size_t)16 << 20)

struct admission {
	struct texts *texts;
	enum severity deny;             /* deny from this severity on */
	bool warn_only;                 /* never deny: tell in warnings */
	bool fail_open;                 /* what could not be read to its end is let through, with a warning */
	bool secrets;                   /* a Secret's own values count, too */
};

/*
 * Answers a request into out, as JSON; *allowed says what. -1 with
 * ERROR_SYNTAX: it is no AdmissionReview, so that it can't be answered as one.
 */
int admission_answer(const struct admission *, struct bytes request, struct buf *out, bool *allowed, struct error *);

#endif
