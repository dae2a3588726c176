/*
 * literals.h: all anchors of a set of rules and all that calls for decoding, in
 * the shapes in which they are found: words where a word begins, the encoded
 * forms inside runs of an encoding, and the few others anywhere. Built once, at
 * build time for the built-in rules, and const from then on.
 */
#ifndef MATCH_LITERALS_H
#define MATCH_LITERALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "match/words.h"

struct error;
struct rules;
struct hs_database;

/* One literal and who waits for it. */
struct literal {
	uint8_t len;
	uint8_t encodings;              /* bit i: it is a form or trigger of decode_list(i) */
	uint16_t first, count;          /* its stretch of uses: indices of rules */
	bool comment;                   /* what a comment to stanch begins with */
};

/* How they are found in one kind of text. */
struct finder {
	struct words words;
	struct hs_database *db;         /* what may stand anywhere; NULL for nothing */
	size_t longest;                 /* of those, bytes */
	char *saved;                    /* built ones: the database as bytes that literals_load takes */
	size_t saved_len;
};

/* binaries have few that anybody waits for */
enum { FINDER_TEXT, FINDER_BINARY, FINDERS };

struct literals {
	const struct literal *literal;  /* those of words and of the databases, by their ids */
	size_t count;
	const uint16_t *use;
	size_t uses;
	struct finder finder[FINDERS];
	struct words runs;              /* anchors in base64; an id is a set of encodings */
	struct words quads;             /* first four bytes of anchors, for encodings that write each by itself */
	void *memory;                   /* NULL for the built-in set */
};

/* the instruction sets a database can be made for */
enum literals_cpu { LITERALS_BASELINE, LITERALS_AVX2, LITERALS_HERE };

/* Collects and compiles; rules must outlive it. */
int literals_build(struct literals *, const struct rules *, enum literals_cpu, struct error *);
void literals_free(struct literals *);

/* A finder's database as it is built in: len 0 where it has none. */
struct saved {
	const uint8_t *bytes;
	size_t len;
};

/* Makes the databases of saved bytes; -1 when they don't fit this machine, and none is made. */
int literals_load(struct literals *, const struct saved saved[static FINDERS]);

#endif
