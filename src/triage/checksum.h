/*
 * checksum.h: judges a secret by what its own bytes say, offline.
 *
 * Many vendors put check digits into their tokens, or a structure that can be
 * parsed. A rule names such a validator by `checksum:`; nothing is ever sent
 * anywhere. Input is hostile: any bytes, any length, no terminator.
 */
#ifndef STANCH_TRIAGE_CHECKSUM_H
#define STANCH_TRIAGE_CHECKSUM_H

#include <stddef.h>

/* what a validator says of a secret */
enum checksum {
	CHECKSUM_NONE,          /* no opinion */
	CHECKSUM_VALID,         /* check digits that match */
	CHECKSUM_INVALID,       /* check digits that don't, or not the thing at all */
	CHECKSUM_STRUCTURE,     /* parses as what it claims, but has no check digits */
};

struct checksum_kind;

/* finds a validator by the name that rules use; NULL when there is none */
const struct checksum_kind *checksum_find(const char *name);

/* judges len bytes at secret; *about (may be NULL) gets a static phrase for
 * `explain`, e.g. "the CRC-32 of the token matches"; never the secret's bytes */
enum checksum checksum_check(const struct checksum_kind *, const char *secret,
	size_t len, const char **about);

/* the i-th validator's name, NULL past the last; for `rules list` and the manual */
const char *checksum_name(size_t i);

/* one line on what the i-th validator looks at, NULL past the last */
const char *checksum_about(size_t i);

#endif
