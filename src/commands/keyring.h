/* keyring.h: the keys and lists that a command is told to use. */
#ifndef COMMANDS_KEYRING_H
#define COMMANDS_KEYRING_H

#include "commands/vault.h"

/* Several 32-byte keys in a row; secret ones in guarded memory. */
struct keyring {
	uint8_t *keys;
	size_t count;
};

void keyring_free(struct keyring *);

/* Reads what a FILE, "-", "fd:N" or "credential:NAME" holds into guarded memory. */
int keyring_text(struct vault *, const char *from, size_t max, struct seal_value *);

/*
 * The same for what a person may have typed instead of a file's name: a name
 * that is none is refused without being repeated.
 */
int keyring_typed(struct vault *, const char *what, const char *from, size_t max, struct seal_value *);

/* The identities of --identity and --identity-env, else of the user's own file. */
int keyring_identities(struct vault *, struct keyring *);

/* The key of --signer, else of the user's own file. */
int keyring_signer(struct vault *, struct keyring *);

/* The recipients of --to and --recipients, else of the user's own file; none twice. */
int keyring_recipients(struct vault *, struct keyring *);

/* The key of --mark-key. */
int keyring_mark_key(struct vault *, struct keyring *);

/* The signers file; there must be one. */
int keyring_signers(struct vault *, struct seal_signers **);

/* One recipient's text: stanch1... or age1... */
int keyring_recipient(struct vault *, const char *text, size_t len, uint8_t key[static SEAL_KEY_BYTES]);

/* "~/.config/stanch/NAME" when it exists, else NULL; the caller frees. */
char *keyring_own_file(const char *name);

#endif
