/*
 * hooks.h: the hooks of the repository that is found here. What is there stays:
 * a hook that is not ours is moved aside and run first; folders that another
 * program manages are left to it, with advice on what to tell it.
 */
#ifndef COMMANDS_HOOKS_H
#define COMMANDS_HOOKS_H

struct error;

/*
 * Makes git run stanch before each commit. folder: the hooks' folder, or NULL:
 * what git is set to use. names: a NULL-ended list of hooks, or NULL: those
 * that guard commits. An enum status, or -1. Nothing changes the second time.
 */
int hooks_install(const char *folder, const char *const *names, struct error *);

/* Takes every hook of ours out and puts back what was there. */
int hooks_uninstall(const char *folder, struct error *);

#endif
