/* yaml_flow.c: collections in brackets, which is JSON as well. */
#include "manifest/yaml_read.h"

#include <string.h>

size_t
yaml_template(struct bytes text, size_t at)
{
	const size_t limit = at + 1024 < text.len ? at + 1024 : text.len;

	for (size_t i = at + 2; i + 1 < limit; i++)
		if (text.at[i] == '}' && text.at[i + 1] == '}')
			return i + 2;
	return text.len;
}

/* Whether the line that begins at `at` goes on with a quoted text: a blank one does, as does one that is indented. */
static bool
goes_on(struct bytes text, size_t at, int indent)
{
	size_t i = at;

	while (i < text.len && text.at[i] == ' ')
		i++;
	return yaml_ends(text, i) || (int)(i - at) >= indent;
}

size_t
yaml_quoted(struct bytes text, size_t at, int indent, bool *exact)
{
	const uint8_t quote = text.at[at];
	size_t i = at + 1;

	*exact = true;
	for (; i < text.len; i++) {
		const uint8_t c = text.at[i];

		if (c == quote) {
			if (quote == '"' || i + 1 >= text.len || text.at[i + 1] != '\'')
				return i;
			*exact = false;
			i++;
		} else if (c == '\\' && quote == '"') {
			*exact = false;
			i++;
		} else if (c == '\n') {
			*exact = false;
			if (!goes_on(text, i + 1, indent))
				return text.len;
		}
	}
	return text.len;
}

bool
yaml_push(struct yaml *y, uint32_t node, int indent, bool sequence)
{
	if (y->depth == YAML_DEPTH) {
		tree_trouble(y->tree, y->at, "it is nested deeper than is looked at");
		y->over = indent != YAML_FLOW;
		return false;
	}
	y->frame[y->depth++] = (struct yaml_frame){ node, indent, sequence };
	return true;
}

/* past blanks, line ends and comments */
static size_t
space(struct bytes text, size_t at)
{
	for (; at < text.len; at++) {
		const uint8_t c = text.at[at];

		if (c == '#' && at > 0 && yaml_gap(text, at - 1)) {
			while (at < text.len && text.at[at] != '\n')
				at++;
			if (at == text.len)
				return at;
		} else if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
			return at;
		}
	}
	return at;
}

/* where the bare text at `at` ends, before trailing blanks */
static size_t
plain_end(struct bytes text, size_t at)
{
	size_t i = at, end = at;

	while (i < text.len && !memchr(",[]{}\n", text.at[i], 6)) {
		if (text.at[i] == ':' && (yaml_gap(text, i + 1) || memchr(",[]{}", text.at[i + 1], 5)))
			break;
		if (text.at[i] == '#' && i > at && text.at[i - 1] == ' ')
			break;
		i++;
		/* ${X} and {{ X }} hold brackets of their own */
		if (i < text.len && text.at[i] == '{' && text.at[i - 1] == '$' && (i + 1 >= text.len || text.at[i + 1] != '{')) {
			while (i < text.len && text.at[i] != '}' && text.at[i] != '\n')
				i++;
			i += i < text.len && text.at[i] == '}';
		}
		if (i + 1 < text.len && text.at[i] == '{' && text.at[i + 1] == '{')
			i = yaml_template(text, i);
		if (i < text.len && i > at && text.at[i - 1] == '$' && text.at[i] == '}')
			i++;
		if (i > text.len)
			i = text.len;
	}
	for (end = i; end > at && yaml_gap(text, end - 1); end--)
		;
	return end;
}

/* a quoted or bare text at y->at: its bytes; y->at behind it */
static enum tree_form
token(struct yaml *y, size_t *from, size_t *to, unsigned *flags)
{
	const uint8_t c = y->text.at[y->at];
	bool exact = true;

	*flags = TREE_EXACT;
	if (c == '"' || c == '\'') {
		*from = y->at + 1;
		*to = yaml_quoted(y->text, y->at, -1, &exact);
		if (*to == y->text.len && y->more) {
			y->cut = c;
		} else if (*to == y->text.len) {
			tree_trouble(y->tree, y->at, "it ends within a quoted text");
			y->over = true;
		}
		y->at = *to < y->text.len ? *to + 1 : *to;
		*flags = exact ? TREE_EXACT : 0;
		return c == '"' ? TREE_DOUBLE : TREE_SINGLE;
	}
	*from = y->at;
	if (c == '{' && y->at + 1 < y->text.len && y->text.at[y->at + 1] == '{')
		y->at = yaml_template(y->text, y->at);
	*to = plain_end(y->text, y->at);
	if (*to < y->at)
		*to = y->at;
	y->at = *to;
	return TREE_PLAIN;
}

static bool
opens(const struct yaml *y)
{
	const uint8_t c = y->text.at[y->at];

	return c == '[' || (c == '{' && (y->at + 1 >= y->text.len || y->text.at[y->at + 1] != '{' || y->text.at[y->at + 1] == '"'));
}

/* gives up on brackets in brackets: what follows their line is read as if they were closed there */
static void
leave(struct yaml *y)
{
	const size_t left = y->text.len - y->at;
	const uint8_t *end = memchr(y->text.at + y->at, '\n', left);

	y->at += end ? (size_t)(end - (y->text.at + y->at)) : left;
	while (y->depth && y->frame[y->depth - 1].indent == YAML_FLOW)
		y->depth--;
}

static void
open_collection(struct yaml *y, uint32_t node)
{
	const bool sequence = y->text.at[y->at] == '[';

	tree_set(y->tree, node, sequence ? TREE_SEQUENCE : TREE_MAP, y->at, y->text.len, y->tag);
	y->tag = 0;
	if (yaml_push(y, node, YAML_FLOW, sequence))
		y->at++;
	else
		leave(y);
}

static void
read_value(struct yaml *y, uint32_t node)
{
	size_t from, to;
	unsigned flags;
	enum tree_form form;

	y->at = yaml_properties(y, node, y->at);
	if (y->at >= y->text.len || memchr(",]}", y->text.at[y->at], 3))
		return;
	if (opens(y)) {
		open_collection(y, node);
		return;
	}
	if (y->text.at[y->at] == '*') {
		if (++y->at == y->text.len)
			return;
		token(y, &from, &to, &flags);
		tree_set(y->tree, node, TREE_ALIAS, from, to, 0);
		return;
	}
	form = token(y, &from, &to, &flags);
	tree_set(y->tree, node, form, from, to, flags | y->tag);
	y->tag = 0;
}

/* a key, and what stands behind its colon */
static void
read_pair(struct yaml *y, uint32_t map)
{
	size_t from, to, next;
	unsigned flags;
	uint32_t node;

	token(y, &from, &to, &flags);
	node = tree_add(y->tree, map, from, to);
	if (!node) {
		y->over = true;
		return;
	}
	next = space(y->text, y->at);
	if (next < y->text.len && y->text.at[next] == ':') {
		y->at = space(y->text, next + 1);
		if (y->at < y->text.len)
			read_value(y, node);
	}
}

static void
close_collection(struct yaml *y)
{
	y->tree->node[y->frame[--y->depth].node].end = (uint32_t)(y->at + 1);
	y->at++;
}

static void
read_next(struct yaml *y)
{
	const struct yaml_frame *f = &y->frame[y->depth - 1];
	const uint8_t c = y->text.at[y->at];
	const size_t began = y->at;
	uint32_t node;

	if (c == ']' || c == '}') {
		close_collection(y);
	} else if (c == ',' || c == ':') {
		y->at++;
	} else if (!f->sequence) {
		if (opens(y)) {         /* a collection for a key: it is read as a value of nothing */
			y->at++;
			return;
		}
		read_pair(y, f->node);
	} else if ((node = tree_add(y->tree, f->node, y->at, y->at))) {
		read_value(y, node);
	} else {
		y->over = true;
	}
	if (y->at == began && !y->over)
		y->at++;
}

void
yaml_flow_on(struct yaml *y)
{
	while (y->depth && y->frame[y->depth - 1].indent == YAML_FLOW && !y->over && y->at < y->tree->to) {
		y->at = space(y->text, y->at);
		if (y->at < y->text.len)
			read_next(y);
	}
	if (y->depth && y->frame[y->depth - 1].indent == YAML_FLOW && y->at >= y->text.len && !y->more)
		tree_trouble(y->tree, y->tree->node[y->frame[y->depth - 1].node].at, "it ends within brackets");
}

void
yaml_flow(struct yaml *y, uint32_t node)
{
	open_collection(y, node);
	yaml_flow_on(y);
}
