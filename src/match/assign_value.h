/* assign_value.h: the right side of an assignment, for assign.c. */
#ifndef MATCH_ASSIGN_VALUE_H
#define MATCH_ASSIGN_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct assign;

/* the most bytes of a value, or of what is looked at for one */
#define ASSIGN_REACH 4096

/* past blanks and tabs */
size_t assign_blanks(struct bytes text, size_t at);

/* past blanks, and past at most two line ends */
size_t assign_space(struct bytes text, size_t at);

/* whether a byte may stand in a bare name */
static inline bool
assign_letter(uint8_t c)
{
	static const uint32_t set[8] = {0, 0x03ff0000, 0x87fffffe, 0x07fffffe};

	return set[c >> 5] >> (c & 31) & 1;
}

/* past a quote and the backslashes before it (or &quot;); at itself when there is none. *quote gets which. */
size_t assign_quote(struct bytes text, size_t at, char *quote);

/* Adds the literal that begins at `at`, if any; returns where it ends, or at. */
size_t assign_literal(struct bytes text, size_t at, struct assign *out);

/* Adds the value at `at`, in quotes or bare, and other operands of its expression. */
void assign_expression(struct bytes text, size_t at, struct assign *out);

/* Adds the literals among the arguments of the call whose ( stands at `at`. */
void assign_arguments(struct bytes text, size_t at, struct assign *out);

/* Adds text[at, end) as an only value after trimming. */
void assign_add(struct bytes text, size_t at, size_t end, char quote, struct assign *out);

#endif
