/* encodings.h: what decode.c lists, and what encodings share. */
#ifndef DECODE_ENCODINGS_H
#define DECODE_ENCODINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "decode/decode.h"

struct buf;

extern const struct encoding encoding_base64, encoding_hex, encoding_utf16, encoding_percent, encoding_escape, encoding_protobuf;

/* how far a stretch goes to either side of where something was seen */
#define STRETCH_SIDE ((size_t)60 << 10)
_Static_assert(2 * STRETCH_SIDE > AGAIN_APART, "nothing is left out of a long run that is encoded twice");
/* the same for encodings that leave most of a text as it is */
#define STRETCH_LINE ((size_t)4 << 10)

/* base64's digits by their value */
extern const char encodings_base64[];

/* a hex digit's value, or -1 */
int encodings_hex(uint8_t c);

/* whether it is a digit of base64, of either alphabet, or ends its lines */
bool encodings_digit(uint8_t c);

/* a stretch of bytes around [at, at + len) for which belongs() is true, at most `side` to each */
struct bytes encodings_around(struct bytes text, size_t at, size_t len, size_t side, bool (*belongs)(uint8_t));

/* For encodings that write a text character by character: the whole stretch decoded (false: nothing in it was encoded),
 * and where the decoded byte n came from. */
bool encodings_decode(struct bytes in, size_t (*one)(struct bytes, size_t, uint8_t *), struct buf *out);
size_t encodings_where(struct bytes in, size_t (*one)(struct bytes, size_t, uint8_t *), size_t n);

/* what a string literal or a word of a URL is made of: all but blanks, quotes and brackets */
bool encodings_word(uint8_t c);

#endif
