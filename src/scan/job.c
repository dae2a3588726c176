#include "scan/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "blob/origin.h"

struct job *
job_new(enum job_kind kind)
{
	struct job *job = calloc(1, sizeof *job);

	if (!job)
		return NULL;
	job->kind = kind;
	if (kind == JOB_WINDOW_KIND)
		return job;
	job->blob = malloc(JOB_BLOBS * sizeof *job->blob);
	if (job->blob)
		return job;
	free(job);
	return NULL;
}

void
job_free(struct job *job)
{
	if (!job)
		return;
	for (struct item *i = job->first; i; i = i->next)
		if (i->kind == ITEM_JOB)
			job_free(i->job);
	arena_done(&job->arena);
	if (job->kind == JOB_BLOBS_KIND)
		free(job->blob);
	free(job);
}

static struct item *
item_new(struct job *job, enum item_kind kind)
{
	struct item *item = arena_new(&job->arena, sizeof *item);

	if (item)
		item->kind = kind;
	return item;
}

/* only a finished item is linked, so that a list is never half made */
static bool
link_item(struct job *job, struct item *item)
{
	if (job->last)
		job->last->next = item;
	else
		job->first = item;
	job->last = item;
	return true;
}

static const struct origin *
undecoded(const struct origin *o)
{
	while (o->step == ORIGIN_DECODED && o->parent)
		o = o->parent;
	return o;
}

/* the very same secret, seen in a text and in what that decodes to */
static bool
seen_twice(const struct found *a, const struct found *b)
{
	return a->from == b->from && a->to == b->to && a->finding.rule == b->finding.rule &&
	    memcmp(a->finding.mark, b->finding.mark, MARK_BYTES) == 0 && origin_same(undecoded(a->finding.origin), undecoded(b->finding.origin));
}

/* what was found in decoded text, in the place of what was found around it, if that is the same; true: nothing is left to add */
static bool
take_place(struct job *job, struct found *found)
{
	if (found->finding.origin->step != ORIGIN_DECODED)
		return false;
	for (struct item *i = job->first; i; i = i->next)
		if (i->kind == ITEM_FOUND && seen_twice(i->found, found)) {
			/* the one that knows the key, unless it is less sure */
			if (found->rank >= i->found->rank && found->finding.path)
				i->found = found;
			return true;
		}
	return false;
}

bool
job_found(struct job *job, struct found *found)
{
	struct item *item;

	if (take_place(job, found))
		return true;
	item = item_new(job, ITEM_FOUND);
	if (!item)
		return false;
	item->found = found;
	return link_item(job, item);
}

bool
job_unread(struct job *job, const struct origin *origin, const char *why)
{
	struct item *item = item_new(job, ITEM_UNREAD);

	if (!item)
		return false;
	item->unread.origin = origin_copy(origin, &job->arena);
	item->unread.why = arena_string(&job->arena, bytes_of(why));
	return item->unread.origin && item->unread.why && link_item(job, item);
}

bool
job_safe(struct job *job, const struct safe *safe)
{
	struct item *item = item_new(job, ITEM_SAFE);

	if (!item)
		return false;
	item->safe = *safe;             /* its path is the job's own already */
	item->safe.origin = origin_copy(safe->origin, &job->arena);
	return item->safe.origin && link_item(job, item);
}

bool
job_idle(struct job *job, const struct idle_comment *idle)
{
	struct item *item = item_new(job, ITEM_IDLE);

	if (!item)
		return false;
	item->idle = *idle;             /* its rule is the job's own already */
	item->idle.origin = origin_copy(idle->origin, &job->arena);
	return item->idle.origin && link_item(job, item);
}

bool
job_child(struct job *job, struct job *child)
{
	struct item *item = item_new(job, ITEM_JOB);

	if (!item)
		return false;
	item->job = child;
	return link_item(job, item);
}
