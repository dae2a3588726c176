/* classes_x86.h: what the kinds of x86-64 share that tell classes. */
#ifndef MATCH_CLASSES_X86_H
#define MATCH_CLASSES_X86_H

#include "match/classes.h"

#ifdef __x86_64__
#include <immintrin.h>

/* where the processor has its byte instructions (BW) */
extern const struct classifier classifier_avx512;

/*
 * A byte is told by two tables, one for each half of it: the bits that both
 * have. Four bits are for stretches of base64's digits, three for the signs.
 */
#define DIGITS_2 1      /* + - / */
#define DIGITS_3 2      /* 0 to 9 */
#define DIGITS_46 4     /* A to O, a to o */
#define DIGITS_57 8     /* P to Z, p to z */
#define UNDERSCORE 16
#define SIGN_2 32       /* % */
#define SIGN_5 64       /* backslash */
#define SIGN_0 128      /* NUL */
#define LETTERS (DIGITS_46 | DIGITS_57)

/* of the upper half of a byte */
static inline __m128i
high_half(void)
{
	return _mm_setr_epi8((char)SIGN_0, 0, DIGITS_2 | SIGN_2, DIGITS_3, DIGITS_46, (char)(DIGITS_57 | UNDERSCORE | SIGN_5), DIGITS_46,
	    DIGITS_57, 0, 0, 0, 0, 0, 0, 0, 0);
}

/* of the lower one */
static inline __m128i
low_half(void)
{
	const char all = DIGITS_3 | LETTERS;

	return _mm_setr_epi8((char)(DIGITS_3 | DIGITS_57 | SIGN_0), all, all, all, all, all | SIGN_2, all, all, all, all, LETTERS,
	    DIGITS_46 | DIGITS_2, DIGITS_46 | SIGN_5, DIGITS_46 | DIGITS_2, DIGITS_46, DIGITS_46 | DIGITS_2 | UNDERSCORE);
}

#endif
#endif
