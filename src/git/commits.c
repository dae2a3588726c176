#include "git/commits.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "git/catalog.h"
#include "git/commit.h"
#include "git/family.h"
#include "git/loose.h"
#include "git/object.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/store.h"

#define PEEL_MAX 64
#define COMMIT_BYTES_MAX ((uint64_t)64 << 20)

static int
out_of_memory(struct error *err)
{
	return error_set(err, ERROR_INTERNAL, "out of memory for the commits");
}

void
commits_done(struct commits *c)
{
	free(c->node);
	free(c->parent);
	free(c->rank);
	*c = (struct commits){ 0 };
}

static int
add_parent(struct commits *c, uint32_t number, struct error *err)
{
	if (c->parents == c->parent_cap) {
		const size_t cap = c->parent_cap ? c->parent_cap * 2 : 1024;
		uint32_t *more = realloc(c->parent, cap * sizeof *more);

		if (!more || cap > UINT32_MAX)
			return out_of_memory(err);
		c->parent = more;
		c->parent_cap = cap;
	}
	c->parent[c->parents++] = number;
	return 0;
}

/* until they are ranked, parents are numbers of the catalog, and ranks the order of reading */
static int
add(struct commits *c, uint32_t number, struct bytes text, struct error *err)
{
	struct commit_node *n;
	struct commit commit;
	struct oid id;

	if (c->count + 1 >= c->cap) {
		const uint32_t cap = c->cap ? c->cap * 2 : 1024;
		struct commit_node *more = realloc(c->node, cap * sizeof *more);

		if (!more)
			return out_of_memory(err);
		c->node = more;
		c->cap = cap;
	}
	if (commit_parse(text, c->catalog->store->hash, &commit, err) < 0) {
		c->unread++;
		return 0;
	}
	n = &c->node[++c->count];
	*n = (struct commit_node){ .number = number, .tree = catalog_find(c->catalog, &commit.tree), .parents = (uint32_t)c->parents, .time = commit.committer.seconds };
	while (commit_parent(&commit, &id)) {
		if (add_parent(c, catalog_find(c->catalog, &id), err) < 0)
			return -1;
		n->parent_count++;
	}
	return 0;
}

static int
read_family(struct commits *c, size_t pack, struct family *f, uint32_t root, struct error *err)
{
	struct family_member m;
	int r = family_begin(f, root, &m, err);

	if (r < 0)
		c->unread += c->catalog->forest[pack].weight[root];
	for (r = r < 0 ? 0 : 1; r != 0; r = family_next(f, &m, err)) {
		if (r < 0)
			c->unread += c->catalog->forest[pack].weight[m.node];
		else if (!catalog_elsewhere(c->catalog, pack, m.node) && add(c, catalog_number(c->catalog, pack, m.node), m.text, err) < 0)
			return -1;
	}
	return 0;
}

static bool
is_commit_root(const struct catalog *c, size_t pack, uint32_t root, struct reader *reader)
{
	struct pack_entry e;
	struct error err;
	enum object_type type;
	uint64_t size;
	struct oid id;

	if (pack_entry(c->forest[pack].pack, c->forest[pack].offset[root], &e, &err) < 0)
		return false;
	if (e.type != OBJECT_REF_DELTA)
		return e.type == OBJECT_COMMIT;
	id = oid_of(e.base_id, c->store->hash);
	return object_stat(reader, &id, &type, &size, &err) == 0 && type == OBJECT_COMMIT;
}

static int
read_pack(struct commits *c, size_t pack, struct reader *reader, struct error *err)
{
	const struct forest *forest = &c->catalog->forest[pack];
	struct family f;
	int r = family_init(&f, forest, reader, COMMIT_BYTES_MAX, err);

	for (uint32_t i = 0; r == 0 && i < forest->roots; i++)
		if (is_commit_root(c->catalog, pack, forest->root[i], reader))
			r = read_family(c, pack, &f, forest->root[i], err);
	family_done(&f);
	return r;
}

static int
read_loose(struct commits *c, struct reader *reader, struct error *err)
{
	const struct catalog *cat = c->catalog;

	for (size_t i = 0; i < cat->loose_count; i++) {
		const struct object_place at = { NULL, 0, cat->loose[i].folder };
		const struct object *o;
		enum object_type type;
		uint64_t size;
		int r;

		if (loose_stat(cat->store, at.which, &cat->loose[i].id, &type, &size, err) < 0 || type != OBJECT_COMMIT)
			continue; /* told when it is scanned */
		o = object_read_at(reader, &at, &cat->loose[i].id, err);
		if (!o) {
			c->unread++;
			continue;
		}
		r = add(c, cat->first[cat->store->packs] + (uint32_t)i, o->text, err);
		object_drop(reader, o);
		if (r < 0)
			return -1;
	}
	return 0;
}

/* parents as places in the order of reading; where the history was cut off on purpose, they are not missed */
static void
resolve_parents(struct commits *c, const struct repository *repo)
{
	for (uint32_t i = 1; i <= c->count; i++)
		c->rank[c->node[i].number] = i;
	for (uint32_t i = 1; i <= c->count; i++) {
		struct commit_node *n = &c->node[i];
		const struct oid id = catalog_id(c->catalog, n->number);
		bool graft = false;

		for (size_t g = 0; !graft && g < repo->graft_count; g++)
			graft = oid_equal(&repo->grafts[g], &id);
		for (uint32_t k = 0; k < n->parent_count; k++) {
			uint32_t *p = &c->parent[n->parents + k];

			*p = *p == CATALOG_NONE || graft ? 0 : c->rank[*p];
			n->cut |= *p == 0;
			c->missing += *p == 0 && !graft;
		}
	}
}

/* a heap of commits that may come next: the oldest at the top */
struct heap {
	const struct commits *commits;
	uint32_t *at;
	uint32_t count;
};

static bool
before(const struct heap *h, uint32_t a, uint32_t b)
{
	const struct commit_node *x = &h->commits->node[a], *y = &h->commits->node[b];
	struct oid i, j;

	if (x->time != y->time)
		return x->time < y->time;
	i = catalog_id(h->commits->catalog, x->number);
	j = catalog_id(h->commits->catalog, y->number);
	return memcmp(i.at, j.at, OID_MAX) < 0;
}

static void
swap(uint32_t *a, uint32_t *b)
{
	const uint32_t t = *a;

	*a = *b;
	*b = t;
}

static void
heap_add(struct heap *h, uint32_t one)
{
	uint32_t i = h->count++;

	h->at[i] = one;
	for (; i && before(h, h->at[i], h->at[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&h->at[i], &h->at[(i - 1) / 2]);
}

static uint32_t
heap_take(struct heap *h)
{
	const uint32_t top = h->at[0];

	h->at[0] = h->at[--h->count];
	for (uint32_t i = 0, least; (least = 2 * i + 1) < h->count; i = least) {
		if (least + 1 < h->count && before(h, h->at[least + 1], h->at[least]))
			least++;
		if (!before(h, h->at[least], h->at[i]))
			break;
		swap(&h->at[i], &h->at[least]);
	}
	return top;
}

/* What ranking needs: who has which children, as stretches of one array. */
struct kin {
	uint32_t *first, *child, *waits, *order;
};

static void
list_children(const struct commits *c, struct kin *k)
{
	for (uint32_t i = 1; i <= c->count; i++)
		for (uint32_t p = 0; p < c->node[i].parent_count; p++)
			k->first[c->parent[c->node[i].parents + p] + 1]++;
	for (uint32_t i = 1; i <= c->count + 1; i++)
		k->first[i] += k->first[i - 1];
	for (uint32_t i = 1; i <= c->count; i++)
		for (uint32_t p = 0; p < c->node[i].parent_count; p++) {
			const uint32_t parent = c->parent[c->node[i].parents + p];

			k->child[k->first[parent]++] = i;
			k->waits[i] += parent != 0;
		}
	/* each stretch now begins where the one before it ended */
	memmove(k->first + 1, k->first, (c->count + 1) * sizeof *k->first);
	k->first[0] = 0;
}

/* commits whose parents go round in a circle cannot exist, short of broken hashes: they are left at the end as they come */
static void
make_order(struct commits *c, struct kin *k, struct heap *h)
{
	uint32_t done = 0;

	for (uint32_t i = 1; i <= c->count; i++)
		if (k->waits[i] == 0)
			heap_add(h, i);
	while (h->count) {
		const uint32_t one = heap_take(h);

		k->order[++done] = one;
		for (uint32_t i = k->first[one]; i < k->first[one + 1]; i++)
			if (--k->waits[k->child[i]] == 0)
				heap_add(h, k->child[i]);
	}
	for (uint32_t i = 1; i <= c->count && done < c->count; i++)
		if (k->waits[i])
			k->order[++done] = i;
}

static int
rank(struct commits *c, struct error *err)
{
	const size_t n = (size_t)c->count + 3;
	struct kin k = { calloc(n, sizeof(uint32_t)), malloc((c->parents + 1) * sizeof(uint32_t)), calloc(n, sizeof(uint32_t)),
		calloc(n, sizeof(uint32_t)) };
	struct heap h = { c, malloc(n * sizeof(uint32_t)), 0 };
	struct commit_node *node = calloc(n, sizeof *node);
	uint32_t *to = calloc(n, sizeof *to);
	const bool ok = k.first && k.child && k.waits && k.order && h.at && node && to;

	if (ok) {
		list_children(c, &k);
		make_order(c, &k, &h);
		for (uint32_t i = 1; i <= c->count; i++) {
			node[i] = c->node[k.order[i]];
			to[k.order[i]] = i;
		}
		for (size_t i = 0; i < c->parents; i++)
			c->parent[i] = to[c->parent[i]];
		free(c->node);
		c->node = node;
		for (uint32_t i = 1; i <= c->count; i++)
			c->rank[node[i].number] = i;
	}
	free(k.first);
	free(k.child);
	free(k.waits);
	free(k.order);
	free(h.at);
	free(to);
	if (!ok)
		free(node);
	return ok ? 0 : out_of_memory(err);
}

int
commits_read(struct commits *c, const struct catalog *catalog, const struct repository *repo, struct reader *reader, struct error *err)
{
	int r = 0;

	*c = (struct commits){ .catalog = catalog };
	c->rank = calloc((size_t)catalog->count + 1, sizeof *c->rank);
	if (!c->rank)
		return out_of_memory(err);
	for (size_t i = 0; r == 0 && i < catalog->store->packs; i++)
		r = read_pack(c, i, reader, err);
	if (r == 0)
		r = read_loose(c, reader, err);
	if (r == 0) {
		resolve_parents(c, repo);
		r = rank(c, err);
	}
	if (r < 0)
		commits_done(c);
	return r;
}

uint32_t
commits_peel(const struct commits *c, struct reader *reader, const struct oid *from)
{
	struct oid id = *from;

	for (int i = 0; i < PEEL_MAX; i++) {
		const uint32_t number = catalog_find(c->catalog, &id);
		const struct object *o;
		enum object_type type;
		struct error err;
		struct tag tag;
		uint64_t size;

		if (number == CATALOG_NONE)
			return 0;
		if (c->rank[number])
			return c->rank[number];
		/* a ref may name anything: nothing but tags is read */
		if (object_stat(reader, &id, &type, &size, &err) < 0 || type != OBJECT_TAG || !(o = object_read(reader, &id, &err)))
			return 0;
		if (commit_parse_tag(o->text, c->catalog->store->hash, &tag, &err) < 0)
			tag.object = (struct oid){ { 0 } };
		object_drop(reader, o);
		id = tag.object;
	}
	return 0;
}

/* what is kept by something is passed on to parents, from the last to the first */
int
commits_reach(struct commits *c, const struct refs *refs, struct reader *reader, struct error *err)
{
	(void)err;
	for (size_t i = 0; i < refs->count; i++) {
		const uint32_t r = commits_peel(c, reader, &refs->ref[i].id);
		const uint8_t state = refs->ref[i].kind == REF_LOG ? COMMIT_LOGGED : COMMIT_REACHABLE;

		if (r && c->node[r].state < state)
			c->node[r].state = state;
	}
	for (uint32_t i = c->count; i > 0; i--)
		for (uint32_t p = 0; p < c->node[i].parent_count; p++) {
			struct commit_node *parent = &c->node[c->parent[c->node[i].parents + p]];

			if (parent != c->node && parent->state < c->node[i].state)
				parent->state = c->node[i].state;
		}
	return 0;
}

/* marks with a bit all that `of` leads to */
static void
flood(const struct commits *c, uint8_t *mark, const uint32_t *of, size_t ofs, uint8_t bit)
{
	for (size_t i = 0; i < ofs; i++)
		mark[of[i]] |= bit;
	for (uint32_t i = c->count; i > 0; i--)
		for (uint32_t p = 0; mark[i] & bit && p < c->node[i].parent_count; p++)
			mark[c->parent[c->node[i].parents + p]] |= bit;
}

int
commits_select(struct commits *c, const uint32_t *of, size_t ofs, const uint32_t *without, size_t withouts, struct error *err)
{
	uint8_t *mark = calloc((size_t)c->count + 1, 1);

	if (!mark)
		return out_of_memory(err);
	flood(c, mark, of, ofs, 1);
	flood(c, mark, without, withouts, 2);
	for (uint32_t i = 1; i <= c->count; i++)
		c->node[i].selected = mark[i] == 1;
	free(mark);
	return 0;
}
