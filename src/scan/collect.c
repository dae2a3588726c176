#include "scan/collect.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/scan.h>

#include "base/limits.h"
#include "rules/rule.h"
#include "scan/job.h"
#include "scan/memo.h"

void
collect_init(struct collect *c, const struct scan_calls *calls, struct scan_result *result, const struct limits *limits)
{
	*c = (struct collect){ .calls = calls, .result = result, .most = limits->findings };
	gather_init(&c->gather, limits->gathered);
}

void
collect_done(struct collect *c)
{
	free(c->pending);
	gather_done(&c->gather);
}

static void
tell_unread(struct collect *c, const struct unread *u)
{
	if (c->gathers) {
		gather_unread(&c->gather, u);
		return;
	}
	c->result->unread++;
	c->calls->unread(c->calls->arg, u);
}

static const char *
root_name(const struct origin *o)
{
	while (o->parent)
		o = o->parent;
	return o->name;
}

static void
tell(struct collect *c, const struct found *f)
{
	const char *file = root_name(f->finding.origin);

	if (c->gathers) {
		gather_finding(&c->gather, &f->finding);
		return;
	}
	if (!c->file || strcmp(c->file, file) != 0) {
		c->file = file;
		c->told = 0;
	}
	if (c->told++ == c->most)
		tell_unread(c, &(struct unread){ f->finding.origin, "more findings in one file than are told (--max-findings)" });
	if (c->told > c->most)
		return;
	c->result->findings++;
	c->calls->finding(c->calls->arg, &f->finding);
}

static int
by_place(const void *a, const void *b)
{
	const struct found *x = *(struct found *const *)a, *y = *(struct found *const *)b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return strcmp(x->finding.rule->id, y->finding.rule->id);
}

static bool
same_way(const struct origin *a, const struct origin *b)
{
	for (; a && b; a = a->parent, b = b->parent)
		if (a->step != b->step || strcmp(a->name, b->name) != 0)
			return false;
	return !a && !b;
}

/* of what overlaps across a border of windows, the best; by the same rule as within a window */
static void
settle(struct collect *c)
{
	struct found *last = NULL;

	if (c->count > 1)
		qsort(c->pending, c->count, sizeof c->pending[0], by_place);
	for (size_t i = 0; i < c->count; i++) {
		struct found *f = c->pending[i];

		if (last && f->from < last->to && same_way(f->finding.origin, last->finding.origin)) {
			if (f->rank > last->rank)
				last = f;
			continue;
		}
		if (last)
			tell(c, last);
		last = f;
	}
	if (last)
		tell(c, last);
	c->count = 0;
}

static void
pend(struct collect *c, struct found *f)
{
	if (c->count && c->pending[0]->blob != f->blob)
		settle(c);
	if (c->count == c->cap) {
		const size_t cap = c->cap ? c->cap * 2 : 16;
		struct found **more = realloc(c->pending, cap * sizeof *more);

		if (!more) {            /* better told twice than not at all */
			tell(c, f);
			return;
		}
		c->pending = more;
		c->cap = cap;
	}
	c->pending[c->count++] = f;
}

static void
collect_items(struct collect *c, const struct job *job)
{
	c->result->files += job->files;
	c->result->bytes += job->bytes;
	c->result->allowed += job->allowed;
	for (const struct item *i = job->first; i; i = i->next) {
		if (i->kind == ITEM_JOB) {
			collect_items(c, i->job);
		} else if (i->kind == ITEM_SAFE) {
			c->calls->safe(c->calls->arg, &i->safe);
		} else if (i->kind == ITEM_IDLE) {
			/* what is gathered is a history or an image, of which only parts may be looked at */
			if (!c->gathers)
				c->calls->idle(c->calls->arg, &i->idle);
		} else if (i->kind == ITEM_FOUND && i->found->blob) {
			pend(c, i->found);
		} else {
			settle(c);
			if (i->kind == ITEM_FOUND)
				tell(c, i->found);
			else
				tell_unread(c, &i->unread);
		}
	}
}

void
collect_job(struct collect *c, const struct job *job)
{
	const struct scan_result before = *c->result;
	const size_t from = c->gather.count;

	collect_items(c, job);
	settle(c);
	if (job->memo && c->memos && c->gathers)
		memos_keep(c->memos, &(struct memo_result){ job->memo, job->memo_depth, c->result->files - before.files,
		    c->result->bytes - before.bytes, c->result->allowed - before.allowed, &c->gather, from });
	c->file = NULL;                 /* it lay in the job's memory */
	c->told = 0;
}

static void
on_gathered(void *arg, const struct finding *f)
{
	struct collect *c = arg;

	c->result->findings++;
	c->calls->finding(c->calls->arg, f);
}

static void
on_unread(void *arg, const struct unread *u)
{
	tell_unread(arg, u);
}

void
collect_gather(struct collect *c)
{
	c->gathers = true;
}

void
collect_tell(struct collect *c, struct feed *feed)
{
	const struct gather_calls calls = { on_gathered, on_unread, c };

	c->gathers = false;
	gather_tell(&c->gather, feed, &calls);
}
