/* seal_text.h: the small texts that sealed files, signers and sets are made of. */
#ifndef SEAL_SEAL_TEXT_H
#define SEAL_SEAL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <stanch/seal.h>

#include "base/bytes.h"

struct buf;

/* Takes the next line off the front, without its LF; false when no LF is left. */
bool seal_text_line(struct bytes *rest, struct bytes *line);

/* Takes the next word off the front, up to a space, which must not be the last; false when none is left. */
bool seal_text_word(struct bytes *rest, struct bytes *word);

/* Printable ASCII and LF only. */
bool seal_text_is_ascii(struct bytes);

/* Every line non-empty, without a space at its edges, and ended by LF; at least one. */
bool seal_text_is_lined(struct bytes);

/* Base64 without padding, of exactly n bytes, in its one proper form. */
bool seal_text_base64(struct bytes text, uint8_t *out, size_t n);
void seal_text_add64(struct buf *, const uint8_t *, size_t);

/* "ed25519 " and a key: 0, SEAL_SENDER for another form, SEAL_BASE64, or SEAL_KEY_WEAK */
enum seal_status seal_text_sender(struct bytes, uint8_t key[static SEAL_KEY_BYTES]);

bool seal_text_number(struct bytes, uint64_t *);        /* 1 to 2^63-1, no leading zero */
bool seal_text_mode(struct bytes, unsigned *);          /* 0400, 0440, 0444 */
bool seal_text_name(struct bytes);
bool seal_text_scope(struct bytes, bool stars);
bool seal_text_pattern(struct bytes);                   /* of names: "*" a part, "**" the last one: one or more */

/* Whether a scope covers another, a pattern a name; all of them well-formed. */
bool seal_text_covers(struct bytes wide, struct bytes narrow);
bool seal_text_matches(struct bytes pattern, struct bytes name);

#endif
