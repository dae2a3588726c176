/*
 * literals.h: all anchors of a set of rules, with their encoded forms, as one
 * literal database. Built once, at build time for the built-in rules, and const
 * from then on.
 */
#ifndef MATCH_LITERALS_H
#define MATCH_LITERALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct rules;
struct hs_database;

/* One literal and who waits for it. */
struct literal {
	uint8_t len;
	uint8_t encodings;              /* bit i: it is a form or trigger of decode_list(i) */
	uint16_t first, count;          /* its stretch of uses: indices of rules */
};

struct literals {
	const struct literal *literal;  /* by the id that the database tells */
	size_t count;
	const uint16_t *use;
	size_t uses;
	size_t longest;                 /* bytes */
	struct hs_database *db;
	char *saved;                    /* built ones: the database as bytes that literals_load takes */
	size_t saved_len;
	void *memory;                   /* NULL for the built-in set */
};

/* the instruction sets a database can be made for */
enum literals_cpu { LITERALS_BASELINE, LITERALS_AVX2, LITERALS_HERE };

/* Collects and compiles; rules must outlive it. */
int literals_build(struct literals *, const struct rules *, enum literals_cpu, struct error *);
void literals_free(struct literals *);

/* Makes a database of saved bytes; -1 when they don't fit this machine. */
int literals_load(struct literals *, const uint8_t *bytes, size_t len);

#endif
