/* child.h: the program: replaced by, or watched over as the first process of a container must. */
#ifndef DELIVER_CHILD_H
#define DELIVER_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct error;

/* what a shell gives where a program can't be started */
#define CHILD_NOT_EXECUTABLE 126
#define CHILD_NOT_FOUND 127

/*
 * Becomes the program, found in PATH (of env) where it has no slash; no shell is
 * ever tried. Only returns to say why not: CHILD_NOT_EXECUTABLE or _NOT_FOUND.
 */
int child_exec(char *const argv[], char *const env[], struct error *);

/*
 * Blocks the signals that are to be forwarded, and SIGCHLD, so that none is lost
 * from here on; old is what the program will get back. The same in *set.
 */
void child_block(sigset_t *set, sigset_t *old);

/* Starts it in a process group of its own, in the terminal's foreground where there is one: its pid, or -1. */
pid_t child_start(char *const argv[], char *const env[], const sigset_t *old, struct error *);

/* Reaps all that has ended; whether the program itself has, and then its exit status (128 + signal where killed). */
bool child_reap(pid_t program, int *status);

/* Passes a signal on to the program's group, or to the program alone where it has left the group. */
void child_forward(pid_t program, int signal);

/* "HUP", "SIGHUP" or "1" to a number; 0 for none */
int child_signal_number(const char *name);

#endif
