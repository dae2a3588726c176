#include "image/images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/buf.h"
#include "blob/origin.h"
#include "image/built.h"
#include "image/store.h"

/* of all images of a target together */
#define HELD_MOST 8192
#define IMAGES_MOST 1024
#define TEXTS_MOST 65536
#define INDEX_DEPTH 4
#define PROBLEMS_MOST 1000

void
images_init(struct images *s, const char *target, const char *platform, const struct limits *limits)
{
	*s = (struct images){ .target = target, .platform = platform, .limits = limits };
	arena_init(&s->arena);
	randombytes_buf(s->key, sizeof s->key);
	s->root = (struct origin){ .step = ORIGIN_IMAGE, .name = "" };
}

void
images_done(struct images *s)
{
	for (size_t i = 0; i < s->helds; i++)
		names_done(&s->held[i]->layer.names);
	free(s->held);
	free(s->image);
	free(s->text);
	free(s->problem);
	free(s->seen);
	arena_done(&s->arena);
}

/* room for one more in a list; false when memory ran out or there are too many */
static bool
grow(void *list, size_t count, size_t *cap, size_t size, size_t most)
{
	void **at = list;
	const size_t more = *cap ? *cap * 2 : 16;
	void *p;

	if (count < *cap)
		return true;
	p = count < most ? realloc(*at, more * size) : NULL;
	if (!p)
		return false;
	*at = p;
	*cap = more;
	return true;
}

void
images_complain(struct images *s, const char *name, bool layer, const char *why)
{
	struct images_problem *p;

	if (!grow(&s->problem, s->problems, &s->problem_cap, sizeof *s->problem, PROBLEMS_MOST))
		return;
	p = &s->problem[s->problems++];
	*p = (struct images_problem){ .layer = layer };
	if (name)
		p->name = arena_string(&s->arena, bytes_of(name));
	snprintf(p->why, sizeof p->why, "%s", why);
}

struct held *
images_hold(struct images *s, const char *name)
{
	struct held *h;

	for (size_t i = s->helds; i > 0; i--)
		if (strcmp(s->held[i - 1]->name, name) == 0)
			return s->held[i - 1];
	if (!grow(&s->held, s->helds, &s->held_cap, sizeof *s->held, HELD_MOST))
		return NULL;
	h = arena_new(&s->arena, sizeof *h);
	if (!h || !(h->name = arena_string(&s->arena, bytes_of(name))))
		return NULL;
	h->origin = origin_step(&s->root, ORIGIN_LAYER, h->name, 0);
	h->layer = (struct layer){ .origin = &h->origin, .key = s->key, .limits = s->limits };
	s->held[s->helds++] = h;
	return h;
}

/* a whole part as text in the arena: 1, 0 not there, -1 it can't be read, which is then a problem */
static int
read_part(struct images *s, struct store *store, const struct part *part, bool manifest, struct bytes *text)
{
	struct error err;
	struct blob blob;
	struct bytes b;
	struct buf all;
	const struct store_ask ask = { part->name, part->size, manifest };
	int r = store->name(store, part->name) ? store->open(store, &ask, &blob, &err) : 0, got = 1;
	const bool opened = r > 0;

	buf_init(&all);
	while (r > 0 && got > 0 && (got = blob.read(&blob, &b, &err)) > 0) {
		buf_add(&all, b.at, b.len);
		if (all.len > OCI_MOST || all.failed)
			r = error_set(&err, ERROR_LIMIT, "it is larger than any manifest or config");
	}
	if (got < 0)
		r = -1;
	if (opened && blob.close)
		blob.close(&blob);
	text->len = all.len;
	text->at = r > 0 ? (const uint8_t *)arena_string(&s->arena, (struct bytes){ all.at, all.len }) : NULL;
	buf_done(&all);
	if (r > 0 && !text->at)
		r = error_set(&err, ERROR_INTERNAL, "out of memory");
	if (r > 0 && part->digest && !digest_fits(*text, part->digest))
		images_complain(s, part->name, false, "its content does not have the digest by which it is named");
	if (r < 0)
		images_complain(s, part->name, false, err.text);
	return r;
}

static bool
add_texts(struct images *s, size_t image, const char *part, const struct oci_text *t, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!grow(&s->text, s->texts, &s->text_cap, sizeof *s->text, TEXTS_MOST))
			return false;
		s->text[s->texts++] = (struct images_text){ image, part, t[i].name, t[i].text };
	}
	return true;
}

/* what can't be taken apart is looked at as it is */
static void
add_raw(struct images *s, size_t image, const char *part, struct bytes text, const char *why)
{
	const struct oci_text raw = { "text", text };

	images_complain(s, part, false, why);
	add_texts(s, image, part, &raw, 1);
}

const char *
images_digest(struct images *s, const char *path)
{
	const char *base = strrchr(path, '/');
	char text[DIGEST_TEXT];

	base = base ? base + 1 : path;
	if (digest_valid(base))
		return arena_string(&s->arena, bytes_of(base));
	if (strspn(base, "0123456789abcdef") != 64 || (strcmp(base + 64, ".json") != 0 && base[64]))
		return NULL;
	if (base[64] == 0 && strncmp(path, "blobs/sha256/", 13) != 0)
		return NULL;
	snprintf(text, sizeof text, "sha256:%.64s", base);
	return arena_string(&s->arena, bytes_of(text));
}

static void
hold_layer(struct images *s, struct store *store, struct image_layer *l)
{
	const char *name = store->name(store, l->part.name);
	struct held *h;

	if (oci_encrypted(l->part.media)) {
		images_complain(s, l->part.name, true, "the layer is encrypted");
		return;
	}
	if (!name) {
		images_complain(s, l->part.name, true, oci_foreign(l->part.media)
		    ? "the layer is a foreign one, which the image does not bring along" : "the image names a layer that is not there");
		return;
	}
	h = images_hold(s, name);
	if (!h) {
		images_complain(s, l->part.name, true, "there are more layers than are read");
		return;
	}
	l->part.name = h->name;
	h->wanted = true;
	if (!h->part.name)
		h->part = l->part;
	h->layer.digest = h->layer.digest ? h->layer.digest : l->part.digest;
	h->layer.diff_id = h->layer.diff_id ? h->layer.diff_id : l->diff_id;
	h->layer.other |= oci_no_layer(l->part.media);
	if (l->diff_id && h->layer.diff_id && strcmp(l->diff_id, h->layer.diff_id) != 0)
		images_complain(s, l->part.name, true, "two images say that it unpacks to different contents");
	else if (l->diff_id && h->layer.whole && strcmp(l->diff_id, h->layer.content) != 0)
		images_complain(s, l->part.name, true, "its content does not have the digest that the image says");
}

static bool
same_image(const struct images *s, const char *config)
{
	for (size_t i = 0; config && i < s->images; i++)
		if (s->image[i].config.name && strcmp(s->image[i].config.name, config) == 0)
			return true;
	return false;
}

/* an image whose manifest was read: its config and layers */
static void
add_image(struct images *s, struct store *store, struct image *image)
{
	const char *config = store->name(store, image->config.name);
	struct oci_text *texts;
	size_t count = 0;
	struct bytes text;
	struct error err;
	int got;

	if (same_image(s, config ? config : image->config.name))
		return;
	if (!grow(&s->image, s->images, &s->image_cap, sizeof *s->image, IMAGES_MOST)) {
		images_complain(s, image->config.name, false, "there are more images than are read");
		return;
	}
	if (config)
		image->config.name = config;
	if (!image->config.digest)
		image->config.digest = images_digest(s, image->config.name);
	got = read_part(s, store, &image->config, false, &text);
	if (got == 0)
		images_complain(s, image->config.name, false, "the image names a config that is not there");
	if (got > 0 && oci_config(text, &s->arena, image, &texts, &count, &err) < 0)
		add_raw(s, s->images, "config", text, err.text);
	else if (got > 0 && !add_texts(s, s->images, "config", texts, count))
		images_complain(s, image->config.name, false, "out of memory for a config");
	if (s->built && built_map(s->built, image) < 0)
		images_complain(s, image->config.name, false, "out of memory comparing it with the Dockerfile");
	for (size_t i = 0; i < image->layers; i++) {
		struct part *p = &image->layer[i].part;

		if (!p->digest)
			p->digest = images_digest(s, store->name(store, p->name) ? store->name(store, p->name) : p->name);
		hold_layer(s, store, &image->layer[i]);
	}
	s->image[s->images++] = *image;
	s->found = true;
}

static bool
seen(struct images *s, const char *digest)
{
	for (size_t i = 0; i < s->seens; i++)
		if (strcmp(s->seen[i], digest) == 0)
			return true;
	if (grow(&s->seen, s->seens, &s->seen_cap, sizeof *s->seen, IMAGES_MOST * 4))
		s->seen[s->seens++] = digest;
	return false;
}

static bool
wants(const struct images *s, const char *platform)
{
	const size_t n = s->platform ? strlen(s->platform) : 0;

	if (!s->platform || !platform)
		return true;
	return strncmp(platform, s->platform, n) == 0 && (platform[n] == 0 || platform[n] == '/');
}

static int load_manifest(struct images *, struct store *, const struct oci_entry *, unsigned depth);

/* an archive may hold one platform of many: the others are no part of it, unless there is none at all */
static int
load_index(struct images *s, struct store *store, struct bytes text, unsigned depth)
{
	struct oci_entry *entries;
	struct oci_text *notes;
	size_t count, noted, there = 0, missing = 0;
	struct error err;

	if (depth == INDEX_DEPTH) {
		images_complain(s, NULL, false, "indexes are nested too deep");
		return 1;
	}
	if (oci_index(text, &s->arena, &entries, &count, &err) < 0) {
		add_raw(s, s->images, "index", text, err.text);
		return 0;
	}
	if (oci_annotations(text, &s->arena, &notes, &noted, &err) == 0)
		add_texts(s, s->images, "index", notes, noted);
	for (size_t i = 0; i < count; i++) {
		if (!wants(s, entries[i].platform))
			continue;
		if (load_manifest(s, store, &entries[i], depth + 1) > 0)
			there++;
		else
			missing++;
	}
	for (size_t i = 0; missing && there == 0 && i < count; i++)
		images_complain(s, entries[i].part.name, false, "the index names a manifest that is not there");
	return there > 0 || count == 0;
}

/* one manifest or index: 1 it is there, 0 it is not */
static int
load_manifest(struct images *s, struct store *store, const struct oci_entry *e, unsigned depth)
{
	struct image image = { .platform = e->platform, .reference = e->reference };
	struct oci_text *notes;
	struct bytes text;
	struct error err;
	size_t noted;
	int got;

	if (seen(s, e->part.name))
		return 1;
	got = read_part(s, store, &e->part, true, &text);
	if (got <= 0)
		return got < 0;
	switch (oci_kind(text)) {
	case OCI_INDEX:
		s->found = true;
		return load_index(s, store, text, depth);
	case OCI_IMAGE:
		if (oci_annotations(text, &s->arena, &notes, &noted, &err) == 0)
			add_texts(s, s->images, "manifest", notes, noted);
		if (oci_image(text, &s->arena, &image, &err) == 0)
			add_image(s, store, &image);
		else
			add_raw(s, s->images, "manifest", text, err.text);
		return 1;
	case OCI_UNKNOWN:
		break;
	}
	add_raw(s, s->images, "manifest", text, "it is no manifest of a kind that is read");
	return 1;
}

static void
load_list(struct images *s, struct store *store, struct bytes text)
{
	struct image *list;
	struct error err;
	size_t count;

	if (oci_list(text, &s->arena, &list, &count, &err) < 0)
		add_raw(s, s->images, "manifest.json", text, err.text);
	for (size_t i = 0; i < count; i++)
		add_image(s, store, &list[i]);
}

void
images_load(struct images *s, struct store *store, const struct part *first)
{
	static const struct part index = { .name = "index.json", .media = "" }, list = { .name = "manifest.json", .media = "" };
	const struct oci_entry begin = { .part = first ? *first : index };
	struct bytes text;

	if (first && load_manifest(s, store, &begin, 0) == 0)
		images_complain(s, first->name, false, "the image is not there");
	else if (!first && store->name(store, index.name))
		load_manifest(s, store, &begin, 0);
	if (!first && read_part(s, store, &list, true, &text) > 0 && oci_is_list(text))
		load_list(s, store, text);
}
