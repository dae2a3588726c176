/* hcl.c: HashiCorp's language: Terraform and its variables, Nomad, Vault, Packer. */
#include "manifest/formats.h"

#include <ctype.h>
#include <string.h>

#include "manifest/manifest.h"
#include "manifest/text.h"
#include "manifest/tree.h"

#define DEPTH 128

struct hcl {
	struct tree *tree;
	struct bytes text;
	size_t at;
	uint32_t open[DEPTH];           /* bodies, maps and lists */
	unsigned parens[DEPTH];         /* of calls that are open in each */
	unsigned depth;
	bool over;
};

/* past blanks, line ends, commas and comments */
static size_t
space(struct bytes text, size_t at)
{
	while (at < text.len) {
		if (isspace(text.at[at]) || text.at[at] == ',') {
			at++;
		} else if (text.at[at] == '#' || bytes_starts(bytes_cut(text, at, at + 2), "//")) {
			at = text_line_end(text, at);
		} else if (bytes_starts(bytes_cut(text, at, at + 2), "/*")) {
			const size_t end = bytes_find(bytes_cut(text, at, text.len), bytes_of("*/"));

			at += end + 2;
		} else {
			return at;
		}
	}
	return text.len;
}

static bool
name_byte(uint8_t c)
{
	return isalnum(c) || c == '_' || c == '-' || c == '.';
}

/* where the quoted text at `at` closes; ${…} holds quotes of its own */
static size_t
string_end(struct bytes text, size_t at, bool *exact)
{
	unsigned depth = 0;

	*exact = true;
	for (size_t i = at + 1; i < text.len && text.at[i] != '\n'; i++) {
		if (text.at[i] == '\\') {
			*exact = false;
			i++;
		} else if (text.at[i] == '$' && i + 1 < text.len && text.at[i + 1] == '{') {
			depth++;
			i++;
		} else if (text.at[i] == '}' && depth) {
			depth--;
		} else if (text.at[i] == '"' && !depth) {
			return i;
		}
	}
	return text_line_end(text, at);
}

/* a name or quoted text at `at`: its bytes; returns past it, or at */
static size_t
token(struct bytes text, size_t at, size_t *from, size_t *to)
{
	size_t i = at;
	bool exact;

	if (at < text.len && text.at[at] == '"') {
		*from = at + 1;
		*to = string_end(text, at, &exact);
		return *to < text.len ? *to + 1 : *to;
	}
	while (i < text.len && name_byte(text.at[i]))
		i++;
	*from = at;
	*to = i;
	return i;
}

static void
push(struct hcl *h, uint32_t node)
{
	if (h->depth == DEPTH) {
		tree_trouble(h->tree, h->at, "it is nested deeper than is looked at");
		h->over = true;
		return;
	}
	h->parens[h->depth] = 0;
	h->open[h->depth++] = node;
}

static void
pop(struct hcl *h)
{
	if (h->depth > 1)
		h->tree->node[h->open[--h->depth]].end = (uint32_t)(h->at < h->text.len ? h->at + 1 : h->at);
}

static uint32_t
add(struct hcl *h, uint32_t parent, size_t from, size_t to)
{
	const uint32_t node = tree_add(h->tree, parent, from, to);

	h->over |= !node;
	return node;
}

/* <<EOF … EOF */
static bool
heredoc(struct hcl *h, uint32_t node)
{
	size_t from = h->at + 2, to, begin, line;
	struct bytes word;

	from += from < h->text.len && h->text.at[from] == '-';
	for (to = from; to < h->text.len && name_byte(h->text.at[to]); to++)
		;
	word = bytes_cut(h->text, from, to);
	if (h->tree->trouble)           /* one that never ends is looked for once */
		return false;
	begin = text_line_end(h->text, to) + 1;
	for (line = begin; word.len && line < h->text.len; line = text_line_end(h->text, line) + 1) {
		const size_t at = text_blanks(h->text, line);

		if (bytes_equal(bytes_cut(h->text, at, text_trim(h->text, at, text_line_end(h->text, at))), word)) {
			tree_set(h->tree, node, TREE_LITERAL, begin, line > begin ? line - 1 : begin, 0);
			h->at = text_line_end(h->text, line);
			return true;
		}
	}
	tree_trouble(h->tree, h->at, "a here-document does not end");
	return false;
}

/* an expression up to its line's end, a comma or a closing bracket; what it opens is read as a value of the node */
static void
expression(struct hcl *h, uint32_t node)
{
	const size_t from = h->at;
	bool exact;

	while (h->at < h->text.len && !memchr("\n,}])", h->text.at[h->at], 5)) {
		const uint8_t c = h->text.at[h->at];

		if (c == '"') {
			h->at = string_end(h->text, h->at, &exact);
			h->at += h->at < h->text.len && h->text.at[h->at] == '"';
		} else if (c == '(' && space(h->text, h->at + 1) < h->text.len && h->text.at[space(h->text, h->at + 1)] == '{') {
			h->at = space(h->text, h->at + 1);      /* jsonencode({ … }) is what it encodes */
			break;
		} else if (c == '(') {          /* a call: its arguments are a list of the node */
			tree_set(h->tree, node, TREE_SEQUENCE, from, h->text.len, TREE_REFERS);
			push(h, node);
			h->at++;
			return;
		} else if (c == '{' || c == '[') {
			break;
		} else if (c == '#') {
			break;
		} else {
			h->at++;
		}
	}
	if (h->at < h->text.len && h->text.at[h->at] == '{') {
		tree_set(h->tree, node, TREE_MAP, h->at, h->text.len, 0);
		push(h, node);
		h->at++;
		return;
	}
	tree_set(h->tree, node, TREE_PLAIN, from, text_trim(h->text, from, h->at), TREE_EXACT | TREE_REFERS);
}

static bool
plain_literal(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (!isdigit(b.at[i]) && b.at[i] != '.')
			return false;
	return b.len > 0;
}

static void
value(struct hcl *h, uint32_t node)
{
	const uint8_t c = h->at < h->text.len ? h->text.at[h->at] : 0;
	bool exact;

	if (c == '{' || c == '[') {
		tree_set(h->tree, node, c == '{' ? TREE_MAP : TREE_SEQUENCE, h->at, h->text.len, 0);
		push(h, node);
		h->at++;
	} else if (c == '"') {
		const size_t end = string_end(h->text, h->at, &exact);

		tree_set(h->tree, node, TREE_DOUBLE, h->at + 1, end, exact ? TREE_EXACT : 0);
		h->at = end + (end < h->text.len && h->text.at[end] == '"');
	} else if (bytes_starts(bytes_cut(h->text, h->at, h->at + 2), "<<") && heredoc(h, node)) {
		return;
	} else {
		expression(h, node);
		if (tree_scalar(h->tree, node) && plain_literal(tree_raw(h->tree, node)))
			h->tree->node[node].flags &= (uint16_t)~TREE_REFERS;
	}
}

/* name = value, name: value, name "label" { … } */
static void
statement(struct hcl *h)
{
	size_t from, to, next = token(h->text, h->at, &from, &to);
	uint32_t node;

	if (next == h->at) {
		h->at++;
		return;
	}
	if (!(node = add(h, h->open[h->depth - 1], from, to)))
		return;
	h->at = text_blanks(h->text, next);
	while (h->at < h->text.len && h->text.at[h->at] != '{' && h->text.at[h->at] != '=' && h->text.at[h->at] != ':') {
		next = token(h->text, h->at, &from, &to);
		if (next == h->at)
			return;
		tree_set(h->tree, node, TREE_MAP, h->at, h->text.len, 0);
		if (!(node = add(h, node, from, to)))
			return;
		h->at = text_blanks(h->text, next);
	}
	if (h->at >= h->text.len)
		return;
	if (h->text.at[h->at] == '{') {
		h->tree->node[node].flags |= TREE_REPEATS;
		value(h, node);
		return;
	}
	h->at = text_blanks(h->text, h->at + 1);
	if (h->at < h->text.len && h->text.at[h->at] == '>')
		h->at = text_blanks(h->text, h->at + 1);
	value(h, node);
}

static void
next(struct hcl *h)
{
	const uint32_t top = h->open[h->depth - 1];
	const uint8_t c = h->text.at[h->at];
	const size_t began = h->at;
	uint32_t node;

	if (c == ')' && !(h->tree->node[top].flags & TREE_REFERS)) {
		h->at++;
	} else if (c == '}' || c == ']' || c == ')') {
		pop(h);
		h->at++;
	} else if (h->tree->node[top].form == TREE_SEQUENCE) {
		if ((node = add(h, top, h->at, h->at)))
			value(h, node);
	} else {
		statement(h);
	}
	if (h->at == began)
		h->at++;
}

static void
hcl_read(struct tree *t)
{
	struct hcl h = { .tree = t, .text = t->text };
	const uint32_t document = tree_add(t, TREE_ROOT, 0, 0);

	if (!document)
		return;
	tree_set(t, document, TREE_MAP, 0, h.text.len, 0);
	push(&h, document);
	while (!h.over && (h.at = space(h.text, h.at)) < h.text.len)
		next(&h);
}

static int
hcl_bid(struct bytes head, const char *file)
{
	static const char *const blocks[] = { "resource ", "variable ", "provider ", "terraform ", "module ", "output ", "data ", "locals ", "job ", "storage ",
		"listener ", "seal ", "source ", "build ", "packer ", "backend ", "remote_state ", "credentials " };
	size_t at = space(head, 0);

	if (text_named(file, ".tf") || text_named(file, ".tfvars") || text_named(file, ".hcl") || text_named(file, ".nomad"))
		return 80;
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
		if (bytes_starts(bytes_cut(head, at, head.len), blocks[i])) {
			const size_t end = text_line_end(head, at), last = text_trim(head, at, end);
			const size_t behind = at + strlen(blocks[i]);
			const uint8_t c = behind < head.len ? head.at[behind] : 0;

			return last > at && head.at[last - 1] == '{' && (c == '"' || c == '{') ? 70 : 0;
		}
	return 0;
}

const struct manifest_format format_hcl = {
	.name = "hcl",
	.bid = hcl_bid,
	.read = hcl_read,
};
