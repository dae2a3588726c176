/* yaml.h: one rule file, parsed. */
#ifndef RULES_YAML_H
#define RULES_YAML_H

#include "base/bytes.h"

struct arena;
struct error;
struct rule_list;

/* Reads every rule of a YAML text into list, in memory of the arena; file is what messages call it. */
int yaml_rules(struct bytes text, const char *file, struct arena *, struct rule_list *, struct error *);

/* Rules as they gather. */
struct rule_list {
	struct rule **rule;
	size_t count, cap;
};

int rule_list_add(struct rule_list *, struct rule *, struct error *);

#endif
