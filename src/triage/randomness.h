/*
 * randomness.h: does this look like chance, or like words and identifiers?
 *
 * Shannon's entropy can't tell "correcthorse" from "xkqjvwzpbmfd". Here a text
 * is priced twice: as a word or identifier (letters by the two before them,
 * digits by the one before, upper and lower case by what identifiers do) and as
 * a draw from its own alphabet. The difference in bits is the likelihood.
 */
#ifndef TRIAGE_RANDOMNESS_H
#define TRIAGE_RANDOMNESS_H

#include "base/bytes.h"

enum alphabet {
	ALPHABET_DIGITS,
	ALPHABET_HEX,           /* digits and a-f of one case */
	ALPHABET_LOWER,
	ALPHABET_UPPER,
	ALPHABET_LOWER_DIGITS,
	ALPHABET_UPPER_DIGITS,
	ALPHABET_LETTERS,       /* both cases */
	ALPHABET_ALNUM,
	ALPHABET_BASE64,        /* either alphabet, with padding */
	ALPHABET_ANY,
};

struct randomness {
	enum alphabet alphabet;
	double entropy;         /* Shannon, bits a byte */
	double likelihood;      /* bits by which chance explains it better than words; negative: words do */
	double words;           /* 0 to 1: how much of its letters common words cover */
	unsigned letters, digits, others;       /* bytes of each kind */
	unsigned distinct;      /* different bytes */
};

/* Measures the first 256 bytes. */
void randomness_of(struct bytes, struct randomness *);

/* How probable it is that this was drawn by chance, 0 to 1. */
double randomness_score(struct bytes);

/* The same from what was measured already. */
double randomness_probability(const struct randomness *);

/* A phrase for people, such as "looks like words"; static. */
const char *randomness_phrase(const struct randomness *);

/* The word for an alphabet, such as "hexadecimal digits"; static. */
const char *alphabet_name(enum alphabet);

#endif
