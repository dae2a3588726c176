/* hookpath.h: the folder from which git runs the hooks of the repository that is found here. */
#ifndef COMMANDS_HOOKPATH_H
#define COMMANDS_HOOKPATH_H

struct error;

enum hookpath_from {
	HOOKPATH_NAMED,                 /* the user named it */
	HOOKPATH_DEFAULT,               /* hooks/ of the repository */
	HOOKPATH_REPOSITORY,            /* core.hooksPath, set in the repository */
	HOOKPATH_PERSON,                /* or in the configuration of the user, or the machine */
};

struct hookpath {
	char *top;                      /* the work tree; NULL: there is none */
	char *git;                      /* the repository's folder */
	char *folder;
	enum hookpath_from from;
	int fd;                         /* of folder; -1 when there is none */
};

/* Finds it; named: the user's word for it, or NULL. */
int hookpath_find(struct hookpath *, const char *named, struct error *);
void hookpath_done(struct hookpath *);

/* Makes the folder where there is none, if hooks may be put there for this repository's sake alone; else -1 with what to say. */
int hookpath_make(struct hookpath *, struct error *);

#endif
