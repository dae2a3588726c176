/* workload.h: what in a manifest runs pods. */
#ifndef INJECT_WORKLOAD_H
#define INJECT_WORKLOAD_H

#include <stdbool.h>

struct error;
struct node;
struct outline;

struct workload {
	struct node *top;       /* the object */
	struct node *pod;       /* its pod spec */
	const char *kind, *name;
	const char *namespace;  /* or "" */
};

/*
 * Calls for each workload of all documents, in order: Pod, Deployment,
 * StatefulSet, DaemonSet, ReplicaSet, Job, CronJob and what else has a pod
 * template at spec/template, also in a List or ResourceList. Stops at -1.
 */
int workload_each(const struct outline *, int (*call)(void *, const struct workload *, struct error *), void *arg, struct error *);

/* the list that further objects of this tree belong to: items of its only document, or NULL */
struct node *workload_list(const struct outline *);

/* a KRM function's input */
bool workload_is_krm(const struct outline *);

#endif
