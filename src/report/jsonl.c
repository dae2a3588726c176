#include "report/jsonout.h"
#include "report/report_json.h"
#include "report/reporters.h"

static void
jsonl_finding(struct report *r, const struct finding *f)
{
	struct jsonout j = { .out = &r->out };

	report_json_finding(&j, f);
	buf_addc(&r->out, '\n');
}

static void
jsonl_unread(struct report *r, const struct unread *u)
{
	struct jsonout j = { .out = &r->out };

	report_json_unread(&j, u);
	buf_addc(&r->out, '\n');
}

static void
jsonl_end(struct report *r, const struct summary *s)
{
	struct jsonout j = { .out = &r->out };

	report_json_summary(&j, s);
	buf_addc(&r->out, '\n');
}

const struct reporter jsonl_reporter = {
	.name = "jsonl",
	.about = "one JSON object a line, as they are found; the last is the summary",
	.finding = jsonl_finding,
	.unread = jsonl_unread,
	.end = jsonl_end,
};
