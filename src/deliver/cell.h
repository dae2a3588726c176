/*
 * cell.h: everything that touches untrusted bytes happens in a process of its
 * own, which gives up what it does not need and then ends; the parent parses
 * nothing but its channel's fixed messages, and keeps its rights for the program.
 */
#ifndef DELIVER_CELL_H
#define DELIVER_CELL_H

#include "deliver/round.h"

struct environ;
struct error;

/*
 * Forks a worker for one round and waits for its end. What it hands over goes
 * into env (NULL where there is no program); state is taken over on success,
 * the audit log's part of it in any case. The worker has told its own failure
 * on standard error; what becomes of the worker itself is told in err.
 */
enum seal_status cell_run(enum round_kind, const struct arguments *, const struct places *, struct round_state *, struct environ *env,
	struct error *);

#endif
