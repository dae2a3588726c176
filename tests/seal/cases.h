/* cases.h: how cases are printed, and the texts that they change. */
#ifndef TESTS_SEAL_CASES_H
#define TESTS_SEAL_CASES_H

#include "vectors.h"

/* What a case of "open" or "verify" asks; NULL and 0 for what is usual. */
struct ask {
	const char *signers, *name, *scope;
	int64_t now;
	uint64_t min_version;
	const char *identities;         /* bytes of which keys are made; "": none; NULL: 2 */
	bool verify;                    /* without a key */
};

/* The usual signers file: key 1 may seal, beneath db, for all workloads of prod/payments, and may make sets. */
const char *cases_signers(void);

/* "ed25519 KEY" of the signer of that byte, in one of some static places. */
const char *cases_sender(uint8_t byte);

/* A case's object without what it is about. */
json_t *cases_new(const char *what, const char *id, enum seal_status);
void cases_print(json_t *);

/* Takes the text. value: what it opens to, or NULL. */
void cases_file(const char *id, struct buf text, const struct ask *, enum seal_status, const void *value, size_t value_len);

/* text with the first `find` replaced; both may be of zero length; a missing one aborts */
struct buf cases_replace(const struct buf *text, const char *find, const char *put, size_t put_len);

/* The first vector. */
struct buf cases_base(void);

void cases_parse(void);
void cases_trust(void);
void cases_forged(void);
void cases_keys(void);
void cases_signers_files(void);
void cases_sets(void);

#endif
