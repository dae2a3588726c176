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

/* `stanch:allow` alone allows all; followed by the id of a rule it allows that one */
static bool
own_allows(struct bytes line, const char *rule)
{
	size_t at = bytes_find(line, bytes_of(own)), end;
	struct bytes word;

	if (at == line.len)
		return false;
	for (at += sizeof own - 1; at < line.len && line.at[at] == ' '; at++)
		;
	for (end = at; end < line.len && (islower(line.at[end]) || isdigit(line.at[end]) || line.at[end] == '-'); end++)
		;
	word = bytes_cut(line, at, end);
	/* what follows a dash is a reason, as is anything that is no id */
	return word.len == 0 || !islower(word.at[0]) || !memchr(word.at, '-', word.len) ||
	    bytes_equal(word, bytes_of(rule));
}

static bool
line_allows(struct bytes line, const char *rule)
{
	if (own_allows(line, rule))
		return true;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (bytes_find(line, bytes_of(others[i])) < line.len)
			return true;
	return false;
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

bool
allow_has(struct bytes text, size_t at, const char *rule)
{
	size_t before;

	if (line_allows(line_around(text, at, &before), rule))
		return true;
	return before > 1 && text.at[before - 1] == '\n' && line_allows(line_around(text, before - 1, &before), rule);
}
