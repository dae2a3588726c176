#include "edit/style.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "edit/outline.h"

#define COLUMNS_MAX 16

/* What was seen of a style. */
struct sight {
	int step, seq, dash;
};

static int
sane(size_t from, size_t to)
{
	return to >= from && to - from <= COLUMNS_MAX ? (int)(to - from) : -1;
}

static void
look(struct sight *s, const struct outline *t, const struct node *n)
{
	const struct node *first = n->first;

	if (n->flow || !first)
		return;
	if (n->kind == NODE_SEQ && s->dash < 0 && !first->flow && first->start < t->text.len &&
	    outline_line_start(t, n->start) == outline_line_start(t, first->start))
		s->dash = sane(n->start, first->start);
	if (!n->parent || n->parent->kind != NODE_MAP || n->parent->flow || !n->key)
		return;
	if (n->kind == NODE_SEQ && s->seq < 0)
		s->seq = sane(outline_column(t, n->key->start), outline_column(t, n->start));
	if (n->kind == NODE_MAP && s->step < 0)
		s->step = sane(outline_column(t, n->key->start), outline_column(t, first->key->start));
}

/* in the order of the text, until all was seen */
static void
look_around(struct sight *s, const struct outline *t, const struct node *n, unsigned depth)
{
	look(s, t, n);
	for (const struct node *i = n->first; i && depth < 70 && (s->step < 0 || s->seq < 0 || s->dash < 0); i = i->next)
		look_around(s, t, i, depth + 1);
}

void
style_of(struct style *style, const struct outline *t, const struct node *near)
{
	struct sight s = { -1, -1, -1 };
	const struct node *root = near;

	while (root->parent)
		root = root->parent;
	look_around(&s, t, near, 0);
	look_around(&s, t, root, 0);
	*style = (struct style){ .eol = t->eol, .step = s.step > 0 ? (unsigned)s.step : 2, .seq = s.seq >= 0 ? (unsigned)s.seq : 2,
		.dash = s.dash > 1 ? (unsigned)s.dash : 2, .json = root->kind == NODE_MAP && root->flow && root->first && !root->first->key->plain };
	style->tight = style->json && root->first->colon + 1 < t->text.len && !isspace(t->text.at[root->first->colon + 1]);
}

/* words that YAML 1.1 or 1.2 takes for something else than a string */
static bool
is_word(const char *s)
{
	static const char *const words[] = { "null", "true", "false", "yes", "no", "on", "off", "y", "n", NULL };

	for (const char *const *w = words; *w; w++)
		if (strcasecmp(*w, s) == 0)
			return true;
	return false;
}

/* "10m", "32Mi": no number to any reader */
static bool
is_quantity(const char *s)
{
	const size_t digits = strspn(s, "123456789"), all = digits + strspn(s + digits, "0123456789");

	return digits && (strcmp(s + all, "m") == 0 || (s[all] && strchr("KMGT", s[all]) && strcmp(s + all + 1, "i") == 0));
}

static bool
is_plain(const char *s, bool flow)
{
	if (is_quantity(s))
		return true;
	/* numbers, dates and times begin with a digit, a sign or a dot before one */
	if (!*s || is_word(s) || (!isalpha((unsigned char)*s) && !strchr("/_", *s) && strncmp(s, "--", 2) != 0) || strcmp(s, "---") == 0)
		return false;
	for (const char *c = s; *c; c++)
		if (!isalnum((unsigned char)*c) && (!strchr("_-./=:@+*,", *c) || (*c == ':' && (!c[1] || flow)) || (flow && *c == ',')))
			return false;
	return true;
}

void
style_scalar(struct buf *b, const json_t *v, bool quoted, bool flow)
{
	const char *s = json_string_value(v);
	char *text;

	if (s && !quoted && is_plain(s, flow)) {
		buf_adds(b, s);
		return;
	}
	text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
	if (text)
		buf_adds(b, text);
	else
		b->failed = true;
	free(text);
}

static void
pad(struct buf *b, unsigned n)
{
	while (n-- > 0)
		buf_addc(b, ' ');
}

static void
quote(struct buf *b, const char *s, bool quoted, bool flow)
{
	json_t *v = json_string(s);

	if (v)
		style_scalar(b, v, quoted, flow);
	else
		b->failed = true;
	json_decref(v);
}

static size_t
size_of(const json_t *v)
{
	return json_is_object(v) ? json_object_size(v) : json_array_size(v);
}

static bool
is_scalar(const json_t *v)
{
	return !json_is_object(v) && !json_is_array(v);
}

/* many lines stay readable as a literal block */
static bool
is_lines(const json_t *v)
{
	const char *s = json_string_value(v);
	const size_t len = s ? json_string_length(v) : 0;

	if (len < 2 || s[len - 1] != '\n' || s[len - 2] == '\n' || isspace((unsigned char)*s))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < 0x20 ? s[i] != '\n' : (unsigned char)s[i] > 0x7e)
			return false;
	return true;
}

static void
literal(struct buf *b, const struct style *style, const char *s, unsigned col)
{
	buf_addf(b, " |%s", style->eol);
	for (size_t len; *s; s += len + 1) {
		len = strcspn(s, "\n");
		if (len)
			pad(b, col);
		buf_add(b, s, len);
		buf_adds(b, style->eol);
	}
}

/* what follows "key:", to the end of its last line */
static void
value(struct buf *b, const struct style *style, const json_t *v, unsigned col)
{
	if (is_lines(v)) {
		literal(b, style, json_string_value(v), col + style->step);
	} else if (is_scalar(v) || size_of(v) == 0) {
		buf_addc(b, ' ');
		style_scalar(b, v, false, false);
		buf_adds(b, style->eol);
	} else {
		buf_adds(b, style->eol);
		style_block(b, style, v, col + (json_is_array(v) ? style->seq : style->step));
	}
}

void
style_pair(struct buf *b, const struct style *style, const char *key, const json_t *v, unsigned col)
{
	pad(b, col);
	quote(b, key, false, false);
	buf_addc(b, ':');
	value(b, style, v, col);
}

void
style_item(struct buf *b, const struct style *style, const json_t *v, unsigned col)
{
	const size_t at = b->len + col;

	if (json_is_object(v) && size_of(v)) {
		/* the first pair stands behind the dash */
		style_block(b, style, v, col + style->dash);
		if (!b->failed)
			b->at[at] = '-';
		return;
	}
	pad(b, col);
	buf_addc(b, '-');
	pad(b, style->dash - 1);
	if (is_scalar(v))
		style_scalar(b, v, false, false);
	else
		style_flow(b, style, v, "", NULL);
	buf_adds(b, style->eol);
}

void
style_block(struct buf *b, const struct style *style, const json_t *v, unsigned col)
{
	const char *key;
	json_t *child;
	size_t i;

	if (json_is_array(v)) {
		json_array_foreach(v, i, child)
			style_item(b, style, child, col);
	} else {
		json_object_foreach((json_t *)(uintptr_t)v, key, child)
			style_pair(b, style, key, child, col);
	}
}

/* to the next thing in brackets: a new line, or a blank */
static void
next_thing(struct buf *b, const struct style *style, const char *prefix, const char *unit, bool first)
{
	if (!first)
		buf_addc(b, ',');
	if (unit)
		buf_addf(b, "%s%s", style->eol, prefix);
	else if (!first && !style->tight)
		buf_addc(b, ' ');
}

void
style_flow_pair(struct buf *b, const struct style *style, const char *key, const json_t *v, const char *prefix, const char *unit)
{
	quote(b, key, style->json, true);
	buf_adds(b, style->tight ? ":" : ": ");
	style_flow(b, style, v, prefix, unit);
}

void
style_flow(struct buf *b, const struct style *style, const json_t *v, const char *prefix, const char *unit)
{
	const char *key;
	json_t *child;
	struct buf deeper;
	size_t i;
	bool first = true;

	if (is_scalar(v) || size_of(v) == 0) {
		style_scalar(b, v, style->json, true);
		return;
	}
	buf_init(&deeper);
	buf_addf(&deeper, "%s%s", prefix, unit ? unit : "");
	buf_addc(b, json_is_array(v) ? '[' : '{');
	if (json_is_array(v)) {
		json_array_foreach(v, i, child) {
			next_thing(b, style, buf_str(&deeper), unit, first);
			style_flow(b, style, child, buf_str(&deeper), unit);
			first = false;
		}
	} else {
		json_object_foreach((json_t *)(uintptr_t)v, key, child) {
			next_thing(b, style, buf_str(&deeper), unit, first);
			style_flow_pair(b, style, key, child, buf_str(&deeper), unit);
			first = false;
		}
	}
	if (unit)
		buf_addf(b, "%s%s", style->eol, prefix);
	buf_addc(b, json_is_array(v) ? ']' : '}');
	b->failed |= deeper.failed;
	buf_done(&deeper);
}
