/* SARIF 2.1.0, as code hosts and editors read it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <stanch.h>

#include "report/jsonout.h"
#include "report/later.h"
#include "report/location.h"
#include "report/quote.h"
#include "report/report_json.h"
#include "report/reporters.h"
#include "report/wording.h"
#include "rules/rule.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

#define RELATED_MOST 1000

struct state {
	struct later notes;     /* what was not read, for the invocation at the end */
	bool noted;
	bool more;              /* a result stands before */
};

/* how a severity is told; the score is what GitHub sorts by */
static const struct {
	const char *level, *score;
} grades[] = {
	[SEVERITY_INFO] = { "note", "0.1" },
	[SEVERITY_LOW] = { "note", "3.0" },
	[SEVERITY_MEDIUM] = { "warning", "5.5" },
	[SEVERITY_HIGH] = { "error", "8.0" },
	[SEVERITY_CRITICAL] = { "error", "9.5" },
};

/* "key": { "text": … } with the text of a buffer, which is then freed */
static void
take_object(struct jsonout *j, const char *key, struct buf *text)
{
	jsonout_key(j, key);
	jsonout_open(j, '{');
	jsonout_take(j, "text", text);
	jsonout_close(j, '}');
}

static void
rule_help(struct jsonout *j, const struct rule *rule)
{
	const char *advice = rule->advice ? rule->advice : "Revoke it where it was issued, then seal the new one";
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "%s.", advice);
	jsonout_key(j, "help");
	jsonout_open(j, '{');
	jsonout_member(j, "text", buf_str(&text));
	if (quote_is_link(rule->docs))
		buf_addf(&text, "\n\n[How it is described by its vendor](%s)", rule->docs);
	jsonout_take(j, "markdown", &text);
	jsonout_close(j, '}');
}

static void
rule_properties(struct jsonout *j, const struct rule *rule)
{
	jsonout_key(j, "properties");
	jsonout_open(j, '{');
	jsonout_member(j, "security-severity", grades[rule->severity].score);
	jsonout_member(j, "vendor", rule->vendor);
	jsonout_key(j, "tags");
	jsonout_open(j, '[');
	jsonout_text(j, "security");
	jsonout_text(j, rule->item ? "configuration" : "secret");
	jsonout_text(j, rule->item ? "external/cwe/cwe-16" : "external/cwe/cwe-798");
	jsonout_close(j, ']');
	jsonout_close(j, '}');
}

static void
describe_rule(struct jsonout *j, const struct rule *rule)
{
	struct buf full;

	buf_init(&full);
	buf_addf(&full, "%s%s.", rule->about, rule->item ? "" : ", left where whoever gets the file can read it");
	jsonout_open(j, '{');
	jsonout_member(j, "id", rule->id);
	jsonout_member(j, "name", rule->about);
	jsonout_wrapped(j, "shortDescription", rule->about);
	take_object(j, "fullDescription", &full);
	rule_help(j, rule);
	jsonout_member(j, "helpUri", quote_is_link(rule->docs) ? rule->docs : NULL);
	jsonout_key(j, "defaultConfiguration");
	jsonout_open(j, '{');
	jsonout_member(j, "level", grades[rule->severity].level);
	jsonout_close(j, '}');
	rule_properties(j, rule);
	jsonout_close(j, '}');
}

static void
describe_tool(struct jsonout *j, struct report *r)
{
	jsonout_key(j, "tool");
	jsonout_open(j, '{');
	jsonout_key(j, "driver");
	jsonout_open(j, '{');
	jsonout_member(j, "name", "stanch");
	jsonout_member(j, "version", STANCH_VERSION);
	jsonout_member(j, "semanticVersion", STANCH_VERSION);
	jsonout_member(j, "informationUri", REPORT_URL);
	jsonout_key(j, "rules");
	jsonout_open(j, '[');
	for (size_t i = 0; r->rules && i < r->rules->count; i++) {
		describe_rule(j, r->rules->rule[i]);
		report_flush(r);
	}
	jsonout_close(j, ']');
	jsonout_close(j, '}');
	jsonout_close(j, '}');
}

static void
sarif_begin(struct report *r)
{
	struct jsonout j = { .out = &r->out };
	struct state *state = calloc(1, sizeof *state);

	r->state = state;
	if (!state) {
		r->out.failed = true;
		return;
	}
	later_init(&state->notes);
	jsonout_open(&j, '{');
	jsonout_member(&j, "$schema", SCHEMA);
	jsonout_member(&j, "version", "2.1.0");
	jsonout_key(&j, "runs");
	jsonout_open(&j, '[');
	jsonout_open(&j, '{');
	describe_tool(&j, r);
	jsonout_member(&j, "columnKind", "utf16CodeUnits");
	jsonout_key(&j, "results");
	jsonout_open(&j, '[');
}

/* a rule's place in the list of the tool, or -1 */
static ptrdiff_t
rule_index(const struct rules *rules, const struct rule *rule)
{
	size_t from = 0, to = rules ? rules->count : 0;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = strcmp(rules->rule[mid]->id, rule->id);

		if (!order)
			return (ptrdiff_t)mid;
		if (order < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return -1;
}

static void
tell_why(struct buf *text, const struct finding *f)
{
	size_t before = text->len;

	buf_adds(text, "; ");
	wording_why(text, f);
	if (text->len == before + 2)
		text->len = before;
}

static void
tell_message(struct jsonout *j, const struct finding *f)
{
	struct buf text;

	buf_init(&text);
	buf_adds(&text, f->rule->about);
	if (!f->rule->item)
		buf_addf(&text, ": %s", f->preview);
	if (location_nested(f->origin)) {
		buf_adds(&text, " in ");
		location_way(f->origin, " \xe2\x96\xb8 ", &text);
		if (f->line)
			buf_addf(&text, ", line %" PRIu64, f->line);
	}
	tell_why(&text, f);
	buf_adds(&text, ".");
	take_object(j, "message", &text);
}

/*
 * Lines are told of a file that a person can open. GitHub refuses a result
 * without a line, so what lies inside another file stands at its first. Of an
 * image that is the Dockerfile, where one was given.
 */
static void
tell_region(struct jsonout *j, const struct finding_place *f, size_t length)
{
	const char *dockerfile;
	const unsigned long made = location_dockerfile(f->origin, &dockerfile);
	bool inside = location_inside(f->origin);

	jsonout_key(j, "region");
	jsonout_open(j, '{');
	jsonout_count(j, "startLine", made ? made : inside || !f->line ? 1 : f->line);
	if (!inside && f->line) {
		jsonout_count(j, "startColumn", f->column16);
		jsonout_count(j, "endLine", f->end_line);
		jsonout_count(j, "endColumn", f->end_column16);
	} else if (!inside) {
		jsonout_count(j, "byteOffset", f->offset);
		jsonout_count(j, "byteLength", length);
	}
	jsonout_close(j, '}');
}

static void
tell_artifact(struct jsonout *j, const struct origin *o)
{
	struct buf path, uri;

	buf_init(&path);
	buf_init(&uri);
	location_outer(o, &path);
	quote_uri(&uri, buf_str(&path));
	jsonout_key(j, "artifactLocation");
	jsonout_open(j, '{');
	uri.failed |= path.failed;
	jsonout_take(j, "uri", &uri);
	jsonout_close(j, '}');
	buf_done(&path);
}

static void
tell_inside(struct jsonout *j, const struct origin *o)
{
	struct buf way;

	buf_init(&way);
	location_within(o, "!", &way);
	jsonout_open(j, '{');
	jsonout_member(j, "name", o->name);
	jsonout_take(j, "fullyQualifiedName", &way);
	jsonout_member(j, "kind", "resource");
	jsonout_close(j, '}');
}

/* where in a manifest it stands */
static void
tell_key_path(struct jsonout *j, const struct finding *f)
{
	jsonout_open(j, '{');
	jsonout_member(j, "name", f->key ? f->key : f->path);
	jsonout_member(j, "fullyQualifiedName", f->path);
	jsonout_member(j, "decoratedName", f->pointer);
	jsonout_member(j, "kind", "member");
	jsonout_close(j, '}');
}

/* place: NULL for what was not read; f: the finding whose own place it is, or NULL */
static void
tell_location(struct jsonout *j, const struct origin *o, const struct finding_place *place, size_t length,
    const struct finding *f)
{
	jsonout_open(j, '{');
	jsonout_key(j, "physicalLocation");
	jsonout_open(j, '{');
	tell_artifact(j, o);
	if (place)
		tell_region(j, place, length);
	jsonout_close(j, '}');
	if (location_inside(o) || location_layered(o) || (f && f->path)) {
		jsonout_key(j, "logicalLocations");
		jsonout_open(j, '[');
		if (location_inside(o) || location_layered(o))
			tell_inside(j, o);
		if (f && f->path)
			tell_key_path(j, f);
		jsonout_close(j, ']');
	}
	jsonout_close(j, '}');
}

/* finding: NULL for what was not read */
static void
tell_locations(struct jsonout *j, const struct origin *o, const struct finding *f)
{
	struct finding_place own;

	if (f)
		own = (struct finding_place){ f->origin, f->offset, f->line, f->end_line, f->column, f->end_column, f->column16,
			f->end_column16 };
	jsonout_key(j, "locations");
	jsonout_open(j, '[');
	tell_location(j, o, f ? &own : NULL, f ? f->length : 0, f);
	jsonout_close(j, ']');
}

/* where the same secret stands, too; a code host refuses results that refer to very many */
static void
tell_related(struct jsonout *j, const struct finding *f)
{
	if (f->place_count == 0)
		return;
	jsonout_key(j, "relatedLocations");
	jsonout_open(j, '[');
	for (size_t i = 0; i < f->place_count && i < RELATED_MOST; i++)
		tell_location(j, f->places[i].origin, &f->places[i], f->length, NULL);
	jsonout_close(j, ']');
}

static void
tell_properties(struct jsonout *j, const struct finding *f)
{
	jsonout_key(j, "properties");
	jsonout_open(j, '{');
	jsonout_member(j, "confidence", confidence_name(f->confidence));
	jsonout_key(j, "evidence");
	report_json_evidence(j, f->evidence);
	jsonout_key(j, "entropy");
	jsonout_decimal(j, f->entropy, 2);
	report_json_mark(j, "mark", f);
	report_json_file(j, "file", f->origin);
	if (location_told_more(f->origin)) {
		jsonout_key(j, "origin");
		report_json_origin(j, f->origin);
	}
	if (f->place_count)
		jsonout_count(j, "places", f->place_count + 1);
	if (f->line) {
		jsonout_count(j, "line", f->line);
		jsonout_count(j, "columnUtf16", f->column16);
	}
	jsonout_member(j, "secret", f->secret);
	jsonout_close(j, '}');
}

static void
sarif_finding(struct report *r, const struct finding *f)
{
	struct state *state = r->state;
	struct jsonout j = { .out = &r->out };
	ptrdiff_t index = rule_index(r->rules, f->rule);

	if (!state)
		return;
	buf_adds(&r->out, state->more ? ",\n" : "\n");
	state->more = true;
	jsonout_open(&j, '{');
	jsonout_member(&j, "ruleId", f->rule->id);
	if (index >= 0)
		jsonout_count(&j, "ruleIndex", (uint64_t)index);
	jsonout_member(&j, "level", grades[f->rule->severity].level);
	tell_message(&j, f);
	tell_locations(&j, f->origin, f);
	tell_related(&j, f);
	jsonout_key(&j, "partialFingerprints");
	jsonout_open(&j, '{');
	jsonout_member(&j, "stanchFinding/v1", f->id);
	jsonout_close(&j, '}');
	tell_properties(&j, f);
	jsonout_close(&j, '}');
}

static void
sarif_unread(struct report *r, const struct unread *u)
{
	struct state *state = r->state;
	struct jsonout j = { 0 };
	struct buf text;

	if (!state)
		return;
	buf_init(&text);
	j.out = &state->notes.text;
	buf_adds(j.out, state->noted ? ",\n" : "\n");
	state->noted = true;
	location_file(u->origin, &text);
	buf_addf(&text, " was not read to its end: %s.", u->why);
	jsonout_open(&j, '{');
	jsonout_member(&j, "level", "error");
	take_object(&j, "message", &text);
	tell_locations(&j, u->origin, NULL);
	jsonout_close(&j, '}');
	later_settle(&state->notes);
}

static void
sarif_end(struct report *r, const struct summary *s)
{
	struct state *state = r->state;

	if (!state)
		return;
	buf_addf(&r->out, "\n],\"invocations\":[{\"executionSuccessful\":%s,\"toolExecutionNotifications\":[",
		s->complete ? "true" : "false");
	later_write(&state->notes, r);
	buf_adds(&r->out, "\n]}]}]}\n");
	later_done(&state->notes);
	free(state);
}

const struct reporter sarif_reporter = {
	.name = "sarif",
	.about = "SARIF 2.1.0, for code scanning and editors",
	.begin = sarif_begin,
	.finding = sarif_finding,
	.unread = sarif_unread,
	.end = sarif_end,
};
