#include "image/fate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/finding.h>

#include "blob/origin.h"
#include "image/built.h"
#include "image/images.h"

#define ATTRIBUTES 8

/* The steps of a way that decide. */
struct way {
	const struct origin *image, *layer, *file;
};

/* Attributes of a step, as they are collected. */
struct list {
	struct attribute *at;
	size_t count;
};

static void
list_add(struct list *l, const char *name, const char *value)
{
	if (value && *value && l->count < ATTRIBUTES)
		l->at[l->count++] = (struct attribute){ name, value };
}

static struct list
list_new(struct arena *arena)
{
	return (struct list){ .at = arena_new(arena, (ATTRIBUTES + 1) * sizeof(struct attribute)) };
}

static struct way
steps_of(const struct origin *o)
{
	struct way w = { 0 };

	for (; o; o = o->parent) {
		if (o->step == ORIGIN_FILE)
			w.file = o;
		else if (o->step == ORIGIN_LAYER)
			w.layer = o;
		else if (o->step == ORIGIN_IMAGE)
			w.image = o;
	}
	return w;
}

static const struct held *
find_held(struct images *s, const char *name)
{
	for (size_t i = 0; i < s->helds && !(s->last && strcmp(s->last->name, name) == 0); i++)
		if (strcmp(s->held[i]->name, name) == 0)
			s->last = s->held[i];
	return s->last && strcmp(s->last->name, name) == 0 ? s->last : NULL;
}

/* the layer's first place in an image, or its count of layers */
static size_t
place_in(const struct image *image, const struct held *h)
{
	size_t i = 0;

	while (i < image->layers && strcmp(image->layer[i].part.name, h->name) != 0)
		i++;
	return i;
}

static const struct names *
names_of(struct images *s, const struct image_layer *l)
{
	const struct held *h = find_held(s, l->part.name);

	return h ? &h->layer.names : NULL;
}

/* what later layers of the image did to the file: the first that touched it, or 0 */
static size_t
touched(struct images *s, const struct image *image, size_t layer, struct bytes path, enum names_fate *fate)
{
	*fate = NAMES_KEPT;
	for (size_t i = layer + 1; i < image->layers; i++) {
		const struct names *n = names_of(s, &image->layer[i]);

		/* the same layer again changes nothing */
		if (!n || strcmp(image->layer[i].part.name, image->layer[layer].part.name) == 0)
			continue;
		*fate = names_fate(n, path, s->key);
		if (*fate != NAMES_KEPT)
			return i;
	}
	return 0;
}

static const char *
state_text(enum names_fate fate, size_t by, struct arena *arena)
{
	char text[64];

	if (fate == NAMES_KEPT)
		return "present";
	snprintf(text, sizeof text, "%s in layer %zu", fate == NAMES_DELETED ? "deleted" : "replaced", by + 1);
	return arena_string(arena, bytes_of(text));
}

/* the image to tell it with: one in which the file is still there, else the first that has the layer */
static const struct image *
choose(struct images *s, const struct held *h, struct bytes path, size_t *place, enum names_fate *fate, size_t *by)
{
	const struct image *chosen = NULL;

	for (size_t i = 0; i < s->images; i++) {
		const struct image *image = &s->image[i];
		const size_t at = place_in(image, h);
		enum names_fate f;
		size_t b;

		if (at == image->layers)
			continue;
		b = touched(s, image, at, path, &f);
		if (chosen && f != NAMES_KEPT)
			continue;
		chosen = image;
		*place = at;
		*fate = f;
		*by = b;
		if (f == NAMES_KEPT)
			break;
	}
	return chosen;
}

static const char *
number(size_t n, struct arena *arena)
{
	char text[24];

	snprintf(text, sizeof text, "%zu", n);
	return arena_string(arena, bytes_of(text));
}

/* a step made anew under a parent */
static const struct origin *
step_new(const struct origin *parent, enum origin_step step, const char *name, const struct list *l, struct arena *arena)
{
	struct origin *o = arena_new(arena, sizeof *o);

	if (o && name) {
		*o = origin_step(parent, step, name, 0);
		o->attributes = l->count ? l->at : NULL;
	}
	return name ? o : NULL;
}

/* the line of the Dockerfile, where one was given that has it */
static void
list_line(struct list *l, const struct images *s, unsigned long line, struct arena *arena)
{
	if (!line)
		return;
	list_add(l, "dockerfile", s->built->name);
	list_add(l, "dockerfile_line", number(line, arena));
}

static size_t
base_layers(const struct image *image)
{
	size_t n = 0;

	for (size_t i = 0; i < image->layers; i++)
		n += image->layer[i].base;
	return n;
}

static const struct origin *
image_step(struct images *s, const struct image *image, struct arena *arena)
{
	struct list l = list_new(arena);

	if (!l.at)
		return NULL;
	if (image) {
		list_add(&l, "reference", image->reference);
		list_add(&l, "platform", image->platform);
		list_add(&l, "layers", number(image->layers, arena));
		list_add(&l, "base_layers", base_layers(image) ? number(base_layers(image), arena) : NULL);
	}
	return step_new(NULL, ORIGIN_IMAGE, s->target, &l, arena);
}

/* copies the steps from o up to but without `above` onto another parent */
static const struct origin *
transplant(const struct origin *o, const struct origin *above, const struct origin *parent, const struct list *first,
    struct arena *arena)
{
	const struct origin *under = o->parent == above ? parent : transplant(o->parent, above, parent, first, arena);
	struct origin *copy = under ? arena_new(arena, sizeof *copy) : NULL;

	if (!copy)
		return NULL;
	*copy = *o;
	copy->parent = under;
	copy->depth = under->depth + 1;
	if (o->parent == above && first && first->count)
		copy->attributes = first->at;
	return copy;
}

static const struct origin *
settle_layer(struct images *s, const struct origin *o, const struct way *w, struct arena *arena)
{
	const struct held *h = find_held(s, w->layer->name);
	const struct bytes path = bytes_of(w->file ? w->file->name : "");
	struct list l = list_new(arena);
	const struct origin *image, *layer;
	const struct image *of = NULL;
	enum names_fate fate = NAMES_KEPT;
	size_t place = 0, by = 0;

	if (!l.at)
		return NULL;
	if (h)
		of = choose(s, h, path, &place, &fate, &by);
	image = image_step(s, of, arena);
	if (of) {
		const struct image_layer *il = &of->layer[place];

		list_add(&l, "index", number(place + 1, arena));
		list_add(&l, "digest", il->part.digest);
		list_add(&l, "diff_id", il->diff_id ? il->diff_id : *h->layer.content ? h->layer.content : NULL);
		list_add(&l, "created_by", il->created_by);
		list_line(&l, s, il->line, arena);
		list_add(&l, "base", il->base ? "part of the base image" : NULL);
		list_add(&l, "state", w->file ? state_text(fate, by, arena) : NULL);
	}
	layer = image ? step_new(image, ORIGIN_LAYER, of ? number(place + 1, arena) : w->layer->name, &l, arena) : NULL;
	if (!layer || o == w->layer)
		return layer;
	return transplant(o, w->layer, layer, NULL, arena);
}

/* an instruction in which a secret was found is told without it */
static void
mask(char *text, size_t at, size_t len)
{
	const size_t all = strlen(text);

	for (size_t i = at; i < all && (i < at + len || !strchr(" \t\n\"'", text[i])); i++)
		text[i] = '*';
}

/* the step of the history that a place in its text belongs to */
static const struct image_step *
step_at(const struct image *image, uint64_t offset)
{
	const struct image_step *found = NULL;

	for (size_t i = 0; i < image->steps && image->step[i].at <= offset; i++)
		found = &image->step[i];
	return found;
}

/* the line of a text beside the layers in which a finding stands */
static struct bytes
line_of(const struct images *s, size_t image, const char *name, uint64_t offset)
{
	for (size_t i = 0; i < s->texts; i++) {
		const struct images_text *t = &s->text[i];
		size_t from, to;

		if (t->image != image || strcmp(t->part, "config") != 0 || strcmp(t->name, name) != 0 || offset >= t->text.len)
			continue;
		for (from = to = (size_t)offset; from && t->text.at[from - 1] != '\n'; from--)
			;
		while (to < t->text.len && t->text.at[to] != '\n')
			to++;
		return bytes_cut(t->text, from, to);
	}
	return (struct bytes){ 0 };
}

/* the instruction that set what a line of a setting says: the last that names it, as that is what counts */
static const struct image_step *
step_of_line(const struct image *image, struct bytes line, const char *setting)
{
	static const char *const words[][2] = {
		{ "Env", "ENV " }, { "Labels", "LABEL " }, { "Cmd", "CMD " }, { "Entrypoint", "ENTRYPOINT " },
		{ "Healthcheck", "HEALTHCHECK " }, { "OnBuild", "ONBUILD " },
	};
	const char *word = NULL;
	char name[160];
	size_t n = 0;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(setting, words[i][0]) == 0)
			word = words[i][1];
	if (word && (strcmp(word, "ENV ") == 0 || strcmp(word, "LABEL ") == 0))
		while (n < line.len && n + 1 < sizeof name && line.at[n] != '=')
			n++;
	memcpy(name, line.at ? line.at : (const uint8_t *)"", n);
	name[n] = 0;
	for (size_t i = image->steps; word && i > 0; i--) {
		const char *by = image->step[i - 1].created_by, *at = by ? strstr(by, word) : NULL;

		if (at && strstr(at, name))
			return &image->step[i - 1];
	}
	return NULL;
}

static const struct image_step *
instruction(const struct images *s, const struct image *image, const struct origin *o, const struct finding *f)
{
	const struct image_step *step;

	if (!f->rule)
		return NULL;
	if (strcmp(o->name, "history") != 0)
		return step_of_line(image, line_of(s, (size_t)(image - s->image), o->name, f->offset), o->name);
	step = step_at(image, f->offset);
	if (step && step->created_by && f->offset - step->at < strlen(step->created_by))
		mask(step->created_by, (size_t)(f->offset - step->at), f->length);
	return step;
}

/* a text beside the layers: the name of its image step is the image's number */
static const struct origin *
settle_text(struct images *s, const struct finding *f, const struct way *w, struct arena *arena)
{
	const size_t n = strtoul(w->image->name, NULL, 10);
	const struct image *of = *w->image->name && n < s->images ? &s->image[n] : NULL;
	const struct origin *o = f->origin, *image = image_step(s, of, arena), *piece = o;
	struct list l = list_new(arena);

	if (!image || !l.at)
		return NULL;
	while (piece->parent && piece->parent != w->file)
		piece = piece->parent;
	if (of && w->file && strcmp(w->file->name, "config") == 0 && piece->step == ORIGIN_MEMBER) {
		const struct image_step *step = instruction(s, of, piece, f);

		list_add(&l, "created_by", step ? step->created_by : NULL);
		list_line(&l, s, step ? step->line : 0, arena);
	}
	return o == w->image ? image : transplant(o, w->image, image, &l, arena);
}

int
fate_settle(struct images *s, struct finding *f, struct arena *arena, struct error *err)
{
	const struct way w = steps_of(f->origin);
	const struct origin *o = f->origin;

	if (!w.image)
		return 1;
	o = w.layer ? settle_layer(s, o, &w, arena) : settle_text(s, f, &w, arena);
	if (!o)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	f->origin = o;
	return 1;
}
