/* builtin.h: the built-in rules and their literal databases, as rulec made them (build/gen/builtin.c). */
#ifndef MATCH_BUILTIN_H
#define MATCH_BUILTIN_H

#include "match/literals.h"

struct error;
struct rules;

extern const struct rules builtin_rules;
extern const struct literals builtin_literals;          /* without databases */
extern const struct saved builtin_baseline[FINDERS], builtin_avx2[FINDERS];

/* The built-in literals, with the database made for this machine; one that fits none of them is made now. */
int builtin_load(struct literals *, struct error *);

#endif
