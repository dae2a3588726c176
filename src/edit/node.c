/* node.c: questions to a tree and its nodes; outline.h says what they answer. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "edit/outline.h"

size_t
outline_line(const struct outline *t, size_t at)
{
	return bytes_lines(bytes_cut(t->text, 0, at)) + 1;
}

size_t
outline_line_end(const struct outline *t, size_t at)
{
	const uint8_t *lf = at < t->text.len ? memchr(t->text.at + at, '\n', t->text.len - at) : NULL;

	return lf ? (size_t)(lf - t->text.at) + 1 : t->text.len;
}

size_t
outline_line_start(const struct outline *t, size_t at)
{
	while (at > 0 && t->text.at[at - 1] != '\n')
		at--;
	return at;
}

size_t
outline_column(const struct outline *t, size_t at)
{
	const size_t start = outline_line_start(t, at);

	/* a byte order mark takes no column */
	return at - start - (start == 0 && at >= 3 && memcmp(t->text.at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
}

static const struct node *
root_of(const struct node *n)
{
	while (n->parent)
		n = n->parent;
	return n;
}

/* the next node of a document in the order of its text, or NULL */
static const struct node *
following(const struct node *n)
{
	if (n->first)
		return n->first;
	while (n && !n->next)
		n = n->parent;
	return n ? n->next : NULL;
}

const struct node *
outline_resolve(const struct outline *t, const struct node *n)
{
	const struct node *found = NULL;

	(void)t;
	if (!n || n->kind != NODE_ALIAS)
		return n;
	for (const struct node *i = root_of(n); i && i != n; i = following(i))
		if (i->anchor && strcmp(i->anchor, (const char *)n->text.at) == 0)
			found = i;
	return found;
}

size_t
outline_references(const struct node *n)
{
	size_t count = 0;

	if (n->anchor)
		for (const struct node *i = root_of(n); i; i = following(i))
			count += i->kind == NODE_ALIAS && strcmp((const char *)i->text.at, n->anchor) == 0;
	return count;
}

struct node *
node_get(const struct node *n, const char *key)
{
	if (n && n->kind == NODE_MAP)
		for (struct node *v = n->first; v; v = v->next)
			if (node_is(v->key, key))
				return v;
	return NULL;
}

struct node *
node_find(const struct node *n, const char *path)
{
	struct node *found = NULL;
	char key[64];

	while (n && *path) {
		const size_t len = strcspn(path, "/");

		if (len >= sizeof key)
			return NULL;
		memcpy(key, path, len);
		key[len] = 0;
		n = found = node_get(n, key);
		path += len + (path[len] == '/');
	}
	return found;
}

struct node *
node_named(const struct node *seq, const char *name)
{
	if (seq && seq->kind == NODE_SEQ)
		for (struct node *i = seq->first; i; i = i->next)
			if (node_is(node_get(i, "name"), name))
				return i;
	return NULL;
}

bool
node_is(const struct node *n, const char *text)
{
	return n && n->kind == NODE_SCALAR && strcmp((const char *)n->text.at, text) == 0;
}

const char *
node_text(const struct node *n)
{
	return n && n->kind == NODE_SCALAR ? (const char *)n->text.at : "";
}

bool
node_empty(const struct node *n)
{
	if (n->kind == NODE_MAP || n->kind == NODE_SEQ)
		return !n->first;
	return n->kind == NODE_SCALAR && n->plain && (n->start == n->end || node_is(n, "null") || node_is(n, "~"));
}

/* "/" and "~" in a key as JSON pointers write them */
static void
add_step(struct buf *b, const char *s)
{
	buf_addc(b, '/');
	for (; *s; s++)
		if (*s == '~' || *s == '/')
			buf_adds(b, *s == '~' ? "~0" : "~1");
		else
			buf_addc(b, *s);
}

const char *
node_path(struct arena *arena, const struct node *top, const struct node *n)
{
	const struct node *way[80];
	unsigned depth = 0;
	struct buf b;
	char *path = NULL;

	buf_init(&b);
	for (; n->parent && n != top && depth < 80; n = n->parent)
		way[depth++] = n;
	while (depth-- > 0) {
		const char *name = node_text(way[depth]->key ? way[depth]->key : node_get(way[depth], "name"));
		size_t index = 0;

		if (!way[depth]->key && !*name) {
			for (const struct node *i = way[depth]->parent->first; i != way[depth]; i = i->next)
				index++;
			buf_addf(&b, "/%zu", index);
		} else {
			add_step(&b, name);
		}
	}
	buf_str(&b);
	if (!b.failed)
		path = arena_string(arena, (struct bytes){ b.at, b.len });
	buf_done(&b);
	return path;
}
