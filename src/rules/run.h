/* run.h: what a regular expression is sure to match. */
#ifndef RULES_RUN_H
#define RULES_RUN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A run: so many letters, digits, + / - _ in a row, among them letters of both
 * cases; or, if there is no underscore, which names are full of, a digit or an
 * upper case letter.
 */
#define RUN_LENGTH 16

/*
 * Whether every match of a PCRE2 pattern (without UTF) behind this text holds a
 * run, but for less than one in three hundred random values; then *from is the
 * most bytes that stand before it, the text counted. False also where the
 * pattern is not understood.
 */
bool run_in_pattern(const char *text, const char *pattern, uint32_t *from);

/* the same for any string of at least so many bytes of a set */
bool run_in_set(const uint32_t set[static 8], unsigned length);

#endif
