#include "edit/outline.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/document.h"

/* a node takes about 200 bytes, and "[,[,[," makes one a byte */
#define NODES_MAX 1000000
#define DEPTH_MAX 64

/* The tree while it grows. */
struct growing {
	struct outline *tree;
	struct fy_parser *parser;
	struct node *open;      /* the collection whose end has not come */
	struct node *key;       /* of the value that comes next */
	unsigned depth;
	size_t cursor;          /* end of the last token */
	struct error *err;
};

static int
refuse(struct growing *g, size_t at, const char *what)
{
	return error_set(g->err, ERROR_SYNTAX, "%s:%zu: %s", g->tree->file, outline_line(g->tree, at), what);
}

/* what is not rendered yet is a common reason */
static const char *
template_hint(const struct outline *t)
{
	return bytes_find(t->text, bytes_of("{{")) < t->text.len ? "; a template must be rendered first" : "";
}

static bool
blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* the colon after a key, over blanks and comments; 0 when there is none */
static size_t
colon_after(struct bytes text, size_t at)
{
	while (at < text.len && (blank(text.at[at]) || text.at[at] == '#')) {
		if (text.at[at] == '#')
			while (at < text.len && text.at[at] != '\n')
				at++;
		else
			at++;
	}
	return at < text.len && text.at[at] == ':' ? at : 0;
}

static const char *
copy_token(struct growing *g, struct fy_token *token)
{
	size_t len = 0;
	const char *s = token ? fy_token_get_text(token, &len) : NULL;

	return s ? arena_string(&g->tree->arena, (struct bytes){ (const uint8_t *)s, len }) : NULL;
}

/* the lines of a block scalar end before the blank ones, unless its header keeps them */
static size_t
block_end(struct bytes text, size_t from, size_t start, size_t end)
{
	bool keep = false;
	size_t last;

	for (size_t i = from; i < start && text.at[i] != '#'; i++)
		keep |= text.at[i] == '+';
	last = end = end > text.len ? text.len : end;
	while (last > start && blank(text.at[last - 1]))
		last--;
	if (!keep || last == start)
		return last;
	while (end > last && text.at[end - 1] != '\n')
		end--;
	return end > last ? end - 1 : last;
}

/* where the node stands, from its token */
static void
place(struct growing *g, struct node *n, struct fy_token *token)
{
	const struct fy_mark *start = token ? fy_token_start_mark(token) : NULL, *end = token ? fy_token_end_mark(token) : NULL;
	const enum fy_scalar_style style = token && n->kind == NODE_SCALAR ? fy_token_scalar_style(token) : FYSS_PLAIN;

	if (!start || !end || end->input_pos > g->tree->text.len || start->input_pos > end->input_pos) {
		n->start = n->end = n->colon ? n->colon + 1 : g->cursor;
		return;
	}
	n->start = start->input_pos;
	n->end = end->input_pos;
	if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {
		n->start -= n->start > 0;
		n->end += n->end < g->tree->text.len;
	} else if (style == FYSS_LITERAL || style == FYSS_FOLDED) {
		n->end = block_end(g->tree->text, g->cursor, n->start, n->end);
	} else if (n->kind == NODE_ALIAS) {
		n->start -= n->start > 0;
	}
}

static struct node *
grow(struct growing *g, enum node_kind kind, struct fy_event *event)
{
	struct node *n = g->tree->nodes++ < NODES_MAX ? arena_new(&g->tree->arena, sizeof *n) : NULL;

	if (!n) {
		refuse(g, g->cursor, "has more nodes than can be read");
		return NULL;
	}
	n->kind = kind;
	n->flow = (kind == NODE_MAP || kind == NODE_SEQ) && fy_event_get_node_style(event) == FYNS_FLOW;
	n->plain = kind == NODE_SCALAR && (!fy_event_get_token(event) || fy_token_scalar_style(fy_event_get_token(event)) == FYSS_PLAIN);
	n->anchor = kind == NODE_ALIAS ? NULL : copy_token(g, fy_event_get_anchor_token(event));
	n->parent = g->open;
	n->colon = g->key ? colon_after(g->tree->text, g->key->end) : 0;
	place(g, n, fy_event_get_token(event));
	if (kind == NODE_SCALAR || kind == NODE_ALIAS) {
		const char *s = copy_token(g, fy_event_get_token(event));

		n->text = bytes_of(s ? s : "");
	}
	/* what is written nowhere does not move on: it may stand before its comma */
	if (n->end > g->cursor)
		g->cursor = n->end;
	return n;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
	const int order = strcmp((const char *)x->text.at, (const char *)y->text.at);

	return order ? order : x->start < y->start ? -1 : x->start > y->start;
}

/* two values of one key: readers disagree which one counts */
static int
check_keys(struct growing *g, const struct node *map)
{
	size_t n = 0;
	const struct node **keys;
	int r = 0;

	for (const struct node *v = map->first; v; v = v->next)
		n += v->key->kind == NODE_SCALAR;
	keys = n > 1 ? malloc(n * sizeof *keys) : NULL;
	if (!keys)
		return n > 1 ? refuse(g, map->start, "out of memory") : 0;
	n = 0;
	for (const struct node *v = map->first; v; v = v->next)
		if (v->key->kind == NODE_SCALAR)
			keys[n++] = v->key;
	qsort(keys, n, sizeof *keys, compare_keys);
	for (size_t i = 1; r == 0 && i < n; i++)
		if (bytes_equal(keys[i]->text, keys[i - 1]->text) && strcmp((const char *)keys[i]->text.at, "<<") != 0)
			r = error_set(g->err, ERROR_SYNTAX, "%s:%zu: the key %.60s stands twice in one map; keep one of them", g->tree->file,
			    outline_line(g->tree, keys[i]->start), (const char *)keys[i]->text.at);
	free(keys);
	return r;
}

/* gives a node that is complete in itself, or a collection just opened, its place in the tree */
static int
attach(struct growing *g, struct node *n)
{
	struct node *p = g->open;

	if (p && p->kind == NODE_MAP && !g->key) {
		g->key = n;
		return 0;
	}
	n->key = g->key;
	g->key = NULL;
	if (!p) {
		struct node **more = realloc(g->tree->docs, (g->tree->count + 1) * sizeof *more);

		if (!more)
			return refuse(g, n->start, "out of memory");
		g->tree->docs = more;
		g->tree->docs[g->tree->count++] = n;
	} else if (p->last) {
		p->last = p->last->next = n;
	} else {
		p->first = p->last = n;
	}
	return 0;
}

static int
begin(struct growing *g, struct node *n)
{
	if (g->open && g->open->kind == NODE_MAP && !g->key)
		return error_set(g->err, ERROR_SYNTAX, "%s:%zu: a key that is no text is not understood%s", g->tree->file, outline_line(g->tree, n->start),
		    template_hint(g->tree));
	if (++g->depth > DEPTH_MAX)
		return refuse(g, n->start, "is nested too deeply");
	if (attach(g, n) < 0)
		return -1;
	g->open = n;
	return 0;
}

static int
finish(struct growing *g, struct fy_event *event)
{
	struct node *n = g->open;
	const struct fy_mark *end = fy_event_end_mark(event);

	if (!n)
		return refuse(g, g->cursor, "is not YAML");
	if (n->flow && end && end->input_pos <= g->tree->text.len)
		n->end = end->input_pos;
	else if (n->last)
		n->end = n->last->end > n->last->colon ? n->last->end : n->last->colon + 1;
	if (n->end > g->cursor)
		g->cursor = n->end;
	g->depth--;
	g->open = n->parent;
	return n->kind == NODE_MAP ? check_keys(g, n) : 0;
}

static int
take(struct growing *g, struct fy_event *event)
{
	static const enum node_kind kinds[] = { [FYET_SCALAR] = NODE_SCALAR, [FYET_ALIAS] = NODE_ALIAS, [FYET_MAPPING_START] = NODE_MAP,
		[FYET_SEQUENCE_START] = NODE_SEQ };
	struct node *n;

	switch (event->type) {
	case FYET_SCALAR:
	case FYET_ALIAS:
		n = grow(g, kinds[event->type], event);
		return n ? attach(g, n) : -1;
	case FYET_MAPPING_START:
	case FYET_SEQUENCE_START:
		n = grow(g, kinds[event->type], event);
		return n ? begin(g, n) : -1;
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		return finish(g, event);
	default:
		return 0;
	}
}

static int
complain(struct growing *g, struct fy_diag *diag)
{
	void *iter = NULL;
	const struct fy_diag_error *first = fy_diag_errors_iterate(diag, &iter);

	if (!first)
		return error_set(g->err, ERROR_SYNTAX, "%s: is not YAML", g->tree->file);
	return error_set(g->err, ERROR_SYNTAX, "%s:%d:%d: is not YAML: %.100s%s", g->tree->file, first->line + 1, first->column + 1, first->msg,
	    template_hint(g->tree));
}

static int
parse_all(struct growing *g, struct fy_diag *diag)
{
	struct fy_event *event;
	int r = 0;

	while (r == 0 && (event = fy_parser_parse(g->parser))) {
		r = take(g, event);
		fy_parser_event_free(g->parser, event);
	}
	if (r == 0 && (fy_parser_get_stream_error(g->parser) || g->open))
		r = complain(g, diag);
	return r;
}

int
outline_parse(struct outline *tree, struct bytes text, const char *file, struct error *err)
{
	struct fy_diag *diag = document_silence();
	/* sloppy: JSON may be indented by tabs, and close its brackets in the first column */
	const struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE | FYPCF_SLOPPY_FLOW_INDENTATION, .diag = diag };
	struct growing g = { .tree = tree, .err = err };
	const uint8_t *lf = memchr(text.len ? (const char *)text.at : "", '\n', text.len);
	int r;

	*tree = (struct outline){ .text = text, .file = file, .eol = lf && lf > text.at && lf[-1] == '\r' ? "\r\n" : "\n" };
	arena_init(&tree->arena);
	g.parser = diag ? fy_parser_create(&cfg) : NULL;
	if (text.len > OUTLINE_TEXT_MAX)
		r = error_set(err, ERROR_LIMIT, "%s is larger than %zu bytes", file, OUTLINE_TEXT_MAX);
	else if ((text.len && memchr(text.at, 0, text.len)) || !bytes_is_utf8(text))
		/* some of what is no UTF-8 keeps libfyaml 0.7 reading for ever */
		r = error_set(err, ERROR_SYNTAX, "%s: is not UTF-8 text", file);
	else if (!g.parser || fy_parser_set_string(g.parser, text.len ? (const char *)text.at : "", text.len) < 0)
		r = error_set(err, ERROR_INTERNAL, "out of memory reading %s", file);
	else
		r = parse_all(&g, diag);
	fy_parser_destroy(g.parser);
	fy_diag_destroy(diag);
	return r;
}

void
outline_done(struct outline *tree)
{
	arena_done(&tree->arena);
	free(tree->docs);
	tree->docs = NULL;
	tree->count = 0;
}
