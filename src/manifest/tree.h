/*
 * tree.h: a text of keys and values as a tree of places in that text. Every
 * format is read into one, so that what a value means, and how its path is
 * told, is asked in one place for all.
 */
#ifndef MANIFEST_TREE_H
#define MANIFEST_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct buf;

/* nodes of one tree: a window of nothing but commas ends here */
#define TREE_NODES 200000u
/* the root, which holds the documents; as a link: none */
#define TREE_ROOT 0u

enum tree_form {
	TREE_NONE,              /* a key without a value */
	TREE_STREAM,            /* the root */
	TREE_MAP,
	TREE_SEQUENCE,
	TREE_PLAIN,             /* bare */
	TREE_SINGLE,            /* in single quotes, where two of them are one */
	TREE_DOUBLE,            /* in double quotes, with backslashes */
	TREE_LITERAL,           /* YAML's |, indented lines */
	TREE_FOLDED,            /* YAML's > */
	TREE_ALIAS,             /* YAML's *name */
};

enum tree_flag {
	TREE_EXACT = 1,         /* a scalar's text is its value, byte for byte */
	TREE_VERBATIM = 2,      /* its key is told as it stands, dots and all */
	TREE_SEALED = 4,        /* its tag says so: !vault */
	TREE_REFERS = 8,        /* its tag says so: !Ref, !Sub … */
	TREE_ATTRIBUTE = 16,    /* of an element, in markup */
	TREE_LINES = 32,        /* a scalar of several lines, to be folded */
	TREE_HOLDS = 256,       /* a text of its own was read from it */
	TREE_CARRIED = 512,     /* of a window before: its places are in the tree's carried text */
	TREE_REPEATS = 128,     /* others beside it may have its key: a tag, a section, an instruction */
	TREE_PASSWORD = 64,     /* its key is `password`, though no text says so */
};

struct tree_node {
	uint32_t parent, next, child, last;     /* links; 0: none */
	uint32_t index;                         /* among its parent's children */
	uint32_t key, key_len;                  /* in the text; 0, 0 in a sequence */
	uint32_t at, end;                       /* a scalar's text, without quotes; a collection's from its first byte */
	uint16_t form, flags;
};

/* A name that stands for a node, YAML's &name. */
struct tree_anchor {
	uint32_t at, end, node;
};
#define TREE_ANCHORS 256u

struct tree_carry;

struct tree {
	struct bytes text;
	size_t from, to;                        /* what is to be read of the text; what begins before `to` is read whole */
	struct tree_carry *carry;               /* of a text in windows: what goes on from one to the next, or NULL */
	struct bytes carried;                   /* the tree's own, from malloc */
	struct tree_node *node;
	uint32_t count, cap;
	struct tree_anchor *anchor;
	uint32_t anchors;
	bool failed;                            /* memory ran out: short of nodes */
	const char *trouble;                    /* what is wrong with the text, one static phrase, or NULL */
	size_t trouble_at;                      /* where in the text */
};

/* text is borrowed for as long as the tree is used */
void tree_init(struct tree *, struct bytes text);

/* Says that text[from, to) is a window's own. carry (or NULL) is borrowed. */
void tree_window(struct tree *, size_t from, size_t to, struct tree_carry *);
void tree_done(struct tree *);

/* A new last child of parent; 0 when memory or TREE_NODES ran out. */
uint32_t tree_add(struct tree *, uint32_t parent, size_t key, size_t key_end);

/* Gives a node its value. */
void tree_set(struct tree *, uint32_t node, enum tree_form, size_t at, size_t end, unsigned flags);

/* Notes what is wrong with the text; the first trouble stays. */
void tree_trouble(struct tree *, size_t at, const char *why);

/* Notes that text[at, end) names a node; names beyond TREE_ANCHORS are forgotten. */
void tree_anchor(struct tree *, uint32_t node, size_t at, size_t end);
/* the node that an alias means, or 0 */
uint32_t tree_meant(const struct tree *, uint32_t alias);

bool tree_scalar(const struct tree *, uint32_t node);
struct bytes tree_key(const struct tree *, uint32_t node);
struct bytes tree_raw(const struct tree *, uint32_t node);

/* children among which one is looked for by its key: what is an object's stands among few */
#define TREE_CHILDREN 1024u

/* the child of a mapping that has this key, or 0 */
uint32_t tree_child(const struct tree *, uint32_t node, const char *key);

/* the innermost node whose key or value holds the byte at, or 0 */
uint32_t tree_at(const struct tree *, size_t at);

/* spec.containers[1].env[3].value; keys that hold dots and the like as ["…"] */
void tree_path(const struct tree *, uint32_t node, struct buf *);
/* the same as an RFC 6901 pointer */
void tree_pointer(const struct tree *, uint32_t node, struct buf *);

#endif
