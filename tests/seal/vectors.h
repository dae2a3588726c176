/* vectors.h: the parts of the vector maker. */
#ifndef TESTS_SEAL_VECTORS_H
#define TESTS_SEAL_VECTORS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <stanch/seal.h>

#include "base/buf.h"

#define VECTORS_NOW 1800000000  /* 2027-01-15T08:00:00Z */

/* Starts the random source anew. */
void vectors_seed(uint8_t byte);

json_t *vectors_text(const char *text, size_t len);

/* Print all cases. */
void vectors_make_small(void);
void vectors_make_large(void);

/* A sealed file with sound keys and signature, and what is wrong in it. */
struct forgery {
	const char *name, *scope, *expires, *mode;
	uint64_t version;
	unsigned signer;                /* key of this byte; 0: 1 */
	unsigned recipients;            /* 0: 1, of identity 2 */
	const uint8_t *plain;           /* padded already; NULL: a short value */
	size_t plain_len;
	uint8_t tags[20];               /* 255 ends: as they should be; else the tag of each chunk, 254: the sound one */
	bool tags_set;
	bool wrap_other_key;            /* the stanzas hold another data key */
	bool wrap_other_header;         /* the stanzas are bound to another header */
	bool wrap_broken;               /* the stanza does not open */
	bool mac_broken, stream_broken, ad_other, signature_broken;
};

/* Makes its text, malloc'd in buf. */
struct buf vectors_forge(const struct forgery *);

/* Signs a text anew with the key of that byte. */
void vectors_resign(struct buf *, uint8_t signer);

/* The key of 32 equal bytes. */
const uint8_t *vectors_key(uint8_t byte);

#endif
