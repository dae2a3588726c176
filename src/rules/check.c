#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/check.h"

#include <ctype.h>
#include <pcre2.h>
#include <string.h>

#include <stanch/error.h>

#include "rules/class.h"
#include "rules/rule.h"
#include "rules/run.h"
#include "rules/span.h"

/* patterns that have no bound are searched this far: a PEM block of a long key fits */
#define REACH_MAX 16384
#define ANCHOR_MAX 64

void
check_defaults_first(struct rule *rule)
{
	rule->confidence = rule->kind == RULE_TOKEN ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY;
	rule->severity = SEVERITY_HIGH;
	rule->within = 80;
	rule->binary = rule->kind == RULE_TOKEN;
}

static int
complain(const struct rule *rule, const char *what, struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "%s:%u: rule %s: %s", rule->file, rule->line, rule->id ? rule->id : "?", what);
}

static bool
id_ok(const char *id)
{
	for (const char *s = id; *s; s++)
		if (!islower((unsigned char)*s) && !isdigit((unsigned char)*s) && (*s != '-' || s == id))
			return false;
	return *id && strlen(id) <= 64;
}

static int
check_anchors(const struct rule *rule, struct error *err)
{
	if (rule->kind == RULE_COMPANION)
		return rule->anchors ? complain(rule, "a companion has no anchor; it has near", err) : 0;
	if (!rule->anchors || !rule->anchors[0])
		return complain(rule, "has no anchor", err);
	for (const char *const *a = rule->anchors; *a; a++)
		if (strlen(*a) < 2 || strlen(*a) > ANCHOR_MAX)
			return complain(rule, "an anchor has 2 to 64 bytes", err);
	return 0;
}

static int
check_pattern(const struct rule *rule, const char *pattern, struct error *err)
{
	char words[128];
	int code;
	PCRE2_SIZE at;
	pcre2_code *compiled;

	if (!pattern)
		return 0;
	compiled = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_ANCHORED, &code, &at, NULL);
	if (compiled) {
		pcre2_code_free(compiled);
		return 0;
	}
	pcre2_get_error_message(code, (PCRE2_UCHAR *)words, sizeof words);
	return error_set(err, ERROR_SYNTAX, "%s:%u: rule %s: pattern, at character %zu: %s", rule->file, rule->line,
	    rule->id, (size_t)at + 1, words);
}

/* an alphanumeric anchor doesn't begin in the middle of a word, unless the rule says so */
static void
default_before(struct rule *rule)
{
	if (rule->before_set || !rule->anchors || rule->kind == RULE_ASSIGNMENT)
		return;
	rule->before_set = true;
	if (rule->lead_set || isalnum((unsigned char)rule->anchors[0][0]))
		class_before(rule->kind == RULE_KEYED ? "(?<![A-Za-z])" : "(?<![A-Za-z0-9])", rule->before);
}

static void
compute_reach(struct rule *rule)
{
	size_t longest = 0;
	uint64_t span;

	for (const char *const *a = rule->anchors; a && *a; a++)
		longest = strlen(*a) > longest ? strlen(*a) : longest;
	span = rule->pattern ? span_of(rule->pattern) : rule->length_max;
	if (rule->kind == RULE_KEYED)
		span += (uint64_t)rule->within + rule->length_max;
	if (rule->kind == RULE_ASSIGNMENT)
		span = 4096;
	span += longest;
	rule->reach = span > REACH_MAX ? REACH_MAX : (uint32_t)span;
	for (const char *const *a = rule->anchors; rule->binary && a && *a; a++)
		rule->binary = strlen(*a) >= 4;
}

/* whether what begins at an anchor is sure to hold a run, and how far behind the anchor's end */
static bool
run_at(const struct rule *rule, const char *anchor, uint32_t *from)
{
	*from = 0;
	if (rule->kind == RULE_TOKEN && rule->lead_set && run_in_set(rule->lead, rule->lead_min))
		return true;            /* it stands right before */
	if (rule->kind == RULE_TOKEN)
		return run_in_pattern(anchor, rule->pattern, from);
	*from = rule->within;
	if (rule->charset_set && run_in_set(rule->charset, rule->length_min))
		return true;
	if (!rule->pattern || !run_in_pattern("", rule->pattern, from))
		return false;
	*from += rule->within;
	return true;
}

/* a rule whose value is a run need not be looked for where there is none */
static void
compute_run(struct rule *rule)
{
	uint32_t from;

	rule->runs = (rule->kind == RULE_TOKEN || rule->kind == RULE_KEYED) && rule->anchors;
	for (const char *const *a = rule->anchors; rule->runs && *a; a++) {
		rule->runs = run_at(rule, *a, &from);
		rule->run_from = from > rule->run_from ? from : rule->run_from;
	}
}

static int
check_shape(const struct rule *rule, struct error *err)
{
	const bool shape = rule->pattern || (rule->charset_set && rule->length_max) || rule->uuid;

	if (rule->kind == RULE_TOKEN && !rule->pattern)
		return complain(rule, "a token has a pattern", err);
	if ((rule->kind == RULE_KEYED || rule->kind == RULE_COMPANION) && !shape)
		return complain(rule, "has neither a pattern nor charset and length", err);
	if (rule->kind == RULE_COMPANION && !rule->near_rule)
		return complain(rule, "a companion has near: {rule: ID, lines: N}", err);
	return 0;
}

int
check_rule(struct rule *rule, struct error *err)
{
	if (!rule->id || !id_ok(rule->id))
		return complain(rule, "id is needed, in lower case with hyphens, at most 64 characters", err);
	if (!rule->about)
		return complain(rule, "about is needed: one line that says what it finds", err);
	if (rule->uuid && !rule->length_max)
		rule->length_min = rule->length_max = 36;
	if (check_anchors(rule, err) < 0 || check_shape(rule, err) < 0 ||
	    check_pattern(rule, rule->pattern, err) < 0 || check_pattern(rule, rule->before_pattern, err) < 0)
		return -1;
	default_before(rule);
	compute_reach(rule);
	compute_run(rule);
	return 0;
}
