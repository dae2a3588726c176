/* check.h: a rule's own examples, through the whole engine. */
#ifndef COMMANDS_CHECK_H
#define COMMANDS_CHECK_H

#include <stddef.h>

struct armory;
struct error;
struct rule;

/* What was tried, and what did not hold. */
struct check_counts {
	size_t passed, failed;
};

/*
 * Runs each rule's examples (plain, in base64, UTF-16, inside a JSON string and
 * across a border of windows), its counterexamples, and long runs of the bytes
 * that make a pattern slow. Prints a line for each that did not hold, with the
 * sample's number, never the sample; -1 when it could not work.
 */
int check_rules(const struct armory *, struct check_counts *, struct error *);

/* Refuses the first of the user's own rules whose pattern can take more time than its text is long. */
int check_user(const struct armory *, struct error *);

#endif
