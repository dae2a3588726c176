/* rules.h: where rules come from: the built-in set and YAML files (stanch-rules.5). */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "rules/rule.h"

struct error;

/*
 * Reads rule files: each path is a YAML file or a folder of them (*.yaml,
 * *.yml, in the order of their names). All must be right, or -1 with a sentence
 * that names file and line. On success the rules are sorted by id and are the
 * caller's, to be given back with rules_free.
 */
int rules_load(struct rules *, const char *const *paths, size_t count, struct error *);
void rules_free(struct rules *);

/* the rule of an id, or NULL */
const struct rule *rules_find(const struct rules *, const char *id);

/* the place in rules->rule of one of its rules */
size_t rules_index(const struct rules *, const struct rule *);

/*
 * Joins two sets into a third that borrows the rules of both; of two with the
 * same id the one in `more` stays. Given back with rules_free before them.
 */
int rules_join(struct rules *, const struct rules *base, const struct rules *more, struct error *);

#endif
