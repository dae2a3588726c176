/*
 * triage.h: keep a hit, or drop it for a named reason. The reasons stand in
 * triage.c in the order in which they are asked.
 */
#ifndef TRIAGE_TRIAGE_H
#define TRIAGE_TRIAGE_H

#include <stanch/finding.h>

#include "triage/verdict.h"

struct hit;

/* What triage knows of a hit, and makes of it. */
struct judged {
	enum verdict verdict;
	enum confidence confidence;
	unsigned evidence;              /* bits of enum evidence */
	double entropy;
	const char *why;                /* one static phrase, or NULL */
};

/* file: its path as reports name it, for rules and judgements that look at it. */
void triage(const struct hit *, const char *file, struct judged *);

#endif
