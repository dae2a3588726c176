/* meaning.h: whether a value is what it says, or says where that is, or is sealed. */
#ifndef MANIFEST_MEANING_H
#define MANIFEST_MEANING_H

#include "base/bytes.h"

enum meaning {
	MEANING_LITERAL,
	MEANING_REFERENCE,      /* ${X}, {{ .Values.x }}, op://…: something else puts the value there */
	MEANING_SAFE,           /* ciphertext */
};

/* why: a static phrase for people, of what is no literal */
enum meaning meaning_of(struct bytes value, const char **why);

/*
 * The literal that stands in a reference for want of a value: ${X:-literal},
 * {{ .x | default "literal" }}. False: none.
 */
bool meaning_default(struct bytes value, struct bytes *literal);

#endif
