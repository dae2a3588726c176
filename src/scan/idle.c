#include "scan/idle.h"

#include <stdlib.h>

#include "match/window.h"
#include "rules/rule.h"
#include "scan/job.h"
#include "scan/keep.h"
#include "triage/allow.h"

/* of one text: who has more is not told of the others */
#define IDLES_MOST 1000

void
idles_done(struct idles *s)
{
	free(s->at);
	*s = (struct idles){ 0 };
}

void
idles_meet(struct idles *s, const struct window *w, size_t at)
{
	struct bytes rule;

	if (s->count == IDLES_MOST || !allow_comment(w->text, at, &rule))
		return;
	if (s->count == s->cap) {
		const size_t cap = s->cap ? s->cap * 2 : 8;
		size_t *more = realloc(s->at, cap * sizeof *more);

		if (!more) {
			s->failed = true;
			return;
		}
		s->at = more;
		s->cap = cap;
	}
	s->at[s->count++] = at;
}

static bool
allows_any(const struct keeps *keeps, const struct window *w, size_t comment)
{
	for (size_t i = 0; i < keeps->count; i++) {
		const struct kept *k = &keeps->kept[i];

		if (k->judged.verdict == VERDICT_ALLOWED && allow_find(w->text, k->at, k->rule->id) == comment)
			return true;
	}
	return false;
}

void
idles_tell(struct idles *s, const struct window *w, const struct keeps *keeps, struct job *job)
{
	/* of more hits than are held any may have been allowed */
	for (size_t i = 0; i < s->count && !s->failed && keeps->count < KEEPS_MOST; i++) {
		struct idle_comment one = { .origin = w->origin };
		struct bytes rule = { 0 };

		if (!allow_comment(w->text, s->at[i], &rule) || allows_any(keeps, w, s->at[i]))
			continue;
		one.line = window_place(w, s->at[i]).line;
		one.rule = rule.len ? arena_string(&job->arena, rule) : NULL;
		s->failed = (rule.len && !one.rule) || !job_idle(job, &one);
	}
}
