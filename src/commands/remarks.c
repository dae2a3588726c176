#include "commands/remarks.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch.h>

#include "base/buf.h"
#include "report/jsonout.h"
#include "report/quote.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

static const char *const levels[] = { "none", "note", "warning", "error" };

void
remarks_add(struct remarks *r, enum remark_level level, const char *path, const char *word, const char *fmt, ...)
{
	struct remark *more = realloc(r->at, (r->count + 1) * sizeof *more), *m;
	va_list args;

	if (!more) {
		r->failed = 1;
		return;
	}
	r->at = more;
	m = &r->at[r->count];
	*m = (struct remark){ strdup(path), strdup(word), NULL, level };
	va_start(args, fmt);
	if (vasprintf(&m->text, fmt, args) < 0)
		m->text = NULL;
	va_end(args);
	r->count++;
	if (m->path && m->word && m->text)
		return;
	r->failed = 1;
	r->count--;
	free(m->path);
	free(m->word);
	free(m->text);
}

void
remarks_done(struct remarks *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->at[i].path);
		free(r->at[i].word);
		free(r->at[i].text);
	}
	free(r->at);
	*r = (struct remarks){ 0 };
}

enum remark_level
remarks_worst(const struct remarks *r)
{
	enum remark_level worst = REMARK_OK;

	for (size_t i = 0; i < r->count; i++)
		worst = r->at[i].level > worst ? r->at[i].level : worst;
	return worst;
}

static void
add_text(const struct remarks *r, struct buf *out, bool quiet)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct remark *m = &r->at[i];

		if (m->level == REMARK_OK && quiet)
			continue;
		quote_visible(out, bytes_of(m->path));
		buf_addf(out, ": %s%s%s: %s\n", m->level == REMARK_OK ? "" : levels[m->level], m->level == REMARK_OK ? "" : ": ", m->word,
		    m->text);
	}
}

static void
add_json(const struct remarks *r, struct buf *out)
{
	struct jsonout j = { .out = out };

	jsonout_open(&j, '[');
	for (size_t i = 0; i < r->count; i++) {
		const struct remark *m = &r->at[i];

		jsonout_open(&j, '{');
		jsonout_member(&j, "file", m->path);
		jsonout_member(&j, "level", m->level == REMARK_OK ? "ok" : levels[m->level]);
		jsonout_member(&j, "status", m->word);
		jsonout_member(&j, "message", m->text);
		jsonout_close(&j, '}');
	}
	jsonout_close(&j, ']');
	buf_addc(out, '\n');
}

static bool
is_first(const struct remarks *r, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(r->at[k].word, r->at[i].word) == 0)
			return false;
	return true;
}

static void
add_rules(const struct remarks *r, struct jsonout *j)
{
	jsonout_key(j, "rules");
	jsonout_open(j, '[');
	for (size_t i = 0; i < r->count; i++) {
		if (r->at[i].level == REMARK_OK || !is_first(r, i))
			continue;
		jsonout_open(j, '{');
		jsonout_member(j, "id", r->at[i].word);
		jsonout_wrapped(j, "shortDescription", r->at[i].word);
		jsonout_close(j, '}');
	}
	jsonout_close(j, ']');
}

static void
add_result(const struct remark *m, struct jsonout *j)
{
	struct buf uri;

	jsonout_open(j, '{');
	jsonout_member(j, "ruleId", m->word);
	jsonout_member(j, "level", levels[m->level]);
	jsonout_wrapped(j, "message", m->text);
	jsonout_key(j, "locations");
	jsonout_open(j, '[');
	jsonout_open(j, '{');
	jsonout_key(j, "physicalLocation");
	jsonout_open(j, '{');
	jsonout_key(j, "artifactLocation");
	jsonout_open(j, '{');
	buf_init(&uri);
	quote_uri(&uri, m->path);
	jsonout_take(j, "uri", &uri);
	jsonout_close(j, '}');
	/* code hosts refuse a result without a line */
	jsonout_key(j, "region");
	jsonout_open(j, '{');
	jsonout_count(j, "startLine", 1);
	jsonout_close(j, '}');
	jsonout_close(j, '}');
	jsonout_close(j, '}');
	jsonout_close(j, ']');
	jsonout_close(j, '}');
}

static void
add_sarif(const struct remarks *r, struct buf *out)
{
	struct jsonout j = { .out = out };

	jsonout_open(&j, '{');
	jsonout_member(&j, "$schema", SCHEMA);
	jsonout_member(&j, "version", "2.1.0");
	jsonout_key(&j, "runs");
	jsonout_open(&j, '[');
	jsonout_open(&j, '{');
	jsonout_key(&j, "tool");
	jsonout_open(&j, '{');
	jsonout_key(&j, "driver");
	jsonout_open(&j, '{');
	jsonout_member(&j, "name", "stanch");
	jsonout_member(&j, "version", STANCH_VERSION);
	add_rules(r, &j);
	jsonout_close(&j, '}');
	jsonout_close(&j, '}');
	jsonout_key(&j, "results");
	jsonout_open(&j, '[');
	for (size_t i = 0; i < r->count; i++)
		if (r->at[i].level != REMARK_OK)
			add_result(&r->at[i], &j);
	jsonout_close(&j, ']');
	jsonout_close(&j, '}');
	jsonout_close(&j, ']');
	jsonout_close(&j, '}');
	buf_addc(out, '\n');
}

void
remarks_print(const struct remarks *r, const char *format, int quiet)
{
	struct buf out;

	buf_init(&out);
	if (format && strcmp(format, "json") == 0)
		add_json(r, &out);
	else if (format && strcmp(format, "sarif") == 0)
		add_sarif(r, &out);
	else
		add_text(r, &out, quiet);
	fputs(buf_str(&out), stdout);
	if (out.failed || r->failed)
		fputs("stanch: out of memory, so not all is told\n", stderr);
	buf_done(&out);
}
