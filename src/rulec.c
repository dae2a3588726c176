/*
 * rulec: compiles rule files into C, at build time: the rules as const tables
 * and their literal databases, so that a scan parses and compiles nothing when
 * it starts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "match/literals.h"
#include "match/words.h"
#include "rules/rules.h"

static void
put_string(FILE *out, const char *s)
{
	if (!s) {
		fputs("NULL", out);
		return;
	}
	putc('"', out);
	for (; *s; s++) {
		const unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '?')
			fprintf(out, "\\%03o", c);
		else
			putc(c, out);
	}
	putc('"', out);
}

static void
put_list(FILE *out, const char *const *list)
{
	if (!list) {
		fputs("NULL", out);
		return;
	}
	fputs("(const char *const[]){ ", out);
	for (; *list; list++) {
		put_string(out, *list);
		fputs(", ", out);
	}
	fputs("NULL }", out);
}

static void
put_set(FILE *out, const uint32_t set[static 8])
{
	fputs("{ ", out);
	for (int i = 0; i < 8; i++)
		fprintf(out, "%#xu, ", set[i]);
	fputs("}", out);
}

static void
put_text_field(FILE *out, const char *name, const char *value)
{
	fprintf(out, "\t\t.%s = ", name);
	put_string(out, value);
	fputs(",\n", out);
}

static void
put_sets(FILE *out, const struct rule *r)
{
	fprintf(out, "\t\t.before_set = %d, .before = ", r->before_set);
	put_set(out, r->before);
	fprintf(out, ",\n\t\t.lead_set = %d, .lead_min = %u, .lead_max = %u, .lead = ", r->lead_set, r->lead_min, r->lead_max);
	put_set(out, r->lead);
	fprintf(out, ",\n\t\t.charset_set = %d, .length_min = %u, .length_max = %u, .charset = ", r->charset_set,
	    r->length_min, r->length_max);
	put_set(out, r->charset);
	fputs(",\n", out);
}

static void
put_rule(FILE *out, const struct rule *r, size_t index)
{
	fprintf(out, "\t{\n");
	put_text_field(out, "id", r->id);
	put_text_field(out, "about", r->about);
	put_text_field(out, "vendor", r->vendor);
	put_text_field(out, "docs", r->docs);
	put_text_field(out, "advice", r->advice);
	put_text_field(out, "before_pattern", r->before_pattern);
	put_text_field(out, "pattern", r->pattern);
	put_text_field(out, "checksum", r->checksum);
	put_text_field(out, "near_rule", r->near_rule);
	put_text_field(out, "file", r->file);
	fprintf(out, "\t\t.anchors = ");
	put_list(out, r->anchors);
	fprintf(out, ",\n\t\t.paths = ");
	put_list(out, r->paths);
	fprintf(out, ",\n\t\t.names = ");
	put_list(out, r->names);
	fprintf(out, ",\n\t\t.examples = ");
	put_list(out, r->examples);
	fprintf(out, ",\n\t\t.counterexamples = ");
	put_list(out, r->counterexamples);
	fputs(",\n", out);
	put_sets(out, r);
	fprintf(out, "\t\t.severity = %d, .kind = %d, .confidence = %d, .nocase = %d, .within = %u, .telling = %d, .uuid = %d,\n",
	    (int)r->severity, (int)r->kind, (int)r->confidence, r->nocase, r->within, r->telling, r->uuid);
	fprintf(out, "\t\t.exclusive = %d,\n", r->exclusive);
	fprintf(out, "\t\t.binary = %d, .entropy = %g, .near_lines = %u, .line = %u, .reach = %u,\n\t\t.runs = %d, .run_from = %u,\n"
	    "\t}, /* %zu */\n", r->binary, r->entropy, r->near_lines, r->line, r->reach, r->runs, r->run_from, index);
}

static void
put_rules(FILE *out, const struct rules *rules)
{
	fputs("static const struct rule rules[] = {\n", out);
	for (size_t i = 0; i < rules->count; i++)
		put_rule(out, rules->rule[i], i);
	fputs("};\nstatic const struct rule *const list[] = {\n", out);
	for (size_t i = 0; i < rules->count; i++)
		fprintf(out, "\t&rules[%zu],\n", i);
	fprintf(out, "};\nconst struct rules builtin_rules = { .rule = list, .count = %zu };\n", rules->count);
}

static void
put_bits(FILE *out, const char *name, const char *what, unsigned log, const uint64_t *bits)
{
	fprintf(out, "static const uint64_t %s_%s[] = {", name, what);
	for (size_t i = 0; i < ((size_t)1 << log) / 64; i++)
		fprintf(out, "%s%#llx,", i % 8 ? " " : "\n\t", (unsigned long long)bits[i]);
	fputs("\n};\n", out);
}

static void
put_words(FILE *out, const char *name, const struct words *w)
{
	fprintf(out, "static const struct word %s_word[] = {\n", name);
	for (size_t i = 0; i < w->count; i++)
		fprintf(out, "\t{ %#llxu, %#llxu, %u, %u, %u, %u, %u, %d },\n", (unsigned long long)w->word[i].head,
		    (unsigned long long)w->word[i].mask, w->word[i].text, w->word[i].id, w->word[i].len, w->word[i].skip,
		    w->word[i].tier, w->word[i].nocase);
	fprintf(out, "};\nstatic const uint16_t %s_bucket[] = {", name);
	for (size_t i = 0; i <= WORDS_BUCKETS; i++)
		fprintf(out, "%s%u,", i % 16 ? " " : "\n\t", w->bucket[i]);
	fputs("\n};\n", out);
	for (unsigned t = 0; t < WORDS_TIERS; t++)
		put_bits(out, name, (const char *const[]){ "bits0", "bits1", "bits2" }[t], WORDS_HASH(t), w->bits[t]);
	put_bits(out, name, "starts", WORDS_START, w->starts);
	fprintf(out, "static const uint8_t %s_pool[] = {", name);
	for (size_t i = 0; i < w->pool_len; i++)
		fprintf(out, "%s%u,", i % 16 ? " " : "\n\t", w->pool[i]);
	fputs("\n};\n", out);
}

static void
put_words_value(FILE *out, const char *name, const struct words *w)
{
	fprintf(out, "{ .word = %s_word, .count = %zu, .bucket = %s_bucket, .pool = %s_pool, .pool_len = %zu,\n"
	    "\t\t.bits = { %s_bits0, %s_bits1, %s_bits2 }, .starts = %s_starts },\n", name, w->count, name, name, w->pool_len, name, name, name, name);
}

static const char *const words_name[FINDERS] = { [FINDER_TEXT] = "words", [FINDER_BINARY] = "binary_words" };

static void
put_literals(FILE *out, const struct literals *l)
{
	for (unsigned kind = 0; kind < FINDERS; kind++)
		put_words(out, words_name[kind], &l->finder[kind].words);
	put_words(out, "runs", &l->runs);
	put_words(out, "quads", &l->quads);
	fputs("static const struct literal literal[] = {\n", out);
	for (size_t i = 0; i < l->count; i++)
		fprintf(out, "\t{ %u, %u, %u, %u, %d },\n", l->literal[i].len, l->literal[i].encodings, l->literal[i].first,
		    l->literal[i].count, l->literal[i].comment);
	fputs("};\nstatic const uint16_t use[] = {", out);
	for (size_t i = 0; i < l->uses; i++)
		fprintf(out, "%s%u,", i % 16 ? " " : "\n\t", l->use[i]);
	fprintf(out, "\n};\nconst struct literals builtin_literals = {\n\t.literal = literal, .count = %zu, .use = use, .uses = %zu,\n",
	    l->count, l->uses);
	for (unsigned kind = 0; kind < FINDERS; kind++) {
		fprintf(out, "\t.finder[%u] = { .longest = %zu, .words = ", kind, l->finder[kind].longest);
		put_words_value(out, words_name[kind], &l->finder[kind].words);
		fputs("\t},\n", out);
	}
	fputs("\t.runs = ", out);
	put_words_value(out, "runs", &l->runs);
	fputs("\t.quads = ", out);
	put_words_value(out, "quads", &l->quads);
	fputs("};\n", out);
}

static void
put_bytes(FILE *out, const char *name, unsigned kind, const struct finder *s)
{
	/* as a string: a compiler reads that ten times as fast as a list of numbers */
	fprintf(out, "static const char %s_bytes%u[] __attribute__((aligned(64))) =", name, kind);
	for (size_t i = 0; i < s->saved_len; i++) {
		if (i % 32 == 0)
			fputs("\n\t\"", out);
		fprintf(out, "\\%03o", (unsigned char)s->saved[i]);
		if (i % 32 == 31 || i + 1 == s->saved_len)
			putc('"', out);
	}
	fputs(s->saved_len ? ";\n" : "\"\";\n", out);
}

static int
put_databases(FILE *out, const struct rules *rules, enum literals_cpu cpu, const char *name, struct error *err)
{
	struct literals l;

	if (literals_build(&l, rules, cpu, err) < 0)
		return -1;
	if (cpu == LITERALS_BASELINE)
		put_literals(out, &l);
	for (unsigned kind = 0; kind < FINDERS; kind++)
		put_bytes(out, name, kind, &l.finder[kind]);
	fprintf(out, "const struct saved builtin_%s[FINDERS] = {\n", name);
	for (unsigned kind = 0; kind < FINDERS; kind++)
		fprintf(out, "\t{ (const uint8_t *)%s_bytes%u, %zu },\n", name, kind, l.finder[kind].saved_len);
	fputs("};\n", out);
	literals_free(&l);
	return 0;
}

static int
generate(FILE *out, const char *const *paths, size_t count, struct error *err)
{
	struct rules rules;
	int r;

	if (rules_load(&rules, paths, count, err) < 0)
		return -1;
	fputs("/* made by rulec from patterns/; don't edit */\n#include <stddef.h>\n\n#include \"match/builtin.h\"\n"
	    "#include \"match/literals.h\"\n#include \"rules/rules.h\"\n\n", out);
	put_rules(out, &rules);
	r = put_databases(out, &rules, LITERALS_BASELINE, "baseline", err);
	if (r == 0)
		r = put_databases(out, &rules, LITERALS_AVX2, "avx2", err);
	rules_free(&rules);
	return r;
}

int
main(int argc, char **argv)
{
	struct error err;
	FILE *out;
	int r;

	if (argc < 4 || strcmp(argv[1], "-o") != 0) {
		fputs("usage: rulec -o FILE.c RULES.yaml...\n", stderr);
		return 2;
	}
	out = fopen(argv[2], "w");
	if (!out) {
		perror(argv[2]);
		return 3;
	}
	r = generate(out, (const char *const *)argv + 3, (size_t)argc - 3, &err);
	if (r < 0)
		fprintf(stderr, "rulec: %s\n", err.text);
	if (fclose(out) != 0) {
		perror(argv[2]);
		r = -1;
	}
	return r < 0 ? 3 : 0;
}
