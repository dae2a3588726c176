/* value_near.c: the lines around an assignment. */
#include "triage/value_near.h"

#include <string.h>

#include "match/assign.h"

#define AROUND 400

static bool
letter(uint8_t c)
{
	return ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
}

static bool
word_at(struct bytes text, size_t at, const char *word)
{
	const size_t n = strlen(word);

	if (at + n > text.len)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((text.at[at + i] | 32) != (uint8_t)word[i])
			return false;
	return true;
}

/* What ends at `at` is a name with an operator and a value behind it: at the rest of the name, quotes and blanks are skipped. */
static bool
assigned(struct bytes text, size_t at)
{
	const size_t end = at + 24 < text.len ? at + 24 : text.len;

	while (at < end && letter(text.at[at]))
		at++;
	while (at < end && memchr("\"'\\ \t]", text.at[at], 6) != NULL)
		at++;
	if (at >= end || memchr("=:,>", text.at[at], 4) == NULL)
		return false;
	return at + 1 < end && text.at[at + 1] != ':' && text.at[at + 1] != '\n';
}

static bool
any_assigned(struct bytes text, const char *const *words)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((i > 0 && (text.at[i - 1] | 32) >= 'a' && (text.at[i - 1] | 32) <= 'z' && (text.at[i] & 32)) || !letter(text.at[i]))
			continue;
		for (const char *const *w = words; *w; w++)
			if ((text.at[i] | 32) == (uint8_t)**w && word_at(text, i, *w) && assigned(text, i + strlen(*w)))
				return true;
	}
	return false;
}

/* so many lines and at most AROUND bytes before a place */
static struct bytes
lines_before(struct bytes text, size_t at, unsigned lines)
{
	size_t from = at;

	for (; from > 0 && at - from < AROUND; from--)
		if (text.at[from - 1] == '\n' && lines-- == 0)
			break;
	return bytes_cut(text, from, at);
}

static struct bytes
lines_after(struct bytes text, size_t at, unsigned lines)
{
	size_t to = at;

	for (; to < text.len && to - at < AROUND; to++)
		if (text.at[to] == '\n' && lines-- == 0)
			break;
	return bytes_cut(text, at, to);
}

/* an assignment made up from a document's tree has no text around it */
static bool
placed(const struct assign *a, struct bytes part)
{
	return a->text.len > 0 && part.at >= a->text.at && part.at + part.len <= a->text.at + a->text.len;
}

static bool
near(const struct assign *a, size_t i, unsigned lines, const char *const *words)
{
	const size_t name = (size_t)(a->name.at - a->text.at);
	const size_t end = (size_t)(a->values[i].text.at - a->text.at) + a->values[i].text.len;

	return any_assigned(lines_before(a->text, name, lines), words) || any_assigned(lines_after(a->text, end, lines), words);
}

bool
value_near_user(const struct assign *a, size_t i)
{
	static const char *const words[] = {"user", "login", "email", "uid", "account", NULL};

	return placed(a, a->name) && placed(a, a->values[i].text) && near(a, i, 3, words);
}

bool
value_near_badge(const struct assign *a)
{
	struct bytes before;

	if (a->syntax != ASSIGN_QUERY || !placed(a, a->name))
		return false;
	before = lines_before(a->text, (size_t)(a->name.at - a->text.at), 0);
	before = before.len > 80 ? bytes_cut(before, before.len - 80, before.len) : before;
	return bytes_find(before, bytes_of(".svg")) < before.len || bytes_find(before, bytes_of("badge")) < before.len;
}
