/* identity.h: the secret keys that open sealed files, in guarded memory. */
#ifndef DELIVER_IDENTITY_H
#define DELIVER_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

#include <stanch/seal.h>

struct error;
struct arguments;
struct places;

/*
 * Reads all identities, in the order of the options, each file holding one or
 * more: up to 8, 32 bytes each, in a row, the caller's to free with secret_free.
 * One whose file others may read, that needs a passphrase or is no key is refused.
 */
enum seal_status identity_read(const struct arguments *, const struct places *, uint8_t **keys, size_t *count, struct error *);

#endif
