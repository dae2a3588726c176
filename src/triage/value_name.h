/* value_name.h: what the name of an assignment promises. */
#ifndef TRIAGE_VALUE_NAME_H
#define TRIAGE_VALUE_NAME_H

#include "base/bytes.h"

enum name_kind {
	NAME_OTHER,
	NAME_PASSWORD,
	NAME_SECRET,            /* secret, private, credential */
	NAME_TOKEN,             /* token, auth, session */
	NAME_ACCESS,            /* api key, access key and the like */
	NAME_KEY,               /* key alone: most of these are keys of maps */
	NAME_SALT,              /* salt, nonce */
	NAME_HARMLESS,          /* speaks of a secret but holds none: password_field, public_key */
};

enum name_kind value_name(struct bytes name);

/* "a password" and the like, for people; static */
const char *value_name_phrase(enum name_kind);

/* One of its words is in the NULL-ended list. */
bool value_name_has(struct bytes name, const char *const *list);

/* test, fake, dummy, invalid … stand in the name */
bool value_name_test(struct bytes name);

/* has, check, get …: a call of that name takes no secret */
bool value_name_asks(struct bytes name);

#endif
