/* seal_key.h: what the two forms of key text share. */
#ifndef SEAL_SEAL_KEY_H
#define SEAL_SEAL_KEY_H

#include <stanch/seal.h>

#include "base/bytes.h"

#define SEAL_KEY_CHECK 4

/* The prefix of a kind's text. */
const char *seal_key_prefix(enum seal_key_kind);

/* The prefix of its form with a passphrase, or NULL: it has none. */
const char *seal_key_locked_prefix(enum seal_key_kind);

/* The first bytes of BLAKE2b-256 of prefix and bytes. */
void seal_key_check(const char *prefix, const uint8_t *, size_t, uint8_t check[static SEAL_KEY_CHECK]);

/* A text without the LF at its end. */
struct bytes seal_key_line(const char *text, size_t len);

#endif
