/* The secret detection report of GitLab's security report schemas, 15.0.7. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <stanch.h>

#include "report/jsonout.h"
#include "report/later.h"
#include "report/location.h"
#include "report/quote.h"
#include "report/reporters.h"
#include "report/wording.h"
#include "rules/rule.h"

#define SCHEMA_VERSION "15.0.7"
#define NAME_MOST 255           /* characters that the schema allows */

struct state {
	struct later messages;
	bool noted;
	bool more;              /* a vulnerability stands before */
	char start[32];
};

/* Now, as the schema wants it; SOURCE_DATE_EPOCH stands for now where it is set. */
static void
now(char out[static 32])
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	time_t t = epoch ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm))
		strcpy(out, "1970-01-01T00:00:00");
}

static void
gitlab_begin(struct report *r)
{
	struct state *state = calloc(1, sizeof *state);

	r->state = state;
	if (!state) {
		r->out.failed = true;
		return;
	}
	later_init(&state->messages);
	now(state->start);
	buf_adds(&r->out, "{\"version\":\"" SCHEMA_VERSION "\",\"vulnerabilities\":[");
}

/* The id as a UUID of the writer's own making (version 8). The offset keeps
 * two places of one secret in one file apart, which share their id. */
static void
tell_id(struct jsonout *j, const struct finding *f)
{
	uint64_t high = 0, low = 0;
	char text[48];

	sscanf(f->id, "%16" SCNx64 "%16" SCNx64, &high, &low);
	low ^= f->offset * 0x9e3779b97f4a7c15u;
	high = (high & ~0xf000ull) | 0x8000;
	low = (low & ~(3ull << 62)) | 2ull << 62;
	snprintf(text, sizeof text, "%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%012" PRIx64,
		high >> 32, high >> 16 & 0xffff, high & 0xffff, low >> 48, low & 0xffffffffffff);
	jsonout_member(j, "id", text);
}

/* a name of at most so many bytes, so also of so many characters */
static void
tell_name(struct jsonout *j, const char *name)
{
	char text[NAME_MOST + 1];
	size_t len = strlen(name);

	if (len > NAME_MOST)
		for (len = NAME_MOST; len && ((uint8_t)name[len] & 0xc0) == 0x80; len--)
			;
	memcpy(text, name, len);
	text[len] = 0;
	jsonout_member(j, "name", text);
}

static void
tell_description(struct jsonout *j, const struct finding *f)
{
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "%s in ", f->preview);
	location_way(f->origin, " \xe2\x96\xb8 ", &text);
	buf_addf(&text, ", %s: ", confidence_name(f->confidence));
	wording_why(&text, f);
	jsonout_take(j, "description", &text);
}

static void
tell_severity(struct jsonout *j, const struct finding *f)
{
	char word[16];

	snprintf(word, sizeof word, "%s", severity_name(f->rule->severity));
	word[0] -= 'a' - 'A';
	jsonout_member(j, "severity", word);
}

static void
identifier(struct jsonout *j, const char *type, const char *name, const char *value, const char *url)
{
	jsonout_open(j, '{');
	jsonout_member(j, "type", type);
	jsonout_member(j, "name", name);
	jsonout_member(j, "value", value);
	jsonout_member(j, "url", url);
	jsonout_close(j, '}');
}

static void
tell_identifiers(struct jsonout *j, const struct rule *rule)
{
	struct buf name;

	buf_init(&name);
	buf_addf(&name, "stanch rule %s", rule->id);
	jsonout_key(j, "identifiers");
	jsonout_open(j, '[');
	identifier(j, "stanch_rule_id", buf_str(&name), rule->id, quote_is_link(rule->docs) ? rule->docs : NULL);
	identifier(j, "cwe", "CWE-798", "798", "https://cwe.mitre.org/data/definitions/798.html");
	jsonout_close(j, ']');
	j->out->failed |= name.failed;
	buf_done(&name);
}

/* A commit must be named; seven zeroes is what GitLab's own analyzers put
 * where there is none. */
static void
tell_location(struct jsonout *j, const struct finding *f)
{
	const char *commit = location_commit(f->origin), *dockerfile;
	const unsigned long line = location_dockerfile(f->origin, &dockerfile);
	struct buf path;

	jsonout_key(j, "location");
	jsonout_open(j, '{');
	buf_init(&path);
	if (line)
		buf_adds(&path, dockerfile);
	else
		location_path(f->origin, &path);
	jsonout_take(j, "file", &path);
	if (line) {
		jsonout_count(j, "start_line", line);
		jsonout_count(j, "end_line", line);
	} else if (f->line) {
		jsonout_count(j, "start_line", f->line);
		jsonout_count(j, "end_line", f->end_line);
	}
	jsonout_key(j, "commit");
	jsonout_open(j, '{');
	jsonout_member(j, "sha", commit && *commit ? commit : "0000000");
	jsonout_close(j, '}');
	jsonout_close(j, '}');
}

static void
gitlab_finding(struct report *r, const struct finding *f)
{
	struct state *state = r->state;
	struct jsonout j = { .out = &r->out };

	if (!state)
		return;
	buf_adds(&r->out, state->more ? ",\n" : "\n");
	state->more = true;
	jsonout_open(&j, '{');
	tell_id(&j, f);
	tell_name(&j, f->rule->about);
	tell_description(&j, f);
	tell_severity(&j, f);
	jsonout_member(&j, "solution", f->rule->advice);
	tell_identifiers(&j, f->rule);
	tell_location(&j, f);
	jsonout_member(&j, "raw_source_code_extract", f->secret ? f->secret : f->preview);
	jsonout_close(&j, '}');
}

static void
gitlab_unread(struct report *r, const struct unread *u)
{
	struct state *state = r->state;
	struct jsonout j = { 0 };
	struct buf text;

	if (!state)
		return;
	buf_init(&text);
	j.out = &state->messages.text;
	buf_adds(j.out, state->noted ? ",\n" : "\n");
	state->noted = true;
	location_file(u->origin, &text);
	buf_addf(&text, " was not read to its end: %s", u->why);
	jsonout_open(&j, '{');
	jsonout_member(&j, "level", "warn");
	jsonout_take(&j, "value", &text);
	jsonout_close(&j, '}');
	later_settle(&state->messages);
}

static void
tell_program(struct jsonout *j, const char *key)
{
	jsonout_key(j, key);
	jsonout_open(j, '{');
	jsonout_member(j, "id", "stanch");
	jsonout_member(j, "name", "stanch");
	jsonout_member(j, "url", REPORT_URL);
	jsonout_key(j, "vendor");
	jsonout_open(j, '{');
	jsonout_member(j, "name", "stanch");
	jsonout_close(j, '}');
	jsonout_member(j, "version", STANCH_VERSION);
	jsonout_close(j, '}');
}

static void
tell_scan(struct jsonout *j, const struct state *state)
{
	char end[32];

	now(end);
	jsonout_open(j, '{');
	tell_program(j, "analyzer");
	tell_program(j, "scanner");
	jsonout_member(j, "type", "secret_detection");
	jsonout_member(j, "start_time", state->start);
	jsonout_member(j, "end_time", end);
	/* what was not read stands in the messages; "failure" would hide the findings */
	jsonout_member(j, "status", "success");
	jsonout_key(j, "messages");
	jsonout_open(j, '[');
}

static void
gitlab_end(struct report *r, const struct summary *s)
{
	struct state *state = r->state;
	struct jsonout j = { .out = &r->out };

	(void)s;
	if (!state)
		return;
	buf_adds(&r->out, "\n],\"scan\":");
	tell_scan(&j, state);
	later_write(&state->messages, r);
	buf_adds(&r->out, "]}}\n");
	later_done(&state->messages);
	free(state);
}

const struct reporter gitlab_reporter = {
	.name = "gitlab",
	.about = "GitLab's secret detection report",
	.begin = gitlab_begin,
	.finding = gitlab_finding,
	.unread = gitlab_unread,
	.end = gitlab_end,
};
