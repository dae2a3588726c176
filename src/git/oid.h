/* oid.h: object ids, SHA-1 or SHA-256. */
#ifndef GIT_OID_H
#define GIT_OID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define OID_MAX 32
#define OID_SHA1 20
#define OID_SHA256 32
#define OID_HEX (2 * OID_MAX + 1)

/* An id; a repository says how many bytes count, the rest are 0. */
struct oid {
	uint8_t at[OID_MAX];
};

/* from its raw bytes, of which there must be len */
struct oid oid_of(const uint8_t *raw, unsigned len);

/* exactly 2 * len lower- or upper-case hex digits, or false */
bool oid_parse(struct bytes hex, unsigned len, struct oid *);

/* the first n digits of it and a NUL */
void oid_hex(const struct oid *, unsigned n, char *out);

bool oid_equal(const struct oid *, const struct oid *);
bool oid_is_zero(const struct oid *);

#endif
