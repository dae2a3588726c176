#include "git/config.h"

#include <ctype.h>
#include <string.h>

#define WORD 256
#define VALUE 4096

struct parser {
	const uint8_t *at, *end;
	char section[WORD], subsection[WORD], key[2 * WORD + 2], value[VALUE];
};

static int
peek(const struct parser *p)
{
	return p->at < p->end ? *p->at : -1;
}

static void
skip_line(struct parser *p)
{
	while (p->at < p->end && *p->at++ != '\n')
		;
}

static void
skip_blank(struct parser *p)
{
	while (peek(p) == ' ' || peek(p) == '\t')
		p->at++;
}

/* a name of letters, digits, - and . in lower case */
static void
take_word(struct parser *p, char *out)
{
	size_t n = 0;

	for (; p->at < p->end && (isalnum(*p->at) || *p->at == '-' || *p->at == '.'); p->at++)
		if (n < WORD - 1)
			out[n++] = (char)tolower(*p->at);
	out[n] = 0;
}

/* [section "subsection"] */
static void
take_section(struct parser *p)
{
	size_t n = 0;

	p->at++;
	take_word(p, p->section);
	skip_blank(p);
	if (peek(p) == '"')
		for (p->at++; p->at < p->end && *p->at != '"' && *p->at != '\n'; p->at++) {
			if (*p->at == '\\' && p->end - p->at > 1)
				p->at++;
			if (n < WORD - 1)
				p->subsection[n++] = (char)*p->at;
		}
	p->subsection[n] = 0;
	while (p->at < p->end && *p->at != ']' && *p->at != '\n')
		p->at++;
	if (peek(p) == ']')
		p->at++;
}

/* one byte of a value behind a backslash; 0 when it joins lines */
static char
escaped(struct parser *p)
{
	const int c = peek(p);

	if (c < 0)
		return 0;
	p->at++;
	if (c == '\n')
		return 0;
	return (char)(c == 'n' ? '\n' : c == 't' ? '\t'
				: c == 'b'       ? '\b'
						 : c);
}

static void
take_value(struct parser *p)
{
	bool quoted = false;
	size_t n = 0, kept = 0;

	skip_blank(p);
	while (p->at < p->end && *p->at != '\n' && (quoted || (*p->at != '#' && *p->at != ';'))) {
		char c = (char)*p->at++;
		const bool blank = !quoted && isspace((unsigned char)c);

		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (c == '\\' && !(c = escaped(p)))
			continue;
		if (n < VALUE - 1)
			p->value[n++] = c;
		kept = blank ? kept : n;
	}
	p->value[kept] = 0;
}

static bool
take_setting(struct parser *p, bool (*found)(void *, const char *, const char *, const char *), void *arg)
{
	const size_t n = strlen(p->section);
	char word[WORD];

	take_word(p, word);
	memcpy(p->key, p->section, n);
	p->key[n] = '.';
	strcpy(p->key + n + 1, word);
	skip_blank(p);
	strcpy(p->value, "true"); /* a key alone */
	if (peek(p) == '=') {
		p->at++;
		take_value(p);
	}
	skip_line(p);
	return !word[0] || found(arg, p->key, p->subsection, p->value);
}

void
config_each(struct bytes text, bool (*found)(void *, const char *, const char *, const char *), void *arg)
{
	struct parser p = { .at = text.at, .end = text.at + text.len };

	while (p.at < p.end) {
		if (isspace(*p.at))
			p.at++;
		else if (*p.at == '[')
			take_section(&p);
		else if (!isalpha(*p.at))
			skip_line(&p);
		else if (!take_setting(&p, found, arg))
			return;
	}
}
