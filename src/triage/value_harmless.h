/* value_harmless.h: values that everybody may know, by what they look like. */
#ifndef TRIAGE_VALUE_HARMLESS_H
#define TRIAGE_VALUE_HARMLESS_H

#include "base/bytes.h"

/* A date, a public key, a hash of a password, a value cut short by dots: a static phrase, or NULL. */
const char *value_harmless(struct bytes);

/* A digest, a fingerprint, a request's id, a public key for push messages, under a name that says so: a static phrase, or NULL. */
const char *value_harmless_bare(struct bytes name, struct bytes);       /* of one without quotes */
const char *value_harmless_named(struct bytes name, struct bytes value);

#endif
