#include "edit/change.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "edit/outline.h"

int
change_init(struct change *c, struct outline *tree, const struct node *top, struct edits *edits, struct error *err)
{
	*c = (struct change){ .tree = tree, .top = top, .edits = edits, .was = json_object() };
	style_of(&c->style, tree, top);
	return c->was ? 0 : error_set(err, ERROR_INTERNAL, "out of memory");
}

void
change_done(struct change *c)
{
	json_decref(c->was);
	c->was = NULL;
}

static int
refuse(const struct change *c, size_t at, const char *name, const char *why, struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "%s:%zu: %.80s %s", c->tree->file, outline_line(c->tree, at), name, why);
}

static const char *
name_of(const struct node *n)
{
	return n->key ? node_text(n->key) : "this item";
}

/* a change here would change other places too */
static int
check_shared(const struct change *c, const struct node *n, struct error *err)
{
	for (const struct node *i = n; i; i = i->parent)
		if (outline_references(i))
			return refuse(c, i->start, name_of(i), "is used in other places by its anchor; write it out before it is changed", err);
	return 0;
}

/* `<<: *base` may give a map the key that is about to be written over */
static int
check_merged(const struct change *c, const struct node *map, const char *key, struct error *err)
{
	const struct node *merge = outline_resolve(c->tree, node_get(map, "<<"));
	const struct node *one = merge && merge->kind == NODE_SEQ ? merge->first : merge;

	for (; one; one = merge->kind == NODE_SEQ ? one->next : NULL)
		if (node_get(outline_resolve(c->tree, one), key))
			return refuse(c, merge->start, key, "comes from a merge key (<<) and would be hidden; write it out first", err);
	return 0;
}

static unsigned
depth_of(const struct node *n)
{
	unsigned depth = 0;

	while ((n = n->parent))
		depth++;
	return depth;
}

/* into parent */
static int
add(struct change *c, const struct node *parent, size_t from, size_t to, struct buf *text, struct error *err)
{
	char *s = buf_steal(text);

	return s ? edits_add(c->edits, from, to, depth_of(parent), s, err) : error_set(err, ERROR_INTERNAL, "out of memory");
}

/* whole lines at the start of a line, or at the end of a text without final newline */
static int
add_lines(struct change *c, const struct node *parent, size_t at, struct buf *lines, struct error *err)
{
	const struct bytes text = c->tree->text;
	const size_t eol = strlen(c->style.eol);
	struct buf turned;

	if (at < text.len || at == 0 || text.at[at - 1] == '\n' || lines->failed || lines->len < eol)
		return add(c, parent, at, at, lines, err);
	buf_init(&turned);
	buf_adds(&turned, c->style.eol);
	buf_add(&turned, lines->at, lines->len - eol);
	buf_done(lines);
	return add(c, parent, at, at, &turned, err);
}

static size_t
end_of(const struct node *n)
{
	const size_t least = n->colon ? n->colon + 1 : n->key ? n->key->end : n->end;

	return n->end > least ? n->end : least;
}

static size_t
start_of(const struct node *n)
{
	return n->key ? n->key->start : n->start;
}

/* How things in braces or brackets are laid out. */
struct layout {
	char *prefix;           /* of their lines; freed by layout_done */
	char *unit;             /* or NULL: on one line */
};

static void
layout_done(struct layout *l)
{
	free(l->prefix);
	free(l->unit);
}

static struct bytes
line_prefix(const struct outline *t, size_t at)
{
	const size_t start = outline_line_start(t, at);
	size_t end = start;

	while (end < t->text.len && (t->text.at[end] == ' ' || t->text.at[end] == '\t'))
		end++;
	return bytes_cut(t->text, start, end);
}

static char *
copy(struct bytes b)
{
	return strndup(b.len ? (const char *)b.at : "", b.len);
}

/* as the children of a collection stand: each first on its line, or not */
static int
layout_of(struct layout *l, const struct change *c, const struct node *parent, struct error *err)
{
	const struct outline *t = c->tree;
	const size_t child = parent->first ? start_of(parent->first) : parent->end;
	const struct bytes prefix = line_prefix(t, child), outer = line_prefix(t, parent->start);
	const bool lines = parent->first && outline_line_start(t, parent->start) != outline_line_start(t, child) &&
	    outline_line_start(t, child) + prefix.len == child;
	const bool deeper = prefix.len > outer.len && (outer.len == 0 || memcmp(prefix.at, outer.at, outer.len) == 0);

	*l = (struct layout){ .prefix = copy(prefix) };
	if (lines)
		l->unit = deeper ? copy(bytes_cut(prefix, outer.len, prefix.len)) : strdup("  ");
	return l->prefix && (l->unit || !lines) ? 0 : error_set(err, ERROR_INTERNAL, "out of memory");
}

static void
separate(struct buf *b, const struct change *c, const struct layout *l)
{
	if (l->unit)
		buf_addf(b, "%s%s", c->style.eol, l->prefix);
	else if (!c->style.tight)
		buf_addc(b, ' ');
}

/* one thing into a collection in braces that has some */
static int
add_flow(struct change *c, const struct node *parent, const struct node *after, const char *key, const json_t *value, struct error *err)
{
	struct layout l;
	struct buf b;
	size_t at = after ? end_of(after) : start_of(parent->first);
	int r = layout_of(&l, c, parent, err);

	buf_init(&b);
	if (r == 0 && after) {
		buf_addc(&b, ',');
		separate(&b, c, &l);
	}
	if (r == 0 && key)
		style_flow_pair(&b, &c->style, key, value, l.prefix, l.unit);
	else if (r == 0)
		style_flow(&b, &c->style, value, l.prefix, l.unit);
	if (r == 0 && !after) {
		buf_addc(&b, ',');
		separate(&b, c, &l);
	}
	layout_done(&l);
	r = r == 0 ? add(c, parent, at, at, &b, err) : r;
	buf_done(&b);
	return r;
}

int
change_add_pair(struct change *c, const struct node *map, const struct node *after, const char *key, const json_t *value, struct error *err)
{
	struct buf b;
	int r;

	if (map->kind != NODE_MAP || !map->first)
		return refuse(c, map->start, name_of(map), "is no map with keys", err);
	if (check_shared(c, map, err) < 0 || check_merged(c, map, key, err) < 0)
		return -1;
	after = after ? after : map->last;
	if (map->flow)
		return add_flow(c, map, after, key, value, err);
	buf_init(&b);
	style_pair(&b, &c->style, key, value, (unsigned)outline_column(c->tree, map->first->key->start));
	r = add_lines(c, map, outline_line_end(c->tree, end_of(after)), &b, err);
	buf_done(&b);
	return r;
}

static int
remember(struct change *c, const char *path, struct bytes text, struct error *err)
{
	json_t *s = json_stringn(text.len ? (const char *)text.at : "", text.len);

	if (!path || !s || json_object_set_new(c->was, path, s) < 0)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	return 0;
}

/* the end of its line without CR and LF */
static size_t
line_edge(const struct outline *t, size_t at)
{
	size_t end = outline_line_end(t, at);

	while (end > at && (t->text.at[end - 1] == '\n' || t->text.at[end - 1] == '\r'))
		end--;
	return end;
}

int
change_foresee(struct change *c, const struct node *n, struct error *err)
{
	const struct bytes text = c->tree->text;
	const bool block = n->parent && !n->parent->flow;

	return remember(c, node_path(&c->tree->arena, c->top, n),
	    block ? bytes_cut(text, n->colon + 1, line_edge(c->tree, n->end)) : bytes_cut(text, n->start, n->end), err);
}

/* null, [] or {} in a block becomes lines of its own; a comment behind it stays */
static int
fill_block(struct change *c, const struct node *n, const json_t *value, struct error *err)
{
	const struct outline *t = c->tree;
	const unsigned col = (unsigned)outline_column(t, n->parent->first->key->start);
	size_t from = n->start;
	struct buf b;
	int r;

	while (from > n->colon + 1 && t->text.at[from - 1] == ' ')
		from--;
	if (n->end > n->start && edits_add(c->edits, from, n->end, 0, NULL, err) < 0)
		return -1;
	buf_init(&b);
	style_block(&b, &c->style, value, col + (json_is_array(value) ? c->style.seq : c->style.step));
	r = add_lines(c, n, outline_line_end(t, n->end), &b, err);
	buf_done(&b);
	return r;
}

static int
fill(struct change *c, const struct node *n, const json_t *value, struct error *err)
{
	struct layout l;
	struct buf b;
	int r;

	if (check_shared(c, n, err) < 0)
		return -1;
	if (!n->parent || !n->key || (n->parent->flow && n->start == n->end))
		return refuse(c, n->start, name_of(n), "has no value that could be added to", err);
	if (change_foresee(c, n, err) < 0)
		return -1;
	if (!n->parent->flow)
		return fill_block(c, n, value, err);
	buf_init(&b);
	r = layout_of(&l, c, n->parent, err);
	if (r == 0)
		style_flow(&b, &c->style, value, l.prefix, l.unit);
	layout_done(&l);
	r = r == 0 ? add(c, n, n->start, n->end, &b, err) : r;
	buf_done(&b);
	return r;
}

static int
add_item(struct change *c, const struct node *seq, const json_t *item, bool first, struct error *err)
{
	struct buf b;
	int r;

	if (seq->flow)
		return add_flow(c, seq, first ? NULL : seq->last, NULL, item, err);
	buf_init(&b);
	style_item(&b, &c->style, item, (unsigned)outline_column(c->tree, seq->start));
	r = add_lines(c, seq, outline_line_end(c->tree, first ? seq->colon : end_of(seq->last)), &b, err);
	buf_done(&b);
	return r;
}

int
change_add_items(struct change *c, const struct node *map, const struct node *after, const char *key, const json_t *items, bool first,
    struct error *err)
{
	const struct node *seq = node_get(map, key);
	json_t *item;
	size_t i;

	if (json_array_size(items) == 0)
		return 0;
	if (!seq)
		return change_add_pair(c, map, after, key, items, err);
	if (node_empty(seq))
		return fill(c, seq, items, err);
	if (seq->kind != NODE_SEQ)
		return refuse(c, seq->start, key, seq->kind == NODE_ALIAS ? "is an alias; write it out before it is changed" : "is no list", err);
	if (check_shared(c, seq, err) < 0)
		return -1;
	/* the last added in brackets would come first at one place */
	json_array_foreach(items, i, item)
		if (add_item(c, seq, item, first, err) < 0)
			return -1;
	return 0;
}

int
change_add_pairs(struct change *c, const struct node *map, const struct node *after, const char *key, const json_t *pairs, struct error *err)
{
	const struct node *inner = node_get(map, key);
	const char *name;
	json_t *value;

	if (json_object_size(pairs) == 0)
		return 0;
	if (!inner)
		return change_add_pair(c, map, after, key, pairs, err);
	if (node_empty(inner))
		return fill(c, inner, pairs, err);
	if (inner->kind != NODE_MAP)
		return refuse(c, inner->start, key, inner->kind == NODE_ALIAS ? "is an alias; write it out before it is changed" : "is no map", err);
	json_object_foreach((json_t *)(uintptr_t)pairs, name, value)
		if (change_add_pair(c, inner, NULL, name, value, err) < 0)
			return -1;
	return 0;
}

int
change_replace(struct change *c, const struct node *n, const json_t *value, const char *path, struct error *err)
{
	const unsigned col = (unsigned)outline_column(c->tree, n->start);
	const size_t eol = strlen(c->style.eol);
	struct layout l = { 0 };
	struct buf b;
	int r = check_shared(c, n, err);

	if (r < 0 || remember(c, path, bytes_cut(c->tree->text, n->start, n->end), err) < 0)
		return -1;
	buf_init(&b);
	if (n->kind == NODE_MAP && !n->flow && json_is_object(value)) {
		style_block(&b, &c->style, value, col);
		/* the first line's place is taken, the last line's end too */
		if (!b.failed && b.len >= col + eol) {
			memmove(b.at, b.at + col, b.len - col);
			b.len -= col + eol;
		}
	} else {
		r = n->flow && n->first ? layout_of(&l, c, n, err) : 0;
		if (r == 0 && l.unit) {
			const struct bytes prefix = line_prefix(c->tree, n->start);

			free(l.prefix);
			l.prefix = copy(prefix);
			r = l.prefix ? 0 : error_set(err, ERROR_INTERNAL, "out of memory");
		}
		if (r == 0)
			style_flow(&b, &c->style, value, l.prefix ? l.prefix : "", l.unit);
	}
	layout_done(&l);
	r = r == 0 ? add(c, n, n->start, n->end, &b, err) : r;
	buf_done(&b);
	return r;
}

static const char *
was_at(const struct change *c, const struct node *n)
{
	const char *path = node_path(&c->tree->arena, c->top, n);

	return path ? json_string_value(json_object_get(c->was, path)) : NULL;
}

/* what holds nothing but what goes was made to hold it, and goes too */
static void
settle(const struct change *c, struct node *n)
{
	bool all = n->first;

	for (struct node *i = n->first; i; i = i->next) {
		settle(c, i);
		all &= i->gone;
	}
	if (all && n != c->top && n->parent && !was_at(c, n))
		n->gone = true;
}

/* so that it goes only once, whoever asks again */
static void
forget(struct node *n)
{
	n->gone = false;
	for (struct node *i = n->first; i; i = i->next)
		forget(i);
}

static int
put_back(struct change *c, struct node *n, const char *was, struct error *err)
{
	const bool block = n->key && !n->parent->flow && !n->flow && n->first && n->first->gone;
	const size_t from = block ? n->colon + 1 : n->start;
	const size_t to = block ? line_edge(c->tree, end_of(n)) : n->end;
	char *text = strdup(was);

	forget(n);
	return text ? edits_add(c->edits, from, to, 0, text, err) : error_set(err, ERROR_INTERNAL, "out of memory");
}

/* a run of neighbours that go, from first up to but without next, behind previous */
static int
take_run(struct change *c, const struct node *parent, const struct node *previous, const struct node *first, const struct node *last,
    struct error *err)
{
	const struct node *next = last->next;
	const struct outline *t = c->tree;

	if (!parent->flow)
		return edits_add(c->edits, outline_line_start(t, start_of(first)), outline_line_end(t, end_of(last)), 0, NULL, err);
	if (previous)
		return edits_add(c->edits, end_of(previous), end_of(last), 0, NULL, err);
	return edits_add(c->edits, start_of(first), next ? start_of(next) : end_of(last), 0, NULL, err);
}

/* the text to put back for a node, if nothing was added to it since by others */
static const char *
was_whole(const struct change *c, const struct node *n)
{
	size_t gone = 0, all = 0;

	if (n == c->top || json_object_size(c->was) == 0)
		return NULL;
	for (const struct node *i = n->first; i; i = i->next) {
		gone += i->gone;
		all++;
	}
	return gone == 0 || gone == all ? was_at(c, n) : NULL;
}

static int
take(struct change *c, struct node *n, struct error *err)
{
	const struct node *previous = NULL;
	const char *was = was_whole(c, n);

	if (was)
		return put_back(c, n, was, err);
	for (struct node *i = n->first; i; i = i->next) {
		struct node *last = i;

		if (!i->gone) {
			if (take(c, i, err) < 0)
				return -1;
			previous = i;
			continue;
		}
		while (last->next && last->next->gone)
			last = last->next;
		if (take_run(c, n, previous, i, last, err) < 0)
			return -1;
		for (; i != last; i = i->next)
			forget(i);
		forget(i);
	}
	return 0;
}

int
change_take_back(struct change *c, struct error *err)
{
	struct node *top = (struct node *)(uintptr_t)c->top;

	settle(c, top);
	return take(c, top, err);
}
