/* value.c: measures and weighs. */
#include "triage/value.h"

#include <math.h>
#include <string.h>

#include "match/assign.h"
#include "triage/randomness.h"
#include "triage/value_file.h"
#include "triage/value_name.h"
#include "triage/value_near.h"
#include "triage/value_table.h"

/* from which probability a finding is told as what */
#define POSSIBLE 0.20
#define LIKELY 0.40
#define STRONG 0.93

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
	*f++ = memchr(b.at, ' ', b.len) != NULL;
	*f++ = memchr(b.at, '.', b.len) != NULL;
	*f++ = memchr(b.at, '/', b.len) != NULL && b.len < 30;
	*f++ = memchr(b.at, '-', b.len) != NULL && b.len < 30;
	*f++ = memchr(b.at, '_', b.len) != NULL && b.len < 30;
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

/* sunshine12 next to a password's name: people's passwords are words and digits; beside a user's name, words alone. */
static bool
weak_password(const struct assign *a, const struct assign_value *v, const struct randomness *r, const char *path)
{
	if (value_name(a->name) != NAME_PASSWORD || value_file_test(path) || v->text.len < 6 || v->text.len > 24)
		return false;
	if (v->quote == 0 && value_file(path) == FILE_CODE)
		return false;
	if (!v->direct || v->joined || a->in_string || a->syntax == ASSIGN_CALL || says_name(v->text))
		return false;
	if (value_near_user(a, (size_t)(v - a->values)) && r->letters > 0)
		return v->text.len >= 8 || r->digits > 0;
	return (r->digits > 0 || symbols(v->text)) && r->letters > 0 && memchr(v->text.at, ' ', v->text.len) == NULL &&
	    memchr(v->text.at, '.', v->text.len) == NULL && memchr(v->text.at, '/', v->text.len) == NULL;
}

/* As many kinds of characters as policies ask for: Summer2019! */
static bool
by_policy(struct bytes b, const struct randomness *r)
{
	return symbols(b) && r->letters > 2 && r->others < 4 && r->distinct > 5;
}

/* DB_PASSWORD, as scripts call what they hand on */
static bool
variable(struct bytes name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] >= 'a' && name.at[i] <= 'z')
			return false;
	return name.len > 5;
}

/* --password=…, --password … */
static bool
option(const struct assign *a)
{
	const bool within = a->text.len > 0 && a->name.at > a->text.at && a->name.at < a->text.at + a->text.len;

	return a->syntax == ASSIGN_OPTION || (a->syntax == ASSIGN_EQUALS && (a->name.at[0] == '-' || (within && a->name.at[-1] == '-')));
}

/* config['smtp_password'] = "kestrel42otter", DB_PASSWORD=kestrel42: letters and digits under a name that says whose password it is */
static bool
by_name(const struct assign *a, const struct assign_value *v, const struct randomness *r, const char *path)
{
	const bool equals = a->syntax == ASSIGN_EQUALS;

	if (r->digits < 2 || r->letters < 4 || v->text.len < 7)
		return false;
	if (value_file(path) == FILE_SHELL && (option(a) || (equals && variable(a->name))))
		return true;
	return v->quote != 0 && a->name_quoted && a->name.len > 8 && (equals || a->syntax == ASSIGN_ARROW);
}

/* what makes a weak password likely */
static bool
by_context(const struct assign *a, size_t i, const struct randomness *r, const char *path)
{
	return by_policy(a->values[i].text, r) || by_name(a, &a->values[i], r, path) || value_near_user(a, i);
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
	bool weak;

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
	weak = weak_password(a, &a->values[i], &r, path);
	if (out->probability >= POSSIBLE) {
		conclude(out);
		if (weak && out->confidence == CONFIDENCE_POSSIBLE && by_context(a, i, &r, path))
			out->confidence = CONFIDENCE_LIKELY;
	} else if (weak) {
		conclude(out);
		out->why = "a word with digits, assigned to a password's name";
		if (value_near_user(a, i))
			out->why = "a word, assigned to a password's name beside a user's";
		if (by_context(a, i, &r, path))
			out->confidence = CONFIDENCE_LIKELY;
	} else {
		out->why = "too much like words, names or code";
	}
	return out->keep;
}
