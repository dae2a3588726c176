/* randomness.c: two prices for a text, as words and as chance. */
#include "triage/randomness.h"

#include <math.h>
#include <string.h>

#include "triage/randomness_table.h"

#define MEASURED 256    /* more bytes don't tell more */
#define WORD_MIN 3
#define WORD_MAX 10
#define OTHER_COST (5 * 16)     /* which punctuation it is, under words */

enum kind { KIND_EDGE, KIND_LOWER, KIND_UPPER, KIND_DIGIT, KIND_OTHER };

static enum kind
kind_of(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		return KIND_LOWER;
	if (c >= 'A' && c <= 'Z')
		return KIND_UPPER;
	return c >= '0' && c <= '9' ? KIND_DIGIT : KIND_OTHER;
}

static double
shannon(struct bytes text, unsigned *distinct)
{
	unsigned counts[256] = { 0 };
	double sum = 0;

	*distinct = 0;
	for (size_t i = 0; i < text.len; i++)
		counts[text.at[i]]++;
	for (size_t i = 0; i < text.len; i++) {
		unsigned *n = &counts[text.at[i]];

		if (*n == 0)
			continue;
		(*distinct)++;
		sum += *n * log2((double)*n);
		*n = 0;         /* told once */
	}
	return text.len == 0 ? 0 : log2((double)text.len) - sum / (double)text.len;
}

static unsigned
letter_cost(const uint8_t *s, size_t i)
{
	unsigned before[2] = {0, 0};

	/* an upper-case letter after a lower-case one begins a word, as camels do */
	for (size_t k = 0; k < 2 && k < i; k++) {
		enum kind next = kind_of(s[i - k]), kind = kind_of(s[i - k - 1]);
		if (kind > KIND_UPPER || (kind == KIND_LOWER && next == KIND_UPPER))
			break;
		before[k] = (s[i - k - 1] | 32) - 'a' + 1u;
	}
	return randomness_letters[(before[1] * 27 + before[0]) * 27 + (s[i] | 32) - 'a' + 1];
}

static unsigned
digit_cost(const uint8_t *s, size_t i)
{
	unsigned before = 10;

	if (i > 0 && kind_of(s[i - 1]) == KIND_DIGIT)
		before = s[i - 1] - '0';
	return randomness_digits[before * 10 + s[i] - '0'];
}

/* The price of a text as words, in bits. */
static double
words_cost(const uint8_t *s, size_t len)
{
	unsigned cost = 0, context = 0;

	for (size_t i = 0; i < len; i++) {
		enum kind kind = kind_of(s[i]);
		cost += randomness_classes[context * 5 + kind];
		context = context % 25 * 5 + kind;
		if (kind == KIND_DIGIT)
			cost += digit_cost(s, i);
		else
			cost += kind == KIND_OTHER ? OTHER_COST : letter_cost(s, i);
	}
	return cost / 16.0;
}

static uint32_t
word_begin(uint32_t i)
{
	return 2166136261u ^ i * 0x9E3779B1u;
}

static uint32_t
word_on(uint32_t h, uint8_t c)
{
	return (h ^ (c | 32u)) * 16777619u;
}

static bool
word_bit(uint32_t h)
{
	h = (h ^ h >> 15) % RANDOMNESS_WORD_BITS;
	return randomness_words[h >> 3] >> (h & 7) & 1;
}

/* what the hashes say behind the first one */
static bool
word_known(const uint8_t *s, size_t len)
{
	for (uint32_t i = 1; i < RANDOMNESS_WORD_HASHES; i++) {
		uint32_t h = word_begin(i);

		for (size_t k = 0; k < len; k++)
			h = word_on(h, s[k]);
		if (!word_bit(h))
			return false;
	}
	return true;
}

/* The most letters of a run that words side by side can cover. */
static unsigned
run_covered(const uint8_t *s, size_t len)
{
	uint16_t best[65] = {0};

	if (len > 64)
		len = 64;
	for (size_t i = 0; i < len; i++) {
		uint32_t first = word_begin(0);

		if (best[i + 1] < best[i])
			best[i + 1] = best[i];
		for (size_t n = 1; n <= WORD_MAX && i + n <= len; n++) {
			first = word_on(first, s[i + n - 1]);
			if (n >= WORD_MIN && best[i + n] < best[i] + n && word_bit(first) && word_known(s + i, n))
				best[i + n] = (uint16_t)(best[i] + n);
		}
	}
	return best[len];
}

static double
covered(const uint8_t *s, size_t len, unsigned letters)
{
	unsigned sum = 0;

	for (size_t i = 0, n; i < len; i += n + 1) {
		for (n = 0; i + n < len && kind_of(s[i + n]) <= KIND_UPPER; n++)
			;
		if (n >= WORD_MIN)
			sum += run_covered(s + i, n);
	}
	return letters == 0 ? 0 : (double)sum / letters;
}

static bool
in_base64(const uint8_t *s, size_t len)
{
	while (len > 0 && s[len - 1] == '=')
		len--;
	for (size_t i = 0; i < len; i++)
		if (kind_of(s[i]) == KIND_OTHER && !strchr("+/-_", s[i]))
			return false;
	return len > 0;
}

static bool
in_hex(const uint8_t *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (kind_of(s[i]) != KIND_DIGIT && ((s[i] | 32) < 'a' || (s[i] | 32) > 'f'))
			return false;
	return true;
}

static enum alphabet
alphabet_of(const uint8_t *s, size_t len, const unsigned kinds[static 5])
{
	bool lower = kinds[KIND_LOWER], upper = kinds[KIND_UPPER], digit = kinds[KIND_DIGIT];

	if (kinds[KIND_OTHER])
		return in_base64(s, len) ? ALPHABET_BASE64 : ALPHABET_ANY;
	if (!lower && !upper)
		return ALPHABET_DIGITS;
	if (!(lower && upper) && digit && in_hex(s, len))
		return ALPHABET_HEX;
	if (lower && upper)
		return digit ? ALPHABET_ALNUM : ALPHABET_LETTERS;
	if (lower)
		return digit ? ALPHABET_LOWER_DIGITS : ALPHABET_LOWER;
	return digit ? ALPHABET_UPPER_DIGITS : ALPHABET_UPPER;
}

static double
alphabet_bits(enum alphabet alphabet)
{
	static const double bits[] = {
		[ALPHABET_DIGITS] = 3.32, [ALPHABET_HEX] = 4, [ALPHABET_LOWER] = 4.7,
		[ALPHABET_UPPER] = 4.7, [ALPHABET_LOWER_DIGITS] = 5.17, [ALPHABET_UPPER_DIGITS] = 5.17,
		[ALPHABET_LETTERS] = 5.7, [ALPHABET_ALNUM] = 5.95, [ALPHABET_BASE64] = 6,
		[ALPHABET_ANY] = 6.57,
	};
	return bits[alphabet];
}

const char *
alphabet_name(enum alphabet alphabet)
{
	static const char *const names[] = {
		[ALPHABET_DIGITS] = "digits", [ALPHABET_HEX] = "hexadecimal digits",
		[ALPHABET_LOWER] = "lower-case letters", [ALPHABET_UPPER] = "upper-case letters",
		[ALPHABET_LOWER_DIGITS] = "lower-case letters and digits",
		[ALPHABET_UPPER_DIGITS] = "upper-case letters and digits",
		[ALPHABET_LETTERS] = "letters", [ALPHABET_ALNUM] = "letters and digits",
		[ALPHABET_BASE64] = "base64", [ALPHABET_ANY] = "printable characters",
	};
	return names[alphabet];
}

void
randomness_of(struct bytes text, struct randomness *out)
{
	const size_t len = text.len > MEASURED ? MEASURED : text.len;
	unsigned kinds[5] = {0};

	for (size_t i = 0; i < len; i++)
		kinds[kind_of(text.at[i])]++;
	out->entropy = shannon(bytes_cut(text, 0, len), &out->distinct);
	out->alphabet = alphabet_of(text.at, len, kinds);
	out->letters = kinds[KIND_LOWER] + kinds[KIND_UPPER];
	out->digits = kinds[KIND_DIGIT];
	out->others = kinds[KIND_OTHER];
	out->words = covered(text.at, len, out->letters);
	out->likelihood = words_cost(text.at, len) - alphabet_bits(out->alphabet) * (double)len;
}

double
randomness_probability(const struct randomness *r)
{
	unsigned len = r->letters + r->digits + r->others;
	double odds = r->likelihood / 3 - 1 - 2 * r->words;

	if (len == 0)
		return 0;
	/* a few different bytes over and over are no draw, however odd they look */
	if (r->distinct < 5 && len > 7 && odds > -2)
		odds = -2;
	return 1 / (1 + exp(-odds));
}

double
randomness_score(struct bytes text)
{
	struct randomness r;

	randomness_of(text, &r);
	return randomness_probability(&r);
}

const char *
randomness_phrase(const struct randomness *r)
{
	double p = randomness_probability(r);

	if (p >= 0.95)
		return "looks random";
	if (p >= 0.6)
		return "looks rather random";
	if (p >= 0.3)
		return "may be random";
	return r->words >= 0.6 ? "looks like words" : "doesn't look random";
}
