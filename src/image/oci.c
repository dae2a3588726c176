#include "image/oci.h"

#include <jansson.h>
#include <string.h>

#include <stanch/error.h>

#include "base/arena.h"
#include "base/buf.h"
#include "image/digest.h"

#define NAME_MOST 4096

static json_t *
load(struct bytes text, const char *what, struct error *err)
{
	json_error_t why;
	json_t *root;

	if (text.len > OCI_MOST) {
		error_set(err, ERROR_LIMIT, "%s is larger than any needs to be", what);
		return NULL;
	}
	root = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, &why);
	if (!root)
		error_set(err, ERROR_SYNTAX, "%s is no JSON: %.100s (line %d)", what, why.text, why.line);
	return root;
}

/* a member that is a string of sane length, as a copy; NULL else */
static const char *
string(json_t *object, const char *key, struct arena *arena)
{
	json_t *v = json_object_get(object, key);
	const size_t n = json_string_length(v);

	if (!json_is_string(v) || n > NAME_MOST || strlen(json_string_value(v)) != n)
		return NULL;
	return arena_string(arena, bytes_of(json_string_value(v)));
}

static const char *
or_empty(const char *s)
{
	return s ? s : "";
}

static uint64_t
size_of(json_t *descriptor)
{
	const json_int_t n = json_integer_value(json_object_get(descriptor, "size"));

	return n > 0 ? (uint64_t)n : 0;
}

/* a descriptor of the OCI */
static int
read_part(json_t *d, struct arena *arena, struct part *p, struct error *err)
{
	p->digest = p->name = string(d, "digest", arena);
	p->media = or_empty(string(d, "mediaType", arena));
	p->size = size_of(d);
	if (p->digest && digest_valid(p->digest))
		return 0;
	return error_set(err, ERROR_SYNTAX, "a manifest names a blob by something that is no digest");
}

bool
oci_is_list(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr(" \t\r\n", text.at[i]) || text.at[i] == 0)
			return text.at[i] == '[';
	return false;
}

/* a path, as docker save names parts; ".." is no name there */
static int
path_part(json_t *v, struct arena *arena, struct part *p, struct error *err)
{
	const char *s = json_string_value(v);

	if (!s || !*s || json_string_length(v) > NAME_MOST || strlen(s) != json_string_length(v))
		return error_set(err, ERROR_SYNTAX, "manifest.json names a part by something that is no path");
	p->name = arena_string(arena, bytes_of(s));
	p->media = "";
	return p->name ? 0 : error_set(err, ERROR_INTERNAL, "out of memory for a manifest");
}

static int
new_layers(struct image *image, json_t *list, struct arena *arena, struct error *err)
{
	const size_t n = json_array_size(list);

	if (n > OCI_LAYERS)
		return error_set(err, ERROR_LIMIT, "a manifest lists %zu layers, more than any image has", n);
	image->layer = arena_new(arena, (n + 1) * sizeof *image->layer);
	image->layers = n;
	return image->layer ? 0 : error_set(err, ERROR_INTERNAL, "out of memory for a manifest");
}

static int
list_image(json_t *item, struct arena *arena, struct image *image, struct error *err)
{
	json_t *tags = json_object_get(item, "RepoTags"), *layers = json_object_get(item, "Layers");
	json_t *tag = json_array_get(tags, 0);

	if (json_is_string(tag) && json_string_length(tag) <= NAME_MOST)
		image->reference = arena_string(arena, bytes_of(json_string_value(tag)));
	if (path_part(json_object_get(item, "Config"), arena, &image->config, err) < 0 || new_layers(image, layers, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < image->layers; i++)
		if (path_part(json_array_get(layers, i), arena, &image->layer[i].part, err) < 0)
			return -1;
	return 0;
}

int
oci_list(struct bytes text, struct arena *arena, struct image **images, size_t *count, struct error *err)
{
	json_t *root = load(text, "manifest.json", err);
	const size_t n = json_array_size(root);
	int r = root ? 0 : -1;

	*count = 0;
	if (r == 0 && (n == 0 || n > OCI_ENTRIES))
		r = error_set(err, ERROR_SYNTAX, "manifest.json lists %s", n ? "more images than any archive has" : "no image");
	*images = r == 0 ? arena_new(arena, n * sizeof **images) : NULL;
	if (r == 0 && !*images)
		r = error_set(err, ERROR_INTERNAL, "out of memory for a manifest");
	for (size_t i = 0; r == 0 && i < n; i++)
		if ((r = list_image(json_array_get(root, i), arena, &(*images)[i], err)) == 0)
			*count = i + 1;
	json_decref(root);
	return r;
}

enum oci_kind
oci_kind(struct bytes text)
{
	struct error err;
	json_t *root = load(text, "a manifest", &err);
	enum oci_kind kind = OCI_UNKNOWN;

	if (json_is_array(json_object_get(root, "manifests")))
		kind = OCI_INDEX;
	else if (json_is_object(json_object_get(root, "config")) && json_is_array(json_object_get(root, "layers")))
		kind = OCI_IMAGE;
	json_decref(root);
	return kind;
}

static const char *
platform_of(json_t *p, struct arena *arena)
{
	const char *os = json_string_value(json_object_get(p, "os"));
	const char *arch = json_string_value(json_object_get(p, "architecture"));
	const char *variant = json_string_value(json_object_get(p, "variant"));
	struct buf text;
	const char *s;

	if (!os || !arch || strlen(os) > 64 || strlen(arch) > 64)
		return NULL;
	buf_init(&text);
	buf_addf(&text, "%s/%s", os, arch);
	if (variant && *variant && strlen(variant) <= 64)
		buf_addf(&text, "/%s", variant);
	s = arena_string(arena, (struct bytes){ text.at, text.len });
	buf_done(&text);
	return s;
}

static int
index_entry(json_t *item, struct arena *arena, struct oci_entry *e, struct error *err)
{
	json_t *notes = json_object_get(item, "annotations");

	if (read_part(item, arena, &e->part, err) < 0)
		return -1;
	e->platform = platform_of(json_object_get(item, "platform"), arena);
	e->reference = string(notes, "io.containerd.image.name", arena);
	if (!e->reference)
		e->reference = string(notes, "org.opencontainers.image.ref.name", arena);
	return 0;
}

int
oci_index(struct bytes text, struct arena *arena, struct oci_entry **entries, size_t *count, struct error *err)
{
	json_t *root = load(text, "an index", err), *list = json_object_get(root, "manifests");
	const size_t n = json_array_size(list);
	int r = root ? 0 : -1;

	*count = 0;
	if (r == 0 && n > OCI_ENTRIES)
		r = error_set(err, ERROR_LIMIT, "an index lists %zu manifests, more than any needs", n);
	*entries = r == 0 ? arena_new(arena, (n + 1) * sizeof **entries) : NULL;
	if (r == 0 && !*entries)
		r = error_set(err, ERROR_INTERNAL, "out of memory for an index");
	for (size_t i = 0; r == 0 && i < n; i++)
		if ((r = index_entry(json_array_get(list, i), arena, &(*entries)[i], err)) == 0)
			*count = i + 1;
	json_decref(root);
	return r;
}

int
oci_image(struct bytes text, struct arena *arena, struct image *image, struct error *err)
{
	json_t *root = load(text, "a manifest", err), *layers = json_object_get(root, "layers");
	int r = root ? read_part(json_object_get(root, "config"), arena, &image->config, err) : -1;

	if (r == 0)
		r = new_layers(image, layers, arena, err);
	for (size_t i = 0; r == 0 && i < image->layers; i++)
		r = read_part(json_array_get(layers, i), arena, &image->layer[i].part, err);
	json_decref(root);
	return r;
}

bool
oci_no_layer(const char *media)
{
	return *media && !strstr(media, "tar") && !strstr(media, "layer") && !strstr(media, "rootfs");
}

bool
oci_encrypted(const char *media)
{
	return strstr(media, "+encrypted");
}

bool
oci_foreign(const char *media)
{
	return strstr(media, "foreign") || strstr(media, "nondistributable");
}
