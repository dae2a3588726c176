#include "commands/identifiers.h"

#include <string.h>

#include <stanch/error.h>
#include <stanch/finding.h>

#include "rules/rule.h"

int
identifiers_init(struct identifiers *i, const char *told, struct error *err)
{
	static const char *const words[] = { [IDENTIFIERS_FEW] = "few", [IDENTIFIERS_ALL] = "all", [IDENTIFIERS_NONE] = "none" };

	*i = (struct identifiers){ 0 };
	buf_init(&i->file);
	if (!told)
		return 0;
	for (unsigned n = 0; n < sizeof words / sizeof words[0]; n++)
		if (strcmp(told, words[n]) == 0) {
			i->told = (enum identifiers_told)n;
			return 0;
		}
	return error_set(err, ERROR_USAGE, "--identifiers %s: is none of few, all, none", told);
}

void
identifiers_done(struct identifiers *i)
{
	buf_done(&i->file);
}

/* findings come file by file */
static void
begin_file(struct identifiers *i, const char *file)
{
	if (i->file.len && strcmp(buf_str(&i->file), file) == 0)
		return;
	i->file.len = 0;
	buf_adds(&i->file, file);
	i->rules = 0;
}

bool
identifiers_pass(struct identifiers *i, const struct finding *f, const char *file)
{
	if (f->rule->severity != SEVERITY_INFO || i->told == IDENTIFIERS_ALL)
		return false;
	if (i->told == IDENTIFIERS_NONE)
		return true;
	/* an account's number is half of its credentials, and no two are alike */
	if (f->evidence & EVIDENCE_RANDOMNESS)
		return false;
	begin_file(i, file);
	for (unsigned n = 0; n < i->rules; n++)
		if (i->rule[n] == f->rule)
			return ++i->times[n] > IDENTIFIERS_MOST;
	if (i->rules < IDENTIFIERS_MAX) {
		i->times[i->rules] = 1;
		i->rule[i->rules++] = f->rule;
	}
	return false;
}
