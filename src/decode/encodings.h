/* encodings.h: what decode.c lists, and what encodings share. */
#ifndef DECODE_ENCODINGS_H
#define DECODE_ENCODINGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct encoding;

extern const struct encoding encoding_base64, encoding_hex, encoding_utf16, encoding_percent, encoding_escape;

/* how far a stretch goes to either side of where something was seen */
#define STRETCH_SIDE ((size_t)60 << 10)
/* the same for encodings that leave most of a text as it is */
#define STRETCH_LINE ((size_t)4 << 10)

/* a hex digit's value, or -1 */
int encodings_hex(uint8_t c);

/* a stretch of bytes around [at, at + len) for which belongs() is true, at most `side` to each */
struct bytes encodings_around(struct bytes text, size_t at, size_t len, size_t side, bool (*belongs)(uint8_t));

/* what a string literal or a word of a URL is made of: all but blanks, quotes and brackets */
bool encodings_word(uint8_t c);

#endif
