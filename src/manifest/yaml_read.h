/* yaml_read.h: what the parts of the YAML reader share: yaml.c (lines and indentation), yaml_flow.c (brackets, JSON), yaml_bid.c. */
#ifndef MANIFEST_YAML_READ_H
#define MANIFEST_YAML_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "manifest/tree.h"

/* collections open at once */
#define YAML_DEPTH 256

struct yaml_frame {
	uint32_t node;
	int indent;             /* the column of its keys or dashes; unused in brackets */
	bool sequence;
};

struct yaml {
	struct tree *tree;
	struct bytes text;
	size_t at;
	struct yaml_frame frame[YAML_DEPTH];
	unsigned depth;
	uint32_t slot;          /* the node that waits for a value, or 0 */
	unsigned tag;           /* flags of the tag before the value at hand */
	bool over;              /* deeper or longer than is looked at: the rest is left */
	bool more;              /* the text goes on behind this window */
	uint8_t cut;            /* the quote of a text that went beyond the window, or 0 */
};

/* past blanks and tabs */
static inline size_t
yaml_blanks(struct bytes text, size_t at)
{
	while (at < text.len && (text.at[at] == ' ' || text.at[at] == '\t'))
		at++;
	return at;
}

static inline bool
yaml_ends(struct bytes text, size_t at)
{
	return at >= text.len || text.at[at] == '\n' || text.at[at] == '\r';
}

/* a byte is followed by a blank or the line's end */
static inline bool
yaml_gap(struct bytes text, size_t at)
{
	return at >= text.len || text.at[at] == ' ' || text.at[at] == '\n' || text.at[at] == '\t' || text.at[at] == '\r';
}

/* past the template {{ … }} that opens at `at`; at most `most` bytes on; text.len when it never closes */
size_t yaml_template(struct bytes text, size_t at);

/*
 * The quoted text that opens at `at`: where it closes (the place of the quote)
 * and whether it is its value byte for byte; text.len when it never does. A
 * line indented by less than `indent` ends it, too, as text.len.
 */
size_t yaml_quoted(struct bytes text, size_t at, int indent, bool *exact);

/* where the colon behind the key at `at` stands, or end */
size_t yaml_colon(struct bytes text, size_t at, size_t end);

/* as manifest_format's bid */
int yaml_bid(struct bytes head, const char *file);

/* Opens a collection; false when it is too deep. */
bool yaml_push(struct yaml *, uint32_t node, int indent, bool sequence);

/* the column of collections in brackets */
#define YAML_FLOW (-2)

/* Reads the bracket at y->at as the value of a node, to behind its closing one or to the window's end. */
void yaml_flow(struct yaml *, uint32_t node);
/* Goes on with the brackets that are open. */
void yaml_flow_on(struct yaml *);

/* past the tags and anchors at `at`, which belong to a node (0: to none); what they say is left in y->tag */
size_t yaml_properties(struct yaml *, uint32_t node, size_t at);

#endif
