/* span.h: how far a regular expression can reach. */
#ifndef RULES_SPAN_H
#define RULES_SPAN_H

#include <stdint.h>

#define SPAN_UNBOUNDED UINT32_MAX

/*
 * The most bytes that a match of a PCRE2 pattern (without UTF) can look at
 * beyond where it begins, look-aheads included; SPAN_UNBOUNDED when it has no
 * bound or says so in a way that is not understood.
 */
uint32_t span_of(const char *pattern);

#endif
