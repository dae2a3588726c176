#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "commands/commands.h"
#include "commands/run.h"

/* What is asked, and how much was said. */
struct question {
	uint64_t line;                  /* 0: every line */
	unsigned hits;
};

static void
print_evidence(const struct trace *t)
{
	const char *word;

	printf("    confidence %s; evidence:", confidence_name(t->confidence));
	for (unsigned i = 0; (word = evidence_name(t->evidence, i)); i++)
		printf("%s %s", i ? "," : "", word);
	printf("; entropy %.2f bits a character; %zu bytes\n", t->entropy, t->length);
}

static void
on_trace(void *arg, const struct trace *t)
{
	struct question *q = arg;

	if (q->line && t->line != q->line)
		return;
	q->hits++;
	printf("%s:%" PRIu64 ":%" PRIu64 ": %s %s\n    %s%s%s\n", t->file, t->line, t->column, t->rule->id, t->preview, t->verdict,
	    t->why ? ": " : "", t->why ? t->why : "");
	print_evidence(t);
}

/* "FILE:LINE" or "FILE:LINE:COLUMN"; what has no number behind a colon is all file */
static void
split(char *word, struct question *q)
{
	for (int i = 0; i < 2; i++) {
		char *colon = strrchr(word, ':'), *end;
		const unsigned long long n = colon ? strtoull(colon + 1, &end, 10) : 0;

		if (!colon || !isdigit((unsigned char)colon[1]) || *end)
			return;
		*colon = 0;
		q->line = n;
	}
}

static int
explain(struct settings *s, const struct string_list *words, struct error *err)
{
	struct question q = { 0 };
	const struct run_calls calls = { .trace = on_trace, .arg = &q, .quiet = true };
	char *file;
	int r;

	if (words->count != 1)
		return error_set(err, ERROR_USAGE, "name one place, as FILE:LINE");
	file = strdup(words->at[0]);
	if (!file)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	split(file, &q);
	s->min_confidence = CONFIDENCE_POSSIBLE;
	r = run_scan(s, &(const char *){ file }, 1, &calls, err);
	if (r >= 0 && q.hits == 0)
		printf("%s: no rule matched here\n", words->at[0]);
	free(file);
	return r < 0 ? -1 : STATUS_NOTHING;
}

static int
run(int argc, char **argv)
{
	return command_run(&command_explain, explain, argc, argv);
}

const struct command command_explain = {
	.name = "explain",
	.usage = "explain [OPTION...] FILE[:LINE]",
	.about = "every hit there, kept or dropped, and by which verdict",
	.run = run,
};
