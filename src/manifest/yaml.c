/*
 * yaml.c: YAML by its lines and indentation, and JSON as the YAML that it is.
 * It never gives up on a text: what breaks YAML's rules is noted and read as
 * it was most likely meant, templates of Helm and Jinja are opaque words, and
 * aliases are not followed, so nothing grows.
 */
#include "manifest/formats.h"

#include <ctype.h>
#include <string.h>

#include "manifest/manifest.h"
#include "manifest/text.h"
#include "manifest/yaml_carry.h"
#include "manifest/yaml_read.h"

static bool
sealed_tag(struct bytes tag)
{
	return bytes_equal(tag, bytes_of("!vault")) || bytes_equal(tag, bytes_of("!encrypted")) || bytes_starts(tag, "!encrypted/");
}

/* CloudFormation's, GitLab's and others': the value names what holds it */
static bool
refers_tag(struct bytes tag)
{
	static const char *const tags[] = { "!Ref", "!Sub", "!GetAtt", "!ImportValue", "!reference", "!secret", "!env", "!env_var",
		"!lookup", "!Join", "!FindInMap", "!include", "!vault-kv" };

	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
		if (bytes_equal(tag, bytes_of(tags[i])))
			return true;
	return false;
}

size_t
yaml_properties(struct yaml *y, uint32_t node, size_t at)
{
	while (at < y->text.len && (y->text.at[at] == '!' || y->text.at[at] == '&')) {
		size_t end = at;
		struct bytes word;

		while (!yaml_gap(y->text, end) && !memchr(",[]{}", y->text.at[end], 5))
			end++;
		word = bytes_cut(y->text, at, end);
		if (sealed_tag(word))
			y->tag |= TREE_SEALED;
		if (refers_tag(word))
			y->tag |= TREE_REFERS;
		if (word.len > 1 && word.at[0] == '&' && node)
			tree_anchor(y->tree, node, at + 1, end);
		if (end == at)
			break;
		at = yaml_blanks(y->text, end);
	}
	return at;
}

/* the collections that are indented deeper than a column end here */
static void
pop(struct yaml *y, int column, bool entry)
{
	while (y->depth) {
		const struct yaml_frame *f = &y->frame[y->depth - 1];
		struct tree_node *n = &y->tree->node[f->node];

		if (f->indent < column || (f->indent == column && (entry || !f->sequence)))
			return;
		n->end = n->last ? y->tree->node[n->last].end : n->end;
		y->depth--;
	}
}

/* The collection that a key or dash of this column belongs to, opened if need be; 0: it can't be. */
static uint32_t
collection(struct yaml *y, int column, size_t at, bool entry)
{
	const struct yaml_frame *f;
	uint32_t node;

	pop(y, column, entry);
	f = y->depth ? &y->frame[y->depth - 1] : NULL;
	if (f && f->indent == column && f->sequence == entry)
		return f->node;
	node = f ? y->tree->node[f->node].last : y->slot;
	if (y->slot && y->tree->node[y->slot].form == TREE_NONE)
		node = y->slot;
	if (!node) {
		y->over = true;
		return 0;
	}
	if (y->tree->node[node].form != TREE_NONE)
		tree_trouble(y->tree, at, "it is indented where nothing is open");
	tree_set(y->tree, node, entry ? TREE_SEQUENCE : TREE_MAP, at, y->text.len, 0);
	return yaml_push(y, node, column, entry) ? node : 0;
}

/* the column that the value at hand must be indented beyond */
static int
parent_indent(const struct yaml *y)
{
	return y->depth ? y->frame[y->depth - 1].indent : -1;
}

/* where the lines of a block end that are indented beyond a column; *last is behind its last line that isn't blank */
static size_t
block_end(struct bytes text, size_t at, int column, size_t *last)
{
	*last = at;
	while (at < text.len) {
		const size_t end = text_line_end(text, at);
		size_t i = at;

		while (i < end && text.at[i] == ' ')
			i++;
		if (!yaml_ends(text, i)) {
			const bool template = i + 1 < end && text.at[i] == '{' && text.at[i + 1] == '{';

			if ((int)(i - at) <= column && !template)
				break;
			if (column < 0 && (bytes_starts(bytes_cut(text, at, end), "---") || bytes_starts(bytes_cut(text, at, end), "...")))
				break;
			if (!template || (int)(i - at) > column)
				*last = end > at && text.at[end - 1] == '\r' ? end - 1 : end;
		}
		at = end < text.len ? end + 1 : end;
	}
	return at;
}

/* past the marks of a block's head; false: it is none */
static bool
block_head(struct bytes text, size_t at, size_t *next)
{
	size_t i = at + 1;

	while (i < text.len && i - at < 4 && memchr("+-0123456789", text.at[i], 12))
		i++;
	i = yaml_blanks(text, i);
	if (!yaml_ends(text, i) && text.at[i] != '#')
		return false;
	i = text_line_end(text, i);
	*next = i < text.len ? i + 1 : i;
	return true;
}

/* where a bare value ends on its line, before a comment and blanks */
static size_t
plain_line(struct bytes text, size_t at, size_t end)
{
	size_t i = at;

	while (i < end) {
		const uint8_t *hash = memchr(text.at + i, '#', end - i);

		if (!hash)
			break;
		i = (size_t)(hash - text.at);
		if (i == at || text.at[i - 1] == ' ' || text.at[i - 1] == '\t') {
			end = i;
			break;
		}
		i++;
	}
	while (end > at && yaml_gap(text, end - 1))
		end--;
	return end;
}

size_t
yaml_colon(struct bytes text, size_t at, size_t end)
{
	size_t i = at;
	bool exact;

	if (text.at[at] == '"' || text.at[at] == '\'') {
		i = yaml_quoted(bytes_cut(text, 0, end), at, 0, &exact);
		if (i >= end)
			return end;
		i = yaml_blanks(text, i + 1);
		return i < end && text.at[i] == ':' && yaml_gap(text, i + 1) ? i : end;
	}
	while (i < end) {
		const uint8_t c = text.at[i];

		if (c == ':' && yaml_gap(text, i + 1))
			return i;
		if (c == '#' && i > at && text.at[i - 1] == ' ')
			return end;
		if (c == '{' && i + 1 < end && text.at[i + 1] == '{')
			i = yaml_template(bytes_cut(text, 0, end), i);
		else
			i++;
	}
	return end;
}

/* Whether the line at `at` goes on with a bare value: indented beyond a column, and no key of its own. */
static bool
continues(struct bytes text, size_t at, int column)
{
	const size_t end = text_line_end(text, at);
	size_t i = at;

	while (i < end && text.at[i] == ' ')
		i++;
	if (yaml_ends(text, i) || text.at[i] == '#' || (int)(i - at) <= column)
		return false;
	if (i + 1 < end && text.at[i] == '{' && text.at[i + 1] == '{')
		return false;
	return yaml_colon(text, i, end) == end;
}

static void
read_plain(struct yaml *y, uint32_t node, size_t at)
{
	const int column = parent_indent(y);
	size_t line = text_line_end(y->text, at), end = plain_line(y->text, at, line);
	unsigned flags = TREE_EXACT;

	if (y->text.at[at] == '{')      /* a template may hold what looks like a comment, and go on */
		end = yaml_template(y->text, at) > line ? line : plain_line(y->text, yaml_template(y->text, at), line);
	while (line < y->text.len && end > at && continues(y->text, line + 1, column)) {
		const size_t next = text_line_end(y->text, line + 1);

		end = plain_line(y->text, yaml_blanks(y->text, line + 1), next);
		line = next;
		flags = TREE_LINES;
	}
	tree_set(y->tree, node, TREE_PLAIN, at, end < at ? at : end, flags | y->tag);
	y->at = line < y->text.len ? line + 1 : line;
}

static void
read_quoted(struct yaml *y, uint32_t node, size_t at)
{
	const size_t line = text_line_end(y->text, at);
	bool exact;
	size_t end = yaml_quoted(y->text, at, parent_indent(y) + 1, &exact);

	if (end == y->text.len) {
		tree_trouble(y->tree, at, "a quoted text does not end");
		end = line > at && y->text.at[line - 1] == '\r' ? line - 1 : line;
	}
	tree_set(y->tree, node, y->text.at[at] == '"' ? TREE_DOUBLE : TREE_SINGLE, at + 1, end > at ? end : at + 1,
	    (exact ? TREE_EXACT : 0) | y->tag);
	y->at = text_line_end(y->text, end);
	y->at += y->at < y->text.len;
}

static void
read_block(struct yaml *y, uint32_t node, size_t at, size_t next)
{
	size_t last;
	const size_t end = block_end(y->text, next, parent_indent(y), &last);

	tree_set(y->tree, node, y->text.at[at] == '|' ? TREE_LITERAL : TREE_FOLDED, next, last < next ? next : last, y->tag);
	y->at = end;
}

static void
next_line(struct yaml *y, size_t at)
{
	y->at = text_line_end(y->text, at);
	y->at += y->at < y->text.len;
}

static void after_flow(struct yaml *);

/* a value at `at`, which is no key's line; y->at is left at the beginning of a line */
static void
read_value(struct yaml *y, uint32_t node, size_t at)
{
	const uint8_t c = y->text.at[at];
	const bool template = c == '{' && at + 1 < y->text.len && y->text.at[at + 1] == '{';
	size_t next;

	if (c == '*' && !yaml_gap(y->text, at + 1)) {
		next = text_line_end(y->text, at);
		tree_set(y->tree, node, TREE_ALIAS, at + 1, plain_line(y->text, at + 1, next), 0);
		y->at = next + (next < y->text.len);
	} else if ((c == '|' || c == '>') && block_head(y->text, at, &next)) {
		read_block(y, node, at, next);
	} else if (c == '"' || c == '\'') {
		read_quoted(y, node, at);
	} else if (c == '[' || (c == '{' && !template)) {
		y->at = at;
		yaml_flow(y, node);
		if (!(y->depth && y->frame[y->depth - 1].indent == YAML_FLOW))
			after_flow(y);
	} else {
		read_plain(y, node, at);
	}
	y->tag = 0;
}

/* what follows a colon or dash on its line */
static void
read_rest(struct yaml *y, uint32_t node, size_t at)
{
	at = yaml_properties(y, node, yaml_blanks(y->text, at));
	if (yaml_ends(y->text, at) || y->text.at[at] == '#') {
		if (y->tag) {
			y->tree->node[node].flags |= (uint16_t)y->tag;
			y->tag = 0;
		}
		next_line(y, at);
		return;
	}
	read_value(y, node, at);
}

static void
read_key(struct yaml *y, size_t at, size_t colon, int column)
{
	const uint32_t map = collection(y, column, at, false);
	const bool quoted = y->text.at[at] == '"' || y->text.at[at] == '\'';
	size_t end = colon;
	uint32_t node;

	while (end > at && yaml_gap(y->text, end - 1))
		end--;
	node = map ? tree_add(y->tree, map, at + quoted, end - quoted > at + quoted ? end - quoted : at + quoted) : 0;
	if (!node) {
		y->over = true;
		return;
	}
	y->slot = node;
	read_rest(y, node, colon + 1);
}

static uint32_t
add_entry(struct yaml *y, size_t at, int column)
{
	const uint32_t sequence = collection(y, column, at, true);
	const uint32_t node = sequence ? tree_add(y->tree, sequence, at, at) : 0;

	if (!node)
		y->over = true;
	y->slot = node;
	return node;
}

/* a document of its own for what stands at column 0 after a whole one: JSON lines */
static void
add_document(struct yaml *y)
{
	pop(y, -1, false);
	y->depth = 0;
	y->slot = tree_add(y->tree, TREE_ROOT, y->at, y->at);
	y->over |= !y->slot;
}

/* the dashes, then the key or value of a line */
static void
read_line(struct yaml *y, size_t line, size_t at)
{
	const size_t end = text_line_end(y->text, at);
	size_t colon;

	while (!y->over && at < y->text.len && y->text.at[at] == '-' && yaml_gap(y->text, at + 1)) {
		if (!add_entry(y, at, (int)(at - line)))
			return;
		at = yaml_blanks(y->text, at + 1);
		if (yaml_ends(y->text, at) || y->text.at[at] == '#') {
			next_line(y, at);
			return;
		}
	}
	if (y->text.at[at] == '?' && yaml_gap(y->text, at + 1))
		at = yaml_blanks(y->text, at + 1);
	if (at >= end) {
		next_line(y, at);
		return;
	}
	if (y->text.at[at] != '[' && y->text.at[at] != '{' && (colon = yaml_colon(y->text, at, end)) < end) {
		read_key(y, at, colon, (int)(at - line));
		return;
	}
	if (at == line && y->slot && y->tree->node[y->slot].form != TREE_NONE && (y->text.at[at] == '{' || y->text.at[at] == '['))
		add_document(y);
	if (!y->slot || y->tree->node[y->slot].form != TREE_NONE) {
		tree_trouble(y->tree, at, "neither a key nor a value stands there");
		next_line(y, at);
		return;
	}
	/* tags and anchors may stand before a key */
	if ((y->text.at[at] == '&' || y->text.at[at] == '!') && y->slot) {
		const size_t after = yaml_properties(y, 0, at);

		if (after < end && after > at && (colon = yaml_colon(y->text, after, end)) < end) {
			read_key(y, after, colon, (int)(at - line));
			return;
		}
	}
	read_rest(y, y->slot, at);
}

/* --- and ... at a line's beginning */
static bool
document_mark(struct yaml *y, size_t at)
{
	const struct bytes mark = bytes_cut(y->text, at, at + 3);

	if (!(bytes_equal(mark, bytes_of("---")) || bytes_equal(mark, bytes_of("..."))) || !yaml_gap(y->text, at + 3))
		return false;
	add_document(y);
	at = yaml_blanks(y->text, at + 3);
	if (!y->over && !yaml_ends(y->text, at) && y->text.at[at] != '#' && mark.at[0] == '-')
		read_rest(y, y->slot, at);
	else
		next_line(y, at);
	return true;
}

/* a line that is a template alone, {{- if … }} or {% … %}, says nothing of its own */
static bool
template_line(struct yaml *y, size_t at)
{
	size_t end;

	if (at + 1 >= y->text.len || y->text.at[at] != '{')
		return false;
	if (y->text.at[at + 1] == '%') {
		next_line(y, at);
		return true;
	}
	if (y->text.at[at + 1] != '{')
		return false;
	end = yaml_template(y->text, at);
	while (end + 1 < y->text.len && y->text.at[end] == '{' && y->text.at[end + 1] == '{')
		end = yaml_template(y->text, end);
	end = yaml_blanks(y->text, end);
	if (!yaml_ends(y->text, end) && y->text.at[end] != '#')
		return false;
	next_line(y, end);
	return true;
}

static void
read_next(struct yaml *y)
{
	const size_t line = y->at;
	size_t at = line;

	while (at < y->text.len && y->text.at[at] == ' ')
		at++;
	if (at < y->text.len && y->text.at[at] == '\t') {
		at = yaml_blanks(y->text, at);
		if (!yaml_ends(y->text, at) && y->text.at[at] != '#' && y->text.at[at] != '{' && y->text.at[at] != '}')
			tree_trouble(y->tree, line, "a tab indents");
	}
	if (yaml_ends(y->text, at) || y->text.at[at] == '#' || (at == line && y->text.at[at] == '%' && !y->depth)) {
		next_line(y, at);
		return;
	}
	if ((at == line && document_mark(y, at)) || template_line(y, at))
		return;
	read_line(y, line, at);
}

/* what follows a closing bracket on its line */
static void
after_flow(struct yaml *y)
{
	y->at = yaml_blanks(y->text, y->at);
	if (!yaml_ends(y->text, y->at) && y->text.at[y->at] != '#' && y->depth && !y->over)
		tree_trouble(y->tree, y->at, "something follows a closing bracket");
	next_line(y, y->at);
}

static void
yaml_read(struct tree *t)
{
	struct yaml y = { .tree = t, .text = t->text, .at = t->from, .more = t->carry && t->to < t->text.len };

	if (!t->carry || !yaml_carry_load(&y)) {
		if (bytes_starts(y.text, "\xef\xbb\xbf"))
			y.at = 3;
		add_document(&y);
	} else if (y.depth && y.frame[y.depth - 1].indent == YAML_FLOW) {
		yaml_flow_on(&y);
		if (!(y.depth && y.frame[y.depth - 1].indent == YAML_FLOW))
			after_flow(&y);
	}
	/* a key whose value is still to come goes on beyond the window */
	while (!y.over && y.at < y.text.len && (y.at < t->to || (y.slot && t->node[y.slot].form == TREE_NONE)))
		read_next(&y);
	if (y.more) {
		yaml_carry_save(&y);
		return;
	}
	while (y.depth && y.frame[y.depth - 1].indent == YAML_FLOW)
		y.depth--;
	pop(&y, -1, false);
}

const struct manifest_format format_yaml = {
	.name = "yaml",
	.bid = yaml_bid,
	.read = yaml_read,
};
