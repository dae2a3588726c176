#include "scan/gather.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/blob.h>
#include <stanch/error.h>
#include <stanch/finding.h>

#include "base/bytes.h"
#include "blob/origin.h"
#include "rules/rule.h"
#include "scan/keep.h"
#include "scan/lives.h"

struct gathered {
	struct finding finding;         /* without a rule: what was not read */
	const char *unread;
	const char *failed;             /* why it could not be settled, or NULL */
	bool out;                       /* not told for itself */
	struct gathered *same;          /* the next place of the same secret */
	size_t others;                  /* in that chain, where this is its first */
};

void
gather_init(struct gather *g, uint64_t most)
{
	*g = (struct gather){ .most = most };
	arena_init(&g->arena);
}

void
gather_done(struct gather *g)
{
	arena_done(&g->arena);
	free(g->one);
	gather_init(g, g->most);
}

/* the copy of a step, among those of the way copied before */
static const struct origin *
copied(const struct gather *g, const struct origin *o)
{
	const struct origin *last = g->last;

	while (last && last->depth > o->depth)
		last = last->parent;
	return last && origin_same(last, o) ? last : NULL;
}

static const struct origin *
copy_way(struct gather *g, const struct origin *o)
{
	const struct origin *had = copied(g, o), *parent = NULL;
	struct origin step = *o;
	struct origin *copy;

	if (had)
		return had;
	if (o->parent && !(parent = copy_way(g, o->parent)))
		return NULL;
	step.parent = NULL;
	copy = (struct origin *)(uintptr_t)origin_copy(&step, &g->arena);
	if (copy)
		copy->parent = parent;
	return copy;
}

static bool
copy_string(struct gather *g, const char **s)
{
	return !*s || (*s = arena_string(&g->arena, bytes_of(*s)));
}

/* the strings that lie in the memory of the job that found it */
static bool
copy_strings(struct gather *g, struct finding *f)
{
	return copy_string(g, &f->key) && copy_string(g, &f->excerpt) && copy_string(g, &f->why) && copy_string(g, &f->secret) && copy_string(g, &f->path) &&
	    copy_string(g, &f->pointer) && copy_string(g, &f->object_kind) && copy_string(g, &f->object_namespace) &&
	    copy_string(g, &f->object_name);
}

static struct gathered *
add(struct gather *g, const struct origin *origin)
{
	if (g->full || g->count == g->most) {
		g->full = true;
		return NULL;
	}
	if (g->count == g->cap) {
		const size_t cap = g->cap ? g->cap * 2 : 64;
		struct gathered *more = realloc(g->one, cap * sizeof *more);

		if (!more) {
			g->full = true;
			return NULL;
		}
		g->one = more;
		g->cap = cap;
	}
	origin = copy_way(g, origin);
	g->full = !origin;
	if (!origin)
		return NULL;
	g->last = origin;
	g->one[g->count] = (struct gathered){ .finding = { .origin = origin } };
	return &g->one[g->count++];
}

void
gather_finding(struct gather *g, const struct finding *f)
{
	struct gathered *one = add(g, f->origin);
	const struct origin *origin = one ? one->finding.origin : NULL;

	if (!one)
		return;
	one->finding = *f;
	one->finding.origin = origin;
	if (copy_strings(g, &one->finding))
		return;
	g->count--;
	g->full = true;
}

void
gather_unread(struct gather *g, const struct unread *u)
{
	struct gathered *one = add(g, u->origin);

	if (!one)
		return;
	one->unread = u->why;
	if (!copy_string(g, &one->unread))
		one->unread = "out of memory";
}

const struct finding *
gather_at(const struct gather *g, size_t i)
{
	return g->one[i].finding.rule ? &g->one[i].finding : NULL;
}

static int
by_life(const void *a, const void *b)
{
	const struct gathered *x = *(struct gathered *const *)a, *y = *(struct gathered *const *)b;
	const uint32_t i = x->finding.life.brought, k = y->finding.life.brought;
	int order = strcmp(x->finding.rule->id, y->finding.rule->id);

	if (!order)
		order = memcmp(x->finding.mark, y->finding.mark, MARK_BYTES);
	if (!order)             /* an id stands for rule, mark and path */
		order = strcmp(x->finding.id, y->finding.id);
	if (!order && i != k)   /* what no commit brought comes last */
		order = i && (!k || i < k) ? -1 : 1;
	if (!order && x->finding.offset != y->finding.offset)
		order = x->finding.offset < y->finding.offset ? -1 : 1;
	return order ? order : x < y ? -1 : x > y;
}

static bool
same_object(const struct origin *a, const struct origin *b)
{
	const char *x = NULL, *y = NULL;

	for (; a && !x; a = a->parent)
		x = origin_attribute(a, "object");
	for (; b && !y; b = b->parent)
		y = origin_attribute(b, "object");
	return x && y && strcmp(x, y) == 0;
}

static bool
same_secret(const struct gathered *a, const struct gathered *b)
{
	return a->finding.rule == b->finding.rule && memcmp(a->finding.mark, b->finding.mark, MARK_BYTES) == 0;
}

/* a secret that was there before, at whatever path, is not news */
static void
drop_old(struct gathered **sorted, size_t n)
{
	for (size_t i = 0, end; i < n; i = end) {
		bool old = false;

		for (end = i; end < n && same_secret(sorted[i], sorted[end]); end++)
			old |= sorted[end]->finding.life.brought == LIFE_BEFORE;
		for (size_t k = i; old && k < end; k++)
			sorted[k]->out = true;
	}
}

/* versions of one path that hold the same secret are one, told where it came first */
static void
join_lives(struct gather *g)
{
	struct gathered **sorted = malloc((g->count + 1) * sizeof *sorted);
	size_t n = 0, first = 0;

	for (size_t i = 0; sorted && i < g->count; i++)
		if (g->one[i].finding.rule && g->one[i].finding.life.versions)
			sorted[n++] = &g->one[i];
	if (n)
		qsort(sorted, n, sizeof *sorted, by_life);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(sorted[i]->finding.id, sorted[first]->finding.id) != 0) {
			first = i;
			continue;
		}
		if (same_object(sorted[i]->finding.origin, sorted[i - 1]->finding.origin))
			sorted[i]->finding.life.versions = 0;   /* it stands twice in one text */
		lives_join(&sorted[first]->finding.life, &sorted[i]->finding.life);
		sorted[i]->out = true;
	}
	drop_old(sorted, n);
	free(sorted);
}

static void
settle(struct gather *g, struct feed *feed, struct gathered *one)
{
	struct error err;
	int r = feed->settle(feed, &one->finding, &g->arena, &err);

	one->out = r == 0;
	if (r > 0 && one->finding.rule && !keep_name(&one->finding))
		r = error_set(&err, ERROR_INTERNAL, "out of memory");
	if (r < 0) {
		one->failed = arena_string(&g->arena, bytes_of(err.text));
		if (!one->failed)
			one->failed = "out of memory";
	}
}

static int
by_secret(const void *a, const void *b)
{
	const struct gathered *x = *(struct gathered *const *)a, *y = *(struct gathered *const *)b;
	int order = strcmp(x->finding.rule->id, y->finding.rule->id);

	if (!order)
		order = memcmp(x->finding.mark, y->finding.mark, MARK_BYTES);
	return order ? order : x < y ? -1 : x > y;
}

/* chains what is the same secret to the first of it; without memory each is told for itself */
static void
join(struct gather *g)
{
	struct gathered **sorted = malloc((g->count + 1) * sizeof *sorted);
	struct gathered *first = NULL, *last = NULL;
	size_t n = 0;

	for (size_t i = 0; sorted && i < g->count; i++)
		if (g->one[i].finding.rule && !g->one[i].out)
			sorted[n++] = &g->one[i];
	if (n)
		qsort(sorted, n, sizeof *sorted, by_secret);
	for (size_t i = 0; i < n; i++) {
		if (first && same_secret(first, sorted[i])) {
			last->same = sorted[i];
			first->others++;
			sorted[i]->out = true;
		} else {
			first = sorted[i];
		}
		last = sorted[i];
	}
	free(sorted);
}

static struct finding_place
place_of(const struct finding *f)
{
	return (struct finding_place){
		.origin = f->origin,
		.offset = f->offset,
		.line = f->line,
		.end_line = f->end_line,
		.column = f->column,
		.end_column = f->end_column,
		.column16 = f->column16,
		.end_column16 = f->end_column16,
	};
}

/* the best of all places speaks for the secret; false when memory ran out */
static bool
list_places(struct gathered *one, struct arena *arena)
{
	struct finding_place *places = one->others ? arena_new(arena, one->others * sizeof *places) : NULL;
	size_t n = 0;

	if (one->others && !places)
		return false;
	for (const struct gathered *o = one->same; o; o = o->same) {
		if (o->finding.confidence > one->finding.confidence) {
			one->finding.confidence = o->finding.confidence;
			one->finding.why = o->finding.why;
		}
		one->finding.evidence |= o->finding.evidence;
		places[n++] = place_of(&o->finding);
	}
	one->finding.places = places;
	one->finding.place_count = n;
	return true;
}

static void
tell(struct gather *g, struct gathered *one, const struct gather_calls *calls)
{
	if (one->failed)
		calls->unread(calls->arg, &(struct unread){ one->finding.origin, one->failed });
	if (one->out)
		return;
	if (!one->finding.rule) {
		calls->unread(calls->arg, &(struct unread){ one->finding.origin, one->unread });
		return;
	}
	if (!list_places(one, &g->arena))
		calls->unread(calls->arg, &(struct unread){ one->finding.origin, "out of memory listing where else it stands" });
	calls->finding(calls->arg, &one->finding);
}

/* where nothing could be held at all */
static const struct origin nowhere = { .step = ORIGIN_TARGET, .name = "(findings)" };

void
gather_tell(struct gather *g, struct feed *feed, const struct gather_calls *calls)
{
	join_lives(g);
	for (size_t i = 0; i < g->count; i++)
		if (!g->one[i].out)
			settle(g, feed, &g->one[i]);
	join(g);
	for (size_t i = 0; i < g->count; i++)
		tell(g, &g->one[i], calls);
	if (g->full)
		calls->unread(calls->arg, &(struct unread){ g->last ? g->last : &nowhere, g->count == g->most
		    ? "more findings than are held until its end (--max-gathered)" : "out of memory holding its findings" });
	gather_done(g);
}
