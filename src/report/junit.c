/* JUnit XML: each finding is a test that failed, what was not read one that could not run. */
#include <inttypes.h>
#include <stdlib.h>

#include <stanch/finding.h>

#include "report/later.h"
#include "report/location.h"
#include "report/quote.h"
#include "report/reporters.h"
#include "report/wording.h"
#include "rules/rule.h"

/* The counts stand before the cases, so the cases wait. */
struct state {
	struct later cases;
	uint64_t failures, errors;
};

static void
junit_begin(struct report *r)
{
	struct state *state = calloc(1, sizeof *state);

	r->state = state;
	if (state)
		later_init(&state->cases);
	else
		r->out.failed = true;
}

/* Takes over a text, quotes it and frees it. */
static void
add_quoted(struct buf *out, struct buf *text)
{
	quote_xml(out, bytes_of(buf_str(text)));
	out->failed |= text->failed;
	buf_done(text);
}

static void
attribute(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, " %s=\"", name);
	quote_xml(out, bytes_of(value));
	buf_addc(out, '"');
}

static void
file_attribute(struct buf *out, const char *name, const struct origin *o)
{
	struct buf file;

	buf_init(&file);
	location_file(o, &file);
	buf_addf(out, " %s=\"", name);
	add_quoted(out, &file);
	buf_addc(out, '"');
}

static void
add_case(struct buf *out, const struct finding *f)
{
	struct buf point;

	buf_init(&point);
	buf_addf(&point, "%s at ", f->rule->id);
	location_point(f, &point);
	buf_adds(out, "<testcase name=\"");
	add_quoted(out, &point);
	buf_addc(out, '"');
	file_attribute(out, "classname", f->origin);
	file_attribute(out, "file", f->origin);
	if (f->line)
		buf_addf(out, " line=\"%" PRIu64 "\"", f->line);
	buf_adds(out, ">\n");
}

static void
add_story(struct buf *out, const struct finding *f)
{
	struct buf text;

	buf_init(&text);
	location_way(f->origin, " \xe2\x96\xb8 ", &text);
	add_quoted(out, &text);
	if (f->line)
		buf_addf(out, ", line %" PRIu64 ", column %" PRIu64, f->line, f->column);
	buf_adds(out, "\n");
	if (f->excerpt) {
		quote_xml(out, bytes_of(f->excerpt));
		buf_adds(out, "\n");
	}
	wording_why(&text, f);
	add_quoted(out, &text);
	if (f->rule->advice) {
		buf_adds(out, "\n");
		quote_xml(out, bytes_of(f->rule->advice));
	}
}

static void
junit_finding(struct report *r, const struct finding *f)
{
	struct state *state = r->state;
	struct buf *out, message;

	if (!state)
		return;
	state->failures++;
	out = &state->cases.text;
	add_case(out, f);
	buf_init(&message);
	buf_addf(&message, "%s: %s (%s)", f->rule->about, f->preview, confidence_name(f->confidence));
	buf_adds(out, "<failure message=\"");
	add_quoted(out, &message);
	buf_addc(out, '"');
	attribute(out, "type", severity_name(f->rule->severity));
	buf_addc(out, '>');
	add_story(out, f);
	buf_adds(out, "</failure>\n</testcase>\n");
	later_settle(&state->cases);
}

static void
junit_unread(struct report *r, const struct unread *u)
{
	struct state *state = r->state;
	struct buf *out;

	if (!state)
		return;
	state->errors++;
	out = &state->cases.text;
	buf_adds(out, "<testcase name=\"read to its end\"");
	file_attribute(out, "classname", u->origin);
	file_attribute(out, "file", u->origin);
	buf_adds(out, ">\n<error");
	attribute(out, "message", u->why);
	buf_adds(out, " type=\"unread\"/>\n</testcase>\n");
	later_settle(&state->cases);
}

static void
add_suite(struct buf *out, const struct state *state, const struct summary *s)
{
	uint64_t tests = state->failures + state->errors;
	uint64_t ms = s->seconds > 0 && s->seconds < 1e9 ? (uint64_t)(s->seconds * 1000 + 0.5) : 0;

	buf_addf(out, "<testsuite name=\"stanch\" tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\" errors=\"%" PRIu64
		"\" skipped=\"0\" time=\"%" PRIu64 ".%03u\">\n",
		tests ? tests : 1, state->failures, state->errors, ms / 1000, (unsigned)(ms % 1000));
}

static void
junit_end(struct report *r, const struct summary *s)
{
	struct state *state = r->state;
	struct buf text;

	if (!state)
		return;
	if (!s->complete && !state->errors) {
		state->errors++;
		buf_adds(&state->cases.text, "<testcase name=\"read to its end\" classname=\"stanch\">\n"
			"<error message=\"something could not be read to its end\" type=\"unread\"/>\n</testcase>\n");
	}
	buf_adds(&r->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	add_suite(&r->out, state, s);
	later_write(&state->cases, r);
	if (!state->failures && !state->errors)
		buf_adds(&r->out, "<testcase name=\"no secret found\" classname=\"stanch\"/>\n");
	buf_init(&text);
	wording_summary(&text, r, s);
	buf_adds(&r->out, "<system-out>");
	add_quoted(&r->out, &text);
	buf_adds(&r->out, "</system-out>\n</testsuite>\n</testsuites>\n");
	later_done(&state->cases);
	free(state);
}

const struct reporter junit_reporter = {
	.name = "junit",
	.about = "JUnit XML, for CI systems that show tests",
	.begin = junit_begin,
	.finding = junit_finding,
	.unread = junit_unread,
	.end = junit_end,
};
