#include "match/match.h"

#include <ctype.h>
#include <hs.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "match/assign.h"
#include "match/keyed.h"
#include "match/literals.h"
#include "match/regex.h"
#include "match/sweep.h"
#include "match/window.h"
#include "rules/rules.h"

/* what a pattern may look back at */
#define BEHIND 512
/* how far to either side a companion is looked for, whatever its lines */
#define NEAR_BYTES 8192

/* A rule as the matcher needs it. */
struct armed {
	const struct rule *rule;
	struct regex pattern, before;
	uint16_t companion, companions; /* its stretch of matcher.companion */
	uint32_t far;                   /* bytes behind an anchor that it may look at, if more than MATCH_NEAR; else 0 */
};

struct matcher {
	const struct literals *literals;
	struct armed *armed;
	const struct rule **companion;
	size_t count, companions;
	const struct rules *rules;
};

struct scratch {
	struct matcher *matcher;
	struct hs_scratch *hs;
	struct regex_scratch regex;
	const struct window *window;    /* the one at hand, and who listens */
	const struct match_calls *calls;
	struct spots spots;             /* what the sweep met, and how much of it was looked into */
	size_t spot;
	struct met met;                 /* what is looked into */
	struct error limit;             /* the first pattern that took too long, if code is set */
};

static int
by_near_rule(const void *a, const void *b)
{
	const struct rule *x = *(const struct rule *const *)a, *y = *(const struct rule *const *)b;
	const int c = strcmp(x->near_rule, y->near_rule);

	return c ? c : strcmp(x->id, y->id);
}

/* companions are few: sorted by the rule they stand near, each rule's are one stretch */
static void
list_companions(struct matcher *m, const struct rules *rules)
{
	for (size_t i = 0; i < m->count; i++)
		if (rules->rule[i]->kind == RULE_COMPANION)
			m->companion[m->companions++] = rules->rule[i];
	if (m->companions)
		qsort(m->companion, m->companions, sizeof m->companion[0], by_near_rule);
	for (size_t k = 0; k < m->companions; k++) {
		const struct rule *near = rules_find(rules, m->companion[k]->near_rule);
		struct armed *a = near ? &m->armed[rules_index(rules, near)] : NULL;

		if (a && a->companions++ == 0)
			a->companion = (uint16_t)k;
	}
}

/* a token of a keyed rule is followed to its end, 4200 bytes at most; an assignment's value 4 KiB */
static uint32_t
far_of(const struct rule *r)
{
	const uint32_t value = r->kind == RULE_KEYED ? (uint32_t)r->within + 4300 : r->kind == RULE_ASSIGNMENT ? 4400 : 0;
	const uint32_t far = value + r->reach + 256;

	return far > MATCH_NEAR ? far : 0;
}

struct matcher *
matcher_new(const struct rules *rules, const struct literals *literals, struct error *err)
{
	struct matcher *m = calloc(1, sizeof *m);

	if (m) {
		m->literals = literals;
		m->rules = rules;
		m->count = rules->count;
		m->armed = calloc(m->count + 1, sizeof *m->armed);
		m->companion = calloc(m->count + 1, sizeof *m->companion);
	}
	if (!m || !m->armed || !m->companion) {
		matcher_free(m);
		error_set(err, ERROR_INTERNAL, "out of memory for %zu rules", rules->count);
		return NULL;
	}
	for (size_t i = 0; i < m->count; i++) {
		m->armed[i].rule = rules->rule[i];
		m->armed[i].pattern.pattern = rules->rule[i]->pattern;
		m->armed[i].before.pattern = rules->rule[i]->before_pattern;
		m->armed[i].far = far_of(rules->rule[i]);
	}
	list_companions(m, rules);
	return m;
}

void
matcher_free(struct matcher *m)
{
	if (!m)
		return;
	for (size_t i = 0; m->armed && i < m->count; i++) {
		regex_done(&m->armed[i].pattern);
		regex_done(&m->armed[i].before);
	}
	free(m->armed);
	free(m->companion);
	free(m);
}

struct scratch *
scratch_new(struct matcher *m, struct error *err)
{
	struct scratch *s = calloc(1, sizeof *s);
	bool good = s && regex_scratch_init(&s->regex, err) == 0;

	/* one that suits every database */
	for (unsigned kind = 0; good && kind < FINDERS; kind++) {
		const struct hs_database *db = m->literals->finder[kind].db;

		good = !db || hs_alloc_scratch(db, &s->hs) == HS_SUCCESS;
	}
	if (good) {
		s->matcher = m;
		return s;
	}
	error_set(err, ERROR_INTERNAL, "out of memory for matching");
	scratch_free(s);
	return NULL;
}

void
scratch_free(struct scratch *s)
{
	if (!s)
		return;
	if (s->hs)
		hs_free_scratch(s->hs);
	regex_scratch_done(&s->regex);
	spots_done(&s->spots);
	free(s);
}

/* a pattern at a place, seeing only a bounded stretch around it: so a match depends on nothing else */
static bool
matches(struct scratch *s, struct regex *re, size_t at, uint32_t reach, struct regex_match *m)
{
	const struct bytes text = s->window->text;
	const size_t base = at > BEHIND ? at - BEHIND : 0;
	struct error err;
	const int r = regex_match(re, &s->regex, bytes_cut(text, base, at + reach), at - base, m, &err);

	if (r < 0 && !s->limit.code)
		s->limit = err;
	m->at += base;
	m->end += base;
	m->secret += base;
	m->secret_end += base;
	return r > 0;
}

static bool
hex_at(struct bytes text, size_t at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isxdigit(text.at[at + i]))
			return false;
	return true;
}

/* whether the byte before `at` ends an escape such as \n, %3D or \u003d and so is no letter of a word */
static bool
ends_escape(struct bytes text, size_t at)
{
	const uint8_t *s = text.at;

	if (at >= 2 && s[at - 2] == '\\' && memchr("nrtbf0", s[at - 1], 6))
		return at < 3 || s[at - 3] != '\\' || (at >= 4 && s[at - 4] == '\\');
	if (at >= 3 && s[at - 3] == '%' && hex_at(text, at - 2, 2))
		return true;
	if (at >= 4 && s[at - 4] == '\\' && s[at - 3] == 'x' && hex_at(text, at - 2, 2))
		return true;
	return at >= 6 && s[at - 6] == '\\' && s[at - 5] == 'u' && hex_at(text, at - 4, 4);
}

static bool
before_ok(struct scratch *s, struct armed *a, size_t at)
{
	const struct bytes text = s->window->text;
	struct regex_match m;

	if (a->before.pattern)
		return matches(s, &a->before, at, 64, &m);
	if (!a->rule->before_set || at == 0 || !rule_set_has(a->rule->before, text.at[at - 1]))
		return true;
	/* a vendor's name may begin in the middle of a camelCase one */
	if (a->rule->kind == RULE_KEYED && isupper(text.at[at]) && islower(text.at[at - 1]))
		return true;
	return ends_escape(text, at);
}

/* where the lead before an anchor begins; false when it isn't there */
static bool
lead_start(const struct rule *rule, struct bytes text, size_t anchor, size_t *start)
{
	size_t n = 0;

	while (n <= rule->lead_max && n < anchor && rule_set_has(rule->lead, text.at[anchor - n - 1]))
		n++;
	*start = anchor - n;
	return n >= rule->lead_min && n <= rule->lead_max;
}

static void near_hit(struct scratch *, struct armed *, const struct hit *);

static bool
tell(struct scratch *s, struct armed *a, const struct hit *h)
{
	if (!s->calls->hit(s->calls->arg, h))
		return false;
	if (a->companions)
		near_hit(s, a, h);
	return true;
}

static struct hit
hit_of(struct scratch *s, const struct armed *a, size_t anchor, size_t at, size_t end)
{
	return (struct hit){
		.rule = a->rule,
		.window = s->window,
		.anchor = anchor,
		.at = at,
		.secret = bytes_cut(s->window->text, at, end),
		.met = s->met,
	};
}

static void
match_token(struct scratch *s, struct armed *a, size_t anchor, size_t len)
{
	size_t start = anchor;
	struct regex_match m;
	struct hit h;

	if (a->rule->lead_set && !lead_start(a->rule, s->window->text, anchor, &start))
		return;
	if (!before_ok(s, a, start) || !matches(s, &a->pattern, anchor + len, a->rule->reach, &m))
		return;
	h = m.grouped ? hit_of(s, a, anchor, m.secret, m.secret_end) : hit_of(s, a, anchor, start, m.end);
	if (h.secret.len)
		tell(s, a, &h);
}

/* the next value for a rule without a shape: a token of its charset, or a place where its pattern matches */
static bool
next_value(struct scratch *s, struct armed *a, size_t *from, size_t to, size_t *at, size_t *end)
{
	const struct bytes text = s->window->text;
	struct regex_match m;
	size_t len;

	if (a->rule->charset_set) {
		while (keyed_token(a->rule, text, from, to, at, &len)) {
			*end = *at + len;
			if (!a->rule->pattern || matches(s, &a->pattern, *at, a->rule->reach, &m))
				return true;
		}
		return false;
	}
	while (keyed_border(text, from, to, at))
		if (matches(s, &a->pattern, *at, a->rule->reach, &m)) {
			*at = m.secret;
			*end = m.secret_end;
			*from = m.end > *from ? m.end : *from;
			return true;
		}
	return false;
}

static void
match_keyed(struct scratch *s, struct armed *a, size_t anchor, size_t len)
{
	const struct bytes text = s->window->text;
	size_t from = anchor + len, to = from + a->rule->within, at, end;

	if (to > text.len)
		to = text.len;
	if (!before_ok(s, a, anchor))
		return;
	while (next_value(s, a, &from, to, &at, &end)) {
		struct hit h = hit_of(s, a, anchor, at, end);

		h.telling = keyed_telling(text, anchor, at);
		if (a->rule->telling && !h.telling)
			return;
		if (tell(s, a, &h))
			return;
	}
}

/* the start of the line that many lines up, and the end of the one that many down */
static void
line_bounds(struct bytes text, size_t at, unsigned lines, size_t *from, size_t *to)
{
	unsigned n = 0;

	for (*from = at; *from > 0 && at - *from < NEAR_BYTES; --*from)
		if (text.at[*from - 1] == '\n' && n++ == lines)
			break;
	n = 0;
	for (*to = at; *to < text.len && *to - at < NEAR_BYTES; ++*to)
		if (text.at[*to] == '\n' && n++ == lines)
			break;
}

static void
near_hit(struct scratch *s, struct armed *a, const struct hit *found)
{
	for (unsigned i = 0; i < a->companions; i++) {
		struct armed *c = &s->matcher->armed[rules_index(s->matcher->rules, s->matcher->companion[a->companion + i])];
		size_t from, to, at, end;

		line_bounds(s->window->text, found->at, c->rule->near_lines, &from, &to);
		while (next_value(s, c, &from, to, &at, &end)) {
			struct hit h = hit_of(s, c, found->anchor, at, end);

			h.paired = true;
			if (end <= found->at || at >= found->at + found->secret.len)
				s->calls->hit(s->calls->arg, &h);
		}
	}
}

static void
match_assignment(struct scratch *s, struct armed *a, size_t anchor, size_t len)
{
	struct regex_match m;
	struct assign assign;

	if (!assign_parse(s->window->text, anchor, len, &assign))
		return;
	for (size_t i = 0; i < assign.count; i++) {
		const struct bytes value = assign.values[i].text;
		const size_t at = (size_t)(value.at - s->window->text.at);
		struct hit h = hit_of(s, a, anchor, at, at + value.len);

		h.assign = &assign;
		h.value = i;
		if (a->pattern.pattern && (!matches(s, &a->pattern, at, a->rule->reach, &m) || m.end != at + value.len))
			continue;
		tell(s, a, &h);
	}
}

static void
match_rule(struct scratch *s, struct armed *a, size_t anchor, size_t len)
{
	switch (a->rule->kind) {
	case RULE_TOKEN:
		match_token(s, a, anchor, len);
		break;
	case RULE_KEYED:
		match_keyed(s, a, anchor, len);
		break;
	case RULE_ASSIGNMENT:
		match_assignment(s, a, anchor, len);
		break;
	case RULE_COMPANION:
		break;
	}
}

static void
tell_form(struct scratch *s, size_t at, size_t len, unsigned encodings)
{
	const struct form_hit f = { .window = s->window, .at = at, .len = len, .encodings = encodings,
		.met = { MET_FORM, (uint8_t)len, (uint8_t)encodings } };

	s->calls->form(s->calls->arg, &f);
}

static void
look_into(struct scratch *s, size_t id, size_t at)
{
	const struct literals *l = s->matcher->literals;
	const struct literal *lit = &l->literal[id];

	s->met = (struct met){ .literal = (uint32_t)id };
	for (unsigned i = 0; i < lit->count; i++) {
		struct armed *a = &s->matcher->armed[l->use[lit->first + i]];

		if (s->window->binary && !a->rule->binary)
			continue;
		if (a->far && s->calls->far)
			s->calls->far(s->calls->arg, &s->met, at, a->far);
		match_rule(s, a, at, lit->len);
	}
	if (lit->encodings)
		tell_form(s, at, lit->len, lit->encodings);
	if (lit->comment && s->calls->comment)
		s->calls->comment(s->calls->arg, at);
}

/* looks into what the sweep met before `to` */
static void
catch_up(struct scratch *s, size_t to)
{
	for (; s->spot < s->spots.count && s->spots.spot[s->spot].at < to; s->spot++) {
		const struct spot *spot = &s->spots.spot[s->spot];

		if (spot->literal != SPOT_NONE)
			look_into(s, spot->literal, spot->at);
		else
			tell_form(s, spot->at, spot->len, spot->encodings);
	}
}

/* Vectorscan's call for each literal; `to` counts from what the window owns */
static int
on_literal(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *arg)
{
	struct scratch *s = arg;
	const size_t at = s->window->own + (size_t)to - s->matcher->literals->literal[id].len;

	(void)from;
	(void)flags;
	if (at < s->window->own_end) {
		catch_up(s, at);
		look_into(s, id, at);
	}
	return 0;
}

int
match_window(struct scratch *s, const struct window *w, const struct match_calls *calls, struct error *err)
{
	const struct literals *l = s->matcher->literals;
	const struct finder *finder = &l->finder[w->binary ? FINDER_BINARY : FINDER_TEXT];
	const struct bytes own = bytes_cut(w->text, w->own, w->own_end + (finder->longest ? finder->longest - 1 : 0));

	s->window = w;
	s->calls = calls;
	s->limit.code = 0;
	s->spot = 0;
	sweep(l, w, &s->spots);
	if (own.len && finder->db &&
	    hs_scan(finder->db, (const char *)own.at, (unsigned)own.len, 0, s->hs, on_literal, s) != HS_SUCCESS)
		return error_set(err, ERROR_INTERNAL, "the literal scanner failed");
	catch_up(s, w->own_end);
	if (s->spots.failed)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	if (!s->limit.code)
		return 0;
	*err = s->limit;
	return -1;
}

int
match_again(struct scratch *s, const struct window *w, const struct met *met, size_t anchor, const struct match_calls *calls,
    struct error *err)
{
	s->window = w;
	s->calls = calls;
	s->limit.code = 0;
	if (met->literal == MET_FORM)
		tell_form(s, anchor, met->len, met->encodings);
	else
		look_into(s, met->literal, anchor);
	if (!s->limit.code)
		return 0;
	*err = s->limit;
	return -1;
}
