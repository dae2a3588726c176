/* yaml_bid.c: whether a text is YAML or JSON, by what its first lines look like. */
#include <ctype.h>
#include <string.h>

#include "manifest/text.h"
#include "manifest/yaml_read.h"

/* A line as a bid sees it. */
enum look { LOOK_KEY, LOOK_OTHER, LOOK_NONE };

/* a key that could be one of a manifest: a word, or quoted */
static bool
telling_key(struct bytes text, size_t at, size_t colon)
{
	if (text.at[at] == '"' || text.at[at] == '\'')
		return true;
	for (size_t i = at; i < colon; i++)
		if (!isalnum(text.at[i]) && !strchr("_-./$@*~", text.at[i]))
			return false;
	return colon > at;
}

static enum look
look_at(struct bytes text, size_t at, size_t end)
{
	const bool dash = text.at[at] == '-' && yaml_gap(text, at + 1);
	size_t colon;

	while (at < end && text.at[at] == '-' && yaml_gap(text, at + 1))
		at = yaml_blanks(text, at + 1);
	if (yaml_ends(text, at) || text.at[at] == '#')
		return dash ? LOOK_KEY : LOOK_NONE;
	if (text.at[at] == '{' && at + 1 < end && (text.at[at + 1] == '{' || text.at[at + 1] == '%' || text.at[at + 1] == '#'))
		return LOOK_NONE;
	if (text.at[at] == '&' || text.at[at] == '!')
		return LOOK_NONE;
	colon = yaml_colon(text, at, end);
	if (colon < end && telling_key(text, at, colon))
		return LOOK_KEY;
	return dash ? LOOK_NONE : LOOK_OTHER;
}

/* how many of the first lines look like keys, and how many like something else; what goes on from a line above is neither */
static void
count_looks(struct bytes text, unsigned *keys, unsigned *others)
{
	size_t open = SIZE_MAX;         /* the column of the key whose block or text goes on */

	for (size_t at = 0; at < text.len && *keys + *others < 24;) {
		const size_t line = at, end = text_line_end(text, at);
		enum look look;
		size_t i;

		at = end + 1;
		if (end == text.len && *keys)   /* cut off by the head's end */
			break;
		for (i = line; i < end && text.at[i] == ' '; i++)
			;
		if (yaml_ends(text, i) || text.at[i] == '#' || (open != SIZE_MAX && i - line > open))
			continue;
		look = look_at(text, i, end);
		open = look == LOOK_KEY && memchr("|>-+\"'", text.at[end - 1], 6) ? i - line : SIZE_MAX;
		*keys += look == LOOK_KEY;
		*others += look == LOOK_OTHER;
	}
}

/* past what may stand before the first key: a mark of byte order, comments, ---, templates */
static size_t
preamble(struct bytes text)
{
	size_t at = bytes_starts(text, "\xef\xbb\xbf") ? 3 : 0;

	while (at < text.len) {
		const size_t i = yaml_blanks(text, at);

		if (!yaml_ends(text, i) && text.at[i] != '#' && !(i == at && (text.at[i] == '%' || bytes_starts(bytes_cut(text, i, i + 3), "---"))))
			return i;
		if (i == at && bytes_starts(bytes_cut(text, i, i + 4), "--- ") && !(i + 4 < text.len && text.at[i + 4] == '#'))
			return i;
		at = text_line_end(text, i) + 1;
	}
	return text.len;
}

static bool
json(struct bytes text, size_t at)
{
	const uint8_t open = text.at[at];

	if (open != '{' && open != '[')
		return false;
	/* TOML's [[table]] is no list of lists */
	if (open == '[' && at + 2 < text.len && text.at[at + 1] == '[' && isalpha(text.at[at + 2]))
		return false;
	for (at++; at < text.len && isspace(text.at[at]); at++)
		;
	return at < text.len && (text.at[at] == '"' || text.at[at] == '}' || (open == '[' && memchr("{[]", text.at[at], 3)));
}

int
yaml_bid(struct bytes head, const char *file)
{
	const bool named = text_named(file, ".yaml") || text_named(file, ".yml");
	const size_t at = preamble(head);
	unsigned keys = 0, others = 0;

	if (at >= head.len)
		return 0;
	if (json(head, at))
		return 70;
	count_looks(bytes_cut(head, at, head.len), &keys, &others);
	if (named)
		return keys ? 60 : 0;
	return keys >= 2 && others * 8 <= keys ? 40 : keys == 1 && others == 0 ? 20 : 0;
}
