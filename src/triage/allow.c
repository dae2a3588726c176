#include "triage/allow.h"

#include <ctype.h>
#include <string.h>

/* how far a line is looked at: a comment stands near what it allows */
#define LINE_MAX 2000

static const char own[] = "stanch:allow";
static const char *const others[] = {
	"gitleaks:allow", "betterleaks:allow", "trufflehog:ignore", "pragma: allowlist secret", "nosecret",
	"kingfisher:ignore", "ggignore",
};

/* the id that stands behind a mark; what follows a dash is a reason, as is anything that is no id */
static struct bytes
named(struct bytes line, size_t at)
{
	struct bytes word;
	size_t end;

	for (; at < line.len && line.at[at] == ' '; at++)
		;
	for (end = at; end < line.len && (islower(line.at[end]) || isdigit(line.at[end]) || line.at[end] == '-'); end++)
		;
	word = bytes_cut(line, at, end);
	if (word.len && islower(word.at[0]) && memchr(word.at, '-', word.len))
		return word;
	return (struct bytes){ word.at, 0 };
}

/* `stanch:allow` alone allows all; followed by the id of a rule it allows that one; line.len: it allows not this one */
static size_t
own_allows(struct bytes line, const char *rule)
{
	const size_t at = bytes_find(line, bytes_of(own));
	const struct bytes word = at < line.len ? named(line, at + sizeof own - 1) : (struct bytes){ 0 };

	return word.len == 0 || bytes_equal(word, bytes_of(rule)) ? at : line.len;
}

/* where in a line the mark begins that allows the rule, or its length */
static size_t
line_allows(struct bytes line, const char *rule)
{
	size_t at = own_allows(line, rule);

	for (size_t i = 0; at == line.len && i < sizeof others / sizeof others[0]; i++)
		at = bytes_find(line, bytes_of(others[i]));
	return at;
}

/* the line around at, cut to LINE_MAX to either side; *before is where it begins */
static struct bytes
line_around(struct bytes text, size_t at, size_t *before)
{
	size_t from = at, to = at;

	while (from > 0 && at - from < LINE_MAX && text.at[from - 1] != '\n')
		from--;
	while (to < text.len && to - at < LINE_MAX && text.at[to] != '\n')
		to++;
	*before = from;
	return bytes_cut(text, from, to);
}

size_t
allow_find(struct bytes text, size_t at, const char *rule)
{
	size_t before, found;
	struct bytes line = line_around(text, at, &before);

	found = line_allows(line, rule);
	if (found < line.len)
		return before + found;
	if (before < 2 || text.at[before - 1] != '\n')
		return text.len;
	line = line_around(text, before - 1, &before);
	found = line_allows(line, rule);
	return found < line.len ? before + found : text.len;
}

bool
allow_has(struct bytes text, size_t at, const char *rule)
{
	return allow_find(text, at, rule) < text.len;
}

/* what ends right before what a comment says; a word of prose or a quoted one is none */
static const char *const signs[] = { "#", "//", "/*", "--", ";" };

bool
allow_comment(struct bytes text, size_t at, struct bytes *rule)
{
	size_t end = at;

	if (!bytes_starts(bytes_cut(text, at, text.len), own))
		return false;
	*rule = named(text, at + sizeof own - 1);
	while (end > 0 && (text.at[end - 1] == ' ' || text.at[end - 1] == '\t'))
		end--;
	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
		const size_t n = strlen(signs[i]);

		if (end >= n && memcmp(text.at + end - n, signs[i], n) == 0)
			return true;
	}
	return false;
}
