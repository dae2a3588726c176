/* environ.h: the environment that the program gets: paths instead of values. */
#ifndef DELIVER_ENVIRON_H
#define DELIVER_ENVIRON_H

#include <stdbool.h>
#include <stddef.h>

struct error;

#define ENVIRON_NAME_MAX 264

/*
 * The variable of a secret: upper case, "/", "." and "-" become "_", a leading
 * digit gets "_" in front, then the suffix: db/password is DB_PASSWORD_FILE.
 */
void environ_name(const char *secret, const char *suffix, char out[static ENVIRON_NAME_MAX]);

/* Whether a variable steers how programs are loaded or interpreted, so that no secret may have its name. */
bool environ_is_steering(const char *variable);

/* a list of "NAME=value" that grows; NULL-ended, its texts its own */
struct environ {
	char **at;
	size_t count, cap;
	size_t theirs;          /* how many were there to begin with */
};

/* Copies what a program was given, less what is for stanch-init alone (STANCH_*); -1 without memory. */
int environ_init(struct environ *, char *const *from);
void environ_done(struct environ *);

/* Takes a variable out; whether it was there. Its text is wiped. */
bool environ_drop(struct environ *, const char *name);

/* Adds one, replacing what was there before; two secrets with one variable are refused (ERROR_USAGE). */
int environ_add(struct environ *, const char *name, const char *value, size_t len, struct error *);

const char *environ_get(const struct environ *, const char *name);

#endif
