/* role.h: what the keys above a node say about it. */
#ifndef MANIFEST_ROLE_H
#define MANIFEST_ROLE_H

#include <stdint.h>

struct tree;

/* Bits; REFERENCE, SAFE and the like hold for all that is below. */
enum role {
	ROLE_REFERENCE = 1,     /* names what holds a secret: secretKeyRef, valueFrom … */
	ROLE_SAFE = 2,          /* ciphertext and what belongs to it: a SealedSecret's, sops' */
	ROLE_SECRET = 4,        /* an entry of a Secret's data or stringData */
	ROLE_BASE64 = 8,        /* an entry that is base64: Secret data, binaryData */
	ROLE_CONFIG = 16,       /* an entry of a ConfigMap */
	ROLE_ARGUMENTS = 32,    /* the words of a command */
	ROLE_ENVIRONMENT = 64,  /* of environment variables */
	ROLE_SCHEMA = 128,      /* describes values, holds none: OpenAPI's properties */
};

/* The roles of all nodes of a tree, to be freed; NULL when memory ran out. above: of the value that the tree is read from. */
uint8_t *role_all(const struct tree *, unsigned above);

/* An object of a cluster: the nodes of its kind, namespace and name; 0: not said. */
struct object {
	uint32_t node, kind, space, name;
};

/* The nearest object that a node belongs to; its node is 0 when there is none. */
struct object role_object(const struct tree *, uint32_t node);

#endif
