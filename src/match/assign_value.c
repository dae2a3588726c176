/* assign_value.c: literals, bare values and the operands of expressions. */
#include "match/assign_value.h"

#include <string.h>

#include "match/assign.h"

/* operands looked at in one expression */
#define OPERANDS 6
#define ARGUMENTS_REACH 512

size_t
assign_blanks(struct bytes text, size_t at)
{
	while (at < text.len && (text.at[at] == ' ' || text.at[at] == '\t'))
		at++;
	return at;
}

size_t
assign_space(struct bytes text, size_t at)
{
	unsigned lines = 0;
	const size_t end = at + 256 < text.len ? at + 256 : text.len;

	while (at < end && memchr(" \t\r\n", text.at[at], 4) != NULL && lines < 2)
		lines += text.at[at++] == '\n';
	return assign_blanks(text, at);
}

size_t
assign_quote(struct bytes text, size_t at, char *quote)
{
	size_t i = at;

	while (i < text.len && text.at[i] == '\\' && i - at < 3)
		i++;
	if (i < text.len && (text.at[i] == '"' || text.at[i] == '\'' || text.at[i] == '`')) {
		*quote = (char)text.at[i];
		return i + 1;
	}
	if (i == at && bytes_starts(bytes_cut(text, at, text.len), "&quot;")) {
		*quote = '"';
		return at + 6;
	}
	return at;
}

void
assign_add(struct bytes text, size_t at, size_t end, char quote, struct assign *out)
{
	struct assign_value *v;

	while (at < end && memchr(" \t\r\n", text.at[at], 4) != NULL)
		at++;
	while (end > at && memchr(" \t\r\n", text.at[end - 1], 4) != NULL)
		end--;
	if (at >= end || end - at > ASSIGN_REACH || out->count == ASSIGN_VALUES)
		return;
	v = &out->values[out->count++];
	memset(v, 0, sizeof *v);
	v->text = bytes_cut(text, at, end);
	v->quote = quote;
}

/* An authorization's scheme before what it carries. */
static size_t
scheme(struct bytes text, size_t at, size_t end)
{
	static const char *const schemes[] = {
		"Basic ", "Bearer ", "Token ", "ApiKey ", "Digest ", "JWT ", "SSWS ",
		"GenieKey ", "OAuth ", "Bot ", "Splunk ", "token=", "Token token=",
	};

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t n = strlen(schemes[i]);
		if (end - at > n && bytes_equal_nocase(bytes_cut(text, at, at + n), bytes_of(schemes[i])))
			return at + n;
	}
	return at;
}

/* Whether the closing quote stands at i: the same bytes as the opening one. */
static bool
closes_at(struct bytes text, size_t i, size_t end, struct bytes open)
{
	return text.at[i] == open.at[0] && open.len <= end - i && memcmp(text.at + i, open.at, open.len) == 0;
}

/* Where the literal that `open` opened before `at` ends: at its closing quote, or 0. */
static size_t
literal_end(struct bytes text, size_t at, char quote, struct bytes open)
{
	const size_t end = at + ASSIGN_REACH < text.len ? at + ASSIGN_REACH : text.len;
	const bool lines = quote == '`' || (open.len == 3 && open.at[0] == open.at[1]);
	const bool escaped = open.at[0] == '\\';

	for (size_t i = at; i < end; i++) {
		if (closes_at(text, i, end, open))
			return i;
		if (text.at[i] == '\n' && !lines)
			return 0;
		/* an escaped literal can't outlive the one around it */
		if (escaped && text.at[i] == '"')
			return 0;
		if (text.at[i] == '\\' && !escaped)
			i++;
	}
	return 0;
}

/* past the letters that may stand before a literal: r"", b'', L"", @"", N'' */
static size_t
literal_prefix(struct bytes text, size_t at)
{
	size_t i = at;

	while (i < text.len && i - at < 2 && memchr("rRbBuUfFLN@$&*", text.at[i], 14) != NULL)
		i++;
	return i < text.len && (text.at[i] == '"' || text.at[i] == '\'') ? i : at;
}

/* JSON in a literal: what follows its colons. */
static void
nested(struct bytes text, size_t at, size_t end, struct assign *out)
{
	for (size_t i = at; i < end && out->count < ASSIGN_VALUES; i++) {
		char quote;
		size_t from, in, to;
		if (text.at[i] != ':')
			continue;
		from = assign_blanks(text, i + 1);
		in = assign_quote(text, from, &quote);
		if (in == from || in >= end)
			continue;
		to = literal_end(bytes_cut(text, 0, end), in, quote, bytes_cut(text, from, in));
		if (to != 0)
			assign_add(text, in, to, quote, out);
	}
}

size_t
assign_literal(struct bytes text, size_t at, struct assign *out)
{
	char quote = 0;
	size_t from = literal_prefix(text, at), in = assign_quote(text, from, &quote), end;

	if (in == from)
		return at;
	/* three quotes open a literal of many lines, unless two of them are an empty one */
	if (in - from == 1 && in + 1 < text.len && text.at[in] == (uint8_t)quote) {
		if (text.at[in + 1] != (uint8_t)quote)
			return in + 1;
		in += 2;
	}
	end = literal_end(text, in, quote, bytes_cut(text, from, in));
	if (end == 0)
		return at;
	if (text.at[in] == '{' && end - in > 8)
		nested(text, in, end, out);
	else
		assign_add(text, scheme(text, in, end), end, quote, out);
	return end + (in - from);
}

/* a bare value ends here */
static bool
bare_stop(struct bytes text, size_t i)
{
	const uint8_t c = text.at[i], next = i + 1 < text.len ? text.at[i + 1] : '\n';

	if (c <= ' ' || memchr("\"'`;)]}<>|,", c, 11) != NULL)
		return true;
	if (c == '&')
		return assign_letter(next);
	if (c == '\\')
		return memchr("nrt\"'\\\n", next, 7) != NULL;
	return false;
}

/* ${…}, {{…}}, $(…), <…>, whole with what stands in it */
static size_t
reference_end(struct bytes text, size_t at)
{
	static const struct { const char *open; char close; } marks[] = {
		{"${", '}'}, {"$(", ')'}, {"{{", '}'}, {"#{", '}'}, {"<%", '>'}, {"<", '>'}, {"%(", ')'}, {"[", ']'}, {"{", '}'},
	};
	const struct bytes rest = bytes_cut(text, at, at + 128);

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (!bytes_starts(rest, marks[i].open))
			continue;
		for (size_t n = 1; n < rest.len && rest.at[n] != '\n'; n++)
			if (rest.at[n] == (uint8_t)marks[i].close)
				return at + n + 1;
	}
	return at;
}

static size_t
bare_end(struct bytes text, size_t at)
{
	const size_t limit = at + ASSIGN_REACH < text.len ? at + ASSIGN_REACH : text.len;
	size_t i = reference_end(text, at);

	while (i < limit && !bare_stop(text, i)) {
		if (text.at[i] == '(' || (text.at[i] == '[' && i > at))
			break;
		i++;
	}
	return i;
}

/* Nothing follows on this line but a comment or the mark that continues it. */
static bool
line_ends(struct bytes text, size_t at)
{
	at = assign_blanks(text, at);
	if (at >= text.len || text.at[at] == '\n' || text.at[at] == '\r' || text.at[at] == '#')
		return true;
	return text.at[at] == '\\' && at + 1 < text.len && text.at[at + 1] == '\n';
}

static size_t
bare(struct bytes text, size_t at, struct assign *out)
{
	size_t from, end, before = out->count;

	from = scheme(text, at, at + 16 < text.len ? at + 16 : text.len);
	end = bare_end(text, from);
	if (end == from)
		return at;
	assign_add(text, from, end, 0, out);
	if (out->count > before) {
		out->values[before].whole = line_ends(text, end);
		out->values[before].call = end < text.len && (text.at[end] == '(' || text.at[end] == '[');
	}
	return end;
}

void
assign_arguments(struct bytes text, size_t at, struct assign *out)
{
	const size_t end = at + ARGUMENTS_REACH < text.len ? at + ARGUMENTS_REACH : text.len;
	unsigned depth = 0;

	for (size_t i = at; i < end && out->count < ASSIGN_VALUES;) {
		const uint8_t c = text.at[i];
		if (c == '"' || c == '\'' || c == '`' || c == '\\') {
			size_t next = assign_literal(text, i, out);
			if (next == i)
				return;
			i = next;
			continue;
		}
		if (c == ';' || (c == ')' && --depth == 0) || c == '{' || c == '}')
			return;
		depth += c == '(';
		i++;
	}
}

/* past an operator that goes on with the expression, or at */
static size_t
operator_end(struct bytes text, size_t at)
{
	static const char *const operators[] = {"||", "??", "+", "?:", "?", " or ", " if ", " else ", ".", "&", ":", "or "};
	const struct bytes rest = bytes_cut(text, at, text.len);

	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (bytes_starts(rest, operators[i]))
			return at + strlen(operators[i]);
	return at;
}

/* Skips the name of a variable or a call, taking literals out of its arguments. */
static size_t
operand(struct bytes text, size_t at, struct assign *out)
{
	size_t end = assign_literal(text, at, out);

	if (end != at)
		return end;
	while (end < text.len && (assign_letter(text.at[end]) || text.at[end] == '.' || text.at[end] == '$'))
		end++;
	if (end < text.len && text.at[end] == '(')
		assign_arguments(text, end, out);
	return end;
}

/* What goes on behind the first operand: a || "b", a ? "b" : "c", "a" + "b". */
static void
operands(struct bytes text, size_t at, struct assign *out)
{
	for (unsigned i = 0; i < OPERANDS && out->count < ASSIGN_VALUES; i++) {
		size_t next = assign_blanks(text, at), after = operator_end(text, next), end, had = out->count;
		if (after == next)
			after = operator_end(text, at), next = at;
		if (after == next || after >= text.len)
			return;
		/* . and + make one value of two */
		if (had > 0 && (text.at[next] == '+' || text.at[next] == '.'))
			out->values[had - 1].joined = true;
		after = assign_space(text, after);
		end = operand(text, after, out);
		if (end == after)
			return;
		if (out->count > had && (text.at[next] == '+' || text.at[next] == '.'))
			out->values[had].joined = true;
		at = end;
	}
}

static size_t
code_word(struct bytes text, size_t at)
{
	static const char *const words[] = {"new ", "await ", "return ", "not ", "(string)", "(char *)", "(char*)"};
	const struct bytes rest = bytes_cut(text, at, at + 16);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (bytes_starts(rest, words[i]))
			return assign_blanks(text, at + strlen(words[i]));
	return at;
}

void
assign_expression(struct bytes text, size_t at, struct assign *out)
{
	const size_t had = out->count;
	size_t end;

	at = code_word(text, at);
	end = assign_literal(text, at, out);
	if (end == at)
		end = bare(text, at, out);
	if (out->count > had)
		out->values[had].direct = true;
	if (end >= text.len)
		return;
	if (text.at[end] == '(') {
		assign_arguments(text, end, out);
		return;
	}
	if (end > at)
		operands(text, end, out);
}
