/*
 * identifiers.h: what to tell of names of accounts, hosts and buckets, findings
 * of severity info: documents hold hundreds of them, where three tell as much.
 */
#ifndef COMMANDS_IDENTIFIERS_H
#define COMMANDS_IDENTIFIERS_H

#include <stdbool.h>

#include "base/buf.h"

/* rules of one file that are kept apart; what is told by each */
#define IDENTIFIERS_MAX 16
#define IDENTIFIERS_MOST 3

struct error;
struct finding;
struct rule;

enum identifiers_told { IDENTIFIERS_FEW, IDENTIFIERS_ALL, IDENTIFIERS_NONE };

struct identifiers {
	enum identifiers_told told;
	struct buf file;                /* the one at hand */
	const struct rule *rule[IDENTIFIERS_MAX];       /* of what was told of it, and how often */
	unsigned times[IDENTIFIERS_MAX], rules;
};

/* Takes "few", "all" or "none", or NULL for few; -1 for other words. */
int identifiers_init(struct identifiers *, const char *told, struct error *);
void identifiers_done(struct identifiers *);

/* Whether a finding in this file is to be passed over: it is an identifier, and enough of its rule were told, or none is to be. */
bool identifiers_pass(struct identifiers *, const struct finding *, const char *file);

#endif
