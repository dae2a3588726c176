/* xml.c: settings in XML: .NET, Maven, Tomcat, Jenkins. No entity is resolved, no document type looked at. */
#include "manifest/formats.h"

#include <ctype.h>
#include <string.h>

#include "manifest/manifest.h"
#include "manifest/text.h"
#include "manifest/tree.h"

#define DEPTH 128

struct xml {
	struct tree *tree;
	struct bytes text;
	size_t at;
	uint32_t open[DEPTH];
	unsigned depth;
	bool over;
};

static size_t
find(struct bytes text, size_t at, const char *what)
{
	return at + bytes_find(bytes_cut(text, at, text.len), bytes_of(what));
}

static bool
name_byte(uint8_t c)
{
	return isalnum(c) || c == '_' || c == '-' || c == '.' || c == ':' || c >= 0x80;
}

static size_t
name_end(struct bytes text, size_t at)
{
	while (at < text.len && name_byte(text.at[at]))
		at++;
	return at;
}

/* comments, declarations and instructions hold nothing; false: it is none */
static bool
skip(struct xml *x)
{
	const struct bytes rest = bytes_cut(x->text, x->at, x->at + 9);

	if (bytes_starts(rest, "<!--"))
		x->at = find(x->text, x->at, "-->") + 3;
	else if (bytes_starts(rest, "<?"))
		x->at = find(x->text, x->at, "?>") + 2;
	else if (bytes_starts(rest, "<!") && !bytes_starts(rest, "<![CDATA["))
		x->at = find(x->text, x->at, ">") + 1;
	else
		return false;
	return true;
}

static void
attributes(struct xml *x, uint32_t node)
{
	while (x->at < x->text.len && x->text.at[x->at] != '>' && !x->over) {
		const size_t from = x->at, to = name_end(x->text, from);
		size_t at = to, close;
		uint32_t one;
		bool exact;

		while (at < x->text.len && isspace(x->text.at[at]))
			at++;
		if (to == from || at >= x->text.len || x->text.at[at] != '=') {
			x->at = to > from ? to : from + 1;
			if (x->at - 1 < x->text.len && x->text.at[x->at - 1] == '<')
				return;
			continue;
		}
		for (at++; at < x->text.len && isspace(x->text.at[at]); at++)
			;
		if (at >= x->text.len || (x->text.at[at] != '"' && x->text.at[at] != '\''))
			return;
		close = at + 1 + bytes_find(bytes_cut(x->text, at + 1, x->text.len), (struct bytes){ x->text.at + at, 1 });
		exact = !memchr(x->text.at + at, '&', close - at);
		if (!(one = tree_add(x->tree, node, from, to))) {
			x->over = true;
			return;
		}
		tree_set(x->tree, one, TREE_SINGLE, at + 1, close, TREE_ATTRIBUTE | TREE_VERBATIM | (exact ? TREE_EXACT : TREE_EXACT));
		x->at = close + 1;
	}
}

static void
close_element(struct xml *x)
{
	if (x->depth > 1)
		x->tree->node[x->open[--x->depth]].end = (uint32_t)x->at;
	x->at = find(x->text, x->at, ">") + 1;
}

static void
open_element(struct xml *x)
{
	const size_t from = x->at + 1, to = name_end(x->text, from);
	uint32_t node;

	if (to == from) {
		x->at++;
		return;
	}
	if (!(node = tree_add(x->tree, x->open[x->depth - 1], from, to)) || x->depth == DEPTH) {
		x->over = true;
		return;
	}
	tree_set(x->tree, node, TREE_MAP, from, x->text.len, TREE_REPEATS | TREE_VERBATIM);
	x->at = to;
	attributes(x, node);
	if (x->at < x->text.len && x->at > 0 && x->text.at[x->at - 1] == '/')
		x->tree->node[node].end = (uint32_t)x->at;
	else
		x->open[x->depth++] = node;
	x->at += x->at < x->text.len;
}

/* the text of an element that holds nothing else is its value */
static void
text_node(struct xml *x)
{
	const uint32_t node = x->open[x->depth - 1];
	size_t from = x->at, to = find(x->text, from, "<"), stop;

	if (bytes_starts(bytes_cut(x->text, from, from + 9), "<![CDATA[")) {
		from += 9;
		to = find(x->text, from, "]]>");
		x->at = to + 3;
	} else {
		x->at = to;
	}
	while (from < to && isspace(x->text.at[from]))
		from++;
	stop = text_trim(x->text, from, to);
	if (from >= stop || x->depth == 1)
		return;
	if (!x->tree->node[node].child) {
		tree_set(x->tree, node, TREE_SINGLE, from, stop, TREE_EXACT);
	} else {
		const uint32_t one = tree_add(x->tree, node, from, from);

		x->over |= !one;
		if (one)
			tree_set(x->tree, one, TREE_SINGLE, from, stop, TREE_EXACT);
	}
}

static void
xml_read(struct tree *t)
{
	struct xml x = { .tree = t, .text = t->text };
	const uint32_t document = tree_add(t, TREE_ROOT, 0, 0);

	if (!document)
		return;
	tree_set(t, document, TREE_MAP, 0, x.text.len, 0);
	x.open[x.depth++] = document;
	while (x.at < x.text.len && !x.over) {
		if (skip(&x))
			continue;
		if (bytes_starts(bytes_cut(x.text, x.at, x.at + 2), "</"))
			close_element(&x);
		else if (x.text.at[x.at] == '<' && !bytes_starts(bytes_cut(x.text, x.at, x.at + 9), "<![CDATA["))
			open_element(&x);
		else
			text_node(&x);
	}
}

static int
xml_bid(struct bytes head, const char *file)
{
	size_t at = bytes_starts(head, "\xef\xbb\xbf") ? 3 : 0;

	if (text_named(file, ".html") || text_named(file, ".htm") || text_named(file, ".svg"))
		return 0;
	while (at < head.len && isspace(head.at[at]))
		at++;
	head = bytes_cut(head, at, head.len);
	if (bytes_starts(head, "<!DOCTYPE html") || bytes_starts(head, "<html"))
		return 0;
	if (bytes_starts(head, "<?xml"))
		return 70;
	return head.len > 3 && head.at[0] == '<' && isalpha(head.at[1]) && bytes_find(head, bytes_of("</")) < head.len &&
	    (text_named(file, ".xml") || text_named(file, ".config")) ? 60 : 0;
}

const struct manifest_format format_xml = {
	.name = "xml",
	.bid = xml_bid,
	.read = xml_read,
};
