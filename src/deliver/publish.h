/*
 * publish.h: a whole set appears at once, or not at all.
 *
 *   target/..data            a link to the current generation; replacing it is the one moment of publication
 *   target/..stanch-7-…/     a generation: db/password, …
 *   target/db                a link to ..data/db, one for each first part of a name
 *
 * as the kubelet lays out its volumes, so what reads those reads this.
 */
#ifndef DELIVER_PUBLISH_H
#define DELIVER_PUBLISH_H

#include <stdbool.h>
#include <stdint.h>

struct contents;
struct error;

enum publish_result {
	PUBLISH_FAILED = -1,    /* the old generation is as it was */
	PUBLISH_SAME,           /* what was there is what was asked for; links were repaired where they had to be */
	PUBLISH_NEW,
};

/*
 * Publishes into an open target. What an earlier run left half-done is repaired
 * first; the generation before stays for `grace` seconds, so that who is on the
 * way to a file finds it, and is overwritten and removed by a later call.
 */
enum publish_result publish_run(int target, const struct contents *, uint64_t epoch, unsigned grace, struct error *);

/* Whether a generation is published. */
bool publish_is_there(int target);

/* Overwrites and removes generations whose grace is over and what was left half-done; how many still wait. */
unsigned publish_sweep(int target, unsigned grace);

/* Takes everything back: links first, then all generations, overwritten. */
int publish_withdraw(int target, struct error *);

#endif
