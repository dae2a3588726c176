/* known_load.h: the values of a set, for scan --known. */
#ifndef COMMANDS_KNOWN_LOAD_H
#define COMMANDS_KNOWN_LOAD_H

#include "match/known.h"

struct error;
struct settings;

/*
 * Verifies each set of --known and the sealed files beneath its folder that it
 * names; opens their values with --identity into guarded memory, or takes its
 * marks for the key of --mark-key. The caller frees.
 */
int known_load(const struct settings *, struct known **, struct error *);

#endif
