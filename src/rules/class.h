/* class.h: sets of bytes, as rules write them. */
#ifndef RULES_CLASS_H
#define RULES_CLASS_H

#include <stdbool.h>
#include <stdint.h>

/* The set of the bytes that a one-byte PCRE2 pattern matches, "[0-9a-f]"; false when it is no such pattern. */
bool class_parse(const char *pattern, uint32_t set[static 8]);

/* The set of the bytes that a look-behind refuses or "(?<![A-Z])" form; false when it looks at more than one byte. */
bool class_before(const char *pattern, uint32_t set[static 8]);

/* The set of a name: hex, HEX, hexany, lower, lower-alnum, upper-alnum, alnum, base64, base64url, digits, uuid. */
bool class_named(const char *name, uint32_t set[static 8]);

#endif
