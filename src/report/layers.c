#include "report/layers.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/finding.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "blob/origin.h"
#include "report/quote.h"
#include "report/report.h"
#include "report/wording.h"
#include "rules/rule.h"

#define ROWS_MOST 4096
#define BY_MOST 72                      /* bytes of an instruction */
#define HEX_SHORT 12                    /* digits of a digest, as docker shows them */
#define NOP "/bin/sh -c #(nop) "         /* what the classic builder puts before instructions that run nothing */
#define BRANCH "\xe2\x94\x9c\xe2\x94\x80 "
#define LAST_BRANCH "\xe2\x94\x94\xe2\x94\x80 "

/* A layer, or what an image brings beside its layers ("config"), which has index 0, as have layers that no image names. */
struct layers_row {
	const char *image, *reference, *platform;       /* "" where there is none */
	const char *name, *digest, *created_by, *dockerfile;
	unsigned long line;             /* of the Dockerfile, or 0 */
	unsigned long index, of, base;  /* its number, how many layers the image has, and how many of them its base; 0: unknown */
	bool layer;
	size_t found, gone;             /* secrets in it; of these in files that later layers took away */
	enum severity worst;
	const struct finding *counted;  /* the finding that it was counted for last */
	size_t image_order;             /* rows of the image that was met first come first */
};

/* What a way says of its image. */
struct way {
	const struct origin *image, *layer, *file;
};

void
layers_init(struct layers *l)
{
	*l = (struct layers){ 0 };
	arena_init(&l->arena);
}

void
layers_done(struct layers *l)
{
	free(l->row);
	arena_done(&l->arena);
}

static struct way
way_of(const struct origin *o)
{
	struct way w = { 0 };

	for (; o; o = o->parent) {
		if (o->step == ORIGIN_IMAGE)
			w.image = o;
		else if (o->step == ORIGIN_LAYER)
			w.layer = o;
		else if (o->step == ORIGIN_FILE)
			w.file = o;
	}
	return w;
}

static const char *
told(const struct origin *o, const char *name)
{
	const char *s = o ? origin_attribute(o, name) : NULL;

	return s ? s : "";
}

static bool
same_image(const struct layers_row *r, const struct way *w)
{
	return strcmp(r->image, w->image->name) == 0 && strcmp(r->reference, told(w->image, "reference")) == 0 &&
	    strcmp(r->platform, told(w->image, "platform")) == 0;
}

static const char *
row_name(const struct way *w)
{
	return w->layer ? w->layer->name : w->file ? w->file->name : "";
}

static bool
is_row(const struct layers_row *r, const struct way *w)
{
	return strcmp(r->name, row_name(w)) == 0 && r->layer == (w->layer != NULL) && same_image(r, w);
}

static const char *
keep(struct layers *l, const char *s)
{
	const char *copy = arena_string(&l->arena, bytes_of(s));

	return copy ? copy : "";
}

static struct layers_row *
row_new(struct layers *l, const struct way *w)
{
	size_t order = l->count;
	struct layers_row *r;

	if (l->count == l->cap) {
		const size_t more = l->cap ? l->cap * 2 : 32;
		void *p = more <= ROWS_MOST ? realloc(l->row, more * sizeof *l->row) : NULL;

		if (!p)
			return NULL;
		l->row = p;
		l->cap = more;
	}
	for (size_t i = 0; i < l->count && order == l->count; i++)
		if (same_image(&l->row[i], w))
			order = l->row[i].image_order;
	r = &l->row[l->count++];
	*r = (struct layers_row){
		.image = keep(l, w->image->name), .reference = keep(l, told(w->image, "reference")),
		.platform = keep(l, told(w->image, "platform")), .of = strtoul(told(w->image, "layers"), NULL, 10),
		.base = strtoul(told(w->image, "base_layers"), NULL, 10), .image_order = order,
		.name = keep(l, row_name(w)), .layer = w->layer, .index = strtoul(told(w->layer, "index"), NULL, 10),
		.digest = keep(l, *told(w->layer, "digest") ? told(w->layer, "digest") : told(w->layer, "diff_id")),
		.created_by = keep(l, told(w->layer, "created_by")), .dockerfile = keep(l, told(w->layer, "dockerfile")),
		.line = strtoul(told(w->layer, "dockerfile_line"), NULL, 10),
	};
	return r;
}

static struct layers_row *
row_of(struct layers *l, const struct way *w)
{
	if (l->last < l->count && is_row(&l->row[l->last], w))
		return &l->row[l->last];
	for (l->last = 0; l->last < l->count; l->last++)
		if (is_row(&l->row[l->last], w))
			return &l->row[l->last];
	return row_new(l, w);
}

static void
add_place(struct layers *l, const struct finding *f, const struct origin *o)
{
	const struct way w = way_of(o);
	const char *state = told(w.layer, "state");
	struct layers_row *r;

	if (!w.image)
		return;
	r = row_of(l, &w);
	if (!r) {
		l->left++;
		return;
	}
	if (r->counted == f)
		return;
	r->counted = f;
	r->found++;
	r->gone += strncmp(state, "deleted", 7) == 0 || strncmp(state, "replaced", 8) == 0;
	if (f->rule->severity > r->worst)
		r->worst = f->rule->severity;
}

void
layers_add(struct layers *l, const struct finding *f)
{
	add_place(l, f, f->origin);
	for (size_t i = 0; i < f->place_count; i++)
		add_place(l, f, f->places[i].origin);
	for (size_t i = 0; i < l->count; i++)           /* its address may be another finding's next */
		l->row[i].counted = NULL;
}

/* by image, then what lies beside the layers, then layers as they are stacked */
static int
compare(const void *a, const void *b)
{
	const struct layers_row *x = a, *y = b;

	if (x->image_order != y->image_order)
		return x->image_order < y->image_order ? -1 : 1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
tell_image(struct report *r, const struct layers_row *row)
{
	const char *const also[] = { row->reference, row->platform };

	buf_adds(&r->out, "image     ");
	quote_visible(&r->out, bytes_of(row->image));
	for (size_t i = 0; i < 2; i++) {
		if (!*also[i])
			continue;
		buf_adds(&r->out, " \xc2\xb7 ");
		quote_visible(&r->out, bytes_of(also[i]));
	}
	buf_adds(&r->out, row->of || row->index ? "\n" : " \xc2\xb7 what belongs to no layer or image\n");
}

static void
tell_between(struct report *r, unsigned long from, unsigned long to, bool last)
{
	if (from > to)
		return;
	buf_addf(&r->out, "%10s%s", "", last ? LAST_BRANCH : BRANCH);
	if (from == to)
		buf_addf(&r->out, "layer %lu: nothing\n", from);
	else
		buf_addf(&r->out, "layers %lu to %lu: nothing\n", from, to);
}

static void
tell_count(struct report *r, const struct layers_row *row)
{
	wording_number(&r->out, row->found);
	buf_addf(&r->out, " %s (%s%s)", row->found == 1 ? "finding" : "findings", row->found == 1 ? "" : "up to ", severity_name(row->worst));
	if (row->gone == row->found)
		buf_adds(&r->out, ", deleted or replaced later");
	else if (row->gone)
		buf_addf(&r->out, ", %zu of them deleted or replaced later", row->gone);
}

static void
tell_row(struct report *r, const struct layers_row *row, bool last)
{
	const char *hex = strchr(row->digest, ':');
	const char *nop = strstr(row->created_by, NOP);
	const struct bytes by = bytes_of(nop ? nop + strlen(NOP) : row->created_by);

	buf_addf(&r->out, "%10s%s", "", last ? LAST_BRANCH : BRANCH);
	if (row->index)
		buf_addf(&r->out, "layer %lu", row->index);
	else
		quote_visible(&r->out, bytes_of(*row->name ? row->name : "beside the layers"));
	if (hex)
		buf_addf(&r->out, " %.*s", HEX_SHORT, hex + 1);
	if (row->index && row->base)
		buf_adds(&r->out, row->index <= row->base ? " (base)" : " (ours)");
	buf_adds(&r->out, ": ");
	tell_count(r, row);
	if (row->line) {
		buf_adds(&r->out, " \xc2\xb7 ");
		quote_visible(&r->out, bytes_of(row->dockerfile));
		buf_addf(&r->out, ":%lu", row->line);
	}
	if (by.len) {
		buf_adds(&r->out, " \xc2\xb7 ");
		quote_visible(&r->out, bytes_cut(by, 0, by.len < BY_MOST ? by.len : BY_MOST));
		buf_adds(&r->out, by.len > BY_MOST ? "\xe2\x80\xa6" : "");
	}
	buf_addc(&r->out, '\n');
}

/* the rows [from, to) of one image, and the layers between them that add nothing */
static void
tell_tree(struct report *r, const struct layers_row *row, size_t count)
{
	unsigned long next = 1;

	tell_image(r, row);
	for (size_t i = 0; i < count; i++) {
		if (row[i].index) {
			tell_between(r, next, row[i].index - 1, false);
			next = row[i].index + 1;
		}
		tell_row(r, &row[i], i + 1 == count && next > row[i].of);
	}
	tell_between(r, next, row[0].of, true);
	buf_addc(&r->out, '\n');
}

void
layers_tell(struct layers *l, struct report *r)
{
	if (l->count)
		qsort(l->row, l->count, sizeof *l->row, compare);
	for (size_t i = 0, to; i < l->count; i = to) {
		for (to = i + 1; to < l->count && l->row[to].image_order == l->row[i].image_order; to++)
			;
		tell_tree(r, &l->row[i], to - i);
	}
	if (l->left) {
		buf_adds(&r->out, "          and layers beyond these hold ");
		wording_number(&r->out, l->left);
		buf_adds(&r->out, " more; --format jsonl names them all\n\n");
	}
}
