#include "match/classes.h"

#include <string.h>

#include "match/classes_x86.h"

enum { LETTER = 1, UPPER = 2, DIGIT = 4, HEX = 8, BASE64 = 16 };

/* of bytes below 0x80; the others are nothing */
static const uint8_t kinds[256] = {
	['0' ... '9'] = DIGIT | HEX | BASE64,
	['A' ... 'F'] = LETTER | UPPER | HEX | BASE64,
	['G' ... 'Z'] = LETTER | UPPER | BASE64,
	['a' ... 'f'] = LETTER | HEX | BASE64,
	['g' ... 'z'] = LETTER | BASE64,
	['+'] = BASE64, ['/'] = BASE64, ['-'] = BASE64,
};

static void
classes_plain(const uint8_t block[static CLASSES_BLOCK], struct classes *c)
{
	*c = (struct classes){ 0 };
	for (unsigned i = 0; i < CLASSES_BLOCK; i++) {
		const uint64_t bit = (uint64_t)1 << i;
		const uint8_t byte = block[i], kind = kinds[byte];

		c->letter |= kind & LETTER ? bit : 0;
		c->upper |= kind & UPPER ? bit : 0;
		c->digit |= kind & DIGIT ? bit : 0;
		c->hex |= kind & HEX ? bit : 0;
		c->hex_ascii |= byte >= '2' && byte <= '7' ? bit : 0;
		c->base64 |= kind & BASE64 ? bit : 0;
		c->percent |= byte == '%' ? bit : 0;
		c->backslash |= byte == '\\' ? bit : 0;
		c->nul |= byte == 0 ? bit : 0;
	}
}

static void
put(struct glance *g, size_t at, const struct classes *c, uint64_t underscore)
{
	g->letter[at] = c->letter;
	g->upper[at] = c->upper;
	g->digit[at] = c->digit;
	g->base64[at] = c->base64;
	g->word[at] = c->base64 | underscore;
	g->signs[at] = c->percent | c->backslash | c->nul;
}

static void
glance_plain(const uint8_t *text, size_t blocks, struct glance *g, size_t at)
{
	struct classes c;

	for (size_t i = 0; i < blocks; i++) {
		uint64_t underscore = 0;

		for (unsigned k = 0; k < CLASSES_BLOCK; k++)
			underscore |= (uint64_t)(text[i * CLASSES_BLOCK + k] == '_') << k;
		classes_plain(text + i * CLASSES_BLOCK, &c);
		put(g, at + i, &c, underscore);
	}
}

#define LANES 4
#include "match/survey.inc"

INLINE uint64_t
set(const lanes *l)
{
	return (uint64_t)((*l)[0] != 0) | (uint64_t)((*l)[1] != 0) << 1 | (uint64_t)((*l)[2] != 0) << 2 | (uint64_t)((*l)[3] != 0) << 3;
}

static void
survey_plain(struct glance *g)
{
	survey(g);
}

static const struct classifier plain = { "plain", classes_plain, glance_plain, survey_plain };

#ifdef __x86_64__

/*
 * Both widths are written out: the compiler makes neither of the other. A byte
 * lies in [from, from + n) when what is left of it after taking `from` away is
 * at most n - 1, unsigned.
 */
static inline uint32_t
within16(__m128i v, char from, char n)
{
	const __m128i left = _mm_sub_epi8(v, _mm_set1_epi8(from));

	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(left, _mm_set1_epi8((char)(n - 1))), left));
}

static inline uint32_t
equal16(__m128i v, char c)
{
	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

static void
classes_sse2(const uint8_t block[static CLASSES_BLOCK], struct classes *c)
{
	struct classes k = { 0 };

	for (unsigned i = 0; i < CLASSES_BLOCK; i += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(block + i));
		const __m128i low = _mm_or_si128(v, _mm_set1_epi8(0x20));
		const uint32_t letter = within16(low, 'a', 26), digit = within16(v, '0', 10);

		k.letter |= (uint64_t)letter << i;
		k.upper |= (uint64_t)within16(v, 'A', 26) << i;
		k.digit |= (uint64_t)digit << i;
		k.hex |= (uint64_t)(digit | within16(low, 'a', 6)) << i;
		k.hex_ascii |= (uint64_t)within16(v, '2', 6) << i;
		k.base64 |= (uint64_t)(letter | digit | equal16(v, '+') | equal16(v, '/') | equal16(v, '-')) << i;
		k.percent |= (uint64_t)equal16(v, '%') << i;
		k.backslash |= (uint64_t)equal16(v, '\\') << i;
		k.nul |= (uint64_t)equal16(v, 0) << i;
	}
	*c = k;
}

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline uint32_t
within32(__m256i v, char from, char n)
{
	const __m256i left = _mm256_sub_epi8(v, _mm256_set1_epi8(from));

	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(left, _mm256_set1_epi8((char)(n - 1))), left));
}

AVX2 static inline uint32_t
equal32(__m256i v, char c)
{
	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(c)));
}

AVX2 static void
classes_avx2(const uint8_t block[static CLASSES_BLOCK], struct classes *c)
{
	struct classes k = { 0 };

	for (unsigned i = 0; i < CLASSES_BLOCK; i += 32) {
		const __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(block + i));
		const __m256i low = _mm256_or_si256(v, _mm256_set1_epi8(0x20));
		const uint32_t letter = within32(low, 'a', 26), digit = within32(v, '0', 10);

		k.letter |= (uint64_t)letter << i;
		k.upper |= (uint64_t)within32(v, 'A', 26) << i;
		k.digit |= (uint64_t)digit << i;
		k.hex |= (uint64_t)(digit | within32(low, 'a', 6)) << i;
		k.hex_ascii |= (uint64_t)within32(v, '2', 6) << i;
		k.base64 |= (uint64_t)(letter | digit | equal32(v, '+') | equal32(v, '/') | equal32(v, '-')) << i;
		k.percent |= (uint64_t)equal32(v, '%') << i;
		k.backslash |= (uint64_t)equal32(v, '\\') << i;
		k.nul |= (uint64_t)equal32(v, 0) << i;
	}
	*c = k;
}

static void
glance_sse2(const uint8_t *text, size_t blocks, struct glance *g, size_t at)
{
	struct classes c;

	for (size_t i = 0; i < blocks; i++) {
		const uint8_t *block = text + i * CLASSES_BLOCK;
		uint64_t underscore = 0;

		for (unsigned k = 0; k < CLASSES_BLOCK; k += 16)
			underscore |= (uint64_t)equal16(_mm_loadu_si128((const __m128i *)(const void *)(block + k)), '_') << k;
		classes_sse2(block, &c);
		put(g, at + i, &c, underscore);
	}
}

AVX2 static uint32_t
has(__m256i kind, uint8_t bits)
{
	const __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(kind, _mm256_set1_epi8((char)bits)), _mm256_setzero_si256());

	return ~(uint32_t)_mm256_movemask_epi8(none);
}

AVX2 static void
glance_avx2(const uint8_t *text, size_t blocks, struct glance *g, size_t at)
{
	const __m256i high = _mm256_broadcastsi128_si256(high_half()), low = _mm256_broadcastsi128_si256(low_half());
	const __m256i nibble = _mm256_set1_epi8(15);

	for (size_t i = 0; i < blocks; i++) {
		uint64_t letters = 0, upper = 0, digit = 0, base64 = 0, word = 0, signs = 0;

		for (unsigned half = 0; half < CLASSES_BLOCK; half += 32) {
			const __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(text + i * CLASSES_BLOCK + half));
			const __m256i kind = _mm256_and_si256(_mm256_shuffle_epi8(low, _mm256_and_si256(v, nibble)),
			    _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble)));
			const uint32_t letter = has(kind, LETTERS);

			letters |= (uint64_t)letter << half;
			/* what tells the cases apart is the sixth bit */
			upper |= (uint64_t)(letter & ~(uint32_t)_mm256_movemask_epi8(_mm256_slli_epi16(v, 2))) << half;
			digit |= (uint64_t)has(kind, DIGITS_3) << half;
			base64 |= (uint64_t)has(kind, DIGITS_2 | DIGITS_3 | LETTERS) << half;
			word |= (uint64_t)has(kind, DIGITS_2 | DIGITS_3 | LETTERS | UNDERSCORE) << half;
			signs |= (uint64_t)has(kind, SIGN_2 | SIGN_5 | SIGN_0) << half;
		}
		g->letter[at + i] = letters;
		g->upper[at + i] = upper;
		g->digit[at + i] = digit;
		g->base64[at + i] = base64;
		g->word[at + i] = word;
		g->signs[at + i] = signs;
	}
}

AVX2 static void
survey_avx2(struct glance *g)
{
	survey(g);
}

static const struct classifier sse2 = { "SSE2", classes_sse2, glance_sse2, survey_plain };
static const struct classifier avx2 = { "AVX2", classes_avx2, glance_avx2, survey_avx2 };

const struct classifier *
classifier_list(unsigned i)
{
	const struct classifier *const list[] = { &classifier_avx512, &avx2, &sse2, &plain };

	i += !__builtin_cpu_supports("avx512bw");
	i += !__builtin_cpu_supports("avx2");
	return i < 4 ? list[i] : NULL;
}

#else

const struct classifier *
classifier_list(unsigned i)
{
	return i == 0 ? &plain : NULL;
}

#endif
