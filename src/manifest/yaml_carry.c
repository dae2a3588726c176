#include "manifest/yaml_carry.h"

#include <string.h>

#include "base/bytes.h"

/* the longest text of a scalar that is carried: names and kinds are short */
#define CARRY_TEXT 256

static uint32_t
put(struct buf *text, struct bytes b, uint32_t *end)
{
	const size_t at = text->len;

	buf_add(text, b.at, b.len < 4 * CARRY_TEXT ? b.len : 4 * CARRY_TEXT);
	*end = (uint32_t)text->len;
	return (uint32_t)at;
}

/* carries a node under one that was carried; its place plus one, 0 when there is no room */
static uint32_t
carry(struct tree_carry *c, struct buf *text, const struct tree *t, uint32_t node, uint32_t parent)
{
	const struct tree_node *n = &t->node[node];
	struct carried *k;

	if (c->count == CARRY_NODES)
		return 0;
	k = &c->node[c->count++];
	*k = (struct carried){ .parent = parent, .index = n->index, .form = n->form, .flags = n->flags & (TREE_EXACT | TREE_VERBATIM) };
	k->key = put(text, n->key_len ? tree_key(t, node) : (struct bytes){ 0 }, &k->key_end);
	if (tree_scalar(t, node) && n->end - n->at <= CARRY_TEXT)
		k->at = put(text, tree_raw(t, node), &k->end);
	return c->count;
}

static void
carry_child(struct tree_carry *c, struct buf *text, const struct tree *t, uint32_t map, uint32_t parent, const char *key)
{
	const uint32_t node = tree_child(t, map, key);

	if (node && tree_scalar(t, node))
		carry(c, text, t, node, parent);
}

/* what tells whose object a mapping is, where that stands before the window's end */
static void
carry_object(struct tree_carry *c, struct buf *text, const struct tree *t, uint32_t map, uint32_t parent, uint32_t except)
{
	const uint32_t meta = tree_child(t, map, "metadata");

	if (t->node[map].form != TREE_MAP || !tree_child(t, map, "kind"))
		return;
	carry_child(c, text, t, map, parent, "kind");
	carry_child(c, text, t, map, parent, "apiVersion");
	if (meta && meta != except) {
		const uint32_t m = carry(c, text, t, meta, parent);

		carry_child(c, text, t, meta, m, "name");
		carry_child(c, text, t, meta, m, "namespace");
	}
}

void
yaml_carry_save(struct yaml *y)
{
	struct tree_carry *c = y->tree->carry;
	const struct tree *t = y->tree;
	struct buf text;
	uint32_t at, open = t->node[TREE_ROOT].last;

	buf_init(&text);
	c->begun = true;
	c->over = y->over;
	c->cut = y->cut;
	c->next = c->offset + y->at;
	c->count = c->depth = 0;
	at = open ? carry(c, &text, t, open, 0) : 0;
	for (unsigned i = 0; i < y->depth && at; i++) {
		const struct yaml_frame *f = &y->frame[i];
		const uint32_t last = t->node[f->node].last;

		c->frame[c->depth].node = at;
		c->frame[c->depth].indent = f->indent;
		c->frame[c->depth++].sequence = f->sequence;
		carry_object(c, &text, t, f->node, at, last);
		if (!last)
			break;
		at = carry(c, &text, t, last, at);
	}
	c->slot = at;
	buf_done(&c->text);
	c->text = text;
	if (text.failed)
		c->over = true;
}

static void
load_nodes(struct yaml *y, uint32_t *place)
{
	struct tree_carry *c = y->tree->carry;

	for (uint32_t i = 0; i < c->count; i++) {
		const struct carried *k = &c->node[i];
		const uint32_t node = tree_add(y->tree, k->parent ? place[k->parent - 1] : TREE_ROOT, k->key, k->key_end);
		struct tree_node *n = &y->tree->node[node];

		place[i] = node;
		if (!node) {
			y->over = true;
			return;
		}
		n->index = k->index;
		n->form = k->form;
		n->flags = k->flags | TREE_CARRIED;
		n->at = k->at;
		n->end = k->end;
	}
}

/* past the rest of a quoted text that began before */
static void
skip_cut(struct yaml *y, uint8_t quote)
{
	while (y->at < y->text.len && y->text.at[y->at] != quote)
		y->at += quote == '"' && y->text.at[y->at] == '\\' ? 2 : 1;
	if (y->at >= y->text.len) {
		y->at = y->text.len;
		y->cut = y->more ? quote : 0;
	} else {
		y->at++;
	}
}

bool
yaml_carry_load(struct yaml *y)
{
	struct tree_carry *c = y->tree->carry;
	uint32_t place[CARRY_NODES];

	if (!c->begun)
		return false;
	y->tree->carried = (struct bytes){ c->text.at, c->text.len };
	buf_init(&c->text);             /* it is the tree's now */
	y->over = c->over;
	y->at = c->next > c->offset ? (size_t)(c->next - c->offset) : 0;
	if (y->at > y->text.len)
		y->at = y->text.len;
	load_nodes(y, place);
	for (unsigned i = 0; i < c->depth && !y->over; i++)
		y->frame[y->depth++] = (struct yaml_frame){ place[c->frame[i].node - 1], c->frame[i].indent, c->frame[i].sequence };
	if (!y->over && c->slot)
		y->slot = place[c->slot - 1];
	if (c->cut)
		skip_cut(y, c->cut);
	return true;
}
