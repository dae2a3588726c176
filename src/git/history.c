#include "git/history.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "git/catalog.h"
#include "git/compare.h"
#include "git/object.h"
#include "git/refs.h"
#include "git/store.h"

#define CHUNK 128                      /* commits that a thread takes at once at most: neighbours share their trees */
#define SHARES 4                       /* of few commits each thread gets so many chunks: one may bring more than a hundred others */
#define TREE_MAX ((uint64_t)64 << 20)  /* bytes of one tree */
#define TREE_ROOM ((uint64_t)24 << 20) /* bytes of trees that a thread keeps */
#define THREADS_MAX 64

struct walk {
	struct history *history;
	const struct history_options *options;
	pthread_mutex_t lock;
	atomic_uint next;
	unsigned chunk;
	atomic_bool failed;
};

/* One thread's. */
struct walker {
	struct walk *walk;
	struct reader *reader;
	uint32_t rank; /* the commit at hand */
	bool merge;
};

static void
note_unread(struct history *h, const struct error *why)
{
	if (h->unread++ == 0)
		h->why = *why;
}

/* of an object's other paths the one that sorts last, if there is no room for more, or 0; and whether the path is there */
static uint32_t
last_also(const struct history *h, const struct history_object *o, uint32_t path, bool *there)
{
	const char *const *names = h->paths.path;
	uint32_t last = 0;
	unsigned n = 0;

	*there = false;
	for (uint32_t i = o->also; i; i = h->more[i].next, n++) {
		*there |= h->more[i].path == path;
		if (!last || strcmp(names[h->more[i].path], names[h->more[last].path]) > 0)
			last = i;
	}
	/* one more than are told: the object's own path may be among them */
	return n <= HISTORY_ALSO_MAX ? 0 : last;
}

/* those that sort first are kept, whatever thread comes first */
static void
add_also(struct history *h, struct history_object *o, uint32_t path)
{
	bool there;
	const uint32_t last = path ? last_also(h, o, path, &there) : 0;

	if (!path || there)
		return;
	if (last) {
		if (strcmp(h->paths.path[path], h->paths.path[h->more[last].path]) < 0)
			h->more[last].path = path;
		return;
	}
	if (h->more_count + 1 >= h->more_cap) {
		const uint32_t cap = h->more_cap ? h->more_cap * 2 : 256;
		struct history_path *more = h->more_cap < UINT32_MAX / 4 ? realloc(h->more, cap * sizeof *more) : NULL;

		if (!more) {
			h->unnamed = true;
			return;
		}
		h->more = more;
		h->more_cap = cap;
	}
	h->more[++h->more_count] = (struct history_path){ path, o->also };
	o->also = h->more_count;
}

/* the first commit's path is the one; of two in one commit, the one that sorts first: whatever thread comes first */
static void
fold_brought(struct history *h, struct history_object *o, uint32_t rank, uint32_t path)
{
	const char *const *names = h->paths.path;
	const bool first = !o->brought || rank < o->brought ||
	                   (rank == o->brought && path && o->path && strcmp(names[path], names[o->path]) < 0);
	const uint32_t other = first ? o->path : path;

	if (first) {
		o->brought = rank;
		o->path = path;
	}
	if (other != o->path)
		add_also(h, o, other);
}

/* what a merge takes away was mostly taken away on its other side */
static void
fold_removed(struct history_object *o, uint32_t rank, bool merge)
{
	if (o->removed && (merge > o->by_merge || (merge == o->by_merge && rank <= o->removed)))
		return;
	o->removed = rank;
	o->by_merge = merge;
}

static int
add_pair(struct history *h, uint32_t was, uint32_t is, uint32_t path, uint32_t rank)
{
	if (h->pairs == h->pair_cap) {
		const size_t cap = h->pair_cap ? h->pair_cap * 2 : 256;
		struct history_pair *more = realloc(h->pair, cap * sizeof *more);

		if (!more)
			return -2;
		h->pair = more;
		h->pair_cap = cap;
	}
	h->pair[h->pairs++] = (struct history_pair){ was, is, path, rank };
	return 0;
}

static int
fold(struct walker *w, uint32_t was, uint32_t is, const char *path, uint32_t hash)
{
	struct history *h = w->walk->history;
	const struct commit_node *commit = &h->commits->node[w->rank];
	const uint32_t number = paths_number(&h->paths, path, hash);

	h->unnamed |= !number;
	if (is != CATALOG_NONE) {
		fold_brought(h, &h->object[is], w->rank, number);
		if (h->object[is].state < commit->state)
			h->object[is].state = commit->state;
	}
	if (was != CATALOG_NONE)
		fold_removed(&h->object[was], w->rank, w->merge);
	return w->walk->options->selected ? add_pair(h, was, is, number, w->rank) : 0;
}

static uint32_t
number_of(const struct history *h, const struct tree_entry *e)
{
	struct oid id;

	if (!e || e->kind == TREE_SUBMODULE)
		return CATALOG_NONE;
	id = oid_of(e->id, h->catalog->store->hash);
	return catalog_find(h->catalog, &id);
}

/* whether a merge took it as it was from another parent: it is the news of that side, if at all */
static bool
from_other_side(struct walker *w, const struct change *c)
{
	const struct commits *commits = w->walk->history->commits;
	const struct commit_node *n = &commits->node[w->rank];
	const unsigned hash = w->walk->history->catalog->store->hash;

	for (uint32_t i = 1; c->is && w->walk->options->selected && i < n->parent_count; i++) {
		const uint32_t parent = commits->parent[n->parents + i];
		struct oid tree, id;
		struct error err;

		if (!parent || commits->node[parent].tree == CATALOG_NONE)
			continue;
		tree = catalog_id(commits->catalog, commits->node[parent].tree);
		if (compare_find(w->reader, hash, &tree, c->path, &id, &err) > 0 && memcmp(id.at, c->is->id, hash) == 0)
			return true;
	}
	return false;
}

static int
on_changed(void *arg, const struct change *c)
{
	struct walker *w = arg;
	struct history *h = w->walk->history;
	const uint32_t was = number_of(h, c->was), is = number_of(h, c->is), hash = paths_hash(c->path);
	int r = 0;

	if ((was == is && c->was && c->is) || from_other_side(w, c))
		return 0; /* another mode */
	pthread_mutex_lock(&w->walk->lock);
	h->missing += c->is && c->is->kind != TREE_SUBMODULE && is == CATALOG_NONE;
	if (was != CATALOG_NONE || is != CATALOG_NONE)
		r = fold(w, was, is, c->path, hash);
	pthread_mutex_unlock(&w->walk->lock);
	return r;
}

static int
on_unread(void *arg, const char *path, const struct error *err)
{
	struct walker *w = arg;

	(void)path;
	pthread_mutex_lock(&w->walk->lock);
	note_unread(w->walk->history, err);
	pthread_mutex_unlock(&w->walk->lock);
	return 0;
}

static void
compare_commit(struct walker *w, uint32_t rank)
{
	const struct history *h = w->walk->history;
	const struct commits *c = h->commits;
	const struct commit_node *n = &c->node[rank];
	const uint32_t parent = n->parent_count ? c->parent[n->parents] : 0;
	const struct compare_calls calls = { on_changed, on_unread, w };
	struct error err;
	struct oid was, is;
	int r;

	if (n->tree == CATALOG_NONE || (parent && c->node[parent].tree == n->tree))
		return;
	w->rank = rank;
	w->merge = n->parent_count > 1;
	is = catalog_id(h->catalog, n->tree);
	if (parent && c->node[parent].tree != CATALOG_NONE)
		was = catalog_id(h->catalog, c->node[parent].tree);
	r = compare_trees(w->reader, h->catalog->store->hash, parent && c->node[parent].tree != CATALOG_NONE ? &was : NULL, &is, &calls, &err);
	if (r == -1)
		on_unread(w, "", &err);
	if (r == -2)
		atomic_store(&w->walk->failed, true);
}

static void *
walk_thread(void *arg)
{
	struct walk *walk = arg;
	const struct commits *c = walk->history->commits;
	struct error err;
	struct walker w = { .walk = walk, .reader = reader_new(walk->history->catalog->store, TREE_MAX, TREE_ROOM, &err) };

	if (!w.reader)
		atomic_store(&walk->failed, true);
	while (w.reader && !atomic_load(&walk->failed)) {
		const uint32_t from = atomic_fetch_add(&walk->next, walk->chunk);

		if (from > c->count)
			break;
		for (uint32_t i = from; i <= c->count && i < from + walk->chunk; i++)
			if (!walk->options->selected || c->node[i].selected)
				compare_commit(&w, i);
	}
	reader_free(w.reader);
	return NULL;
}

static int
by_pair(const void *a, const void *b)
{
	const struct history_pair *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->is != y->is ? (x->is < y->is ? -1 : 1) : (x->was > y->was) - (x->was < y->was);
}

int
history_walk(struct history *h, const struct catalog *catalog, const struct commits *commits, const struct history_options *options,
	struct error *err)
{
	struct walk walk = { .history = h, .options = options, .next = 1 };
	pthread_t thread[THREADS_MAX];
	unsigned n = 0, want = options->threads > THREADS_MAX ? THREADS_MAX : options->threads;

	*h = (struct history){ .catalog = catalog, .commits = commits };
	paths_init(&h->paths);
	h->object = calloc((size_t)catalog->count + 1, sizeof *h->object);
	if (!h->object)
		return error_set(err, ERROR_INTERNAL, "out of memory for the history");
	pthread_mutex_init(&walk.lock, NULL);
	walk.chunk = commits->count / ((want ? want : 1) * SHARES);
	walk.chunk = walk.chunk > CHUNK ? CHUNK : walk.chunk ? walk.chunk : 1;
	if (commits->count < SHARES)
		want = 1;
	while (n + 1 < want && pthread_create(&thread[n], NULL, walk_thread, &walk) == 0)
		n++;
	walk_thread(&walk);
	while (n)
		pthread_join(thread[--n], NULL);
	pthread_mutex_destroy(&walk.lock);
	if (h->pairs > 1)
		qsort(h->pair, h->pairs, sizeof *h->pair, by_pair);
	if (!atomic_load(&walk.failed))
		return 0;
	history_done(h);
	return error_set(err, ERROR_INTERNAL, "out of memory for the history");
}

void
history_done(struct history *h)
{
	free(h->object);
	free(h->more);
	free(h->pair);
	paths_done(&h->paths);
	*h = (struct history){ 0 };
}

/* A walk over the tips' trees, each of them once. */
struct tips {
	struct history *history;
	struct reader *reader;
	uint8_t *seen; /* a bit an object */
};

static void
mark_tree(struct tips *t, uint32_t number, unsigned depth)
{
	const struct oid id = catalog_id(t->history->catalog, number);
	const struct object *o;
	struct tree tree;
	struct tree_entry e;
	struct error err;

	if (t->seen[number / 8] >> (number % 8) & 1)
		return;
	t->seen[number / 8] |= (uint8_t)(1u << (number % 8));
	o = depth < COMPARE_DEPTH_MAX ? object_read(t->reader, &id, &err) : NULL;
	if (!o || o->type != OBJECT_TREE) {
		object_drop(t->reader, o);
		return; /* was told when its commit was compared */
	}
	tree = tree_of(o->text, t->history->catalog->store->hash);
	while (tree_next(&tree, &e, &err) > 0) {
		const uint32_t n = number_of(t->history, &e);

		if (n != CATALOG_NONE && e.kind == TREE_FOLDER)
			mark_tree(t, n, depth + 1);
		else if (n != CATALOG_NONE)
			t->history->object[n].live = true;
	}
	object_drop(t->reader, o);
}

int
history_mark_live(struct history *h, const struct refs *refs, struct error *err)
{
	struct tips t = { h, reader_new(h->catalog->store, TREE_MAX, TREE_ROOM, err), calloc(h->catalog->count / 8 + 1, 1) };

	for (size_t i = 0; t.reader && t.seen && i < refs->count; i++) {
		const struct ref *ref = &refs->ref[i];
		const bool branch = ref->kind == REF_HEAD || strncmp(ref->name, "refs/heads/", 11) == 0 ||
		                    strncmp(ref->name, "refs/remotes/", 13) == 0;
		const uint32_t rank = branch && ref->kind != REF_LOG ? commits_peel(h->commits, t.reader, &ref->id) : 0;

		if (rank && h->commits->node[rank].tree != CATALOG_NONE)
			mark_tree(&t, h->commits->node[rank].tree, 0);
	}
	const bool ok = t.reader && t.seen;

	reader_free(t.reader);
	free(t.seen);
	return ok ? 0 : error_set(err, ERROR_INTERNAL, "out of memory");
}
