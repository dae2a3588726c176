#include "inject/document.h"

#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "edit/change.h"
#include "edit/outline.h"
#include "inject/plan.h"
#include "inject/workload.h"

static int
lack(struct error *err)
{
	return error_set(err, ERROR_INTERNAL, "out of memory");
}

/* the config maps of all namespaces, in the order of these */
static json_t *
maps_of(const struct plan *p, const json_t *spaces)
{
	json_t *all = json_array(), *ignored;
	const char *space;

	json_object_foreach((json_t *)(uintptr_t)spaces, space, ignored) {
		json_t *maps = plan_config_maps(p, space);

		json_array_extend(all, maps);
		json_decref(maps);
	}
	return all;
}

static int
add_items(struct outline *t, struct edits *edits, const struct node *items, const json_t *maps, struct error *err)
{
	struct change c;
	int r = change_init(&c, t, items->parent, edits, err);

	if (r == 0)
		r = change_add_items(&c, items->parent, NULL, "items", maps, false, err);
	change_done(&c);
	return r;
}

static void
write_documents(struct buf *b, const struct style *style, const json_t *maps)
{
	json_t *map;
	size_t i;

	json_array_foreach(maps, i, map) {
		buf_addf(b, "---%s", style->eol);
		style_block(b, style, map, 0);
	}
}

static int
add_documents(struct outline *t, struct edits *edits, const json_t *maps, struct error *err)
{
	const struct bytes text = t->text;
	const bool whole = text.len && text.at[text.len - 1] == '\n';
	struct style style;
	struct buf b;
	char *s;

	style_of(&style, t, t->docs[0]);
	if (style.json)
		return error_set(err, ERROR_UNSUPPORTED, "%s is one JSON object, which leaves no room for the config maps; say --emit FILE for them", t->file);
	buf_init(&b);
	if (!whole)
		buf_adds(&b, style.eol);
	write_documents(&b, &style, maps);
	/* a text without final newline stays one, so that what stood before is known */
	if (!whole && !b.failed)
		b.len -= strlen(style.eol);
	s = buf_steal(&b);
	return s ? edits_add(edits, text.len, text.len, 0, s, err) : lack(err);
}

int
document_add(struct outline *t, struct edits *edits, const struct plan *p, const json_t *spaces, struct error *err)
{
	json_t *maps = maps_of(p, spaces);
	const struct node *items = workload_list(t);
	int r = maps ? 0 : lack(err);

	if (r == 0 && json_array_size(maps))
		r = items ? add_items(t, edits, items, maps, err) : add_documents(t, edits, maps, err);
	json_decref(maps);
	return r;
}

static bool
is_ours(const struct node *top)
{
	return node_is(node_get(top, "kind"), "ConfigMap") && node_is(node_get(node_find(top, "metadata/annotations"), PLAN_NOTE), "part");
}

/* from the marker before it, which is ours too */
static int
remove_document(struct outline *t, struct edits *edits, const struct node *top, struct error *err)
{
	const size_t marker = top->start ? outline_line_start(t, outline_line_start(t, top->start) - (outline_line_start(t, top->start) > 0)) : 0;

	if (top->flow || strncmp((const char *)t->text.at + marker, "---", 3) != 0)
		return error_set(err, ERROR_SYNTAX, "%s:%zu: the config map is not as stanch inject wrote it; take it out by hand", t->file,
		    outline_line(t, top->start));
	return edits_add(edits, marker, outline_line_end(t, top->end), 0, NULL, err);
}

int
document_remove(struct outline *t, struct edits *edits, struct error *err)
{
	const struct node *items = workload_list(t);
	struct change c;
	bool any = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < t->count; i++)
		if (is_ours(t->docs[i]))
			r = remove_document(t, edits, t->docs[i], err);
	for (struct node *i = items ? items->first : NULL; i; i = i->next)
		any |= i->gone = is_ours(i);
	if (r < 0 || !any)
		return r;
	r = change_init(&c, t, items->parent, edits, err);
	if (r == 0)
		r = change_take_back(&c, err);
	change_done(&c);
	return r;
}

int
document_write(struct buf *b, const struct plan *p, const char *space, struct error *err)
{
	const struct style style = { .eol = "\n", .step = 2, .dash = 2 };
	json_t *spaces = json_pack("{s:b}", space, 1), *maps = spaces ? maps_of(p, spaces) : NULL;

	if (maps)
		write_documents(b, &style, maps);
	json_decref(spaces);
	json_decref(maps);
	return maps && !b->failed ? 0 : lack(err);
}
