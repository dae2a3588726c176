/*
 * outline.h: a YAML or JSON text as nodes that know where they stand, so that it
 * can be changed in its text and everything else stays as its author wrote it.
 */
#ifndef EDIT_OUTLINE_H
#define EDIT_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/bytes.h"

struct error;

enum node_kind { NODE_SCALAR, NODE_MAP, NODE_SEQ, NODE_ALIAS };

struct node {
	enum node_kind kind;
	bool flow;              /* a map in braces, a sequence in brackets */
	bool plain;             /* a scalar without quotes; with nothing written (start == end) it is null */
	size_t start, end;      /* bytes of the text, quotes and brackets included, tag and anchor not */
	size_t colon;           /* of a map's value: where the colon after its key stands, or 0 */
	struct bytes text;      /* a scalar's value, an alias's name; NUL-ended, lives as long as the tree */
	const char *anchor;     /* or NULL */
	struct node *key;       /* of a map's value, else NULL */
	struct node *parent, *next;
	struct node *first, *last;      /* a map's values, a sequence's items, in order */
	bool gone;              /* for remove.h */
};

struct outline {
	struct bytes text;      /* borrowed */
	const char *file;       /* borrowed, for messages */
	const char *eol;        /* how its lines end */
	struct node **docs;     /* the root of each document, in order */
	size_t count;
	struct arena arena;
	size_t nodes;
};

#define OUTLINE_TEXT_MAX ((size_t)8 << 20)

/*
 * Parses all documents of a text; the caller ends with outline_done also after a
 * failure, which says place and cause. Aliases are kept, not expanded. A key
 * that stands twice in a map, or a nesting above 64, is refused.
 */
int outline_parse(struct outline *, struct bytes text, const char *file, struct error *);
void outline_done(struct outline *);

/* the line of an offset, from 1 */
size_t outline_line(const struct outline *, size_t at);

/* the byte after the LF of its line, or the text's length; and where its line begins */
size_t outline_line_end(const struct outline *, size_t at);
size_t outline_line_start(const struct outline *, size_t at);

/* bytes from its line's start */
size_t outline_column(const struct outline *, size_t at);

/* what an alias stands for, another node itself; NULL when nothing has that anchor */
const struct node *outline_resolve(const struct outline *, const struct node *);

/* How many aliases in its document name this node's anchor. */
size_t outline_references(const struct node *);

/* A map's value by its key, or NULL; NULL also for what is no map. */
struct node *node_get(const struct node *, const char *key);

/* the same along "spec/template/spec" */
struct node *node_find(const struct node *, const char *path);

/* A sequence's item that is a map with this `name`, or NULL. */
struct node *node_named(const struct node *seq, const char *name);

/* whether it is a scalar of exactly this value */
bool node_is(const struct node *, const char *text);

/* a scalar's value, or "" */
const char *node_text(const struct node *);

/* nothing in it: null, ~, {}, [] */
bool node_empty(const struct node *);

/* Where it stands beneath top: keys, and the names or numbers of items, after "/"; in arena memory, NULL when it ran out. */
const char *node_path(struct arena *, const struct node *top, const struct node *);

#endif
