/*
 * randomness_table.h: how words and identifiers are spelt, learnt by
 * contrib/judge/train.py. Costs are negated logarithms in sixteenths of a bit.
 */
#ifndef TRIAGE_RANDOMNESS_TABLE_H
#define TRIAGE_RANDOMNESS_TABLE_H

#include <stdint.h>

/* a letter (1 to 26, 0 the word's end) after the two before it, case folded */
extern const uint8_t randomness_letters[27 * 27 * 27];
/* a digit after the digit before it; 10 where none was */
extern const uint8_t randomness_digits[11 * 10];
/* a class (0 edge, 1 lower, 2 upper, 3 digit, 4 other) after the three before it */
extern const uint8_t randomness_classes[5 * 5 * 5 * 5];

/* a Bloom filter of common words of 3 to 10 letters */
#define RANDOMNESS_WORD_BITS (1u << 17)
#define RANDOMNESS_WORD_HASHES 5
extern const uint8_t randomness_words[RANDOMNESS_WORD_BITS / 8];

#endif
