/* krm.h: what the configuration of a KRM function says. */
#ifndef INJECT_KRM_H
#define INJECT_KRM_H

#include "base/bytes.h"

struct error;

/*
 * Calls with each option of functionConfig (a ConfigMap's data, else its spec);
 * a list gives one call an item. Both are lent for the call. 0 when the text is
 * no ResourceList, 1 when it is, -1.
 */
int krm_options(struct bytes text, const char *file, int (*call)(void *, const char *name, const char *value, struct error *), void *arg,
	struct error *);

#endif
