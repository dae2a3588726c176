#include <stdio.h>
#include <string.h>

#include <stanch/error.h>

#include "commands/check.h"
#include "commands/commands.h"
#include "commands/settings.h"
#include "rules/rules.h"

static const char *const kinds[] = { "token", "keyed", "assignment", "companion" };

static int
list(const struct armory *a)
{
	for (size_t i = 0; i < a->rules->count; i++) {
		const struct rule *r = a->rules->rule[i];

		printf("%-40s %-8s %-10s %s\n", r->id, severity_name(r->severity), kinds[r->kind], r->about);
	}
	return 0;
}

static void
print_list(const char *name, const char *const *items, char open, char close)
{
	for (; items && *items; items++)
		printf("%-16s%c%s%c\n", name, open, *items, close);
}

static int
show(const struct armory *a, const char *id, struct error *err)
{
	const struct rule *r = rules_find(a->rules, id);

	if (!r)
		return error_set(err, ERROR_USAGE, "%s is no rule; `stanch rules list` has them all", id);
	printf("%-16s%s\n%-16s%s\n%-16s%s, at most %s without a checksum\n%-16s%s\n", "id", r->id, "about", r->about, "severity",
	    severity_name(r->severity), confidence_name(r->confidence), "kind", kinds[r->kind]);
	print_list(r->nocase ? "anchor-nocase" : "anchor", r->anchors, '"', '"');
	if (r->pattern)
		printf("%-16s%s\n", "pattern", r->pattern);
	if (r->length_max)
		printf("%-16s%u-%u\n", "length", r->length_min, r->length_max);
	if (r->near_rule)
		printf("%-16s%s, within %u lines\n", "near", r->near_rule, r->near_lines);
	if (r->checksum)
		printf("%-16s%s\n", "checksum", r->checksum);
	print_list("path", r->paths, '"', '"');
	printf("%-16s%s\n%-16s%s\n%-16s%s:%u\n%-16s%u bytes\n", "docs", r->docs ? r->docs : "-", "advice", r->advice ? r->advice : "-",
	    "written in", r->file, r->line, "looks at most", r->reach);
	/* their marker stays in, so that what is printed is no secret either */
	print_list("example", r->examples, ' ', ' ');
	print_list("counterexample", r->counterexamples, ' ', ' ');
	return 0;
}

static int
check(const struct armory *a, struct error *err)
{
	struct check_counts counts = { 0 };

	if (check_rules(a, &counts, err) < 0)
		return -1;
	printf("%zu rules\n%zu passed, %zu failed\n", a->rules->count, counts.passed, counts.failed);
	return counts.failed ? STATUS_FOUND : STATUS_NOTHING;
}

/* `check PATH...` looks at these rules and no others */
static int
dispatch(struct settings *s, const struct string_list *words, struct error *err)
{
	const char *what = words->count ? words->at[0] : "";
	const bool checking = strcmp(what, "check") == 0;
	struct armory a;
	int r = 0;

	for (size_t i = 1; checking && r == 0 && i < words->count; i++) {
		s->no_builtin = true;
		r = option_list(&s->rules, words->at[i], err);
	}
	if (r < 0 || armory_open(&a, s, err) < 0)
		return -1;
	if (checking)
		r = check(&a, err);
	else if (strcmp(what, "list") == 0 && words->count == 1)
		r = list(&a);
	else if (strcmp(what, "show") == 0 && words->count == 2)
		r = show(&a, words->at[1], err);
	else
		r = error_set(err, ERROR_USAGE, "say list, show ID or check [PATH...]");
	armory_close(&a);
	return r;
}

static int
run(int argc, char **argv)
{
	return command_run(&command_rules, dispatch, argc, argv);
}

const struct command command_rules = {
	.name = "rules",
	.usage = "rules list | show ID | check [PATH...]",
	.about = "the rules, one rule with its examples, your own rule files",
	.run = run,
};
