/* excerpt.h: the line of a finding, fitted into a terminal with its secret in sight. */
#ifndef REPORT_EXCERPT_H
#define REPORT_EXCERPT_H

#include "base/buf.h"

struct finding;

/* Three pieces of visible text, and the columns that each takes. */
struct excerpt {
	struct buf before, secret, after;
	unsigned before_cols, secret_cols, after_cols;
};

/* Fits the finding's excerpt, which is not NULL, into so many columns: far
 * ends are cut and told by an ellipsis. The caller ends it with excerpt_done. */
void excerpt_fit(struct excerpt *, const struct finding *, unsigned columns);
void excerpt_done(struct excerpt *);

#endif
