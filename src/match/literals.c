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
#include "rules/rules.h"

#define FORMS_MAX 16

/* A literal as it gathers, before equal ones are joined. */
struct draft {
	const char *text;
	size_t len;
	bool nocase;
	uint16_t rule;                  /* UINT16_MAX: none, an encoding waits */
	uint8_t encodings;
};

struct drafts {
	struct draft *draft;
	size_t count, cap;
	struct arena arena;
};

static int
add(struct drafts *d, struct draft one)
{
	if (d->count == d->cap) {
		const size_t cap = d->cap ? d->cap * 2 : 1024;
		struct draft *more = realloc(d->draft, cap * sizeof *more);

		if (!more)
			return -1;
		d->draft = more;
		d->cap = cap;
	}
	one.text = arena_string(&d->arena, (struct bytes){ (const uint8_t *)one.text, one.len });
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
add_forms(struct drafts *d, const char *anchor, bool nocase)
{
	struct form forms[FORMS_MAX];
	const struct encoding *e;

	for (size_t i = 0; (e = decode_list(i)); i++) {
		const size_t n = e->forms ? e->forms(bytes_of(anchor), nocase, forms, FORMS_MAX) : 0;

		for (size_t k = 0; k < n; k++)
			if (add(d, (struct draft){ (const char *)forms[k].text, forms[k].len, forms[k].nocase, UINT16_MAX,
			    (uint8_t)(1u << i) }) < 0)
				return -1;
	}
	return 0;
}

static int
add_triggers(struct drafts *d)
{
	const struct encoding *e;

	for (size_t i = 0; (e = decode_list(i)); i++)
		for (const char *const *t = e->triggers; t && *t; t++)
			if (add(d, (struct draft){ *t, strlen(*t), false, UINT16_MAX, (uint8_t)(1u << i) }) < 0)
				return -1;
	return 0;
}

static int
add_rule(struct drafts *d, const struct rule *rule, uint16_t index)
{
	for (const char *const *a = rule->anchors; a && *a; a++) {
		if (add(d, (struct draft){ *a, strlen(*a), rule->nocase, index, 0 }) < 0)
			return -1;
		if (rule->kind == RULE_TOKEN && add_forms(d, *a, rule->nocase) < 0)
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

/* What the tables of a literals stand in, and what compiling needs. */
struct memory {
	struct drafts drafts;
	struct literal *literal;
	uint16_t *use;
	const char **text;
	unsigned *flags, *ids;
	size_t *lens;
};

static bool
same_text(const struct draft *a, const struct draft *b)
{
	return a->len == b->len && a->nocase == b->nocase && memcmp(a->text, b->text, a->len) == 0;
}

static void
join(struct literals *l, struct memory *m)
{
	const struct drafts *d = &m->drafts;

	for (size_t i = 0; i < d->count; i++) {
		const struct draft *one = &d->draft[i];
		struct literal *lit;

		if (i == 0 || !same_text(one, one - 1)) {
			m->text[l->count] = one->text;
			m->lens[l->count] = one->len;
			m->flags[l->count] = one->nocase ? HS_FLAG_CASELESS : 0;
			m->ids[l->count] = (unsigned)l->count;
			m->literal[l->count++] = (struct literal){ .len = (uint8_t)one->len, .first = (uint16_t)l->uses };
			l->longest = one->len > l->longest ? one->len : l->longest;
		}
		lit = &m->literal[l->count - 1];
		lit->encodings |= one->encodings;
		if (one->rule != UINT16_MAX && (lit->count == 0 || m->use[l->uses - 1] != one->rule)) {
			m->use[l->uses++] = one->rule;
			lit->count++;
		}
	}
}

static int
tables(struct literals *l, struct memory *m)
{
	const size_t n = m->drafts.count + 1;

	m->literal = calloc(n, sizeof *m->literal);
	m->use = calloc(n, sizeof *m->use);
	m->text = calloc(n, sizeof *m->text);
	m->flags = calloc(n, sizeof *m->flags);
	m->ids = calloc(n, sizeof *m->ids);
	m->lens = calloc(n, sizeof *m->lens);
	if (!m->literal || !m->use || !m->text || !m->flags || !m->ids || !m->lens)
		return -1;
	if (m->drafts.count)
		qsort(m->drafts.draft, m->drafts.count, sizeof *m->drafts.draft, by_text);
	join(l, m);
	l->literal = m->literal;
	l->use = m->use;
	return 0;
}

static int
compile(struct literals *l, struct memory *m, enum literals_cpu cpu, struct error *err)
{
	struct compiler_job job = { m->text, m->flags, m->ids, m->lens, (unsigned)l->count, cpu == LITERALS_AVX2, cpu == LITERALS_HERE };
	char *bytes;
	size_t len;
	int r;

	if (l->count == 0)
		return 0;
	if (compiler_run(&job, &bytes, &len, err) < 0)
		return -1;
	r = literals_load(l, (const uint8_t *)bytes, len);
	l->saved = bytes;
	l->saved_len = len;
	/* a database for another processor than this one can be saved, but not used */
	return r < 0 && cpu == LITERALS_HERE ? error_set(err, ERROR_INTERNAL, "the literal database can't be loaded") : 0;
}

int
literals_build(struct literals *l, const struct rules *rules, enum literals_cpu cpu, struct error *err)
{
	struct memory *m = calloc(1, sizeof *m);
	bool failed = !m || rules->count >= UINT16_MAX;

	*l = (struct literals){ .memory = m };
	for (size_t i = 0; !failed && i < rules->count; i++)
		failed = add_rule(&m->drafts, rules->rule[i], (uint16_t)i) < 0;
	if (!failed)
		failed = add_triggers(&m->drafts) < 0 || m->drafts.count >= UINT16_MAX || tables(l, m) < 0;
	if (failed)
		error_set(err, ERROR_INTERNAL, "out of memory, or more than 65,000 anchors, collecting literals");
	if (!failed && compile(l, m, cpu, err) == 0)
		return 0;
	literals_free(l);
	return -1;
}

void
literals_free(struct literals *l)
{
	struct memory *m = l->memory;

	if (l->db)
		hs_free_database(l->db);
	free(l->saved);
	if (m) {
		arena_done(&m->drafts.arena);
		free(m->drafts.draft);
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
literals_load(struct literals *l, const uint8_t *bytes, size_t len)
{
	return hs_deserialize_database((const char *)bytes, len, &l->db) == HS_SUCCESS ? 0 : -1;
}
