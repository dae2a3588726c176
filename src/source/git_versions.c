/* Objects of a pack as versions, in the order of their deltas; loose ones each by itself; large ones as streams. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/glob.h"
#include "blob/origin.h"
#include "git/delta.h"
#include "git/family.h"
#include "git/files.h"
#include "git/inflate.h"
#include "git/loose.h"
#include "git/object.h"
#include "source/git.h"
#include "source/source.h"

struct git_versions {
	struct versions versions;
	const struct git_source *source;
	struct git_unit unit;
	struct reader *reader; /* for bases that lie elsewhere, and loose objects */
	struct family family;
	bool begun;                 /* the family has */
	enum object_type type;      /* of the family at hand */
	uint32_t at;                /* next root or loose object */
	const struct object *loose; /* lent to the version at hand */
	struct git_naming naming;
	struct copied *copies;
	size_t copy_cap;
	uint8_t *handed; /* by place: whether what is there was handed out */
	size_t places;
	bool second;          /* of the pair at hand, what came is next */
	struct origin origin; /* of the blob */
};

static bool
left_out(const struct source_options *o, const char *path)
{
	char part[4096];

	if (o->include && *o->include && !glob_any(o->include, path))
		return true;
	if (!o->exclude || !*o->exclude)
		return false;
	for (const char *slash = strchr(path, '/'); slash && (size_t)(slash - path) < sizeof part; slash = strchr(slash + 1, '/')) {
		memcpy(part, path, (size_t)(slash - path));
		part[slash - path] = 0;
		if (glob_any(o->exclude, part))
			return true;
	}
	return glob_any(o->exclude, path);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* a file's content: its path, and how long it was there */
static void
name_blob(const struct git_source *g, const struct history_object *o, struct git_naming *n)
{
	size_t also = 0;

	n->origin.step = ORIGIN_FILE;
	n->origin.name = g->history.paths.path[o->path];
	n->life.removed = o->live || !o->removed ? 0 : o->removed + 1;
	for (uint32_t i = o->also; i; i = g->history.more[i].next)
		if (g->history.more[i].path != o->path)
			n->also[also++] = g->history.paths.path[g->history.more[i].path];
	if (also > 1)
		qsort(n->also, also, sizeof n->also[0], by_text);
	n->also[also < HISTORY_ALSO_MAX ? also : HISTORY_ALSO_MAX] = NULL;
	n->unwanted |= left_out(g->options, n->origin.name);
}

/* --unreachable */
static bool
wanted_state(const struct git_source *g, uint8_t state)
{
	const char *asked = g->options->git ? g->options->git->unreachable : NULL;

	if (!asked || strcmp(asked, "yes") == 0)
		return true;
	return (strcmp(asked, "only") == 0) == (state == COMMIT_UNREACHABLE);
}

void
git_name(const struct git_source *g, uint32_t number, enum object_type type, struct git_naming *n)
{
	const struct history_object *o = &g->history.object[number];
	const struct oid id = catalog_id(&g->catalog, number);
	uint32_t rank;

	oid_hex(&id, 2 * g->store.hash, n->id);
	n->attribute[0] = (struct attribute){ "object", n->id };
	n->attribute[1] = (struct attribute){ NULL, NULL };
	n->origin = origin_step(&g->target, ORIGIN_OBJECT, n->id, 0);
	n->origin.attributes = n->attribute;
	n->also[0] = NULL;
	rank = type == OBJECT_BLOB ? o->brought : g->commits.rank[number];
	n->life = (struct life){ .brought = rank ? rank + 1 : 0, .versions = 1 };
	n->unwanted = !wanted_state(g, type == OBJECT_COMMIT && rank ? g->commits.node[rank].state : o->state);
	if (type == OBJECT_COMMIT)
		n->origin.name = "commit-message";
	else if (type == OBJECT_TAG)
		n->origin.name = "tag-message";
	else if (o->brought && o->path)
		name_blob(g, o, n);
}

static int
add_copy(struct git_versions *v, size_t n, struct copied one, struct error *err)
{
	if (n == v->copy_cap) {
		const size_t cap = n ? n * 2 : 64;
		struct copied *more = realloc(v->copies, cap * sizeof *more);

		if (!more)
			return error_set(err, ERROR_INTERNAL, "out of memory");
		v->copies = more;
		v->copy_cap = cap;
	}
	v->copies[n] = one;
	return 0;
}

/* the stretches that a delta copies; neighbours in the base and here are one */
static int
list_copies(struct git_versions *v, struct bytes delta, struct version *out, struct error *err)
{
	struct delta d;
	struct delta_op op;
	size_t to = 0, n = 0;
	int r = delta_init(&d, delta, err);

	while (r >= 0 && (r = delta_next(&d, &op, err)) > 0) {
		struct copied *last = n ? &v->copies[n - 1] : NULL;

		if (op.copy && last && last->to + last->len == to && last->from + last->len == op.from)
			last->len += op.len;
		else if (op.copy && add_copy(v, n++, (struct copied){ to, op.from, op.len }, err) < 0)
			return -1;
		to += op.len;
	}
	out->copies = v->copies;
	out->copy_count = n;
	return r;
}

static void
fill(struct git_versions *v, uint32_t number, enum object_type type, struct bytes text, struct version *out)
{
	git_name(v->source, number, type, &v->naming);
	*out = (struct version){
		.origin = &v->naming.origin,
		.also = v->naming.also[0] ? v->naming.also : NULL,
		.text = { text.at, text.len },
		.life = v->naming.life,
		.known = v->naming.unwanted,
		.base = -1,
	};
}

/* a damaged one is told by its id */
static int
damaged(struct git_versions *v, uint32_t number, enum object_type type, struct version *out)
{
	fill(v, number, type, (struct bytes){ NULL, 0 }, out);
	return -1;
}

static bool
make_places(struct git_versions *v, size_t place)
{
	uint8_t *more = place < v->places ? v->handed : realloc(v->handed, place + 64);

	if (!more)
		return false;
	if (place >= v->places) {
		memset(more + v->places, 0, place + 64 - v->places);
		v->places = place + 64;
	}
	v->handed = more;
	return true;
}

/* 1; 0: it was scanned in an earlier run */
static int
member(struct git_versions *v, const struct family_member *m, struct version *out, struct error *err)
{
	const uint32_t number = catalog_number(&v->source->catalog, v->unit.pack, m->node);
	const bool based = m->base >= 0 && (size_t)m->base < v->places && v->handed[m->base];

	if (!make_places(v, m->place))
		return error_set(err, ERROR_INTERNAL, "out of memory");
	v->handed[m->place] = !v->source->state || !git_state_has(v->source->state, number);
	if (!v->handed[m->place])
		return 0;
	fill(v, number, v->type, m->text, out);
	out->place = (unsigned)m->place;
	out->base = based ? m->base : -1;
	out->known |= v->unit.pack && catalog_elsewhere(&v->source->catalog, v->unit.pack, m->node);
	return based && list_copies(v, m->delta, out, err) < 0 ? -1 : 1;
}

/* of what can't be read, how many more can't be for that */
static int
lost(struct git_versions *v, uint32_t node, struct version *out, struct error *err)
{
	const uint32_t weight = v->source->catalog.forest[v->unit.pack].weight[node];

	damaged(v, catalog_number(&v->source->catalog, v->unit.pack, node), v->type, out);
	if (weight > 1)
		error_wrap(err, "with %u objects made of it", weight - 1);
	return -1;
}

static int
next_member(struct git_versions *v, struct version *out, bool *more, struct error *err)
{
	const struct forest *forest = &v->source->catalog.forest[v->unit.pack];
	struct family_member m;
	int r = v->begun ? family_next(&v->family, &m, err) : 0;

	v->begun &= r != 0;
	while (r == 0 && v->at < v->unit.to) {
		const uint32_t root = forest->root[v->at++];
		struct pack_entry e;

		if (pack_entry(forest->pack, forest->offset[root], &e, err) == 0 && e.type == OBJECT_TREE)
			continue;
		r = family_begin(&v->family, root, &m, err) < 0 ? -1 : 1;
		v->begun = r > 0;
		v->type = m.type;
		if (r > 0 && m.type == OBJECT_TREE) { /* its base lay elsewhere */
			v->begun = false;
			r = 0;
		}
	}
	if (r < 0)
		return lost(v, m.node, out, err);
	r = r == 0 ? 0 : member(v, &m, out, err);
	*more = r == 0 && (v->begun || v->at < v->unit.to);
	return r;
}

static int
next_packed(struct git_versions *v, struct version *out, struct error *err)
{
	bool more = true;
	int r = 0;

	while (r == 0 && more)
		r = next_member(v, out, &more, err);
	return r;
}

static int
next_loose(struct git_versions *v, struct version *out, struct error *err)
{
	const struct catalog *c = &v->source->catalog;

	object_drop(v->reader, v->loose);
	v->loose = NULL;
	while (v->at < v->unit.to) {
		const struct loose_object *o = &c->loose[v->at];
		const struct object_place place = { NULL, 0, o->folder };
		const uint32_t number = c->first[c->store->packs] + v->at++;
		enum object_type type = OBJECT_NONE;
		uint64_t size;

		if (v->source->state && git_state_has(v->source->state, number))
			continue;
		if (loose_stat(c->store, o->folder, &o->id, &type, &size, err) < 0)
			return damaged(v, number, OBJECT_BLOB, out);
		if (type == OBJECT_TREE || (type == OBJECT_BLOB && size > GIT_LARGE))
			continue; /* a large one comes as a stream */
		v->loose = object_read_at(v->reader, &place, &o->id, err);
		if (!v->loose)
			return damaged(v, number, type, out);
		fill(v, number, type, v->loose->text, out);
		return 1;
	}
	return 0;
}

/* an object by its number, whatever it is packed in */
static int
one_object(struct git_versions *v, uint32_t number, enum object_type type, struct version *out, struct error *err)
{
	const struct oid id = catalog_id(&v->source->catalog, number);

	object_drop(v->reader, v->loose);
	v->loose = object_read(v->reader, &id, err);
	if (!v->loose)
		return damaged(v, number, type, out);
	fill(v, number, type, v->loose->text, out);
	return 1;
}

/* what was there before a change, then what came: of that only what was not there is told, see LIFE_BEFORE */
static int
next_pair(struct git_versions *v, struct version *out, struct error *err)
{
	const struct history *h = &v->source->history;

	while (v->at < v->unit.to) {
		const struct history_pair *p = &h->pair[v->at];
		const uint32_t number = v->second ? p->is : p->was, rank = v->second ? p->rank + 1 : LIFE_BEFORE;
		int r;

		v->at += v->second;
		v->second = !v->second;
		if (number == CATALOG_NONE)
			continue;
		r = one_object(v, number, OBJECT_BLOB, out, err);
		v->naming.origin.step = ORIGIN_FILE;
		v->naming.origin.name = p->path ? h->paths.path[p->path] : v->naming.id;
		v->naming.life.brought = out->life.brought = rank;
		v->naming.also[0] = NULL;
		out->also = NULL;
		return r;
	}
	return 0;
}

static int
next_commit(struct git_versions *v, struct version *out, struct error *err)
{
	while (v->at < v->unit.to) {
		const struct commit_node *n = &v->source->commits.node[v->at++];

		if (n->selected)
			return one_object(v, n->number, OBJECT_COMMIT, out, err);
	}
	return 0;
}

static int
next_tag(struct git_versions *v, struct version *out, struct error *err)
{
	const struct git_source *g = v->source;

	while (v->at < v->unit.to) {
		const struct ref *ref = &g->refs.ref[v->at++];
		const uint32_t number = ref->kind == REF_NAME ? catalog_find(&g->catalog, &ref->id) : CATALOG_NONE;
		enum object_type type;
		uint64_t size;
		uint32_t rank;

		if (number == CATALOG_NONE)
			continue;
		if (object_stat(v->reader, &ref->id, &type, &size, err) < 0)
			return damaged(v, number, OBJECT_TAG, out);
		rank = type == OBJECT_TAG ? commits_peel(&g->commits, v->reader, &ref->id) : 0;
		if (rank && g->commits.node[rank].selected)
			return one_object(v, number, OBJECT_TAG, out, err);
	}
	return 0;
}

static int
versions_next(struct versions *vs, struct version *out, struct error *err)
{
	struct git_versions *v = vs->state;

	if (v->unit.pack == GIT_PAIRS)
		return next_pair(v, out, err);
	if (v->unit.pack == GIT_COMMITS)
		return next_commit(v, out, err);
	if (v->unit.pack == GIT_TAGS)
		return next_tag(v, out, err);
	return v->unit.pack == GIT_LOOSE ? next_loose(v, out, err) : next_packed(v, out, err);
}

static void
versions_close(struct blob *b)
{
	struct git_versions *v = b->state;

	object_drop(v->reader, v->loose);
	family_done(&v->family);
	reader_free(v->reader);
	free(v->copies);
	free(v->handed);
	free(v);
}

int
git_versions_blob(struct git_source *g, const struct git_unit *unit, struct blob *b, struct error *err)
{
	struct git_versions *v = calloc(1, sizeof *v);

	if (!v)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	*v = (struct git_versions){ .versions = { versions_next, v }, .source = g, .unit = *unit, .at = unit->from, .origin = g->target };
	v->reader = reader_new(&g->store, GIT_MEMORY_MAX, GIT_READER_ROOM, err);
	*b = (struct blob){ .origin = &v->origin, .close = versions_close, .versions = &v->versions, .state = v };
	if (v->reader && (unit->pack >= GIT_TAGS ||
				 family_init(&v->family, &g->catalog.forest[unit->pack], v->reader, GIT_MEMORY_MAX, err) == 0))
		return 0;
	reader_free(v->reader);
	free(v);
	return -1;
}

/* One large object. */
struct git_stream {
	struct bytes map, in; /* map: of a loose one's file */
	z_stream z;
	bool ended, failed;
	uint64_t skip; /* bytes of a loose one's head that come first */
	uint64_t left; /* bytes that are to come, as it claims */
	uint8_t *own;
	struct git_naming naming;
};

#define STREAM_ROOM ((size_t)64 << 10)

static void
feed_input(struct git_stream *s)
{
	if (s->z.avail_in)
		return;
	s->z.next_in = (Bytef *)(uintptr_t)s->in.at;
	s->z.avail_in = s->in.len < (1u << 30) ? (uInt)s->in.len : 1u << 30;
	s->in = bytes_cut(s->in, s->z.avail_in, s->in.len);
}

static int
stream_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct git_stream *s = b->state;
	uint8_t *room = b->room ? b->room : s->own;
	const size_t size = b->room ? b->room_size : STREAM_ROOM;

	if (!room && !(room = s->own = malloc(STREAM_ROOM)))
		return error_set(err, ERROR_INTERNAL, "out of memory");
	s->z.next_out = room;
	s->z.avail_out = (uInt)size;
	while (!s->ended && s->z.avail_out) {
		int r;

		feed_input(s);
		r = inflate(&s->z, Z_NO_FLUSH);
		s->ended = r != Z_OK;
		s->failed = r != Z_OK && r != Z_STREAM_END;
	}
	*out = bytes_cut((struct bytes){ room, size - s->z.avail_out }, s->skip, size);
	s->skip = 0;
	s->failed |= out->len > s->left || (s->ended && out->len < s->left);
	s->left -= out->len < s->left ? out->len : s->left;
	if (out->len)
		return 1;
	return s->failed ? error_set(err, ERROR_SYNTAX, "its compressed bytes are damaged, or not of the size that they should be") : 0;
}

static void
stream_close(struct blob *b)
{
	struct git_stream *s = b->state;

	inflateEnd(&s->z);
	files_unmap(&s->map);
	free(s->own);
	free(s);
}

static int
open_loose(struct git_source *g, const struct loose_object *o, struct git_stream *s, struct error *err)
{
	char path[STORE_LOOSE_PATH];
	uint8_t head[64];
	enum object_type type;
	uint64_t size;
	int n;

	store_loose_path(&g->store, &o->id, path);
	if (files_map(g->store.folder[o->folder], path, &s->map, err) < 0)
		return -1;
	s->in = s->map;
	n = inflate_head(s->map, head, sizeof head, err);
	n = n < 0 ? -1 : loose_head((struct bytes){ head, (size_t)n }, &type, &size, err);
	s->skip = n < 0 ? 0 : (uint64_t)n;
	return n < 0 ? -1 : 0;
}

static int
open_packed(struct git_source *g, const struct git_unit *u, struct git_stream *s, uint32_t *number, struct error *err)
{
	const struct forest *f = &g->catalog.forest[u->pack];
	const uint32_t node = f->root[u->from];
	struct pack_entry e;

	if (pack_entry(f->pack, f->offset[node], &e, err) < 0)
		return -1;
	*number = catalog_number(&g->catalog, u->pack, node);
	s->in = forest_data(f, node, &e);
	return 0;
}

int
git_stream_blob(struct git_source *g, const struct git_unit *u, struct blob *b, struct error *err)
{
	struct git_stream *s = calloc(1, sizeof *s);
	uint32_t number = 0;
	int r;

	if (!s)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	if (u->pack == GIT_LOOSE) {
		number = g->catalog.first[g->store.packs] + u->from;
		r = open_loose(g, &g->catalog.loose[u->from], s, err);
	} else {
		r = open_packed(g, u, s, &number, err);
	}
	if (r < 0 || inflateInit(&s->z) != Z_OK) {
		files_unmap(&s->map);
		free(s);
		return r < 0 ? -1 : error_set(err, ERROR_INTERNAL, "out of memory");
	}
	s->left = u->cost;
	git_name(g, number, OBJECT_BLOB, &s->naming);
	*b = (struct blob){ .origin = &s->naming.origin, .size = u->cost, .read = stream_read, .close = stream_close, .life = s->naming.life, .state = s };
	return 0;
}
