/*
 * triage.h: keep a hit, or drop it for a named reason. The reasons stand in
 * triage.c in the order in which they are asked.
 */
#ifndef TRIAGE_TRIAGE_H
#define TRIAGE_TRIAGE_H

#include <stddef.h>

#include <stanch/finding.h>

#include "triage/verdict.h"

struct hit;
struct rule;
struct rules;

/* What triage knows of a hit, and makes of it. */
struct judged {
	enum verdict verdict;
	enum confidence confidence;
	unsigned evidence;              /* bits of enum evidence */
	double entropy;
	const char *why;                /* one static phrase, or NULL */
};

/* What surrounds a hit. */
struct triage_sight {
	const char *file;               /* its path as reports name it, for rules and judgements that look at it */
	const struct rules *rules;      /* all there are, to know the shapes of other vendors; may be NULL */
};

void triage(const struct hit *, const struct triage_sight *, struct judged *);

/* The rules that look only into some files, which are few: writes at most max of them, returns how many there are. */
size_t triage_picky(const struct rules *, const struct rule **picky, size_t max);

/* What triage makes of a file's path: a hit gets the same judgement in two files of one kind (and the same text). */
unsigned triage_kind(const struct rule *const *picky, size_t count, const char *file);

#endif
