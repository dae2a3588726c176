/*
 * placeholder.h: values that stand where a secret would, and are none.
 */
#ifndef TRIAGE_PLACEHOLDER_H
#define TRIAGE_PLACEHOLDER_H

#include <stdbool.h>

#include "base/bytes.h"

/*
 * Why no vendor's token looks like this: repeated characters, masks, sequences,
 * EXAMPLE. A static phrase for people such as "masked by asterisks"; NULL when
 * nothing speaks against it.
 */
const char *placeholder_token(struct bytes);

/*
 * The same for a value that has a vendor's shape or stands next to its name: a
 * mask or the word EXAMPLE is sure; 1234567890abcdef is not, since people do
 * choose such values: *sure is false then.
 */
const char *placeholder_shape(struct bytes, bool *sure);

/* The same for a name that is no secret, such as a host: only masks speak against it. */
const char *placeholder_name(struct bytes);

/*
 * Why the value of an assignment is no secret: all of the above, and variables,
 * calls, templates, references to secret stores, <your-key>, changeme, null,
 * paths, URLs, type names. A static phrase, or NULL.
 */
const char *placeholder_value(struct bytes);

/* The same, but what people may have chosen all the same (1234567890abcdef) is none. */
const char *placeholder_sure(struct bytes);

/* A reference to what holds the secret, or a stand-in that says so, for what a person may have typed; NULL: neither. */
const char *placeholder_reference(struct bytes);

#endif
