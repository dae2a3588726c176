/* variable.h: the environment of a container: NAME_FILE variables instead of values. */
#ifndef INJECT_VARIABLE_H
#define INJECT_VARIABLE_H

struct change;
struct error;
struct node;
struct plan;

/*
 * Adds a variable for each known secret; one that is there is left alone. Where
 * the plan says so, `NAME … secretKeyRef` becomes NAME_FILE, if it is known
 * which sealed file holds it, and is told otherwise.
 */
int variable_add(struct change *, const struct node *container, const struct plan *, struct error *);

#endif
