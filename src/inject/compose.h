/*
 * compose.h: stanch-init as the first process of a compose file's services. A
 * tmpfs can't be handed from one service to another, so each service opens its
 * own; what was done is kept in the extension field x-stanch.
 */
#ifndef INJECT_COMPOSE_H
#define INJECT_COMPOSE_H

#include <stdbool.h>

struct edits;
struct error;
struct injected;
struct outline;
struct plan;

/* services, and no kind */
bool compose_is(const struct outline *);

/* Refuses a service whose entry point is not written out: what its image starts can't be known from here. */
int compose_add(struct outline *, struct edits *, const struct plan *, struct injected *, struct error *);

int compose_remove(struct outline *, struct edits *, struct injected *, struct error *);

#endif
