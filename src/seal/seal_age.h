/* seal_age.h: keys of age, which are X25519 keys in another spelling (Bech32). */
#ifndef SEAL_SEAL_AGE_H
#define SEAL_SEAL_AGE_H

#include <stanch/seal.h>

bool seal_age_is_recipient(const char *text, size_t len);       /* begins with "age1" */
bool seal_age_is_identity(const char *text, size_t len);        /* begins with "AGE-SECRET-KEY-1" */

enum seal_status seal_age_recipient(const char *text, size_t len, uint8_t key[static SEAL_KEY_BYTES], struct error *);
enum seal_status seal_age_identity(const char *text, size_t len, uint8_t key[static SEAL_KEY_BYTES], struct error *);

#endif
