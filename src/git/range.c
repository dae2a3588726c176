#include "git/range.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "git/commit.h"
#include "git/object.h"

#define TAGS_MAX 32

/* A commit that was met. */
struct met {
	struct oid id;
	int64_t time;
	bool old;                       /* `without` leads to it */
	bool done;                      /* its parents were met */
};

struct walk {
	struct reader *reader;
	unsigned hash;
	bool cut;
	struct met *met;                /* in the order in which they were met */
	size_t count, cap;
	uint32_t *slot;                 /* of a table by id: 1 + index of met; 0 is free */
	size_t slots;
	uint32_t *heap;                 /* indices of met, newest on top */
	size_t waiting, heap_cap;
	size_t fresh;                   /* of those that wait, not old */
};

static bool
newer(const struct walk *w, uint32_t a, uint32_t b)
{
	return w->met[a].time > w->met[b].time;
}

static int
push(struct walk *w, uint32_t n)
{
	size_t i = w->waiting;

	if (w->waiting == w->heap_cap) {
		const size_t cap = w->heap_cap ? w->heap_cap * 2 : 64;
		uint32_t *more = realloc(w->heap, cap * sizeof *more);

		if (!more)
			return -1;
		w->heap = more;
		w->heap_cap = cap;
	}
	w->waiting++;
	for (; i && newer(w, n, w->heap[(i - 1) / 2]); i = (i - 1) / 2)
		w->heap[i] = w->heap[(i - 1) / 2];
	w->heap[i] = n;
	w->fresh += !w->met[n].old;
	return 0;
}

static uint32_t
pop(struct walk *w)
{
	const uint32_t top = w->heap[0], last = w->heap[--w->waiting];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < w->waiting) {
		if (child + 1 < w->waiting && newer(w, w->heap[child + 1], w->heap[child]))
			child++;
		if (!newer(w, w->heap[child], last))
			break;
		w->heap[i] = w->heap[child];
		i = child;
	}
	w->heap[i] = last;
	w->fresh -= !w->met[top].old;
	return top;
}

static uint32_t *
find(const struct walk *w, const struct oid *id)
{
	uint64_t h;
	size_t i;

	memcpy(&h, id->at, sizeof h);
	for (i = (size_t)h & (w->slots - 1); w->slot[i] && !oid_equal(&w->met[w->slot[i] - 1].id, id); i = (i + 1) & (w->slots - 1))
		;
	return &w->slot[i];
}

/* room for one more, and a table that is at most half full */
static int
grow(struct walk *w)
{
	const size_t cap = w->cap ? w->cap * 2 : 64;
	struct met *more;
	uint32_t *slot;

	if (w->count < w->cap)
		return 0;
	more = cap < UINT32_MAX / 4 ? realloc(w->met, cap * sizeof *more) : NULL;
	if (!more)
		return -1;
	w->met = more;
	w->cap = cap;
	slot = calloc(2 * cap, sizeof *slot);
	if (!slot)
		return -1;
	free(w->slot);
	w->slot = slot;
	w->slots = 2 * cap;
	for (size_t i = 0; i < w->count; i++)
		*find(w, &w->met[i].id) = (uint32_t)i + 1;
	return 0;
}

/* the commit that an id leads to, through tags; NULL with error */
static const struct object *
peel(struct walk *w, struct oid *id, struct error *err)
{
	for (unsigned i = 0; i < TAGS_MAX; i++) {
		const struct object *o = object_read(w->reader, id, err);
		struct tag tag;
		int r;

		if (!o || o->type == OBJECT_COMMIT)
			return o;
		r = o->type == OBJECT_TAG ? commit_parse_tag(o->text, w->hash, &tag, err)
		    : error_set(err, ERROR_UNSUPPORTED, "a ref leads to a %s, not to a commit", object_type_name(o->type));
		object_drop(w->reader, o);
		if (r < 0)
			return NULL;
		*id = tag.object;
	}
	error_set(err, ERROR_LIMIT, "a tag leads to a tag more than %d times", TAGS_MAX);
	return NULL;
}

/* what was met as new turns out old, with all that came before it and was met */
static int
make_old(struct walk *w, uint32_t n, struct error *err)
{
	struct walk down = { .met = w->met };
	int r = push(&down, n);

	while (r == 0 && down.waiting) {
		struct met *m = &w->met[pop(&down)];
		const struct object *o;
		struct commit c;
		struct oid parent;

		if (m->old)
			continue;
		m->old = true;
		if (!m->done) {         /* it waits, and will tell its parents itself */
			w->fresh--;
			continue;
		}
		o = object_read(w->reader, &m->id, err);
		if (o && commit_parse(o->text, w->hash, &c, err) == 0)
			while (r == 0 && commit_parent(&c, &parent) > 0) {
				const uint32_t slot = *find(w, &parent);

				if (slot && !w->met[slot - 1].old)
					r = push(&down, slot - 1);
			}
		object_drop(w->reader, o);
	}
	free(down.heap);
	return r < 0 ? error_set(err, ERROR_INTERNAL, "out of memory") : 0;
}

/* a commit is met, from one that is old or not */
static int
meet(struct walk *w, struct oid id, bool old, struct error *err)
{
	const struct object *o = peel(w, &id, err);
	struct met m = { .id = id, .old = old };
	struct commit c;
	uint32_t slot;
	int r;

	if (!o)                         /* what is old and not here leaves nothing out */
		return old || (w->cut && w->count && err->code == ENOENT) ? 0 : -1;
	r = commit_parse(o->text, w->hash, &c, err);
	m.time = r == 0 ? c.committer.seconds : 0;
	object_drop(w->reader, o);
	if (r < 0)
		return old ? 0 : -1;
	if (grow(w) < 0)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	slot = *find(w, &id);
	if (slot)
		return old && !w->met[slot - 1].old ? make_old(w, slot - 1, err) : 0;
	w->met[w->count++] = m;
	*find(w, &id) = (uint32_t)w->count;
	return push(w, (uint32_t)w->count - 1) < 0 ? error_set(err, ERROR_INTERNAL, "out of memory") : 0;
}

static int
meet_parents(struct walk *w, uint32_t n, struct error *err)
{
	const bool old = w->met[n].old;
	const struct object *o = object_read(w->reader, &w->met[n].id, err);
	struct commit c;
	struct oid parent;
	int r = 0;

	w->met[n].done = true;
	if (!o || commit_parse(o->text, w->hash, &c, err) < 0)
		r = old ? 0 : -1;
	/* the text stays while o is held, whatever else is read */
	while (r == 0 && o && commit_parent(&c, &parent) > 0)
		r = meet(w, parent, old, err);
	object_drop(w->reader, o);
	return r;
}

static int
gather(struct range *range, const struct walk *w, struct error *err)
{
	range->commit = calloc(w->count + 1, sizeof *range->commit);
	if (!range->commit)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	for (size_t i = 0; i < w->count; i++)
		if (!w->met[i].old)
			range->commit[range->count++] = w->met[i].id;
	return 0;
}

int
range_walk(struct range *range, struct reader *reader, unsigned hash, bool cut, const struct oid *of, size_t ofs,
    const struct oid *without, size_t withouts, struct error *err)
{
	struct walk w = { .reader = reader, .hash = hash, .cut = cut };
	int r = 0;

	*range = (struct range){ 0 };
	for (size_t i = 0; r == 0 && i < withouts; i++)
		r = meet(&w, without[i], true, err);
	for (size_t i = 0; r == 0 && i < ofs; i++)
		r = meet(&w, of[i], false, err);
	while (r == 0 && w.fresh)
		r = meet_parents(&w, pop(&w), err);
	if (r == 0)
		r = gather(range, &w, err);
	free(w.met);
	free(w.slot);
	free(w.heap);
	return r;
}

void
range_done(struct range *range)
{
	free(range->commit);
	*range = (struct range){ 0 };
}
