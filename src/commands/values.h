/* values.h: where values that are to be sealed come from, beside a plain file. */
#ifndef COMMANDS_VALUES_H
#define COMMANDS_VALUES_H

#include "commands/vault.h"

/* Is given each value with its name; a status other than 0 ends it all. */
typedef int (*values_call)(void *arg, const char *name, const struct seal_value *);

/* Each key of each Secret in the manifest --from-secret, named PREFIX/KEY; the prefix is the Secret's name unless told. */
int values_of_secret(struct vault *, values_call, void *arg);

/* Each variable of the file --from-env, named PREFIX/VARIABLE, or just VARIABLE. */
int values_of_env(struct vault *, values_call, void *arg);

/* The value of the finding --from-finding in these targets, which a sandboxed child scans. */
int values_of_finding(struct vault *, const struct string_list *targets, struct seal_value *);

/* PREFIX/KEY, or KEY; what a name can't begin with becomes "_". False when it is too long. */
bool values_name(const char *prefix, const char *key, size_t len, char name[SEAL_NAME_MAX + 1]);

#endif
