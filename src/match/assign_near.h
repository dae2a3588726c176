/* assign_near.h: names and values as two fields side by side, for assign.c. */
#ifndef MATCH_ASSIGN_NEAR_H
#define MATCH_ASSIGN_NEAR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

struct assign;

/*
 * The name is itself the value of name=, key=, id=: looks for value= behind it
 * (at `at`, past its quote) or before it (up to `from`, its opening quote).
 */
bool assign_near(struct bytes text, size_t from, size_t at, struct assign *out);

/* <name …>value</name> and <… key="name">value</…>: `at` is behind the name. */
bool assign_element(struct bytes text, size_t at, struct assign *out);

#endif
