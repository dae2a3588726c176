/*
 * manifest.h: texts in which a key says what a value is. A manifest is no
 * source of its own but an understanding of a text, wherever that came from: a
 * format bids on how it begins, reads it into a tree of places, and texts of
 * known formats inside its values are read as well.
 */
#ifndef MANIFEST_MANIFEST_H
#define MANIFEST_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "manifest/scalar.h"
#include "manifest/tree.h"

struct buf;

/* how many first bytes a bid may want to see */
#define MANIFEST_HEAD 4096
/* texts inside texts inside texts */
#define MANIFEST_DEPTH 4
/* texts read in one manifest, itself among them */
#define MANIFEST_PARTS 4096

struct manifest_format {
	const char *name;
	/* 0: not ours; else how sure, 1 to 100. file: its path, or the key it is the value of; may be NULL */
	int (*bid)(struct bytes head, const char *file);
	/* Reads t->text; what breaks the format's rules is noted there, and never stops it for long. */
	void (*read)(struct tree *);
};

/* the i-th format there is, NULL past the last */
const struct manifest_format *manifest_list(size_t i);

/* The format that bids highest on these first bytes, or NULL when no key says anything here. */
const struct manifest_format *manifest_bid(struct bytes head, const char *file);

/* One text of a manifest: itself, or the value of a node of another. */
struct part {
	struct tree tree;
	const struct manifest_format *format;
	struct part *outer;             /* NULL: the text itself */
	uint32_t node;                  /* of outer, whose value it is */
	unsigned depth;
	struct unfolded value;          /* that value, which the tree borrows */
	uint8_t *role;                  /* of each node, see role.h */
};

struct manifest {
	struct part **part;             /* in the order of their text, an outer one before the inner ones */
	size_t count, cap;
	bool failed;                    /* memory ran out: what was read so far is there */
};

/* Reads a text, which is borrowed until manifest_done. */
void manifest_read(struct manifest *, const struct manifest_format *, struct bytes text);

/*
 * Reads what a window of a longer text owns, text[from, to), the windows in
 * their order. carry, made once, keeps what is open from one to the next; the
 * formats that don't need it read each window as a text of its own.
 */
void manifest_read_window(struct manifest *, const struct manifest_format *, struct bytes text, uint64_t offset, size_t from, size_t to,
	struct tree_carry *carry);
struct tree_carry *manifest_carry_new(void);    /* NULL when memory ran out */
void manifest_carry_free(struct tree_carry *);
void manifest_done(struct manifest *);

/* where a byte of a part stands in the whole text */
size_t manifest_where(const struct part *, size_t at);

/* A node of a part. */
struct manifest_place {
	const struct part *part;
	uint32_t node;
};

/* The innermost node that holds a byte of the whole text; false: none does. */
bool manifest_at(const struct manifest *, size_t at, struct manifest_place *);

/* Adds the key path, and as an RFC 6901 pointer; what is inside a value follows that value's path. */
void manifest_path(struct manifest_place, struct buf *);
void manifest_pointer(struct manifest_place, struct buf *);

#endif
