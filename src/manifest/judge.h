/* judge.h: is this entry a secret? By its name, its value and where it stands. */
#ifndef MANIFEST_JUDGE_H
#define MANIFEST_JUDGE_H

#include <stdbool.h>

#include "base/bytes.h"
#include "triage/triage.h"

struct entry;

/*
 * False: no name speaks for it. Else out says whether it is kept, *rule is the
 * id of the rule it falls under, *secret the part of its value that is meant,
 * without an authorization's scheme and the like; file is its path, or NULL.
 */
bool judge_entry(const struct entry *, const char *file, const char **rule, struct bytes *secret, struct judged *out);

/* whether a name says that its value is no secret however random: a digest, a key's id */
bool judge_harmless(struct bytes name);

#endif
