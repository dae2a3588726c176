/* keyed.h: values without a shape of their own, found by what stands near. */
#ifndef MATCH_KEYED_H
#define MATCH_KEYED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

struct rule;

/*
 * The next whole token of the rule's charset and length in [*from, to): true
 * with its bytes, and *from behind it; false when there is none.
 */
bool keyed_token(const struct rule *, struct bytes text, size_t *from, size_t to, size_t *at, size_t *len);

/* the next place in [*from, to) where a token may begin, for rules with a pattern only; *from behind it */
bool keyed_border(struct bytes text, size_t *from, size_t to, size_t *at);

/* Whether a word such as key, token or secret stands in text[from, to), or in the name that goes on before from. */
bool keyed_telling(struct bytes text, size_t from, size_t to);

#endif
