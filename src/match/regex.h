/* regex.h: rules' patterns, compiled to machine code when they are first needed. */
#ifndef MATCH_REGEX_H
#define MATCH_REGEX_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

struct error;

/* A pattern, compiled at its first use by whichever thread comes first. */
struct regex {
	const char *pattern;
	_Atomic(pcre2_code *) code;     /* NULL until then */
};

/* What a thread needs to match. */
struct regex_scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

int regex_scratch_init(struct regex_scratch *, struct error *);
void regex_scratch_done(struct regex_scratch *);

void regex_done(struct regex *);

struct regex_match {
	size_t at, end;                 /* of the whole match */
	size_t secret, secret_end;      /* of the group, or as at and end */
	bool grouped;
};

/*
 * Matches at exactly `at` in text: 1, 0 it doesn't, -1 with ERROR_LIMIT when it
 * would have taken too long, or with ERROR_INTERNAL.
 */
int regex_match(struct regex *, struct regex_scratch *, struct bytes text, size_t at, struct regex_match *, struct error *);

#endif
