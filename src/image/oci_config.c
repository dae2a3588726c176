/* what of a config and of annotations is text that can leak, and what a config says of its layers */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/arena.h"
#include "base/buf.h"
#include "image/digest.h"
#include "image/oci.h"

#define TEXTS 64
#define DEPTH 16

/* The pieces so far. */
struct pieces {
	struct arena *arena;
	struct oci_text *text;
	size_t count;
	struct buf rest;                /* what has no piece of its own */
	bool failed;
};

static void
add_piece(struct pieces *p, const char *name, struct buf *text)
{
	if (text->failed || p->count == TEXTS) {
		p->failed = true;
	} else if (text->len) {
		struct oci_text *t = &p->text[p->count++];

		t->name = arena_string(p->arena, bytes_of(name));
		t->text = (struct bytes){ (const uint8_t *)arena_string(p->arena, (struct bytes){ text->at, text->len }), text->len };
		p->failed |= !t->name || !t->text.at;
	}
	buf_done(text);
}

/* a string as it is, without its own NULs, which would end it for others */
static void
add_string(struct buf *out, json_t *v)
{
	buf_add(out, json_string_value(v), json_string_length(v));
}

/* a command's words make one line, as one would type it; other lists have a line each */
static bool
is_command(const char *name)
{
	return strcmp(name, "Cmd") == 0 || strcmp(name, "Entrypoint") == 0 || strcmp(name, "Test") == 0 || strcmp(name, "Shell") == 0;
}

static void
add_value(struct buf *out, const char *name, json_t *v, unsigned depth)
{
	const char *key;
	json_t *item;
	size_t i;

	if (json_is_string(v)) {
		buf_addf(out, "%s=", name);
		add_string(out, v);
		buf_addc(out, '\n');
	} else if (json_is_array(v) && depth < DEPTH) {
		json_array_foreach(v, i, item) {
			if (!json_is_string(item)) {
				add_value(out, name, item, depth + 1);
				continue;
			}
			add_string(out, item);
			buf_addc(out, is_command(name) && i + 1 < json_array_size(v) ? ' ' : '\n');
		}
	} else if (json_is_object(v) && depth < DEPTH) {
		json_object_foreach(v, key, item)
			add_value(out, key, item, depth + 1);
	}
}

static void
add_member(struct pieces *p, const char *name, json_t *v)
{
	struct buf text;

	buf_init(&text);
	add_value(&text, name, v, 0);
	add_piece(p, name, &text);
}

static void
add_settings(struct pieces *p, json_t *settings)
{
	const char *key;
	json_t *v;

	json_object_foreach(settings, key, v) {
		if (p->count < TEXTS / 2)
			add_member(p, key, v);
		else
			add_value(&p->rest, key, v, 0);
	}
}

/* the value of NAME=value up to a blank, or to its closing quote */
static char *
mask_value(char *at)
{
	const char quote = *at == '"' || *at == '\'' ? *at : 0;

	at += quote != 0;
	while (*at && *at != '\n' && (quote ? *at != quote : *at != ' '))
		*at++ = '*';
	return at + (*at == quote && quote);
}

/* "ENV A=b", "ARG A=b" and the arguments before a RUN ("|1 A=b /bin/sh -c ...") are told without values: what is
 * no finding need not be harmless */
static void
mask_values(char *created_by, const char *command)
{
	char *at = created_by + (command - created_by);
	unsigned long n = 1024;

	if (*at == '|')
		n = strtoul(at + 1, &at, 10);
	else if (strncmp(at, "ENV ", 4) == 0 || strncmp(at, "ARG ", 4) == 0)
		at += 4;
	else
		return;
	for (; n && *at; n--) {
		at += strspn(at, " ");
		at += strcspn(at, "= \n");
		if (*at != '=')
			break;
		at = mask_value(at + 1);
	}
}

const char *
oci_command(const char *created_by)
{
	static const char nop[] = "#(nop)";
	const char *at = strstr(created_by, nop);

	at = at ? at + strlen(nop) : created_by;
	return at + strspn(at, " ");
}

/*
 * Where the base ends: an image's own instructions begin after the command that
 * the base was to run by default, if a later instruction still adds a layer.
 */
static void
mark_base(struct image *image)
{
	size_t end = 0;
	bool more = false;

	for (size_t i = image->steps; i > 0 && end == 0; i--) {
		const struct image_step *s = &image->step[i - 1];
		const char *what = s->created_by ? oci_command(s->created_by) : "";

		if (s->layer != SIZE_MAX)
			more = true;
		else if (more && (strncmp(what, "CMD ", 4) == 0 || strncmp(what, "ENTRYPOINT ", 11) == 0))
			end = i;
	}
	for (size_t i = 0; i < end; i++)
		if (image->step[i].layer < image->layers)
			image->layer[image->step[i].layer].base = true;
}

/* which entry made which layer; where the counts don't agree, none is said to */
static void
map_steps(struct image *image, json_t *history)
{
	size_t made = 0, layer = 0;

	for (size_t i = 0; i < image->steps; i++)
		made += !json_is_true(json_object_get(json_array_get(history, i), "empty_layer"));
	for (size_t i = 0; i < image->steps; i++) {
		struct image_step *s = &image->step[i];

		s->layer = SIZE_MAX;
		if (made != image->layers || json_is_true(json_object_get(json_array_get(history, i), "empty_layer")))
			continue;
		s->layer = layer++;
		image->layer[s->layer].created_by = s->created_by;
	}
	mark_base(image);
}

static int
read_history(struct pieces *p, json_t *history, struct image *image, struct error *err)
{
	const size_t n = json_array_size(history);
	struct buf text;

	if (n > OCI_LAYERS * 4)
		return error_set(err, ERROR_LIMIT, "the history of a config has %zu entries, more than any image's", n);
	image->step = arena_new(p->arena, (n + 1) * sizeof *image->step);
	if (!image->step)
		return error_set(err, ERROR_INTERNAL, "out of memory for a config");
	image->steps = n;
	buf_init(&text);
	for (size_t i = 0; i < n; i++) {
		json_t *entry = json_array_get(history, i), *by = json_object_get(entry, "created_by"), *v;
		const char *key;

		image->step[i].at = text.len;
		if (json_is_string(by)) {
			image->step[i].created_by = arena_string(p->arena, bytes_of(json_string_value(by)));
			add_string(&text, by);
			buf_addc(&text, '\n');
			if (image->step[i].created_by)
				mask_values(image->step[i].created_by, oci_command(image->step[i].created_by));
		}
		json_object_foreach(entry, key, v)
			if (v != by && strcmp(key, "created") != 0)
				add_value(&text, key, v, 0);
	}
	add_piece(p, "history", &text);
	map_steps(image, history);
	return 0;
}

static void
read_diff_ids(json_t *ids, struct image *image, struct arena *arena)
{
	for (size_t i = 0; i < image->layers && i < json_array_size(ids); i++) {
		const char *id = json_string_value(json_array_get(ids, i));

		if (id && digest_valid(id))
			image->layer[i].diff_id = arena_string(arena, bytes_of(id));
	}
}

static void
read_platform(json_t *root, struct image *image, struct arena *arena)
{
	const char *os = json_string_value(json_object_get(root, "os")), *arch = json_string_value(json_object_get(root, "architecture"));
	const char *variant = json_string_value(json_object_get(root, "variant"));
	struct buf text;

	if (image->platform || !os || !arch || strlen(os) > 64 || strlen(arch) > 64)
		return;
	buf_init(&text);
	buf_addf(&text, "%s/%s", os, arch);
	if (variant && *variant && strlen(variant) <= 64)
		buf_addf(&text, "/%s", variant);
	image->platform = arena_string(arena, (struct bytes){ text.at, text.len });
	buf_done(&text);
}

static int
begin(struct pieces *p, struct bytes text, const char *what, json_t **root, struct error *err)
{
	json_error_t why;

	p->text = arena_new(p->arena, TEXTS * sizeof *p->text);
	*root = NULL;
	if (!p->text)
		return error_set(err, ERROR_INTERNAL, "out of memory for a config");
	if (text.len > OCI_MOST)
		return error_set(err, ERROR_LIMIT, "%s is larger than any needs to be", what);
	*root = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, &why);
	if (!*root)
		return error_set(err, ERROR_SYNTAX, "%s is no JSON: %.100s (line %d)", what, why.text, why.line);
	return 0;
}

static int
finish(struct pieces *p, json_t *root, struct oci_text **texts, size_t *count, struct error *err)
{
	add_piece(p, "other", &p->rest);
	json_decref(root);
	*texts = p->text;
	*count = p->count;
	return p->failed ? error_set(err, ERROR_INTERNAL, "out of memory for a config") : 0;
}

int
oci_config(struct bytes text, struct arena *arena, struct image *image, struct oci_text **texts, size_t *count,
    struct error *err)
{
	struct pieces p = { .arena = arena };
	json_t *root, *history, *v;
	const char *key;
	int r;

	*count = 0;
	if (begin(&p, text, "the config", &root, err) < 0)
		return -1;
	history = json_object_get(root, "history");
	read_diff_ids(json_object_get(json_object_get(root, "rootfs"), "diff_ids"), image, arena);
	read_platform(root, image, arena);
	add_settings(&p, json_object_get(root, "config"));
	r = read_history(&p, history, image, err);
	json_object_foreach(root, key, v)
		if (v != history && strcmp(key, "rootfs") != 0 && strcmp(key, "config") != 0)
			add_value(&p.rest, key, v, 0);
	return finish(&p, root, texts, count, err) < 0 ? -1 : r;
}

int
oci_annotations(struct bytes text, struct arena *arena, struct oci_text **texts, size_t *count, struct error *err)
{
	struct pieces p = { .arena = arena };
	json_t *root, *item;
	size_t i;

	*count = 0;
	if (begin(&p, text, "a manifest", &root, err) < 0)
		return -1;
	add_member(&p, "annotations", json_object_get(root, "annotations"));
	json_array_foreach(json_object_get(root, "layers"), i, item)
		add_value(&p.rest, "annotations", json_object_get(item, "annotations"), 0);
	json_array_foreach(json_object_get(root, "manifests"), i, item)
		add_value(&p.rest, "annotations", json_object_get(item, "annotations"), 0);
	return finish(&p, root, texts, count, err);
}
