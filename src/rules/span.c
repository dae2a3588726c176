#include "rules/span.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	const char *at;
	unsigned depth;
	bool extended;                  /* (?x): blanks mean nothing */
};

static uint64_t alternatives(struct reader *);

static uint64_t
capped(uint64_t n)
{
	return n > SPAN_UNBOUNDED ? SPAN_UNBOUNDED : n;
}

/* skips [...] with its escapes and POSIX classes */
static void
skip_class(struct reader *r)
{
	if (*r->at == '^')
		r->at++;
	if (*r->at == ']')
		r->at++;
	while (*r->at && *r->at != ']') {
		if (r->at[0] == '\\' && r->at[1]) {
			r->at += 2;
		} else if (r->at[0] == '[' && r->at[1] == ':') {
			const char *end = strstr(r->at, ":]");

			r->at = end ? end + 2 : r->at + 1;
		} else {
			r->at++;
		}
	}
	if (*r->at)
		r->at++;
}

/* an escape's bytes; what follows the backslash is read */
static uint64_t
escape(struct reader *r)
{
	const char c = *r->at;

	if (!c)
		return SPAN_UNBOUNDED;
	r->at++;
	if (c == 'x' && *r->at == '{') {
		const char *end = strchr(r->at, '}');

		r->at = end ? end + 1 : r->at;
	} else if (c == 'x') {
		for (int i = 0; i < 2 && isxdigit((unsigned char)*r->at); i++)
			r->at++;
	}
	if (strchr("bBAzZGQEK", c))
		return 0;
	if (c == 'R')
		return 2;
	if (c == 'X' || c == 'g' || c == 'k' || (c >= '1' && c <= '9'))
		return SPAN_UNBOUNDED;
	return 1;
}

/* reads the head of a group after "(?"; false when the group is a comment or only sets options */
static bool
group_head(struct reader *r, bool *behind)
{
	const char *end;

	*behind = r->at[0] == '<' && (r->at[1] == '=' || r->at[1] == '!');
	if (*behind) {
		r->at += 2;
	} else if (strchr(":=!>|", *r->at) && *r->at) {
		r->at++;
	} else if (*r->at == '<' || *r->at == 'P' || *r->at == '\'') {
		end = strpbrk(r->at + 2, ">'");
		r->at = end ? end + 1 : r->at + strlen(r->at);
	} else {
		const bool comment = *r->at == '#';

		for (; *r->at && *r->at != ':' && *r->at != ')'; r->at++)
			if (*r->at == 'x' && !comment)
				r->extended = true;
		if (*r->at == ':' && !comment) {
			r->at++;
			return true;
		}
		while (*r->at && *r->at != ')')
			r->at++;
		if (*r->at)
			r->at++;
		return false;
	}
	return true;
}

static uint64_t
group(struct reader *r)
{
	bool behind = false;
	uint64_t n;

	if (r->at[0] == '*')
		return SPAN_UNBOUNDED;
	if (r->at[0] == '?') {
		r->at++;
		if (!group_head(r, &behind))
			return 0;
	}
	if (++r->depth > 64)
		return SPAN_UNBOUNDED;
	n = alternatives(r);
	r->depth--;
	if (*r->at == ')')
		r->at++;
	return behind ? 0 : n;
}

static uint64_t
atom(struct reader *r)
{
	const char c = *r->at++;

	switch (c) {
	case '(':
		return group(r);
	case '[':
		skip_class(r);
		return 1;
	case '\\':
		return escape(r);
	case '^':
	case '$':
		return 0;
	case ' ':
	case '\t':
	case '\n':
		return r->extended ? 0 : 1;
	default:
		return 1;
	}
}

/* the most times that the quantifier at hand repeats; 1 when there is none */
static uint64_t
quantifier(struct reader *r)
{
	uint64_t most = 1;
	char *end;

	if (*r->at == '*' || *r->at == '+') {
		most = SPAN_UNBOUNDED;
		r->at++;
	} else if (*r->at == '?') {
		r->at++;
	} else if (*r->at == '{' && isdigit((unsigned char)r->at[1])) {
		most = strtoull(r->at + 1, &end, 10);
		if (*end == ',')
			most = end[1] == '}' ? SPAN_UNBOUNDED : strtoull(end + 1, &end, 10);
		r->at = strchr(r->at, '}') ? strchr(r->at, '}') + 1 : r->at + strlen(r->at);
	} else {
		return 1;
	}
	if (*r->at == '?' || *r->at == '+')
		r->at++;
	return most;
}

static uint64_t
alternatives(struct reader *r)
{
	uint64_t most = 0, sum = 0;

	while (*r->at && *r->at != ')') {
		if (*r->at == '|') {
			most = sum > most ? sum : most;
			sum = 0;
			r->at++;
			continue;
		}
		const uint64_t one = atom(r), times = quantifier(r);

		sum = capped(sum + (one ? capped(one * times) : 0));
	}
	return sum > most ? sum : most;
}

uint32_t
span_of(const char *pattern)
{
	struct reader r = { .at = pattern };
	uint64_t n = alternatives(&r);

	while (*r.at) {                 /* a stray parenthesis: PCRE2 will refuse the pattern */
		r.at++;
		n = SPAN_UNBOUNDED;
	}
	return (uint32_t)capped(n);
}
