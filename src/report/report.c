#include "report/report.h"

#include <errno.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/finding.h>

#include "base/io.h"
#include "report/reporters.h"
#include "rules/rule.h"

#define GATHER (1u << 16)

static const struct reporter *const reporters[] = {
	&text_reporter,
	&json_reporter,
	&jsonl_reporter,
	&sarif_reporter,
	&gitlab_reporter,
	&junit_reporter,
	&csv_reporter,
	&html_reporter,
	&github_reporter,
};

const struct reporter *
report_list(size_t i)
{
	return i < sizeof reporters / sizeof reporters[0] ? reporters[i] : NULL;
}

const struct reporter *
report_find(const char *name)
{
	const struct reporter *kind;

	for (size_t i = 0; (kind = report_list(i)); i++)
		if (!strcmp(kind->name, name))
			return kind;
	return NULL;
}

static void
drain(struct report *r)
{
	if (!r->failed && r->out.failed)
		r->failed = ENOMEM;
	if (!r->failed && io_write_full(r->fd, r->out.at, r->out.len) != 0)
		r->failed = errno;
	r->out.len = 0;
}

void
report_flush(struct report *r)
{
	if (r->out.len >= GATHER || r->out.failed)
		drain(r);
}

void
report_open(struct report *r, const struct reporter *kind, int fd, const struct rules *rules)
{
	*r = (struct report){ .kind = kind, .fd = fd, .rules = rules };
	buf_init(&r->out);
	if (kind->begin)
		kind->begin(r);
	report_flush(r);
}

void
report_finding(struct report *r, const struct finding *f)
{
	if (f->rule->severity <= SEVERITY_CRITICAL)
		r->told[f->rule->severity]++;
	r->kind->finding(r, f);
	report_flush(r);
}

void
report_unread(struct report *r, const struct unread *u)
{
	r->kind->unread(r, u);
	report_flush(r);
}

int
report_close(struct report *r, const struct summary *s, struct error *error)
{
	r->kind->end(r, s);
	drain(r);
	buf_done(&r->out);
	if (r->failed)
		return error_set(error, r->failed, "write the %s report:", r->kind->name);
	return 0;
}
