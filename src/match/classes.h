/* classes.h: what each of 64 bytes is, as bits: bit i stands for byte i. */
#ifndef MATCH_CLASSES_H
#define MATCH_CLASSES_H

#include <stddef.h>
#include <stdint.h>

#define CLASSES_BLOCK 64

struct classes {
	uint64_t letter, upper, digit;  /* upper: of the letters */
	uint64_t hex;                   /* digits of hexadecimal */
	uint64_t base64;                /* digits of base64 and the hyphen; no underscore, which names are full of */
	uint64_t percent, backslash, nul;
};

typedef void classes_fn(const uint8_t block[static CLASSES_BLOCK], struct classes *);

/* What a first glance tells of a block: the same bits, and signs for percent signs, backslashes and NULs together. */
struct glance {
	uint64_t letter, upper, digit, base64, signs;
};

/* blocks in a row */
typedef void glance_fn(const uint8_t *text, size_t blocks, struct glance *);

/* What a kind of processor does it with; all give the same. */
struct classifier {
	const char *name;
	classes_fn *classes;
	glance_fn *glance;
};

/* the i-th that this machine can run, the fastest first; NULL past the last */
const struct classifier *classifier_list(unsigned i);

#endif
