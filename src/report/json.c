#include <stdlib.h>

#include "report/jsonout.h"
#include "report/later.h"
#include "report/report_json.h"
#include "report/reporters.h"

struct state {
	struct later unread;
	bool findings;          /* one was written */
};

static void
json_begin(struct report *r)
{
	struct state *state = calloc(1, sizeof *state);

	buf_adds(&r->out, "{\"version\":1,\"findings\":[");
	r->state = state;
	if (state)
		later_init(&state->unread);
	else
		r->out.failed = true;
}

static void
json_finding(struct report *r, const struct finding *f)
{
	struct jsonout j = { .out = &r->out };
	struct state *state = r->state;

	if (!state)
		return;
	buf_adds(&r->out, state->findings ? ",\n" : "\n");
	state->findings = true;
	report_json_finding(&j, f);
}

static void
json_unread(struct report *r, const struct unread *u)
{
	struct state *state = r->state;
	struct jsonout j = { 0 };

	if (!state)
		return;
	j.out = &state->unread.text;
	buf_adds(j.out, state->unread.spilled || j.out->len ? ",\n" : "\n");
	report_json_unread(&j, u);
	later_settle(&state->unread);
}

static void
json_end(struct report *r, const struct summary *s)
{
	struct jsonout j = { .out = &r->out };
	struct state *state = r->state;

	if (!state)
		return;
	buf_adds(&r->out, "\n],\"unread\":[");
	later_write(&state->unread, r);
	buf_adds(&r->out, "\n],\"summary\":");
	report_json_summary(&j, s);
	buf_adds(&r->out, "}\n");
	later_done(&state->unread);
	free(state);
}

const struct reporter json_reporter = {
	.name = "json",
	.about = "one JSON document: findings, unread, summary",
	.begin = json_begin,
	.finding = json_finding,
	.unread = json_unread,
	.end = json_end,
};
