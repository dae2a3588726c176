#include "rules/run.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rules/class.h"
#include "rules/rule.h"

/* of random values, the share that may have too little to be a run */
#define DOUBT (1.0 / 300)
#define MOST ((uint32_t)1 << 16)
#define DEPTH 32

/* The least that is there of a row of bytes in the alphabet. */
struct run {
	uint32_t len;
	double plain;                   /* how likely it has neither digits nor upper case */
	double upper, lower;            /* how likely it has none of that case */
	bool underscore;                /* it may have one */
	bool sure;                      /* each of several expressions is sure of a run, be it for another reason */
	uint32_t from;                  /* most bytes before it */
};

#define EMPTY { .plain = 1, .upper = 1, .lower = 1 }

/* What an expression is sure of. */
struct sure {
	bool pure;                      /* all of it is in the alphabet: head, tail and best are the whole */
	struct run head, tail, best;
	uint32_t most;                  /* bytes that it matches at most */
};

struct reader {
	const char *at;
	unsigned depth;
	bool failed;                    /* something that is not understood */
};

static const struct sure nothing = { .pure = true, .head = EMPTY, .tail = EMPTY, .best = EMPTY };

static struct sure alternatives(struct reader *);

static uint32_t
capped(uint64_t n)
{
	return n > MOST ? MOST : (uint32_t)n;
}

static bool
is_run(const struct run *r)
{
	return r->sure || (r->len >= RUN_LENGTH && ((r->plain < DOUBT && !r->underscore) || r->upper + r->lower < DOUBT));
}

static struct run
joined(struct run a, struct run b, uint32_t before)
{
	return (struct run){ capped((uint64_t)a.len + b.len), a.plain * b.plain, a.upper * b.upper, a.lower * b.lower,
		a.underscore || b.underscore, a.sure || b.sure, before };
}

static struct run
better(struct run a, struct run b)
{
	if (is_run(&a) != is_run(&b))
		return is_run(&a) ? a : b;
	if (is_run(&a))
		return a.from <= b.from ? a : b;
	return a.len >= b.len ? a : b;
}

/* what is sure of either */
static struct run
worse(struct run a, struct run b)
{
	return (struct run){
		.len = a.len < b.len ? a.len : b.len,
		.plain = fmax(a.plain, b.plain),
		.upper = fmax(a.upper, b.upper),
		.lower = fmax(a.lower, b.lower),
		.underscore = a.underscore || b.underscore,
		.sure = is_run(&a) && is_run(&b),
		.from = a.from > b.from ? a.from : b.from,
	};
}

static struct sure
then(struct sure a, struct sure b)
{
	struct sure s = { .pure = a.pure && b.pure, .most = capped((uint64_t)a.most + b.most) };
	struct run behind = b.best;

	behind.from = capped((uint64_t)a.most + b.best.from);
	s.head = a.pure ? joined(a.head, b.head, 0) : a.head;
	s.tail = b.pure ? joined(a.tail, b.tail, 0) : b.tail;
	s.best = better(better(a.best, joined(a.tail, b.head, a.pure ? 0 : a.most)), behind);
	if (s.pure)
		s.best = better(s.head, s.best);
	return s;
}

static struct sure
either(struct sure a, struct sure b)
{
	return (struct sure){
		.pure = a.pure && b.pure,
		.head = worse(a.head, b.head),
		.tail = worse(a.tail, b.tail),
		.best = worse(a.best, b.best),
		.most = a.most > b.most ? a.most : b.most,
	};
}

static struct sure
times(struct sure a, uint64_t least, uint64_t most)
{
	struct sure s = nothing;

	if (a.pure) {
		s.head.len = capped(a.head.len * least);
		s.head.plain = pow(a.head.plain, (double)least);
		s.head.upper = pow(a.head.upper, (double)least);
		s.head.lower = pow(a.head.lower, (double)least);
		s.head.underscore = a.head.underscore;
		s.tail = s.best = s.head;
	} else {
		s.pure = false;
		for (uint64_t i = 0; i < least && i < 3; i++)
			s = i ? then(s, a) : a;
	}
	s.most = capped(a.most * most);
	return s;
}

static bool
in_alphabet(uint8_t c)
{
	return isalnum(c) || (c && strchr("+/-_", c));
}

static struct sure
one_of(const uint32_t set[static 8])
{
	unsigned size = 0, digits = 0, upper = 0, lower = 0;
	struct sure s = { .head = EMPTY, .tail = EMPTY, .best = EMPTY, .most = 1 };

	for (unsigned c = 0; c < 256; c++) {
		if (!rule_set_has(set, (uint8_t)c))
			continue;
		if (c == '=')           /* padding, at an end */
			continue;
		if (!in_alphabet((uint8_t)c))
			return s;
		size++;
		digits += isdigit((int)c) != 0;
		upper += isupper((int)c) != 0;
		lower += islower((int)c) != 0;
	}
	if (!size)
		return s;
	s.pure = true;
	s.head.len = 1;
	s.head.plain = (double)(size - digits - upper) / size;
	s.head.upper = (double)(size - upper) / size;
	s.head.lower = (double)(size - lower) / size;
	s.head.underscore = rule_set_has(set, '_');
	s.tail = s.best = s.head;
	return s;
}

static struct sure
byte(uint8_t c)
{
	uint32_t set[8] = { 0 };

	set[c >> 5] |= (uint32_t)1 << (c & 31);
	return one_of(set);             /* an = alone is an empty set, and ends a run */
}

static struct sure
class(struct reader *r)
{
	const char *from = r->at - 1, *end = r->at;
	uint32_t set[8];
	char text[256];

	end += *end == '^';
	end += *end == ']';
	for (; *end && *end != ']'; end++)
		if (*end == '\\' && end[1])
			end++;
		else if (*end == '[' && end[1] == ':' && strstr(end, ":]"))
			end = strstr(end, ":]") + 1;
	if (!*end || (size_t)(end + 1 - from) >= sizeof text) {
		r->failed = true;
		return nothing;
	}
	memcpy(text, from, (size_t)(end + 1 - from));
	text[end + 1 - from] = 0;
	r->at = end + 1;
	if (!class_parse(text, set))
		return times(one_of((uint32_t[8]){ 0 }), 1, 1);
	return one_of(set);
}

static struct sure
escape(struct reader *r)
{
	const char c = *r->at;
	char text[3] = { '\\', c, 0 };
	uint32_t set[8];

	if (!c) {
		r->failed = true;
		return nothing;
	}
	r->at++;
	if (strchr("bBAzZG", c))
		return nothing;
	if (isalnum((unsigned char)c)) {
		if (strchr("dwsDWShnrtf", c) == NULL)
			r->failed = true;
		return class_parse(text, set) ? one_of(set) : byte('\n');
	}
	return byte((uint8_t)c);
}

/* past a group that matches nothing by itself */
static struct sure
skip_group(struct reader *r)
{
	alternatives(r);
	if (*r->at == ')')
		r->at++;
	return nothing;
}

static struct sure
group(struct reader *r)
{
	struct sure s;

	if (++r->depth > DEPTH || *r->at == '*')
		r->failed = true;
	if (r->failed)
		return nothing;
	if (*r->at == '?') {
		r->at++;
		if (*r->at == '<' && r->at[1] != '=' && r->at[1] != '!') {
			while (*r->at && *r->at != '>')
				r->at++;
			r->at += *r->at != 0;
		} else if (*r->at == ':' || *r->at == '>') {
			r->at++;
		} else if (strchr("=!<", *r->at) && *r->at) {
			r->at += *r->at == '<' ? 2 : 1;
			r->depth--;
			return skip_group(r);
		} else if (r->at[0] == 'i' && r->at[1] == ':') {        /* more cases than are counted: no harm */
			r->at += 2;
		} else {
			r->failed = true;
			return nothing;
		}
	}
	s = alternatives(r);
	if (*r->at == ')')
		r->at++;
	r->depth--;
	return s;
}

static struct sure
atom(struct reader *r)
{
	const char c = *r->at++;

	switch (c) {
	case '(':
		return group(r);
	case '[':
		return class(r);
	case '\\':
		return escape(r);
	case '^':
	case '$':
		return nothing;
	case '.':
		return byte('.');
	default:
		return byte((uint8_t)c);
	}
}

static struct sure
repeated(struct reader *r, struct sure s)
{
	uint64_t least = 1, most = 1;
	char *end;

	if (*r->at == '*' || *r->at == '+' || *r->at == '?') {
		least = *r->at == '+';
		most = *r->at == '?' ? 1 : MOST;
		r->at++;
	} else if (*r->at == '{' && isdigit((unsigned char)r->at[1])) {
		least = most = strtoull(r->at + 1, &end, 10);
		if (*end == ',')
			most = end[1] == '}' ? MOST : strtoull(end + 1, &end, 10);
		r->at = strchr(r->at, '}') ? strchr(r->at, '}') + 1 : r->at + strlen(r->at);
	} else {
		return s;
	}
	if (*r->at == '?' || *r->at == '+')
		r->at++;
	return times(s, least, most > MOST ? MOST : most);
}

static struct sure
alternatives(struct reader *r)
{
	struct sure all = nothing, s = nothing;
	bool first = true;

	while (!r->failed && *r->at && *r->at != ')') {
		if (*r->at == '|') {
			all = first ? s : either(all, s);
			first = false;
			s = nothing;
			r->at++;
			continue;
		}
		s = then(s, repeated(r, atom(r)));
	}
	return first ? s : either(all, s);
}

bool
run_in_pattern(const char *text, const char *pattern, uint32_t *from)
{
	struct reader r = { .at = pattern };
	struct sure s = nothing;

	for (; *text; text++)
		s = then(s, byte((uint8_t)*text));
	s = then(s, alternatives(&r));
	*from = s.best.from;
	return !r.failed && !*r.at && is_run(&s.best);
}

bool
run_in_set(const uint32_t set[static 8], unsigned length)
{
	const struct sure s = times(one_of(set), length, length);

	return s.pure && is_run(&s.best);
}
