/* known_forms.h: the ways in which a value is written. */
#ifndef MATCH_KNOWN_FORMS_H
#define MATCH_KNOWN_FORMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define KNOWN_FORMS 16

/* Room that any form of a value of so many bytes fits into. */
size_t known_forms_room(size_t len);

/* Writes the i-th form; its length, or 0 when it is none of its own (the same as an earlier one, or too short). */
size_t known_forms_write(unsigned i, struct bytes value, uint8_t *out);

/* "a known value in base64" */
const char *known_forms_why(unsigned i);

#endif
