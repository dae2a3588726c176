/* kubernetes.h: what the fields of Kubernetes' objects are called that can hold a secret, by their numbers in protobuf. */
#ifndef DECODE_KUBERNETES_H
#define DECODE_KUBERNETES_H

#include "base/bytes.h"

struct kubernetes_message;

struct kubernetes_field {
	unsigned number;
	enum kubernetes_kind {
		KUBERNETES_TEXT,
		KUBERNETES_TEXTS,               /* repeated, as the next one */
		KUBERNETES_MESSAGES,
		KUBERNETES_MESSAGE,
		KUBERNETES_INLINE,              /* a message whose fields stand among its owner's */
		KUBERNETES_MAP,                 /* of texts */
		KUBERNETES_BYTES_MAP,           /* of bytes, which JSON has as base64 */
	} kind;
	const char *name;
	const struct kubernetes_message *of;    /* of a message */
};

struct kubernetes_message {
	const struct kubernetes_field *field;
	size_t count;
};

/* NULL-ended: how the name of each kind that is known stands in its object's type, with what comes next */
extern const char *const kubernetes_signs[];

/* the fields of an object of that kind; NULL: one that is not known */
const struct kubernetes_message *kubernetes_kind(struct bytes kind);

/* a field of a message; NULL: none that can hold a secret */
const struct kubernetes_field *kubernetes_field(const struct kubernetes_message *, unsigned number);

#endif
