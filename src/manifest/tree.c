#include "manifest/tree.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

void
tree_init(struct tree *t, struct bytes text)
{
	*t = (struct tree){ .text = bytes_cut(text, 0, UINT32_MAX / 2) };
	t->to = t->text.len;
	tree_add(t, TREE_ROOT, 0, 0);
	if (t->count)
		t->node[TREE_ROOT].form = TREE_STREAM;
}

void
tree_window(struct tree *t, size_t from, size_t to, struct tree_carry *carry)
{
	t->from = from;
	t->to = to < t->text.len ? to : t->text.len;
	t->carry = carry;
}

void
tree_done(struct tree *t)
{
	free(t->node);
	free(t->anchor);
	free((void *)(uintptr_t)t->carried.at);
	t->carried = (struct bytes){ 0 };
	t->node = NULL;
	t->anchor = NULL;
	t->count = t->cap = 0;
}

static bool
grow(struct tree *t)
{
	/* a key and its value take some 30 bytes */
	const uint32_t guess = t->text.len < 100000 ? (uint32_t)t->text.len / 32 + 16 : 4096, cap = t->cap ? t->cap * 2 : guess;
	struct tree_node *more;

	if (t->count >= TREE_NODES) {
		tree_trouble(t, t->text.len, "it has more keys and values than are looked at together");
		return false;
	}
	more = realloc(t->node, cap * sizeof *more);
	if (!more) {
		t->failed = true;
		return false;
	}
	t->node = more;
	t->cap = cap;
	return true;
}

uint32_t
tree_add(struct tree *t, uint32_t parent, size_t key, size_t key_end)
{
	struct tree_node *p, *n;
	const uint32_t i = t->count;

	if (i == t->cap && !grow(t))
		return 0;
	n = &t->node[t->count++];
	*n = (struct tree_node){ .parent = parent, .key = (uint32_t)key, .key_len = (uint32_t)(key_end - key), .at = (uint32_t)key,
		.end = (uint32_t)key_end };
	if (i == TREE_ROOT)
		return 0;
	p = &t->node[parent];
	if (p->last) {
		n->index = t->node[p->last].index + 1;
		t->node[p->last].next = i;
	} else {
		p->child = i;
	}
	p->last = i;
	return i;
}

void
tree_set(struct tree *t, uint32_t node, enum tree_form form, size_t at, size_t end, unsigned flags)
{
	struct tree_node *n = &t->node[node];

	if (node == TREE_ROOT)
		return;
	n->form = (uint16_t)form;
	n->flags |= (uint16_t)flags;
	n->at = (uint32_t)at;
	n->end = (uint32_t)end;
}

void
tree_trouble(struct tree *t, size_t at, const char *why)
{
	if (t->trouble)
		return;
	t->trouble = why;
	t->trouble_at = at;
}

void
tree_anchor(struct tree *t, uint32_t node, size_t at, size_t end)
{
	if (!t->anchor && !(t->anchor = calloc(TREE_ANCHORS, sizeof *t->anchor))) {
		t->failed = true;
		return;
	}
	if (t->anchors < TREE_ANCHORS)
		t->anchor[t->anchors++] = (struct tree_anchor){ (uint32_t)at, (uint32_t)end, node };
}

uint32_t
tree_meant(const struct tree *t, uint32_t alias)
{
	const struct bytes name = tree_raw(t, alias);

	for (uint32_t i = t->anchors; i > 0; i--) {
		const struct tree_anchor *a = &t->anchor[i - 1];

		if (a->node < alias && bytes_equal(name, bytes_cut(t->text, a->at, a->end)))
			return a->node;
	}
	return 0;
}

bool
tree_scalar(const struct tree *t, uint32_t node)
{
	return t->node[node].form >= TREE_PLAIN;
}

struct bytes
tree_key(const struct tree *t, uint32_t node)
{
	const struct tree_node *n = &t->node[node];

	if (n->flags & TREE_PASSWORD)
		return bytes_of("password");
	return bytes_cut(n->flags & TREE_CARRIED ? t->carried : t->text, n->key, (size_t)n->key + n->key_len);
}

struct bytes
tree_raw(const struct tree *t, uint32_t node)
{
	return bytes_cut(t->node[node].flags & TREE_CARRIED ? t->carried : t->text, t->node[node].at, t->node[node].end);
}

uint32_t
tree_child(const struct tree *t, uint32_t node, const char *key)
{
	const size_t len = strlen(key);
	unsigned looked = 0;

	for (uint32_t i = t->node[node].child; i && looked < TREE_CHILDREN; i = t->node[i].next, looked++)
		if (t->node[i].key_len == len && memcmp(tree_key(t, i).at, key, len) == 0)
			return i;
	return 0;
}

/* nodes stand in the order of their text, so the last one that begins before a byte, or an ancestor, holds it */
uint32_t
tree_at(const struct tree *t, size_t at)
{
	uint32_t from = 1, to = t->count;

	while (from < to) {
		const uint32_t mid = from + (to - from) / 2;
		const struct tree_node *n = &t->node[mid];

		if (n->flags & TREE_CARRIED || (n->key_len ? n->key : n->at) <= at)
			from = mid + 1;
		else
			to = mid;
	}
	for (uint32_t i = from - 1; i > 0 && i < t->count; i = t->node[i].parent)
		if (t->node[i].flags & TREE_CARRIED ? !tree_scalar(t, i) : at < t->node[i].end)
			return i;
	return 0;
}

static bool
simple(struct bytes key)
{
	for (size_t i = 0; i < key.len; i++)
		if (!isalnum(key.at[i]) && !strchr("_-$@*", key.at[i]))
			return false;
	return key.len > 0;
}

static void
path_key(const struct tree *t, uint32_t node, struct buf *out)
{
	const struct bytes key = tree_key(t, node);

	if (simple(key) || t->node[node].flags & TREE_VERBATIM) {
		if (out->len)
			buf_addc(out, '.');
		if (t->node[node].flags & TREE_ATTRIBUTE)
			buf_addc(out, '@');
		buf_add(out, key.at, key.len);
		return;
	}
	buf_adds(out, "[\"");
	for (size_t i = 0; i < key.len; i++) {
		if (key.at[i] == '"' || key.at[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, (char)key.at[i]);
	}
	buf_adds(out, "\"]");
}

/* a document's own step is not told */
static bool
step(const struct tree *t, uint32_t node)
{
	return node != TREE_ROOT && t->node[node].parent != TREE_ROOT;
}

static bool
keyed(const struct tree *t, uint32_t node)
{
	return t->node[t->node[node].parent].form != TREE_SEQUENCE;
}

/* what tells the steps down to a node, the outermost first */
static void
walk(const struct tree *t, uint32_t node, struct buf *out, void (*tell)(const struct tree *, uint32_t, struct buf *))
{
	uint32_t way[1024];
	size_t n = 0;

	for (; step(t, node) && n < sizeof way / sizeof way[0]; node = t->node[node].parent)
		way[n++] = node;
	while (n > 0)
		tell(t, way[--n], out);
}

/* of several children with one key, as markup and sections have, which this is; -1: it is the only one */
static int64_t
nth(const struct tree *t, uint32_t node)
{
	const struct bytes key = tree_key(t, node);
	int64_t n = 0;
	bool several = false;

	if (!(t->node[node].flags & TREE_REPEATS))
		return -1;
	for (uint32_t i = t->node[t->node[node].parent].child; i; i = t->node[i].next) {
		if (i == node) {
			several |= n > 0;
			break;
		}
		n += bytes_equal(tree_key(t, i), key);
	}
	for (uint32_t i = t->node[node].next; i && !several; i = t->node[i].next)
		several = bytes_equal(tree_key(t, i), key);
	return several ? n : -1;
}

static void
path_step(const struct tree *t, uint32_t node, struct buf *out)
{
	const int64_t n = nth(t, node);

	if (keyed(t, node))
		path_key(t, node, out);
	if (n >= 0)
		buf_addf(out, "[%lld]", (long long)n);
	if (!keyed(t, node))
		buf_addf(out, "[%u]", t->node[node].index);
}

static void
pointer_step(const struct tree *t, uint32_t node, struct buf *out)
{
	const struct bytes key = tree_key(t, node);
	const int64_t n = nth(t, node);

	buf_addc(out, '/');
	if (!keyed(t, node)) {
		buf_addf(out, "%u", t->node[node].index);
		return;
	}
	for (size_t i = 0; i < key.len; i++)
		if (key.at[i] == '~')
			buf_adds(out, "~0");
		else if (key.at[i] == '/')
			buf_adds(out, "~1");
		else
			buf_addc(out, (char)key.at[i]);
	if (n >= 0)
		buf_addf(out, "/%lld", (long long)n);
}

void
tree_path(const struct tree *t, uint32_t node, struct buf *out)
{
	walk(t, node, out, path_step);
}

void
tree_pointer(const struct tree *t, uint32_t node, struct buf *out)
{
	walk(t, node, out, pointer_step);
}
