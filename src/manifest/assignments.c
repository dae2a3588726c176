/*
 * assignments.c: a name, a sign and a value a line, in sections or not: .env in
 * its dialects, .properties, INI, TOML, systemd units, fluent-bit.
 */
#include "manifest/formats.h"

#include <ctype.h>
#include <string.h>

#include "manifest/manifest.h"
#include "manifest/text.h"
#include "manifest/tree.h"

/* lists and inline tables in one another */
#define INLINE_DEPTH 32

struct lines {
	struct tree *tree;
	struct bytes text;
	size_t at;
	uint32_t document, section;
	bool over;
};

static uint32_t
add(struct lines *l, uint32_t parent, size_t key, size_t end)
{
	const uint32_t node = tree_add(l->tree, parent, key, end);

	l->over |= !node;
	if (node && end > key)
		l->tree->node[node].flags |= TREE_VERBATIM;
	return node;
}

static void
set(struct lines *l, uint32_t node, enum tree_form form, size_t at, size_t end, unsigned flags)
{
	tree_set(l->tree, node, form, at, end, flags | (l->tree->node[node].flags & TREE_VERBATIM));
}

/* ends what holds a section's or the document's last node */
static void
close_at(struct lines *l, uint32_t node, size_t end)
{
	if (node)
		l->tree->node[node].end = (uint32_t)end;
}

/* TOML's [[name]]: one more element of a list */
static uint32_t
list_section(struct lines *l, size_t from, size_t to)
{
	const struct bytes name = bytes_cut(l->text, from, to);
	uint32_t list = l->tree->node[l->document].child, one;

	while (list && !(l->tree->node[list].form == TREE_SEQUENCE && bytes_equal(tree_key(l->tree, list), name)))
		list = l->tree->node[list].next;
	if (!list) {
		if (!(list = add(l, l->document, from, to)))
			return 0;
		set(l, list, TREE_SEQUENCE, from, l->text.len, 0);
	}
	if ((one = add(l, list, from, from)))
		set(l, one, TREE_MAP, from, l->text.len, 0);
	return one;
}

static void
open_section(struct lines *l, size_t at, size_t end)
{
	size_t from = at, to = text_trim(l->text, at, end);

	close_at(l, l->section != l->document ? l->section : 0, at);
	while (from < to && l->text.at[from] == '[')
		from++;
	for (at = from; at < to && l->text.at[at] != ']'; at++)
		;
	if (from > 1 && l->text.at[from - 1] == '[' && l->text.at[from - 2] == '[') {
		l->section = list_section(l, from, at);
		return;
	}
	l->section = add(l, l->document, from, at);
	if (l->section)
		set(l, l->section, TREE_MAP, from, l->text.len, TREE_REPEATS);
}

/* words such as export before a name */
static size_t
past_word(struct bytes text, size_t at, size_t end)
{
	static const char *const words[] = { "export ", "set ", "SET ", "setenv ", "declare -x ", "local ", "readonly ", "env " };

	/* their first letters: most lines begin with none of them */
	if (at >= end || !memchr("esSdlr", text.at[at], 6))
		return at;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (bytes_starts(bytes_cut(text, at, end), words[i])) {
			const size_t next = text_blanks(text, at + strlen(words[i]));

			return next < end && text.at[next] == '=' ? at : next;
		}
	return at;
}

static bool
name_byte(uint8_t c)
{
	return isalnum(c) || memchr("_.-/@$[]*:%+~", c, 13);
}

/* past a name, quoted or bare; *from and *to are its bytes; at itself when there is none */
static size_t
name_end(struct bytes text, size_t at, size_t end, size_t *from, size_t *to)
{
	size_t i = at;
	bool exact;

	if (at < end && (text.at[at] == '"' || text.at[at] == '\'')) {
		i = text_quote(text, at, end, &exact);
		*from = at + 1;
		*to = i;
		return i < end ? i + 1 : at;
	}
	while (i < end && name_byte(text.at[i])) {
		/* a colon is a sign where a blank or the value's end follows, or no = does */
		if (text.at[i] == ':' && (i + 1 >= end || text.at[i + 1] == ' ' || !memchr(text.at + i, '=', end - i)))
			break;
		i++;
	}
	*from = at;
	*to = i;
	return i;
}

/* where a bare value ends: before a comment that a blank stands before */
static size_t
bare_end(struct bytes text, size_t at, size_t end)
{
	for (size_t i = at; i < end; i++)
		if ((text.at[i] == '#' || text.at[i] == ';') && i > at && (text.at[i - 1] == ' ' || text.at[i - 1] == '\t'))
			end = i;
	return text_trim(text, at, end);
}

/* three quotes, and the place of those that close them */
static bool
long_quote(struct bytes text, size_t at, size_t *close)
{
	const uint8_t q = at < text.len ? text.at[at] : 0;

	if ((q != '"' && q != '\'') || at + 2 >= text.len || text.at[at + 1] != q || text.at[at + 2] != q)
		return false;
	for (size_t i = at + 3; i + 2 < text.len; i++)
		if (text.at[i] == q && text.at[i + 1] == q && text.at[i + 2] == q) {
			*close = i;
			return true;
		}
	return false;
}

/* a quoted value at `at`; returns where it ends, or at when it never does */
static size_t
quoted(struct lines *l, uint32_t node, size_t at, size_t limit)
{
	size_t close;
	bool exact;

	if (long_quote(l->text, at, &close)) {
		set(l, node, TREE_DOUBLE, at + 3, close, TREE_EXACT);
		return close + 3;
	}
	close = text_quote(l->text, at, limit, &exact);
	if (close >= limit)
		return at;
	if (memchr(l->text.at + at, '\n', close - at))
		exact = l->text.at[at] != '"';
	set(l, node, l->text.at[at] == '"' ? TREE_DOUBLE : TREE_SINGLE, at + 1, close, exact ? TREE_EXACT : 0);
	return close + 1;
}

static size_t
space(struct bytes text, size_t at)
{
	while (at < text.len && (isspace(text.at[at]) || text.at[at] == ',' || text.at[at] == '#')) {
		if (text.at[at] == '#')
			at = text_line_end(text, at);
		at += at < text.len;
	}
	return at;
}

/* TOML's lists and inline tables */
static size_t
brackets(struct lines *l, uint32_t node, size_t at)
{
	uint32_t open[INLINE_DEPTH];
	size_t depth = 0, from, to;

	for (uint32_t value = node; at < l->text.len && !l->over; at = space(l->text, at)) {
		const uint8_t c = l->text.at[at];
		uint32_t top = depth ? open[depth - 1] : 0;

		if (c == ']' || c == '}') {
			close_at(l, top, ++at);
			if (--depth == 0)
				return at;
			continue;
		}
		if (depth && l->tree->node[top].form == TREE_SEQUENCE) {
			value = add(l, top, at, at);
		} else if (depth) {
			const size_t next = name_end(l->text, at, l->text.len, &from, &to);

			at = text_blanks(l->text, next);
			if (next == at - (at - next) && (at >= l->text.len || l->text.at[at] != '='))
				return at;
			value = add(l, top, from, to);
			at = text_blanks(l->text, at + 1);
		}
		if (!value || at >= l->text.len)
			break;
		if (l->text.at[at] == '[' || l->text.at[at] == '{') {
			if (depth == INLINE_DEPTH)
				break;
			set(l, value, l->text.at[at] == '[' ? TREE_SEQUENCE : TREE_MAP, at, l->text.len, 0);
			open[depth++] = value;
			at++;
		} else if (l->text.at[at] == '"' || l->text.at[at] == '\'') {
			to = quoted(l, value, at, l->text.len);
			if (to == at)
				break;
			at = to;
		} else {
			for (to = at; to < l->text.len && !memchr(",]}\n", l->text.at[to], 4); to++)
				;
			set(l, value, TREE_PLAIN, at, text_trim(l->text, at, to), TREE_EXACT);
			at = to > at ? to : at + 1;
		}
	}
	return at;
}

/* whether a bracket opens a list or table of TOML: its line ends in one, or goes on with a quote, bracket or name = */
static bool
opens_list(const struct lines *l, size_t at, size_t end)
{
	const size_t next = text_blanks(l->text, at + 1), last = text_trim(l->text, at, bare_end(l->text, at, end));

	if (l->text.at[at] != '[' && l->text.at[at] != '{')
		return false;
	if (next >= end || l->text.at[next] == '\r' || l->text.at[next] == '#')
		return l->text.at[at] == '[';
	if (l->text.at[at] == '{')
		return memchr(l->text.at + at, '=', end - at) && l->text.at[next] != '"' && l->text.at[last - 1] == '}';
	return (l->text.at[next] == '"' || l->text.at[next] == '\'' || l->text.at[next] == '{') &&
	    (l->text.at[last - 1] == ']' || l->text.at[last - 1] == ',');
}

/* the word of a variable: NAME=value, in quotes or not */
static void
variable(struct lines *l, uint32_t node, size_t at, size_t end, enum tree_form form, bool exact)
{
	const uint8_t *equals = memchr(l->text.at + at, '=', end - at);
	size_t from = equals ? (size_t)(equals - l->text.at) + 1 : end;
	uint32_t word;

	if (!equals || !(word = add(l, node, at, from - 1)))
		return;
	if (form == TREE_PLAIN && end - from > 1 && (l->text.at[from] == '"' || l->text.at[from] == '\'') && l->text.at[end - 1] == l->text.at[from]) {
		form = l->text.at[from] == '"' ? TREE_DOUBLE : TREE_SINGLE;
		exact = !memchr(l->text.at + from, '\\', end - from);
		from++, end--;
	}
	set(l, word, form, from, end, exact ? TREE_EXACT : 0);
}

/* Environment="A=b" C=d, and supervisor's A="b",C="d" */
static void
words(struct lines *l, uint32_t node, size_t at, size_t end)
{
	set(l, node, TREE_MAP, at, end, 0);
	while ((at = text_blanks(l->text, at)) < end && !l->over) {
		const uint8_t c = l->text.at[at];
		size_t i = at, close;
		bool exact = true;

		if (c == ',' || c == '\r' || c == '\\' || c == '\n') {
			at++;
			continue;
		}
		if (c == '"' || c == '\'') {
			close = text_quote(l->text, at, end, &exact);
			if (close > at + 1)
				variable(l, node, at + 1, close, c == '"' ? TREE_DOUBLE : TREE_SINGLE, exact);
			at = close + 1;
			continue;
		}
		while (i < end && !memchr(" \t,\r\n", l->text.at[i], 5))
			i = l->text.at[i] == '"' ? text_quote(l->text, i, end, &exact) + 1 : i + 1;
		i = i > end ? end : i;
		variable(l, node, at, i, TREE_PLAIN, true);
		at = i;
	}
}

static bool
key_is(const struct lines *l, uint32_t node, const char *key)
{
	return bytes_equal(tree_key(l->tree, node), bytes_of(key));
}

/* the end of a value that backslashes carry over several lines */
static size_t
carried_end(struct bytes text, size_t end, bool *carried)
{
	for (*carried = false; end < text.len; *carried = true) {
		const size_t last = text_trim(text, end > 2 ? end - 2 : 0, end);

		if (last == 0 || text.at[last - 1] != '\\' || (last > 1 && text.at[last - 2] == '\\'))
			break;
		end = text_line_end(text, end + 1);
	}
	return end;
}

/* SetCredential=name:value */
static void
credential(struct lines *l, uint32_t node, size_t at, size_t end)
{
	const uint8_t *colon = memchr(l->text.at + at, ':', end - at);
	uint32_t value;

	set(l, node, TREE_MAP, at, end, 0);
	if (colon && (value = add(l, node, at, (size_t)(colon - l->text.at))))
		set(l, value, TREE_PLAIN, (size_t)(colon - l->text.at) + 1, text_trim(l->text, at, end), TREE_EXACT);
}

/* uwsgi's env = NAME=value */
static bool
assigns(struct bytes text, size_t at, size_t end)
{
	while (at < end && (isalnum(text.at[at]) || text.at[at] == '_'))
		at++;
	return at < end && text.at[at] == '=';
}

/* the value of a line's name; returns where the next line begins */
static size_t
read_value(struct lines *l, uint32_t node, size_t at, size_t end)
{
	bool carried;
	size_t next;

	if (at < l->text.len && (l->text.at[at] == '"' || l->text.at[at] == '\'' || l->text.at[at] == '`') && !key_is(l, node, "Environment")) {
		/* of several lines, as dotenv allows, if what comes behind the closing quote ends a line */
		next = quoted(l, node, at, end);
		if (next == at && l->text.len - at > 2)
			next = quoted(l, node, at, at + 16384 < l->text.len ? at + 16384 : l->text.len);
		if (next != at && (text_blanks(l->text, next) >= text_line_end(l->text, next) || memchr("#;\r", l->text.at[text_blanks(l->text, next)], 3)))
			return text_line_end(l->text, next) + 1;
	}
	if (at < end && opens_list(l, at, end))
		return text_line_end(l->text, brackets(l, node, at)) + 1;
	next = carried_end(l->text, end, &carried);
	if (key_is(l, node, "Environment") || key_is(l, node, "environment") || (key_is(l, node, "env") && assigns(l->text, at, end)))
		words(l, node, at, carried ? next : text_trim(l->text, at, end));
	else if (key_is(l, node, "SetCredential") && at < end)
		credential(l, node, at, end);
	else if (carried)
		set(l, node, TREE_PLAIN, at, text_trim(l->text, at, next), TREE_LINES);
	else
		set(l, node, TREE_PLAIN, at, bare_end(l->text, at, end), TREE_EXACT);
	return next + 1;
}

static void
read_line(struct lines *l)
{
	const size_t end = text_line_end(l->text, l->at);
	size_t at = text_blanks(l->text, l->at), from, to;
	uint32_t node;

	l->at = end + 1;
	if (at >= end || memchr("#;!\r", l->text.at[at], 4) || bytes_starts(bytes_cut(l->text, at, end), "// "))
		return;
	if (l->text.at[at] == '[') {
		open_section(l, at, end);
		return;
	}
	at = past_word(l->text, at, end);
	at = name_end(l->text, at, end, &from, &to);
	if (to == from)
		return;
	at = text_blanks(l->text, at);
	if (at < end && l->text.at[at] == '+' && at + 1 < end && l->text.at[at + 1] == '=')
		at++;
	if (at < end && (l->text.at[at] == '=' || l->text.at[at] == ':'))
		at = text_blanks(l->text, at + 1);
	else if (l->section == l->document || at == to)         /* name and value apart by blanks: in sections only */
		return;
	else if (memchr(l->text.at + at, '=', end - at) && name_byte(l->text.at[at])) {
		/* a host of an inventory and its variables */
		if ((node = add(l, l->section, from, to)))
			words(l, node, at, text_trim(l->text, at, end));
		return;
	}
	if ((node = add(l, l->section, from, to)))
		l->at = read_value(l, node, at < end ? at : end, end);
}

static void
assignments_read(struct tree *t)
{
	struct lines l = { .tree = t, .text = t->text };

	l.document = l.section = tree_add(t, TREE_ROOT, 0, 0);
	if (!l.document)
		return;
	tree_set(t, l.document, TREE_MAP, 0, l.text.len, 0);
	if (bytes_starts(l.text, "\xef\xbb\xbf"))
		l.at = 3;
	while (l.at < l.text.len && !l.over)
		read_line(&l);
}

/* of the first lines, those that assign and those that do something else; sections count for themselves */
static void
count_lines(struct bytes head, unsigned *good, unsigned *bad, unsigned *sections)
{
	size_t from, to;
	bool carried = false;

	for (size_t at = 0; at < head.len && *good + *bad < 32;) {
		const size_t end = text_line_end(head, at), line = text_blanks(head, at);
		size_t i;
		const bool goes_on = carried;

		if (end == head.len && *good)
			return;
		at = end + 1;
		carried = end > line && head.at[text_trim(head, line, end) - (text_trim(head, line, end) > line)] == '\\';
		if (goes_on || line >= end || memchr("#;!\r", head.at[line], 4))
			continue;
		if (head.at[line] == '[' && head.at[text_trim(head, line, end) - 1] == ']') {
			++*sections;
			continue;
		}
		i = name_end(head, past_word(head, line, end), end, &from, &to);
		i = text_blanks(head, i);
		if (to > from && i < end && (head.at[i] == '=' || (head.at[i] == '+' && i + 1 < end && head.at[i + 1] == '=')) &&
		    !(i + 1 < end && head.at[i + 1] == '='))
			++*good;
		else if (to > from && *sections && i < end && i > to)
			++*good;
		else if (to > from && i < end && head.at[i] == ':')
			*good += 0;
		else
			++*bad;
	}
}

static int
assignments_bid(struct bytes head, const char *file)
{
	static const char *const names[] = { ".env", ".properties", ".ini", ".toml", ".cnf", ".service", ".socket", ".npmrc", ".cfg", ".prefs", ".tfbackend" };
	unsigned good = 0, bad = 0, sections = 0;
	bool named = file && strstr(file, ".env");

	if (bytes_starts(head, "#!") || bytes_starts(head, "#include"))
		return 0;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		named |= text_named(file, names[i]);
	count_lines(head, &good, &bad, &sections);
	if (named)
		return good || sections ? 65 : 10;
	if (good + sections == 0 || bad * 6 > good + sections)
		return 0;
	return sections && good ? 50 : 35;
}

const struct manifest_format format_assignments = {
	.name = "assignments",
	.bid = assignments_bid,
	.read = assignments_read,
};
