/*
 * fetch.h: the process that talks to a registry. It is started before the
 * scanner gives up the network, does nothing else, and ends with it. Requests
 * come in by one pipe, a line each; answers go out by another in frames: a byte
 * for their kind, four for their length, least significant first.
 */
#ifndef SOURCE_FETCH_H
#define SOURCE_FETCH_H

#include <stdbool.h>

struct reference;

/* kinds of frames */
#define FETCH_DATA 'd'                  /* bytes of the content */
#define FETCH_END 'z'                   /* all of it was sent */
#define FETCH_MISSING 'm'               /* the registry has no such thing */
#define FETCH_ERROR 'e'                 /* a sentence; the content ends here */

/* Answers until the pipe of requests is closed: "M reference" and "B digest". */
void fetch_run(const struct reference *, bool plain, int requests, int answers) __attribute__((noreturn));

#endif
