/* assign.c: names and operators. */
#include "match/assign.h"

#include <string.h>

#include "match/assign_near.h"
#include "match/assign_value.h"

#define NAME_BEFORE 128
#define NAME_AFTER 64
#define LINE_BEFORE 256

/* Where the parser stands: the text, the name's place and what surrounds it. */
struct place {
	struct bytes text;
	size_t from, to;        /* the name */
	char quote;             /* it is quoted by */
	size_t open;            /* where its opening quote stands, or from */
	size_t at;              /* behind name, quote and brackets */
};

static uint8_t
peek(const struct place *p, size_t at)
{
	return at < p->text.len ? p->text.at[at] : '\n';
}

static bool
name_joint(struct bytes text, size_t i)
{
	const uint8_t c = text.at[i];

	if (c != '.' && c != '-' && c != '$')
		return false;
	return i > 0 && i + 1 < text.len && assign_letter(text.at[i - 1]) && assign_letter(text.at[i + 1]);
}

/* Grows the word to the name's end. */
static void
name_right(struct place *p, size_t at, size_t len)
{
	const size_t most = at + len + NAME_AFTER;

	p->to = at + len;
	while (p->to < p->text.len && p->to < most &&
	    (assign_letter(p->text.at[p->to]) || name_joint(p->text, p->to)))
		p->to++;
}

/* Grows it to the name's beginning. */
static void
name_left(struct place *p, size_t at)
{
	const size_t least = at > NAME_BEFORE ? at - NAME_BEFORE : 0;

	p->from = at;
	while (p->from > least && (assign_letter(p->text.at[p->from - 1]) || name_joint(p->text, p->from - 1)))
		p->from--;
}

/* Most words of prose and code end in a byte that begins no operator. */
static bool
hopeless(const struct place *p)
{
	const uint8_t c = peek(p, p->to), next = peek(p, p->to + 1);

	if (c == '\n' || c == '\r')
		return false;
	if (c == ')')
		return memchr(";,)\n{-", next, 6) != NULL;
	if (c == '-')
		return true;
	return memchr(";{}/@~^", c, 7) != NULL;
}

/* A quoted name may hold more than letters: goes back to its opening quote. */
static void
name_unquote(struct place *p, char quote)
{
	const size_t least = p->from > 64 ? p->from - 64 : 0;

	for (size_t i = p->from; i > least && p->text.at[i - 1] != '\n'; i--)
		if (p->text.at[i - 1] == (uint8_t)quote) {
			p->from = i;
			p->open = i - 1;
			p->quote = quote;
			return;
		}
}

/* past the name's closing quote, bracket and marks of emphasis */
static void
name_close(struct place *p)
{
	char quote = 0;
	size_t next = assign_quote(p->text, p->to, &quote);

	p->open = p->from;
	p->at = p->to;
	if (next != p->to && quote != 0) {
		name_unquote(p, quote);
		p->at = p->quote != 0 ? next : p->to;
	}
	while (p->at < p->text.len && memchr("])*", p->text.at[p->at], 3) != NULL && p->at - p->to < 8)
		p->at++;
}

/* Which quote is open on this line before `at`; 0: none. */
static char
string_around(struct bytes text, size_t at)
{
	size_t i = at, least = at > LINE_BEFORE ? at - LINE_BEFORE : 0;
	char open = 0;

	while (i > least && text.at[i - 1] != '\n')
		i--;
	for (; i < at; i++) {
		const uint8_t c = text.at[i];
		if (c == '\\') {
			i++;
		} else if (c == (uint8_t)open) {
			open = 0;
		} else if (open == 0 && (c == '"' || c == '`' || c == '\'')) {
			/* don't: an apostrophe */
			if (c != '\'' || i == 0 || !assign_letter(text.at[i - 1]))
				open = (char)c;
		}
	}
	return open;
}

/* The operator at `at`, past it in *end; false: none. */
static bool
operator_at(const struct place *p, size_t at, enum assign_syntax *syntax, size_t *end)
{
	static const struct { const char *text; enum assign_syntax syntax; } operators[] = {
		{"===", ASSIGN_COMPARE}, {"!==", ASSIGN_COMPARE}, {"==", ASSIGN_COMPARE}, {"!=", ASSIGN_COMPARE},
		{"=>", ASSIGN_ARROW}, {"->", ASSIGN_ARROW}, {"<-", ASSIGN_ARROW}, {":=", ASSIGN_EQUALS}, {"?=", ASSIGN_EQUALS},
		{"+=", ASSIGN_EQUALS}, {"||=", ASSIGN_EQUALS}, {"?" "?=", ASSIGN_EQUALS}, {".=", ASSIGN_EQUALS},
		{"||", ASSIGN_DEFAULT}, {"??", ASSIGN_DEFAULT}, {"?:", ASSIGN_DEFAULT}, {"?: ", ASSIGN_DEFAULT},
		{"%3D", ASSIGN_QUERY}, {":-", ASSIGN_DEFAULT}, {"=", ASSIGN_EQUALS}, {":", ASSIGN_COLON}, {"or ", ASSIGN_DEFAULT},
	};
	const struct bytes rest = bytes_cut(p->text, at, at + 4);

	if (rest.len == 0 || memchr("=!<:?+|.%o-", rest.at[0], 11) == NULL)
		return false;
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
		if (rest.at[0] != (uint8_t)operators[i].text[0] || !bytes_starts(rest, operators[i].text))
			continue;
		*syntax = operators[i].syntax;
		*end = at + strlen(operators[i].text);
		/* ${NAME:-value}, and nothing else, has this */
		if (operators[i].text[1] == '-' && rest.at[0] == ':')
			return p->from > 0 && p->text.at[p->from - 1] == '{';
		/* =~ matches, :: scopes, -> without blanks is a member */
		if (operators[i].syntax == ASSIGN_ARROW && peek(p, at) == '-' && p->quote == 0 && p->at == at)
			return false;
		return peek(p, *end) != '~' && !(peek(p, at) == ':' && peek(p, *end) == ':');
	}
	return false;
}

/* past [32], [] or [:name] behind a name */
static size_t
subscript(const struct place *p, size_t at)
{
	if (peek(p, at) != '[')
		return at;
	for (size_t i = at + 1; i < p->text.len && i - at < 40 && p->text.at[i] != '\n'; i++)
		if (p->text.at[i] == ']')
			return assign_blanks(p->text, i + 1);
	return at;
}

/* letters and <>?&'[]. :*| */
static bool
type_letter(uint8_t c)
{
	static const uint32_t set[8] = {0x00000000, 0xd7ff44c1, 0xaffffffe, 0x17fffffe};

	return set[c >> 5] >> (c & 31) & 1;
}

/* The `=` behind a type, as in `: string =`, `password string =`; its place, or 0. */
static size_t
typed_equals(const struct place *p, size_t at)
{
	size_t i = at;

	while (i < p->text.len && i - at < 60 && type_letter(p->text.at[i]))
		i++;
	if (i == at || peek(p, i) != '=' || peek(p, i + 1) == '=' || peek(p, i + 1) == '>')
		return 0;
	return i;
}

static bool
query(const struct place *p)
{
	const uint8_t before = p->from > 0 ? p->text.at[p->from - 1] : 0;

	return before == '?' || before == '&' || (before == ';' && p->from > 5 && memcmp(p->text.at + p->from - 5, "&amp;", 5) == 0);
}

/* A quote right behind the operator closes the literal that the name stands in. */
static bool
closes(const struct place *p, size_t at)
{
	const uint8_t c = peek(p, at);

	if (c != '"' && c != '\'' && c != '`')
		return false;
	return p->quote == 0 && (uint8_t)string_around(p->text, p->from) == c;
}

/* Whether a value may begin on the next line: after a quoted name, or in front of a literal. */
static size_t
value_begin(const struct place *p, size_t at)
{
	size_t next = assign_blanks(p->text, at), i;
	char quote;

	if (peek(p, next) == '\\' && peek(p, next + 1) == '\n')
		next = assign_space(p->text, next + 1);
	else if (peek(p, next) == '\n' || peek(p, next) == '\r' || peek(p, next) == '(') {
		i = assign_space(p->text, peek(p, next) == '(' ? next + 1 : next);
		return i < p->text.len && assign_quote(p->text, i, &quote) != i ? i : next;
	}
	else if (peek(p, next) == '|' || (peek(p, next) == '>' && peek(p, next + 1) <= ' ') || (peek(p, next) == '>' && peek(p, next + 1) == '-')) {
		i = next + 1;
		i += peek(p, i) == '-' || peek(p, i) == '+';
		if (peek(p, i) == '\n')
			return assign_space(p->text, i);
	}
	/* a closing mark of emphasis, as in **Password:** */
	while (peek(p, next) == '*' && peek(p, next + 2) != '*')
		next = assign_blanks(p->text, next + 1);
	return next;
}

static bool
right_side(const struct place *p, size_t at, struct assign *out)
{
	size_t begin, equals;

	begin = value_begin(p, at);
	if (begin >= p->text.len || closes(p, begin))
		return false;
	if (out->syntax == ASSIGN_COLON && (equals = typed_equals(p, begin)) != 0) {
		out->typed = true;
		out->syntax = ASSIGN_EQUALS;
		begin = value_begin(p, equals + 1);
	}
	if (out->syntax == ASSIGN_EQUALS && query(p))
		out->syntax = ASSIGN_QUERY;
	if (p->quote == 0)
		out->in_string = string_around(p->text, p->from) != 0;
	assign_expression(p->text, begin, out);
	return out->count > 0;
}

/* takes the quotes off a literal inside a literal */
static bool
inner_quotes(struct bytes *b)
{
	if (b->len > 2 && b->at[0] == '"' && b->at[b->len - 1] == '"')
		*b = bytes_cut(*b, 1, b->len - 1);
	else if (b->len > 4 && b->at[0] == '\\' && b->at[1] == '"' && b->at[b->len - 2] == '\\' && b->at[b->len - 1] == '"')
		*b = bytes_cut(*b, 2, b->len - 2);
	else
		return false;
	return true;
}

/* ("name", "value"), {"name", "value"}, ["name", "value"] */
static bool
pair(const struct place *p, struct assign *out)
{
	const size_t at = assign_space(p->text, assign_blanks(p->text, p->at) + 1);
	size_t end, before = p->open;
	uint8_t open, close;

	while (before > 0 && memchr(" \\:", p->text.at[before - 1], 3) != NULL)
		before--;
	open = before > 0 ? p->text.at[before - 1] : 0;
	out->syntax = ASSIGN_PAIR;
	end = assign_literal(p->text, at, out);
	if (end == at) {
		/* ("name", f("value")) */
		assign_expression(p->text, at, out);
		if (out->count > 0 && out->values[0].quote == 0)
			out->values[0].call = true;
		return open == '(' && out->count > 0;
	}
	close = peek(p, assign_space(p->text, end));
	if (out->count > 0)
		out->values[0].direct = true;
	if (out->count == 0)
		return false;
	/* buildConfigField 'String', 'NAME', '"value"' */
	if (open == ',' && inner_quotes(&out->values[0].text))
		return true;
	return (open == '(' && memchr("),+.", close, 4) != NULL) || ((open == '{' || open == '[') && (close == '}' || close == ']')) ||
	    (open == ',' && (close == ')' || p->text.at[p->from] == '-'));
}

static bool
call(const struct place *p, struct assign *out)
{
	out->syntax = ASSIGN_CALL;
	if (peek(p, p->at + 1) == ')')
		return false;
	assign_arguments(p->text, p->at, out);
	if (out->count > 0) {
		char quote;
		out->values[0].direct = assign_quote(p->text, p->at + 1, &quote) != p->at + 1;
	}
	return out->count > 0;
}

/* The first word of the name's line, or before the name, says that a value follows a blank. */
static bool
spaced(const struct place *p)
{
	static const char *const words[] = {"#define ", "ENV ", "ARG ", "set ", "setx ", "define ", "SET "};
	size_t line = p->from;

	if (p->from > 1 && p->text.at[p->from - 1] == '-' && (p->text.at[p->from - 2] == '-' || p->text.at[p->from - 2] == ' '))
		return true;
	while (line > 0 && p->from - line < 24 && p->text.at[line - 1] != '\n')
		line--;
	line = assign_blanks(p->text, line);
	if (line == p->from)
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (bytes_starts(bytes_cut(p->text, line, p->from), words[i]))
			return true;
	return false;
}

/* "pass pci=nomsi", 'Pass "quiet" to the kernel': the verb, which no more assigns than other words do */
static bool
is_verb(const struct place *p)
{
	const struct bytes name = bytes_cut(p->text, p->from, p->to);

	return p->quote == 0 && (bytes_equal(name, bytes_of("pass")) || bytes_equal(name, bytes_of("Pass"))) &&
	    !(p->from > 0 && p->text.at[p->from - 1] == '-');
}

static bool
space(const struct place *p, struct assign *out)
{
	const size_t at = assign_blanks(p->text, p->at);
	size_t equals;
	char quote;

	if (is_verb(p) || at == p->at || peek(p, at) == '\n' || peek(p, at) == '\r')
		return false;
	out->syntax = ASSIGN_SPACE;
	if (assign_quote(p->text, at, &quote) != at) {
		if (closes(p, at))
			return false;
		assign_expression(p->text, at, out);
		return out->count > 0;
	}
	if (p->quote == 0 && (equals = typed_equals(p, at)) != 0) {
		out->syntax = ASSIGN_EQUALS;
		out->typed = true;
		return right_side(p, equals + 1, out);
	}
	if (!assign_letter(peek(p, at)) && memchr("$<{%!@#+/", peek(p, at), 9) == NULL)
		return false;
	if (p->quote != 0 || !spaced(p))
		return false;
	if (p->from > 1 && p->text.at[p->from - 1] == '-')
		out->syntax = ASSIGN_OPTION;
	assign_expression(p->text, at, out);
	return out->count > 0 && (out->values[0].whole || out->syntax == ASSIGN_OPTION);
}

/* Names, blanks, operator: what can't be an assignment leaves here. */
static bool
dispatch(struct place *p, struct assign *out)
{
	const uint8_t before = p->open > 0 ? p->text.at[p->open - 1] : 0;
	size_t at, end;

	if (peek(p, p->at) == '(' && p->quote == 0)
		return call(p, out);
	if (before == '<' && p->quote == 0 && (peek(p, p->at) == '>' || peek(p, p->at) == ' '))
		return assign_element(p->text, p->at, out);
	at = subscript(p, assign_blanks(p->text, p->at));
	if (operator_at(p, at, &out->syntax, &end))
		return right_side(p, end, out);
	if (peek(p, at) == ',' && (p->quote != 0 || before == ':')) {
		if (pair(p, out))
			return true;
		out->count = 0;
		return assign_near(p->text, p->open, p->at, out);
	}
	if (p->quote != 0 && peek(p, p->at) == '>' && assign_element(p->text, p->at, out))
		return true;
	if ((peek(p, at) <= ' ' || p->quote != 0 || peek(p, at) == ',') && assign_near(p->text, p->open, p->at, out))
		return true;
	out->count = 0;
	return space(p, out);
}

bool
assign_parse(struct bytes text, size_t at, size_t len, struct assign *out)
{
	struct place p = {.text = text};

	if (at > text.len || len > text.len - at)
		return false;
	name_right(&p, at, len);
	if (hopeless(&p))
		return false;
	name_left(&p, at);
	name_close(&p);
	out->count = 0;
	out->in_string = out->typed = false;
	out->name_quoted = p.quote != 0;
	out->text = text;
	out->name = bytes_cut(text, p.from, p.to);
	return dispatch(&p, out);
}
