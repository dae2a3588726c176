#include "scan/telling.h"

#include <string.h>

#include <stanch/blob.h>
#include <stanch/scan.h>

#include "base/arena.h"
#include "base/mark.h"
#include "blob/memory.h"
#include "blob/origin.h"
#include "scan/job.h"
#include "scan/lineage.h"
#include "scan/worker.h"
#include "triage/triage.h"

const char *
telling_file(struct lineage *l, const struct origin *o)
{
	l->file.len = 0;
	origin_file(o, &l->file);
	return buf_str(&l->file);
}

/* the step that a stretch of the version itself was decoded in */
static struct origin *
decoding(const struct origin *o)
{
	const struct origin *found = NULL;

	for (; o; o = o->parent)
		found = o->step == ORIGIN_DECODED ? o : found;
	return (struct origin *)(uintptr_t)found;
}

/* Where a finding stands in the version at hand. */
struct stand {
	size_t at, last;
	const struct record *stretch; /* NULL: in the text itself */
	const struct origin *origin;  /* its way; of a stretch's, as it was when that was decoded */
};

/* the version at hand is the one to tell; what it is told by is mended where that will do, so that memory does not grow */
static void
move(struct lineage *l, struct found *had, const struct stand *s)
{
	const struct attribute *a = NULL;
	struct origin *decoded = decoding(had->finding.origin);

	keep_place(had, &l->window, s->at, s->last);
	if (!decoded != !s->stretch) {
		const struct origin *copy = origin_copy(s->origin, &l->job->arena);

		l->failed |= !copy;
		if (!copy)
			return;
		had->finding.origin = copy;
		decoded = decoding(copy);
	}
	if (decoded)
		decoded->offset = s->stretch->at;
	for (const struct origin *o = had->finding.origin; o && !a; o = o->parent)
		a = o->attributes;
	/* its object's id is as long as the other's */
	if (a && l->version->origin->attributes)
		strcpy((char *)(uintptr_t)a->value, l->version->origin->attributes->value);
}

/* the same finding again: in another version, or a second time in this one */
static void
join(struct lineage *l, struct found *had, const struct stand *s)
{
	const struct life *life = &l->version->life;
	const bool again = had->version == l->number;

	had->version = l->number;
	if (again ? had->finding.life.brought == life->brought && s->at < had->from : lives_join(&had->finding.life, life))
		move(l, had, s);
}

static void
tell_hit(struct lineage *l, const struct kept *one)
{
	struct record *r = &l->fresh.record[one->number];
	struct found *had;

	if (!r->marked) {
		mark_make(r->mark, bytes_cut(l->window.text, one->at, one->at + one->len), l->shared->mark_key);
		r->marked = true;
	}
	had = lives_find(&l->lives, one->rule, r->mark, buf_str(&l->file));
	if (had) {
		join(l, had, &(struct stand){ one->at, one->at + one->len - 1, NULL, l->version->origin });
		return;
	}
	had = keeps_tell_one(&l->keeps, one, &l->window, NULL, 0, l->shared->options, l->shared->mark_key, l->job);
	if (had)
		had->version = l->number;
	l->failed |= !had || !lives_add(&l->lives, had);
}

/* of the hits that cover each other the best, as in any window */
void
telling_hits(struct lineage *l, bool first)
{
	size_t allowed;

	l->keeps.count = 0;
	for (size_t i = 0; i < l->fresh.count; i++) {
		const struct record *r = &l->fresh.record[i];

		if (r->kind != RECORD_HIT)
			continue;
		if (!keeps_put(&l->keeps, &r->kept)) {
			l->failed = true;
			return;
		}
		l->keeps.kept[l->keeps.count - 1].number = i;
	}
	allowed = keeps_resolve(&l->keeps);
	l->job->allowed += first ? allowed : 0;
	for (size_t i = 0; i < l->keeps.count && !l->version->known; i++) {
		const struct kept *one = &l->keeps.kept[i];

		if (one->judged.verdict == VERDICT_KEEP && one->judged.confidence >= l->shared->options->min_confidence)
			tell_hit(l, one);
	}
	l->keeps.count = 0;
}

/* takes what was added to the job behind `last` out of its list */
static struct item *
take_items(struct job *job, struct item *last)
{
	struct item **from = last ? &last->next : &job->first;
	struct item *items = *from;

	*from = NULL;
	job->last = last;
	return items;
}

static void
put_item(struct job *job, struct item *item)
{
	*(job->last ? &job->last->next : &job->first) = item;
	job->last = item;
	item->next = NULL;
}

/* what was found in a stretch: told if it is new, else joined */
static void
take_found(struct lineage *l, struct record *r, struct item *item)
{
	struct found *found = item->found;
	struct found *had = lives_find(&l->lives, found->finding.rule, found->finding.mark, telling_file(l, found->finding.origin));
	const struct stand s = { (size_t)found->from, (size_t)found->to - 1, r, found->finding.origin };
	struct decoded *d = arena_new(&l->job->arena, sizeof *d);

	if (!d) {
		l->failed = true;
		return;
	}
	*d = (struct decoded){ r->decoded, had ? had : found, s.origin, s.at - r->at, s.last - r->at };
	r->decoded = d;
	if (had) {
		join(l, had, &s);
		return;
	}
	put_item(l->job, item);
	found->version = l->number;
	l->failed |= !lives_add(&l->lives, found);
}

static void
decode(struct lineage *l, struct record *r)
{
	struct item *last = l->job->last, *items, *next;

	worker_stretch(l->worker, l->job, &l->window, r->encoding, bytes_cut(l->window.text, r->at, r->at + r->len));
	items = take_items(l->job, last);
	for (; items; items = next) {
		next = items->next;
		if (items->kind == ITEM_FOUND)
			take_found(l, r, items);
		else if (!l->version->known)
			put_item(l->job, items);
	}
}

#define WAY_MAX 64

/* a way as it would begin with the version at hand, in room for WAY_MAX steps; NULL when it is longer */
static const struct origin *
way_here(const struct lineage *l, const struct origin *o, struct origin *room, size_t left)
{
	if (!o->parent || !o->parent->parent)
		return l->version->origin;
	if (left == 0)
		return NULL;
	*room = *o;
	room->parent = way_here(l, o->parent, room + 1, left - 1);
	return room->parent ? room : NULL;
}

/* a finding that was told under another path */
static void
tell_again(struct lineage *l, const struct decoded *d, const struct stand *s, const struct origin *way)
{
	struct found *found = arena_new(&l->job->arena, sizeof *found);

	if (found) {
		*found = *d->told;
		found->finding.origin = origin_copy(way, &l->job->arena);
		found->finding.life = l->version->life;
		found->version = l->number;
	}
	if (!found || !found->finding.origin || !keep_name(&found->finding) || !job_found(l->job, found) || !lives_add(&l->lives, found)) {
		l->failed = true;
		return;
	}
	move(l, found, s);
}

/* what is known of a stretch that was carried over holds here, too */
static void
tell_carried(struct lineage *l, const struct record *r)
{
	struct origin room[WAY_MAX];

	for (const struct decoded *d = r->decoded; d && !l->version->known; d = d->next) {
		const struct origin *way = way_here(l, d->origin, room, WAY_MAX);
		const struct stand s = { r->at + d->from, r->at + d->to, r, way };
		const struct finding *told = &d->told->finding;
		struct found *had = way ? lives_find(&l->lives, told->rule, told->mark, telling_file(l, way)) : NULL;

		if (had)
			join(l, had, &s);
		else if (way)
			tell_again(l, d, &s, way);
		else
			l->failed = true;
	}
}

void
telling_stretches(struct lineage *l, size_t carried)
{
	for (size_t i = 0; i < l->fresh.count; i++) {
		struct record *r = &l->fresh.record[i];

		if (r->kind != RECORD_STRETCH)
			continue;
		if (i < carried)
			tell_carried(l, r);
		else
			decode(l, r);
	}
}

/* a finding of a text that was scanned whole: told if it is new, else joined */
static void
take_whole(struct lineage *l, struct item *item)
{
	struct found *found = item->found;
	struct found *had = lives_find(&l->lives, found->finding.rule, found->finding.mark, telling_file(l, found->finding.origin));
	struct life life;

	if (!had) {
		put_item(l->job, item);
		found->version = l->number;
		l->failed |= !lives_add(&l->lives, found);
		return;
	}
	life = had->finding.life;
	if (had->version == l->number ? life.brought == found->finding.life.brought && found->from < had->from
				      : lives_join(&life, &found->finding.life)) {
		had->finding = found->finding;
		had->from = found->from;
		had->to = found->to;
	}
	had->finding.life = life;
	had->version = l->number;
}

void
telling_whole(struct lineage *l, const struct origin *origin)
{
	struct item *last = l->job->last, *items, *next;
	struct memory_blob m;

	memory_blob_init(&m, origin, l->window.text);
	worker_text(l->worker, l->job, &m.blob);
	items = take_items(l->job, last);
	for (; items; items = next) {
		next = items->next;
		/* in several windows overlaps are settled by who collects */
		if (items->kind == ITEM_FOUND && !items->found->blob)
			take_whole(l, items);
		else
			put_item(l->job, items);
	}
}
