#include "match/literals.h"

#include <ctype.h>
#include <hs.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "decode/decode.h"
#include "match/compiler.h"
#include "match/sweep.h"
#include "rules/rule.h"
#include "rules/run.h"
#include "rules/rules.h"

#define FORMS_MAX 4

/* A literal as it gathers, before equal ones are joined. */
struct draft {
	const char *text;
	size_t len;
	bool nocase;
	bool begins;                    /* a word begins where it does */
	bool runs;                      /* a run follows near by */
	bool binary;                    /* waited for in binaries, too */
	uint16_t rule;                  /* UINT16_MAX: none, an encoding waits */
	uint8_t encodings;
	bool comment;
};

struct drafts {
	struct draft *draft;
	size_t count, cap;
};

/* All that is gathered, the tables that a literals stands in, and what compiling needs. */
struct memory {
	struct arena arena;
	struct drafts anchors, runs, quads;
	struct literal *literal;
	uint16_t *use;
	const struct draft **drawn;     /* by id: where a literal came from */
	bool *begins, *near;
	bool *binary;                   /* by id: it is waited for in binaries, too */
	const char **text;
	unsigned *flags, *ids;
	size_t *lens;
	unsigned anywhere;              /* of the finder at hand: those of them that are compiled */
};

static int
add(struct memory *m, struct drafts *d, struct draft one)
{
	if (d->count == d->cap) {
		const size_t cap = d->cap ? d->cap * 2 : 1024;
		struct draft *more = realloc(d->draft, cap * sizeof *more);

		if (!more)
			return -1;
		d->draft = more;
		d->cap = cap;
	}
	one.text = arena_string(&m->arena, (struct bytes){ (const uint8_t *)one.text, one.len });
	if (!one.text)
		return -1;
	if (one.nocase)
		for (char *c = (char *)(uintptr_t)one.text; *c; c++)
			*c = (char)tolower((unsigned char)*c);
	d->draft[d->count++] = one;
	return 0;
}

/* an anchor in its encodings, so that what hides it is decoded because it was seen */
static int
add_forms(struct memory *m, const char *anchor)
{
	struct form forms[FORMS_MAX];
	const struct encoding *e;

	for (size_t i = 0; (e = decode_list(i)); i++) {
		const size_t n = e->forms ? e->forms(bytes_of(anchor), forms, FORMS_MAX) : 0;

		for (size_t k = 0; k < n; k++)
			if (add(m, &m->runs, (struct draft){ .text = (const char *)forms[k].text, .len = forms[k].len,
			    .encodings = (uint8_t)(1u << i) }) < 0)
				return -1;
	}
	return strlen(anchor) < QUAD ? 0 : add(m, &m->quads, (struct draft){ .text = anchor, .len = QUAD });
}

static int
add_triggers(struct memory *m)
{
	const struct encoding *e;

	for (size_t i = 0; (e = decode_list(i)); i++)
		for (const char *const *t = e->triggers; t && *t; t++)
			if (add(m, e->sign == ENCODING_RUN ? &m->runs : &m->anchors, (struct draft){ .text = *t, .len = strlen(*t),
			    .binary = true, .rule = UINT16_MAX, .encodings = (uint8_t)(1u << i) }) < 0)
				return -1;
	return 0;
}

/* what of `stanch:allow` is met least by chance */
static int
add_comment(struct memory *m)
{
	static const char text[] = "stanch:";

	return add(m, &m->anchors, (struct draft){ .text = text, .len = sizeof text - 1, .rule = UINT16_MAX, .comment = true });
}

/* whether no letter may stand before an anchor, nor a digit before one that begins with a digit */
static bool
begins(const struct rule *rule, const char *anchor)
{
	if (!rule->before_set || rule->before_pattern || rule->lead_set)
		return false;
	for (unsigned char c = '0'; c <= 'z'; c++)
		if ((isalpha(c) || (isdigit(c) && isdigit((unsigned char)*anchor))) && !rule_set_has(rule->before, c))
			return false;
	return true;
}

static int
add_rule(struct memory *m, const struct rule *rule, uint16_t index)
{
	for (const char *const *a = rule->anchors; a && *a; a++) {
		if (add(m, &m->anchors, (struct draft){ .text = *a, .len = strlen(*a), .nocase = rule->nocase,
		    .begins = begins(rule, *a), .runs = rule->runs && strlen(*a) + rule->run_from <= SWEEP_REACH - RUN_LENGTH,
		    .binary = rule->binary, .rule = index }) < 0)
			return -1;
		if (rule->kind == RULE_TOKEN && !rule->nocase && add_forms(m, *a) < 0)
			return -1;
	}
	return 0;
}

static int
by_text(const void *a, const void *b)
{
	const struct draft *x = a, *y = b;
	const int c = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);

	if (c || x->len != y->len)
		return c ? c : x->len < y->len ? -1 : 1;
	if (x->nocase != y->nocase)
		return x->nocase ? 1 : -1;
	return x->rule < y->rule ? -1 : x->rule > y->rule;
}

static bool
same_text(const struct draft *a, const struct draft *b)
{
	return a->len == b->len && a->nocase == b->nocase && memcmp(a->text, b->text, a->len) == 0;
}

static void
join(struct literals *l, struct memory *m)
{
	const struct drafts *d = &m->anchors;

	for (size_t i = 0; i < d->count; i++) {
		const struct draft *one = &d->draft[i];
		struct literal *lit;

		if (i == 0 || !same_text(one, one - 1)) {
			m->drawn[l->count] = one;
			m->begins[l->count] = m->near[l->count] = true;
			m->binary[l->count] = false;
			m->literal[l->count++] = (struct literal){ .len = (uint8_t)one->len, .first = (uint16_t)l->uses };
		}
		lit = &m->literal[l->count - 1];
		m->begins[l->count - 1] &= one->begins;
		m->near[l->count - 1] &= one->runs;
		m->binary[l->count - 1] |= one->binary;
		lit->encodings |= one->encodings;
		lit->comment |= one->comment;
		if (one->rule != UINT16_MAX && (lit->count == 0 || m->use[l->uses - 1] != one->rule)) {
			m->use[l->uses++] = one->rule;
			lit->count++;
		}
	}
}

/* one of the literals that may stand anywhere */
static void
put_anywhere(struct finder *f, struct memory *m, unsigned id)
{
	const struct draft *d = m->drawn[id];

	m->text[m->anywhere] = d->text;
	m->lens[m->anywhere] = d->len;
	m->flags[m->anywhere] = d->nocase ? HS_FLAG_CASELESS : 0;
	m->ids[m->anywhere++] = id;
	f->longest = d->len > f->longest ? d->len : f->longest;
}

/* each literal goes where it is found for the least */
static int
divide(struct literals *l, struct memory *m, unsigned kind)
{
	struct word_draft *words = calloc(l->count + 1, sizeof *words);
	struct finder *f = &l->finder[kind];
	size_t n = 0;
	int r;

	if (!words)
		return -1;
	m->anywhere = 0;
	for (size_t i = 0; i < l->count; i++) {
		const struct bytes text = { (const uint8_t *)m->drawn[i]->text, m->drawn[i]->len };
		const int skip = m->near[i] ? sweep_skip(text, m->drawn[i]->nocase, m->begins[i]) : -1;

		if (kind == FINDER_BINARY && !m->binary[i])
			continue;
		if (skip < 0)
			put_anywhere(f, m, (unsigned)i);
		else
			words[n++] = (struct word_draft){ text, (uint16_t)i, (uint8_t)skip, m->drawn[i]->nocase };
	}
	r = words_build(&f->words, words, n);
	free(words);
	return r;
}

/* encoded forms as words: equal ones once */
static int
forms_build(struct words *w, const struct drafts *d)
{
	struct word_draft *words = calloc(d->count + 1, sizeof *words);
	size_t n = 0;
	int r;

	if (!words)
		return -1;
	if (d->count)
		qsort(d->draft, d->count, sizeof *d->draft, by_text);
	for (size_t i = 0; i < d->count; i++)
		if (i == 0 || !same_text(&d->draft[i], &d->draft[i - 1]) || d->draft[i].encodings != d->draft[i - 1].encodings)
			words[n++] = (struct word_draft){ { (const uint8_t *)d->draft[i].text, d->draft[i].len }, d->draft[i].encodings, 0,
			    false };
	r = words_build(w, words, n);
	free(words);
	return r;
}

static int
tables(struct literals *l, struct memory *m)
{
	const size_t n = m->anchors.count + 1;

	m->literal = calloc(n, sizeof *m->literal);
	m->use = calloc(n, sizeof *m->use);
	m->drawn = calloc(n, sizeof *m->drawn);
	m->begins = calloc(n, sizeof *m->begins);
	m->near = calloc(n, sizeof *m->near);
	m->binary = calloc(n, sizeof *m->binary);
	m->text = calloc(n, sizeof *m->text);
	m->flags = calloc(n, sizeof *m->flags);
	m->ids = calloc(n, sizeof *m->ids);
	m->lens = calloc(n, sizeof *m->lens);
	if (!m->literal || !m->use || !m->drawn || !m->begins || !m->near || !m->binary || !m->text || !m->flags || !m->ids || !m->lens)
		return -1;
	if (m->anchors.count)
		qsort(m->anchors.draft, m->anchors.count, sizeof *m->anchors.draft, by_text);
	join(l, m);
	l->literal = m->literal;
	l->use = m->use;
	return forms_build(&l->runs, &m->runs) < 0 || forms_build(&l->quads, &m->quads) < 0 ? -1 : 0;
}

static int
compile(struct finder *f, struct memory *m, enum literals_cpu cpu, struct error *err)
{
	struct compiler_job job = { m->text, m->flags, m->ids, m->lens, m->anywhere, cpu == LITERALS_AVX2, cpu == LITERALS_HERE };
	int r;

	if (m->anywhere == 0)
		return 0;
	if (compiler_run(&job, &f->saved, &f->saved_len, err) < 0)
		return -1;
	r = hs_deserialize_database(f->saved, f->saved_len, &f->db) == HS_SUCCESS ? 0 : -1;
	/* a database for another processor than this one can be saved, but not used */
	return r < 0 && cpu == LITERALS_HERE ? error_set(err, ERROR_INTERNAL, "the literal database can't be loaded") : 0;
}

/* each kind of text gets its own finder, one after the other: what compiling needs is shared */
static int
finders(struct literals *l, struct memory *m, enum literals_cpu cpu, struct error *err)
{
	for (unsigned kind = 0; kind < FINDERS; kind++) {
		if (divide(l, m, kind) < 0)
			return error_set(err, ERROR_INTERNAL, "out of memory collecting literals");
		if (compile(&l->finder[kind], m, cpu, err) < 0)
			return -1;
	}
	return 0;
}

int
literals_build(struct literals *l, const struct rules *rules, enum literals_cpu cpu, struct error *err)
{
	struct memory *m = calloc(1, sizeof *m);
	bool failed = !m || rules->count >= UINT16_MAX;

	*l = (struct literals){ .memory = m };
	for (size_t i = 0; !failed && i < rules->count; i++)
		failed = add_rule(m, rules->rule[i], (uint16_t)i) < 0;
	if (!failed)
		failed = add_triggers(m) < 0 || add_comment(m) < 0 || m->anchors.count >= UINT16_MAX || tables(l, m) < 0;
	if (failed)
		error_set(err, ERROR_INTERNAL, "out of memory, or more than 65,000 anchors, collecting literals");
	if (!failed && finders(l, m, cpu, err) == 0)
		return 0;
	literals_free(l);
	return -1;
}

static void
unload(struct literals *l)
{
	for (unsigned kind = 0; kind < FINDERS; kind++) {
		if (l->finder[kind].db)
			hs_free_database(l->finder[kind].db);
		l->finder[kind].db = NULL;
	}
}

void
literals_free(struct literals *l)
{
	struct memory *m = l->memory;

	unload(l);
	for (unsigned kind = 0; kind < FINDERS; kind++) {
		free(l->finder[kind].saved);
		words_free(&l->finder[kind].words);
	}
	words_free(&l->runs);
	words_free(&l->quads);
	if (m) {
		arena_done(&m->arena);
		free(m->anchors.draft);
		free(m->runs.draft);
		free(m->quads.draft);
		free(m->drawn);
		free(m->begins);
		free(m->near);
		free(m->binary);
		free(m->literal);
		free(m->use);
		free(m->text);
		free(m->flags);
		free(m->ids);
		free(m->lens);
		free(m);
	}
	*l = (struct literals){ 0 };
}

int
literals_load(struct literals *l, const struct saved saved[static FINDERS])
{
	for (unsigned kind = 0; kind < FINDERS; kind++)
		if (saved[kind].len &&
		    hs_deserialize_database((const char *)saved[kind].bytes, saved[kind].len, &l->finder[kind].db) != HS_SUCCESS) {
			unload(l);
			return -1;
		}
	return 0;
}
