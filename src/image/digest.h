/* digest.h: what names content: "sha256:" or "sha512:" and lower-case hex digits. */
#ifndef IMAGE_DIGEST_H
#define IMAGE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include <nettle/sha2.h>

#include "base/bytes.h"

#define DIGEST_TEXT 136                 /* the longest, with its NUL */

struct digest {
	bool sha512;
	union {
		struct sha256_ctx small;
		struct sha512_ctx large;
	};
};

/* of the kind that the text is; SHA-256 where that is NULL or none */
void digest_init(struct digest *, const char *like);
void digest_add(struct digest *, struct bytes);
void digest_end(struct digest *, char text[static DIGEST_TEXT]);

/* Whether a text is a digest of a kind that we know, and nothing else. */
bool digest_valid(const char *);

/* Whether text's bytes have that digest. */
bool digest_fits(struct bytes, const char *digest);

#endif
