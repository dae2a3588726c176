/* value.c: refuses, measures, weighs. */
#include "triage/value.h"

#include <math.h>
#include <string.h>

#include "match/assign.h"
#include "triage/placeholder.h"
#include "triage/randomness.h"
#include "triage/value_file.h"
#include "triage/value_name.h"
#include "triage/value_table.h"

/* from which probability a finding is told as what */
#define POSSIBLE 0.20
#define LIKELY 0.40
#define STRONG 0.93

static bool
letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Variables, members, constants: what a bare word on a right side of code is. */
static bool
expression(struct bytes b)
{
	bool digit = false;

	if (b.len == 0 || !(letter(b.at[0]) || memchr("$@&*!.:-[{(", b.at[0], 11) != NULL))
		return false;
	for (size_t i = 0; i < b.len; i++) {
		if (!letter(b.at[i]) && !(b.at[i] >= '0' && b.at[i] <= '9') && memchr("$@&*!.:->?[](){}+/\\", b.at[i], 19) == NULL)
			return false;
		digit = digit || (b.at[i] >= '0' && b.at[i] <= '9');
	}
	return !digit || b.len < 16 || memchr(b.at, '.', b.len) != NULL || memchr(b.at, '>', b.len) != NULL;
}

static bool
number(struct bytes b)
{
	size_t i = 0;

	if (b.len > 2 && b.at[0] == '0' && (b.at[1] | 32) == 'x')
		return b.len < 24;
	while (i < b.len && ((b.at[i] >= '0' && b.at[i] <= '9') || memchr(".-+_eEuUlLsmhdf", b.at[i], 15) != NULL))
		i++;
	return i == b.len && b.len < 12;
}

static size_t
count_of(struct bytes b, uint8_t c)
{
	size_t n = 0;

	for (size_t i = 0; i < b.len; i++)
		n += b.at[i] == c;
	return n;
}

/* Fingerprints such as C0:7A:98, and times. */
static bool
colons(struct bytes b)
{
	return b.len >= 5 && count_of(b, ':') >= 2 && count_of(b, ':') * 8 >= b.len;
}

/* ^7.1.2, v1.0-rc1, 127.0.0.1 */
static bool
version(struct bytes b)
{
	size_t digits = 0, dots = count_of(b, '.');

	for (size_t i = 0; i < b.len; i++)
		digits += b.at[i] >= '0' && b.at[i] <= '9';
	return dots >= 1 && b.len < 20 && digits > 0 && (digits + dots) * 3 >= b.len * 2 && (dots > 1 || digits + dots == b.len);
}

/* Escapes of bytes and the marks of regular expressions. */
static const char *
escapes(struct bytes b)
{
	static const char *const marks[] = {"\\s", "\\d", "\\w", "\\S", "\\b", "\\e[", "[^", "(?:", "(?i", ".*", "[a-z", "[A-Z", "[0-9", "\\.", "]+", "]*", "(\\"};
	static const char *const formats[] = {"%s", "%d", "%v", "%x", "%02", "{}", "{0}", "%i", "%u", "${", "%@", "%0", "%p", "%l", "%ll", "%c", "%#", "%*", "%-"};

	if (count_of(b, '\\') * 4 >= b.len)
		return "escaped bytes";
	if (count_of(b, '|') > 1)
		return "a regular expression";
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (bytes_find(b, bytes_of(marks[i])) < b.len)
			return "a regular expression";
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (bytes_find(b, bytes_of(formats[i])) < b.len)
			return "a format";
	return NULL;
}

static bool
foreign(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (b.at[i] >= 128 || (b.at[i] < 32 && b.at[i] != '\n' && b.at[i] != '\t' && b.at[i] != '\r'))
			return true;
	return false;
}

/* MIXED_CASE_NAME and the like: a constant's or a variable's name. */
static bool
constant(struct bytes b)
{
	bool joint = false;

	for (size_t i = 0; i < b.len; i++) {
		if (!(b.at[i] >= 'A' && b.at[i] <= 'Z') && b.at[i] != '_' && !(b.at[i] >= '0' && b.at[i] <= '9'))
			return false;
		joint = joint || b.at[i] == '_';
	}
	return joint;
}

static bool
holds(struct bytes b, const char *word)
{
	const size_t n = strlen(word);

	for (size_t i = 0; i + n <= b.len; i++)
		if (bytes_equal_nocase(bytes_cut(b, i, i + n), bytes_of(word)))
			return true;
	return false;
}

/* The value says its own name: password = "mypassword". */
static bool
says_name(struct bytes value)
{
	static const char *const words[] = {"pass", "pwd", "secret", "token", "auth", "cred", "api", "key", "test", "foo", "user", "admin"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (holds(value, words[i]))
			return true;
	return false;
}

/* Nobody calls a variable xkqvzt: YAML inside of a program's literal. */
static bool
no_name(struct bytes b)
{
	struct randomness r;

	if (b.len < 6 || b.len > 64)
		return false;
	randomness_of(b, &r);
	return r.others == 0 && r.words < 0.3 && r.likelihood > 24;
}

static bool
bare_code(const struct assign *a, const struct assign_value *v, const char *path)
{
	enum file_kind file;

	if (v->quote != 0 || a->syntax == ASSIGN_OPTION || a->syntax == ASSIGN_QUERY || a->in_string)
		return false;
	if (v->call)
		return true;
	file = value_file(path);
	return memchr("[({*", v->text.at[0], 4) != NULL || ((file == FILE_CODE || file == FILE_DATA) && expression(v->text) && !(a->syntax <= ASSIGN_COLON && no_name(v->text))) ||
	    (file == FILE_CODE && !v->whole && v->text.at[0] == '$');
}

/* #f8f8f2 */
static bool
color(struct bytes b)
{
	if (b.len != 7 || b.at[0] != '#')
		return false;
	for (size_t i = 1; i < b.len; i++)
		if (memchr("0123456789abcdefABCDEF", b.at[i], 22) == NULL)
			return false;
	return true;
}

static const char *
refuse_shape(const struct assign_value *v)
{
	const struct bytes b = v->text;

	if (b.len > 1000)
		return "too long";
	if (foreign(b))
		return "not ASCII";
	if (number(b) && !(v->quote != 0 && b.len > 5))
		return "a number";
	if (colons(b) || version(b))
		return "a fingerprint, version or address";
	if (color(b))
		return "a colour";
	if (count_of(b, ' ') >= 2)
		return "a sentence";
	return constant(b) && b.len < 40 ? "the name of a constant" : escapes(b);
}

/* `private` and `PASS:` are words of languages and of test reports, as is pass("…"). */
static bool
plain_word(const struct assign *a)
{
	if (a->syntax == ASSIGN_CALL && a->name.len >= 4 && bytes_equal_nocase(bytes_cut(a->name, a->name.len - 4, a->name.len), bytes_of("pass")))
		return true;
	if (bytes_equal_nocase(a->name, bytes_of("private")))
		return true;
	return a->syntax == ASSIGN_COLON && !a->name_quoted && bytes_equal(a->name, bytes_of("PASS"));
}

/* `password options` at the start of a line is prose, unless it looks drawn. */
static bool
prose(const struct assign *a, const struct assign_value *v)
{
	struct randomness r;

	if (a->syntax != ASSIGN_SPACE || v->quote != 0)
		return false;
	randomness_of(v->text, &r);
	return r.likelihood < (r.digits > 0 ? 4 : 12);
}

const char *
value_refuse(const struct assign *a, size_t i, const char *path)
{
	const struct assign_value *v = &a->values[i];
	enum name_kind name;
	const char *why;

	/* cheap reasons first: most of what is called an assignment ends here */
	if (v->text.len < 4 || (v->text.len < 6 && a->syntax == ASSIGN_CALL))
		return "too short";
	if (bare_code(a, v, path))
		return "an expression of code";
	name = value_name(a->name);
	if (name == NAME_HARMLESS)
		return "its name speaks of something else";
	if (name == NAME_OTHER && a->syntax != ASSIGN_SPACE)
		return "its name promises nothing";
	if (value_file(path) == FILE_LOCK)
		return "a lock file or a translation";
	if (a->syntax == ASSIGN_CALL && value_name_asks(a->name))
		return "a call that asks for something";
	if (plain_word(a) || prose(a, v))
		return "words of a language";
	if (bytes_equal_nocase(a->name, v->text))
		return "its own name";
	why = refuse_shape(v);
	return why != NULL ? why : placeholder_value(v->text);
}

static double
clip(double x, double least, double most)
{
	return x < least ? least : x > most ? most : x;
}

static double *
name_features(const struct assign *a, double *f)
{
	const enum name_kind kind = value_name(a->name);

	for (int k = NAME_PASSWORD; k < NAME_HARMLESS; k++)
		*f++ = (int)kind == k;
	*f++ = value_name_test(a->name);
	*f++ = value_name_asks(a->name);
	*f++ = a->name.len < 5;
	*f++ = a->name.len > 24;
	return f;
}

static double *
syntax_features(const struct assign *a, const struct assign_value *v, double *f)
{
	for (int k = ASSIGN_COLON; k <= ASSIGN_SPACE; k++)
		*f++ = (int)a->syntax == k;
	*f++ = v->quote == 0;
	*f++ = v->quote == 0 && !v->whole;
	*f++ = a->name_quoted;
	*f++ = a->in_string;
	*f++ = a->typed;
	*f++ = v->direct;
	*f++ = v->joined;
	*f++ = a->count > 1;
	return f;
}

static double *
file_features(const char *path, const struct assign_value *v, double *f)
{
	const enum file_kind kind = value_file(path);

	for (int k = FILE_CONFIG; k <= FILE_MARKUP; k++)
		*f++ = (int)kind == k;
	*f++ = value_file_test(path);
	*f++ = v->quote == 0 && kind == FILE_CODE;
	*f++ = v->quote == 0 && kind == FILE_TEXT;
	return f;
}

static double *
value_shape(struct bytes b, double *f)
{
	struct randomness r;
	const double len = (double)b.len;

	randomness_of(b, &r);
	*f++ = clip(r.likelihood / 16, -2, 4);
	*f++ = clip(r.likelihood / len, -3, 4);
	*f++ = r.likelihood < 0;
	*f++ = randomness_probability(&r);
	*f++ = r.words;
	*f++ = r.words > 0.7;
	*f++ = r.entropy / 4;
	*f++ = b.len < 6;
	*f++ = b.len >= 10;
	*f++ = b.len >= 16;
	*f++ = b.len >= 30;
	*f++ = b.len >= 80;
	*f++ = r.alphabet == ALPHABET_HEX;
	*f++ = r.alphabet == ALPHABET_DIGITS;
	*f++ = r.alphabet == ALPHABET_LOWER || r.alphabet == ALPHABET_UPPER;
	*f++ = r.letters > 0 && r.digits > 0;
	*f++ = r.alphabet == ALPHABET_ANY;
	*f++ = r.alphabet == ALPHABET_BASE64;
	*f++ = b.len >= 16 && r.digits > 0 && r.letters > 0 && r.likelihood > 10;
	return f;
}

static void
value_marks(struct bytes b, double *f)
{
	*f++ = says_name(b);
	*f++ = count_of(b, ' ') > 0;
	*f++ = count_of(b, '.') > 0;
	*f++ = count_of(b, '/') > 0 && b.len < 30;
	*f++ = count_of(b, '-') > 0 && b.len < 30;
	*f++ = count_of(b, '_') > 0 && b.len < 30;
	*f++ = memchr("$@&*!<>{}()%#^", b.at[b.len - 1], 14) != NULL;
}

void
value_features(const struct assign *a, size_t i, const char *path, double out[static VALUE_FEATURES])
{
	const struct assign_value *v = &a->values[i];
	double *f = out;

	memset(out, 0, sizeof *out * VALUE_FEATURES);
	*f++ = 1;
	f = name_features(a, f);
	f = syntax_features(a, v, f);
	f = file_features(path, v, f);
	f = value_shape(v->text, f);
	value_marks(v->text, f);
}

static double
weigh(const struct assign *a, size_t i, const char *path)
{
	double f[VALUE_FEATURES], sum = 0;

	value_features(a, i, path, f);
	for (size_t k = 0; k < VALUE_FEATURES; k++)
		sum += f[k] * value_weights[k];
	return 1 / (1 + exp(-sum));
}

static bool
symbols(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (memchr("!$#@%^&*?~+", b.at[i], 11) != NULL)
			return true;
	return false;
}

/* sunshine12 next to a password's name: people's passwords are words and digits. */
static bool
weak_password(const struct assign *a, const struct assign_value *v, const struct randomness *r, const char *path)
{
	if (value_name(a->name) != NAME_PASSWORD || value_file_test(path) || v->text.len < 6 || v->text.len > 24)
		return false;
	if (v->quote == 0 && value_file(path) == FILE_CODE)
		return false;
	if (!v->direct || v->joined || a->in_string || a->syntax == ASSIGN_CALL || says_name(v->text))
		return false;
	return (r->digits > 0 || symbols(v->text)) && r->letters > 0 && memchr(v->text.at, ' ', v->text.len) == NULL &&
	    memchr(v->text.at, '.', v->text.len) == NULL && memchr(v->text.at, '/', v->text.len) == NULL;
}

/* As many kinds of characters as policies ask for: Summer2019! */
static bool
by_policy(struct bytes b, const struct randomness *r)
{
	return symbols(b) && r->letters > 2 && r->others < 4 && r->distinct > 5;
}

static void
conclude(struct judgement *out)
{
	static const char *const why[] = {
		"assigned to a telling name", "assigned to a telling name, looks random",
	};
	const bool random = out->randomness >= 0.6;

	out->confidence = out->probability >= STRONG ? CONFIDENCE_STRONG : out->probability >= LIKELY ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE;
	out->evidence = EVIDENCE_ASSIGNMENT | (random ? EVIDENCE_RANDOMNESS : 0);
	out->why = why[random];
	out->keep = true;
}

bool
value_judge(const struct assign *a, size_t i, const char *path, struct judgement *out)
{
	struct randomness r;

	memset(out, 0, sizeof *out);
	if (i >= a->count)
		return false;
	out->why = value_refuse(a, i, path);
	if (out->why != NULL)
		return false;
	randomness_of(a->values[i].text, &r);
	out->entropy = r.entropy;
	out->randomness = randomness_probability(&r);
	out->probability = weigh(a, i, path);
	if (out->probability >= POSSIBLE) {
		conclude(out);
	} else if (weak_password(a, &a->values[i], &r, path)) {
		conclude(out);
		if (by_policy(a->values[i].text, &r))
			out->confidence = CONFIDENCE_LIKELY;
		out->why = "a word with digits, assigned to a password's name";
	} else {
		out->why = "too much like words, names or code";
	}
	return out->keep;
}
