/* builtin.h: the built-in rules and their literal databases, as rulec made them (build/gen/builtin.c). */
#ifndef MATCH_BUILTIN_H
#define MATCH_BUILTIN_H

#include <stddef.h>
#include <stdint.h>

struct error;
struct literals;
struct rules;

extern const struct rules builtin_rules;
extern const struct literals builtin_literals;          /* without db */
extern const uint8_t *const builtin_baseline, *const builtin_avx2;
extern const size_t builtin_baseline_len, builtin_avx2_len;

/* The built-in literals, with the database made for this machine; one that fits none of them is made now. */
int builtin_load(struct literals *, struct error *);

#endif
