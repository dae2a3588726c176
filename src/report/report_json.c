#include "report/report_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/finding.h>

#include "base/buf.h"
#include "blob/origin.h"
#include "report/jsonout.h"
#include "report/location.h"
#include "report/report.h"
#include "rules/rule.h"

static bool
counts(const struct attribute *a)
{
	static const char *const names[] = { "index", "layers", "base_layers", "dockerfile_line" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(a->name, names[i]) == 0)
			return *a->value && strspn(a->value, "0123456789") == strlen(a->value);
	return false;
}

/* what counts is a number; all else is text */
static void
attributes(struct jsonout *j, const struct attribute *a)
{
	for (; a && a->name; a++) {
		if (counts(a))
			jsonout_count(j, a->name, strtoull(a->value, NULL, 10));
		else
			jsonout_member(j, a->name, a->value);
	}
}

static void
steps(struct jsonout *j, const struct origin *o)
{
	if (o->parent)
		steps(j, o->parent);
	jsonout_open(j, '{');
	jsonout_member(j, "step", origin_step_name(o->step));
	jsonout_member(j, "name", o->name);
	if (o->step == ORIGIN_DECODED || o->offset)
		jsonout_count(j, "offset", o->offset);
	attributes(j, o->attributes);
	jsonout_close(j, '}');
}

void
report_json_origin(struct jsonout *j, const struct origin *o)
{
	jsonout_open(j, '[');
	steps(j, o);
	jsonout_close(j, ']');
}

void
report_json_evidence(struct jsonout *j, unsigned evidence)
{
	const char *word;

	jsonout_open(j, '[');
	for (unsigned i = 0; (word = evidence_name(evidence, i)); i++)
		jsonout_text(j, word);
	jsonout_close(j, ']');
}

void
report_json_file(struct jsonout *j, const char *key, const struct origin *o)
{
	struct buf file;

	buf_init(&file);
	location_file(o, &file);
	jsonout_take(j, key, &file);
}

void
report_json_mark(struct jsonout *j, const char *key, const struct finding *f)
{
	char hex[2 * MARK_BYTES + 1];

	for (size_t i = 0; i < MARK_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", f->mark[i]);
	jsonout_member(j, key, hex);
}

static void
rule_members(struct jsonout *j, const struct finding *f)
{
	jsonout_member(j, "rule", f->rule->id);
	jsonout_member(j, "about", f->rule->about);
	jsonout_member(j, "vendor", f->rule->vendor);
	jsonout_member(j, "severity", severity_name(f->rule->severity));
	jsonout_member(j, "confidence", confidence_name(f->confidence));
	jsonout_key(j, "evidence");
	report_json_evidence(j, f->evidence);
	jsonout_key(j, "entropy");
	jsonout_decimal(j, f->entropy, 2);
	jsonout_member(j, "why", f->why);
}

static void
place_members(struct jsonout *j, const struct finding *f)
{
	report_json_file(j, "file", f->origin);
	if (f->line) {
		jsonout_count(j, "line", f->line);
		jsonout_count(j, "column", f->column);
		jsonout_count(j, "end_line", f->end_line);
		jsonout_count(j, "end_column", f->end_column);
		jsonout_count(j, "column_utf16", f->column16);
	}
	jsonout_count(j, "offset", f->offset);
	jsonout_count(j, "length", f->length);
}

static void
place_object(struct jsonout *j, const struct finding_place *p)
{
	jsonout_open(j, '{');
	report_json_file(j, "file", p->origin);
	if (p->line) {
		jsonout_count(j, "line", p->line);
		jsonout_count(j, "column", p->column);
		jsonout_count(j, "end_line", p->end_line);
		jsonout_count(j, "end_column", p->end_column);
		jsonout_count(j, "column_utf16", p->column16);
	}
	jsonout_count(j, "offset", p->offset);
	jsonout_key(j, "origin");
	report_json_origin(j, p->origin);
	jsonout_close(j, '}');
}

static void
other_places(struct jsonout *j, const struct finding *f)
{
	if (f->place_count == 0)
		return;
	jsonout_key(j, "places");
	jsonout_open(j, '[');
	for (size_t i = 0; i < f->place_count; i++)
		place_object(j, &f->places[i]);
	jsonout_close(j, ']');
}

void
report_json_finding(struct jsonout *j, const struct finding *f)
{
	jsonout_open(j, '{');
	jsonout_member(j, "type", "finding");
	jsonout_member(j, "id", f->id);
	rule_members(j, f);
	place_members(j, f);
	jsonout_member(j, "preview", f->preview);
	report_json_mark(j, "mark", f);
	jsonout_key(j, "origin");
	report_json_origin(j, f->origin);
	other_places(j, f);
	jsonout_member(j, "key", f->key);
	jsonout_member(j, "path", f->path);
	jsonout_member(j, "pointer", f->pointer);
	jsonout_member(j, "kind", f->object_kind);
	jsonout_member(j, "namespace", f->object_namespace);
	jsonout_member(j, "name", f->object_name);
	jsonout_member(j, "advice", f->rule->advice);
	jsonout_member(j, "docs", f->rule->docs);
	jsonout_member(j, "secret", f->secret);
	jsonout_close(j, '}');
}

void
report_json_unread(struct jsonout *j, const struct unread *u)
{
	jsonout_open(j, '{');
	jsonout_member(j, "type", "unread");
	report_json_file(j, "file", u->origin);
	jsonout_member(j, "why", u->why);
	jsonout_key(j, "origin");
	report_json_origin(j, u->origin);
	jsonout_close(j, '}');
}

void
report_json_summary(struct jsonout *j, const struct summary *s)
{
	jsonout_open(j, '{');
	jsonout_member(j, "type", "summary");
	jsonout_count(j, "findings", s->findings);
	jsonout_count(j, "unread", s->unread);
	jsonout_key(j, "complete");
	jsonout_bool(j, s->complete);
	jsonout_count(j, "files", s->files);
	jsonout_count(j, "bytes", s->bytes);
	jsonout_key(j, "seconds");
	jsonout_decimal(j, s->seconds, 3);
	jsonout_count(j, "rules", s->rules);
	jsonout_count(j, "skipped", s->skipped);
	jsonout_count(j, "allowed", s->allowed);
	jsonout_count(j, "baseline", s->baseline);
	jsonout_count(j, "ignored", s->ignored);
	jsonout_count(j, "identifiers", s->identifiers);
	jsonout_close(j, '}');
}
