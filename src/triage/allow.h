/* allow.h: comments that allow a finding. */
#ifndef TRIAGE_ALLOW_H
#define TRIAGE_ALLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

/*
 * Whether the line of text that holds `at`, or the one before, allows the rule:
 * `stanch:allow`, `stanch:allow RULE`, or a mark that people already have from
 * other tools (gitleaks:allow, pragma: allowlist secret, ...).
 */
bool allow_has(struct bytes text, size_t at, const char *rule);

/* The same: where what allows it begins; text.len: nothing does. */
size_t allow_find(struct bytes text, size_t at, const char *rule);

/* Whether `stanch:allow` begins at `at`, right behind the sign of a comment; *rule is the id it names, empty for none. */
bool allow_comment(struct bytes text, size_t at, struct bytes *rule);

#endif
