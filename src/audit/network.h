/* network.h: pods and the policies that select them, gathered over all texts. */
#ifndef AUDIT_NETWORK_H
#define AUDIT_NETWORK_H

#include "base/arena.h"

struct node;
struct view;
struct workload;
struct finding;

struct network {
	struct network_pod *pods;
	struct network_policy *policies;
	struct arena *arena;            /* borrowed */
	bool failed;                    /* memory ran out */
};

void network_add_pod(struct network *, const struct view *, const struct workload *);
void network_add_policy(struct network *, const struct view *);

/* Calls for each finding that follows. */
void network_judge(struct network *, void (*call)(void *, const struct finding *), void *arg);

#endif
