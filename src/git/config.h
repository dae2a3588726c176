/* config.h: the few settings of a repository that say how to read it. Nothing in it is obeyed otherwise; includes are not read. */
#ifndef GIT_CONFIG_H
#define GIT_CONFIG_H

#include <stdbool.h>

#include "base/bytes.h"

/*
 * Calls found for each setting of a text in git's configuration format, in
 * order: section and key in lower case, joined with a dot ("core.worktree"),
 * the subsection as it is or "", the value unquoted. What can't be parsed is
 * passed over. Strings live for the call. False from found ends it.
 */
void config_each(struct bytes text, bool (*found)(void *, const char *key, const char *subsection, const char *value), void *);

#endif
