/* Workflow commands of GitHub Actions: each finding is an annotation. */
#include <inttypes.h>

#include <stanch/finding.h>

#include "report/location.h"
#include "report/quote.h"
#include "report/reporters.h"
#include "report/wording.h"
#include "rules/rule.h"

static const char *const commands[] = {
	[SEVERITY_INFO] = "notice",
	[SEVERITY_LOW] = "notice",
	[SEVERITY_MEDIUM] = "warning",
	[SEVERITY_HIGH] = "error",
	[SEVERITY_CRITICAL] = "error",
};

/* Takes over a text, quotes it and frees it. */
static void
add_quoted(struct buf *out, struct buf *text, bool property)
{
	quote_github(out, buf_str(text), property);
	out->failed |= text->failed;
	buf_done(text);
}

static void
add_file(struct buf *out, const struct origin *o)
{
	struct buf file;

	buf_init(&file);
	location_outer(o, &file);
	add_quoted(out, &file, true);
}

/* where in the file; GitHub takes columns only within one line */
static void
add_place(struct buf *out, const struct finding *f)
{
	const char *dockerfile;
	const unsigned long line = location_dockerfile(f->origin, &dockerfile);

	if (line)
		buf_addf(out, ",line=%lu", line);
	if (!f->line || location_inside(f->origin))
		return;
	buf_addf(out, ",line=%" PRIu64 ",endLine=%" PRIu64, f->line, f->end_line);
	if (f->line == f->end_line)
		buf_addf(out, ",col=%" PRIu64 ",endColumn=%" PRIu64, f->column, f->end_column);
}

static void
add_message(struct buf *out, const struct finding *f)
{
	struct buf text;
	size_t before;

	buf_init(&text);
	buf_addf(&text, "%s, %s", f->preview, confidence_name(f->confidence));
	before = text.len;
	buf_adds(&text, ": ");
	wording_why(&text, f);
	if (text.len == before + 2)
		text.len = before;
	if (location_nested(f->origin)) {
		buf_adds(&text, "\nin ");
		location_way(f->origin, " \xe2\x96\xb8 ", &text);
		if (f->line)
			buf_addf(&text, ", line %" PRIu64, f->line);
	}
	if (f->rule->advice)
		buf_addf(&text, "\n%s", f->rule->advice);
	add_quoted(out, &text, false);
}

static void
github_finding(struct report *r, const struct finding *f)
{
	struct buf *out = &r->out;

	buf_addf(out, "::%s file=", commands[f->rule->severity]);
	add_file(out, f->origin);
	add_place(out, f);
	buf_adds(out, ",title=");
	quote_github(out, f->rule->about, true);
	buf_adds(out, "::");
	add_message(out, f);
	buf_addc(out, '\n');
}

static void
github_unread(struct report *r, const struct unread *u)
{
	struct buf text;

	buf_adds(&r->out, "::warning file=");
	add_file(&r->out, u->origin);
	buf_adds(&r->out, ",title=Not read to its end::");
	buf_init(&text);
	if (location_nested(u->origin)) {
		location_way(u->origin, " \xe2\x96\xb8 ", &text);
		buf_adds(&text, ": ");
	}
	buf_adds(&text, u->why);
	add_quoted(&r->out, &text, false);
	buf_addc(&r->out, '\n');
}

static void
github_end(struct report *r, const struct summary *s)
{
	struct buf text;

	buf_init(&text);
	wording_summary(&text, r, s);
	buf_adds(&r->out, "::notice title=stanch::");
	add_quoted(&r->out, &text, false);
	buf_addc(&r->out, '\n');
}

const struct reporter github_reporter = {
	.name = "github",
	.about = "annotations of GitHub Actions",
	.finding = github_finding,
	.unread = github_unread,
	.end = github_end,
};
