/* assign_near.c: {name: NAME, value: value} in YAML, JSON and XML. */
#include "match/assign_near.h"

#include <string.h>

#include "match/assign.h"
#include "match/assign_value.h"

#define NEAR_REACH 160

static bool
word_at(struct bytes text, size_t at, const char *word)
{
	const size_t n = strlen(word);

	if (at + n > text.len)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((text.at[at + i] | 32) != (uint8_t)word[i])
			return false;
	return at + n == text.len || !assign_letter(text.at[at + n]);
}

/* What stands before the name is name:, key= or the like. */
static bool
named(struct bytes text, size_t from)
{
	static const char *const words[] = {"name", "key", "id", "parameter", "variable", "field", "header"};
	size_t end = from, at;

	while (end > 0 && memchr("\"'`\\ \t", text.at[end - 1], 6) != NULL)
		end--;
	if (end == 0 || (text.at[end - 1] != ':' && text.at[end - 1] != '='))
		return false;
	for (end--; end > 0 && memchr("\"'\\ ", text.at[end - 1], 4) != NULL; end--)
		;
	for (at = end; at > 0 && end - at < 24 && assign_letter(text.at[at - 1]); at--)
		;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const size_t n = strlen(words[i]);
		if (end - at >= n && word_at(bytes_cut(text, 0, end), end - n, words[i]))
			return true;
	}
	return false;
}

/* past `value:` or `value=` with its quotes, where the value begins; or at */
static size_t
value_word(struct bytes text, size_t at)
{
	static const char *const words[] = {"value", "content", "default", "defaultvalue"};
	char quote;
	size_t i = assign_quote(text, at, &quote), from = i;

	for (size_t k = 0; k < sizeof words / sizeof *words && i == from; k++)
		if (word_at(text, i, words[k]))
			i += strlen(words[k]);
	if (i == from)
		return at;
	i = assign_blanks(text, assign_quote(text, i, &quote));
	if (i >= text.len || (text.at[i] != ':' && text.at[i] != '='))
		return at;
	return assign_blanks(text, i + 1);
}

static bool
value_behind(struct bytes text, size_t at, struct assign *out)
{
	const size_t end = at + NEAR_REACH < text.len ? at + NEAR_REACH : text.len;
	unsigned lines = 0;

	for (size_t i = at; i < end && lines < 3; i++) {
		const uint8_t c = text.at[i];
		size_t value;
		if (c == '}' || c == '>' || c == '{')
			return false;
		lines += c == '\n';
		if ((c | 32) != 'v' && (c | 32) != 'c' && (c | 32) != 'd')
			continue;
		if (assign_letter(text.at[i - 1]) || (value = value_word(text, i)) == i)
			continue;
		assign_expression(text, value, out);
		return out->count > 0;
	}
	return false;
}

static bool
value_before(struct bytes text, size_t from, struct assign *out)
{
	const size_t least = from > NEAR_REACH ? from - NEAR_REACH : 0;

	for (size_t i = from; i > least; i--) {
		const uint8_t c = text.at[i - 1];
		size_t value;
		if (c == '{' || c == '}' || c == '<' || c == '>' || c == '\n')
			return false;
		if ((c | 32) != 'v' || (i > 1 && assign_letter(text.at[i - 2])) || !word_at(text, i - 1, "value"))
			continue;
		value = value_word(text, i - 1);
		if (value == i - 1)
			return false;
		assign_literal(bytes_cut(text, 0, from), value, out);
		return out->count > 0;
	}
	return false;
}

bool
assign_near(struct bytes text, size_t from, size_t at, struct assign *out)
{
	if (!named(text, from))
		return false;
	out->syntax = ASSIGN_ATTRIBUTE;
	return value_behind(text, at, out) || value_before(text, from, out);
}

bool
assign_element(struct bytes text, size_t at, struct assign *out)
{
	static const struct bytes cdata = {(const uint8_t *)"<![CDATA[", 9};
	const size_t limit = at + ASSIGN_REACH < text.len ? at + ASSIGN_REACH : text.len;
	size_t from = at, end;

	while (from < limit && from - at < 200 && text.at[from] != '>' && text.at[from] != '<' && text.at[from] != '\n')
		from++;
	if (from >= limit || text.at[from] != '>' || text.at[from - 1] == '/' || text.at[from - 1] == '-')
		return false;
	from++;
	if (limit - from > cdata.len && memcmp(text.at + from, cdata.at, cdata.len) == 0)
		from += cdata.len;
	for (end = from; end < limit && text.at[end] != '<' && text.at[end] != ']'; end++)
		;
	if (end >= limit || (text.at[end] == '<' && (end + 1 >= limit || text.at[end + 1] != '/')))
		return false;
	out->syntax = ASSIGN_ELEMENT;
	assign_add(text, from, end, '>', out);
	if (out->count > 0)
		out->values[0].direct = true;
	return out->count > 0;
}
