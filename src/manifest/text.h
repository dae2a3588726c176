/* text.h: steps through lines that every reader takes. */
#ifndef MANIFEST_TEXT_H
#define MANIFEST_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"

/* where the line that holds `at` ends: at its LF, or at the text's end */
static inline size_t
text_line_end(struct bytes text, size_t at)
{
	const uint8_t *lf = at < text.len ? memchr(text.at + at, '\n', text.len - at) : NULL;

	return lf ? (size_t)(lf - text.at) : text.len;
}

/* past blanks and tabs */
static inline size_t
text_blanks(struct bytes text, size_t at)
{
	while (at < text.len && (text.at[at] == ' ' || text.at[at] == '\t'))
		at++;
	return at;
}

/* before the blanks and the CR that end text[from, end) */
static inline size_t
text_trim(struct bytes text, size_t from, size_t end)
{
	while (end > from && (text.at[end - 1] == ' ' || text.at[end - 1] == '\t' || text.at[end - 1] == '\r' || text.at[end - 1] == '\n'))
		end--;
	return end;
}

/* where the quote that opens at `at` closes, at most at `end`: a backslash quotes within double ones */
static inline size_t
text_quote(struct bytes text, size_t at, size_t end, bool *exact)
{
	*exact = true;
	for (size_t i = at + 1; i < end; i++) {
		if (text.at[i] == text.at[at])
			return i;
		if (text.at[i] == '\\' && text.at[at] == '"') {
			*exact = false;
			i++;
		}
	}
	return end;
}

/* A word of a list, with its length at hand: lists of them are asked for every key of a text. */
struct text_word {
	const char *text;
	uint8_t len;
};
#define TEXT_WORD(s) { s, sizeof(s) - 1 }

/* the place of a word in a list, or n */
static inline size_t
text_listed(struct bytes b, const struct text_word *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].len == b.len && (uint8_t)list[i].text[0] == b.at[0] && memcmp(list[i].text, b.at, b.len) == 0)
			return i;
	return n;
}

/* Of a list of words the lengths that there are, by first letter: most words aren't in it, and are told so at once. */
struct text_lengths {
	uint32_t of[128];
};

static inline void
text_lengths_add(struct text_lengths *l, struct text_word w)
{
	l->of[(uint8_t)w.text[0] & 127] |= (uint32_t)1 << w.len;
}

/* whether a list of words that are shorter than 32 bytes may hold one */
static inline bool
text_may(const struct text_lengths *l, struct bytes b)
{
	return b.len - 1 < 31 && l->of[b.at[0] & 127] >> b.len & 1;
}

static inline bool
text_is(struct bytes b, struct text_word w)
{
	return b.len == w.len && memcmp(b.at, w.text, b.len) == 0;
}

/* whether a path ends so, in any case; file may be NULL */
static inline bool
text_named(const char *file, const char *tail)
{
	const size_t n = file ? strlen(file) : 0, m = strlen(tail);

	return n >= m && strcasecmp(file + n - m, tail) == 0;
}

#endif
