/* classes.h: what each of 64 bytes is, as bits: bit i stands for byte i. */
#ifndef MATCH_CLASSES_H
#define MATCH_CLASSES_H

#include <stddef.h>
#include <stdint.h>

#define CLASSES_BLOCK 64

struct classes {
	uint64_t letter, upper, digit;  /* upper: of the letters */
	uint64_t hex, hex_ascii;        /* digits of hexadecimal; those that begin a byte of ASCII that prints: 2 to 7 */
	uint64_t base64;                /* digits of base64 and the hyphen; no underscore, which names are full of */
	uint64_t percent, backslash, nul;
};

typedef void classes_fn(const uint8_t block[static CLASSES_BLOCK], struct classes *);

/* how many blocks are glanced at in one go; what is told of one is taken from the next, too, and as many as eight are surveyed at once */
#define GLANCE_BLOCKS 60
#define GLANCE_ROOM 65

/*
 * What a first glance tells of blocks in a row: an array's i-th number is of the
 * i-th block. word: digits of base64 and underscores; signs: percent signs,
 * backslashes and NULs together.
 */
struct glance {
	uint64_t letter[GLANCE_ROOM], upper[GLANCE_ROOM], digit[GLANCE_ROOM], base64[GLANCE_ROOM], word[GLANCE_ROOM], signs[GLANCE_ROOM];
	uint64_t rows[GLANCE_ROOM];     /* by survey: places where RUN_LENGTH digits of base64 go on */
	uint64_t runs;                  /* by survey: bit i: a run (rules/run.h) begins in the i-th block */
};

/* of so many blocks of text, the first of which becomes the at-th */
typedef void glance_fn(const uint8_t *text, size_t blocks, struct glance *, size_t at);

/* what follows from that for the first GLANCE_BLOCKS */
typedef void survey_fn(struct glance *);

/* What a kind of processor does it with; all give the same. */
struct classifier {
	const char *name;
	classes_fn *classes;
	glance_fn *glance;
	survey_fn *survey;
};

/* the i-th that this machine can run, the fastest first; NULL past the last */
const struct classifier *classifier_list(unsigned i);

#endif
