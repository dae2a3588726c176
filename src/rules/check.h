/* check.h: whether a rule makes sense by itself. */
#ifndef RULES_CHECK_H
#define RULES_CHECK_H

struct error;
struct rule;

/* what a rule's kind says about fields that its author left out */
void check_defaults_first(struct rule *);

/*
 * Completes a rule that has been read (look-behind, reach) and checks it; -1
 * with a sentence that names file, line and rule.
 */
int check_rule(struct rule *, struct error *);

#endif
