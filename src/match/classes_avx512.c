/* classes_avx512.c: a block in one register, whose comparisons give the bits at once. */
#include "match/classes_x86.h"

#ifdef __x86_64__
#define LANES 8
#include "match/survey.inc"

#define AVX512 __attribute__((target("avx512f,avx512bw")))

AVX512 static inline uint64_t
set(const lanes *l)
{
	return _mm512_test_epi64_mask((__m512i)*l, (__m512i)*l);
}

AVX512 static inline uint64_t
within64(__m512i v, char from, char n)
{
	return _mm512_cmple_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8(from)), _mm512_set1_epi8((char)(n - 1)));
}

AVX512 static inline uint64_t
equal64(__m512i v, char c)
{
	return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c));
}

AVX512 static void
classes_avx512(const uint8_t block[static CLASSES_BLOCK], struct classes *c)
{
	const __m512i v = _mm512_loadu_si512(block), low = _mm512_or_si512(v, _mm512_set1_epi8(0x20));
	const uint64_t letter = within64(low, 'a', 26), digit = within64(v, '0', 10);

	*c = (struct classes){
		.letter = letter,
		.upper = within64(v, 'A', 26),
		.digit = digit,
		.hex = digit | within64(low, 'a', 6),
		.hex_ascii = within64(v, '2', 6),
		.base64 = letter | digit | equal64(v, '+') | equal64(v, '/') | equal64(v, '-'),
		.percent = equal64(v, '%'),
		.backslash = equal64(v, '\\'),
		.nul = equal64(v, 0),
	};
}

AVX512 static inline uint64_t
has64(__m512i kind, uint8_t bits)
{
	return _mm512_test_epi8_mask(kind, _mm512_set1_epi8((char)bits));
}

AVX512 static void
glance_avx512(const uint8_t *text, size_t blocks, struct glance *g, size_t at)
{
	const __m512i high = _mm512_broadcast_i32x4(high_half()), low = _mm512_broadcast_i32x4(low_half());
	const __m512i nibble = _mm512_set1_epi8(15);

	for (size_t i = 0; i < blocks; i++) {
		const __m512i v = _mm512_loadu_si512(text + i * CLASSES_BLOCK);
		const __m512i kind = _mm512_and_si512(_mm512_shuffle_epi8(low, _mm512_and_si512(v, nibble)),
		    _mm512_shuffle_epi8(high, _mm512_and_si512(_mm512_srli_epi16(v, 4), nibble)));
		const uint64_t letter = has64(kind, LETTERS);

		g->letter[at + i] = letter;
		g->upper[at + i] = letter & ~has64(v, 0x20);
		g->digit[at + i] = has64(kind, DIGITS_3);
		g->base64[at + i] = has64(kind, DIGITS_2 | DIGITS_3 | LETTERS);
		g->word[at + i] = has64(kind, DIGITS_2 | DIGITS_3 | LETTERS | UNDERSCORE);
		g->signs[at + i] = has64(kind, SIGN_2 | SIGN_5 | SIGN_0);
	}
}

AVX512 static void
survey_avx512(struct glance *g)
{
	survey(g);
}

const struct classifier classifier_avx512 = { "AVX-512", classes_avx512, glance_avx512, survey_avx512 };

#endif
