/* style.h: how a text is written, so that what is added looks like what is there; and values written so. */
#ifndef EDIT_STYLE_H
#define EDIT_STYLE_H

#include <jansson.h>
#include <stdbool.h>

struct buf;
struct node;
struct outline;

struct style {
	const char *eol;
	unsigned step;          /* columns from a map's key to the keys of a map in it */
	unsigned seq;           /* columns from a map's key to the dashes of a sequence in it; may be 0 */
	unsigned dash;          /* columns from a dash to what follows it */
	bool json;              /* keys and strings in double quotes */
	bool tight;             /* JSON without blanks after colons and commas */
};

/* As the block collections beneath `near` are written, else those of its document, else two columns. */
void style_of(struct style *, const struct outline *, const struct node *near);

/* A scalar: plain where every reader takes it as this string, else in double quotes. */
void style_scalar(struct buf *, const json_t *, bool quoted, bool flow);

/* A map's pairs or a sequence's items as whole lines, indented by col. */
void style_block(struct buf *, const struct style *, const json_t *, unsigned col);

/* One item of a sequence whose dashes stand in column col. */
void style_item(struct buf *, const struct style *, const json_t *, unsigned col);

/* One pair of a map. */
void style_pair(struct buf *, const struct style *, const char *key, const json_t *, unsigned col);

/*
 * In braces and brackets; on one line when unit is NULL, else each thing on a
 * line of its own, indented by prefix and one more unit a level.
 */
void style_flow(struct buf *, const struct style *, const json_t *, const char *prefix, const char *unit);

/* the same for one pair of a map in braces */
void style_flow_pair(struct buf *, const struct style *, const char *key, const json_t *, const char *prefix, const char *unit);

#endif
