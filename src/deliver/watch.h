/* watch.h: staying: as the parent of the program, as the one who takes up new sets, or as both. */
#ifndef DELIVER_WATCH_H
#define DELIVER_WATCH_H

struct environ;
struct arguments;
struct places;
struct round_state;

/*
 * Starts the program, if there is one, forwards every signal to it, reaps what
 * ends, and under --watch takes up new sets, until the program ends, or without
 * one until SIGTERM, SIGINT or SIGHUP. The exit status: the program's.
 */
int watch_run(const struct arguments *, const struct places *, struct round_state *, const struct environ *);

#endif
