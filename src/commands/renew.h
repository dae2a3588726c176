/* renew.h: a sealed file opened, and written again as its next version. */
#ifndef COMMANDS_RENEW_H
#define COMMANDS_RENEW_H

#include "commands/keyring.h"
#include "commands/sealed.h"

struct renew {
	struct vault *v;
	struct seal_signers *signers;
	struct keyring identities, signer, recipients;
};

extern const struct option_row renew_rows[];

/* Loads signers, identities and signer; recipients are the caller's to load. */
int renew_init(struct renew *);
void renew_done(struct renew *);

/* Reads, verifies and opens; the caller frees both in any case. */
int renew_open(struct renew *, const char *path, struct sealed *, struct seal_value *);

/* Makes the next version's header; what gets wider is refused unless --widen is a choice here and given. */
int renew_header(struct renew *, const struct seal_header *old, struct seal_header *);

/* Seals and replaces the file. */
int renew_write(struct renew *, const char *path, const struct seal_header *, const struct keyring *recipients,
	const struct seal_value *);

#endif
