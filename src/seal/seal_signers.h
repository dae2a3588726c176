/* seal_signers.h: whether a key may sign something now. */
#ifndef SEAL_SEAL_SIGNERS_H
#define SEAL_SEAL_SIGNERS_H

#include <stanch/seal.h>

/* What a line allows; a set of bits. */
enum seal_may { SEAL_MAY_SEAL = 1, SEAL_MAY_SET = 2 };

/*
 * In this order: revoked, listed, may, scope, name (NULL for a set), time. All
 * that is asked must hold on one line; the status is of the first question that
 * no line is left for.
 */
enum seal_status seal_signers_judge(const struct seal_signers *, const uint8_t key[static SEAL_KEY_BYTES], enum seal_may,
	const char *scope, const char *name, int64_t now);

#endif
