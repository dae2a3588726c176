/* value_refuse.c: what can be no secret, whatever else speaks for it. */
#include "triage/value.h"

#include <string.h>

#include "match/assign.h"
#include "triage/placeholder.h"
#include "triage/randomness.h"
#include "triage/value_file.h"
#include "triage/value_harmless.h"
#include "triage/value_name.h"
#include "triage/value_near.h"

static bool
letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
letters(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (!letter(b.at[i]))
			return false;
	return b.len > 0;
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
	static const char *const marks[] = {"\\s", "\\d", "\\w", "\\S", "\\b", "\\u", "\\e[", "[^", "(?:", "(?i", ".*", "[a-z", "[a-f", "[A-Z", "[0-9", "\\.", "]+", "]*", "(\\"};
	static const char *const formats[] = {"%s", "%d", "%v", "%x", "%02", "{}", "{0}", "%i", "%u", "${", "%@", "%0", "%p", "%l", "%ll", "%c", "%#", "%*", "%-"};

	if (count_of(b, '\\') * 4 >= b.len)
		return "escaped bytes";
	if (b.len >= 4 && (count_of(b, '?') * 3 >= b.len || (count_of(b, '\\') >= 2 && bytes_find(b, bytes_of("\\x")) < b.len)))
		return "escaped bytes";
	if (count_of(b, '|') > 1 || (b.len > 4 && b.at[0] == '^' && b.at[b.len - 1] == '$'))
		return "a regular expression";
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (bytes_find(b, bytes_of(marks[i])) < b.len)
			return "a regular expression";
	for (size_t i = 0; b.len < 64 && i < sizeof formats / sizeof *formats; i++)
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

/* password=@pw.txt: many programs read a value from the file behind an @ */
static bool
named_file(struct bytes b)
{
	for (size_t i = 1; i < b.len; i++)
		if (!letter(b.at[i]) && !(b.at[i] >= '0' && b.at[i] <= '9') && memchr("./-", b.at[i], 3) == NULL)
			return false;
	return b.len > 3 && b.at[0] == '@' && (memchr(b.at + 1, '/', b.len - 1) != NULL || b.at[b.len - 4] == '.');
}

static const char *
refuse_shape(const struct assign_value *v)
{
	const struct bytes b = v->text;
	const char *why;

	if (b.len > 1000)
		return "too long";
	if (foreign(b))
		return "not ASCII";
	if (number(b) && !(v->quote != 0 && b.len > 5))
		return "a number";
	if (colons(b) || version(b))
		return "a fingerprint, version or address";
	if (v->quote == 0 && named_file(b))
		return "the name of a file";
	if (color(b))
		return "a colour";
	if ((why = value_harmless(b)) != NULL)
		return why;
	if (v->quote == 0 && b.at[0] == '!' && b.len < 24 && letters(bytes_cut(b, 1, b.len)))
		return "a tag of YAML";
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

/* `password options` at the start of a line is prose, unless it looks drawn; salt is a program that takes words. */
static bool
prose(const struct assign *a, const struct assign_value *v)
{
	struct randomness r;

	if (a->syntax != ASSIGN_SPACE || v->quote != 0)
		return false;
	if (bytes_starts(a->name, "salt"))
		return true;
	randomness_of(v->text, &r);
	return r.likelihood < (r.digits > 0 ? 4 : 12);
}

/* letters and digits alone, in lower case; true when something was left out */
static bool
plain(struct bytes b, uint8_t out[static 64], size_t *len)
{
	*len = 0;
	for (size_t i = 0; i < b.len && *len < 64; i++)
		if (letter(b.at[i]) ? b.at[i] != '_' : b.at[i] >= '0' && b.at[i] <= '9')
			out[(*len)++] = (uint8_t)(letter(b.at[i]) ? b.at[i] | 32 : b.at[i]);
	return *len < b.len;
}

/* application/vnd.apple.pkpass "pkpass" */
static bool
last_part(struct bytes name, struct bytes value)
{
	const size_t from = name.len > value.len ? name.len - value.len : 0;

	return from && memchr(name.at, '/', from) != NULL && name.at[from - 1] == '.' && bytes_equal_nocase(bytes_cut(name, from, name.len), value);
}

/* SN_kx_ecdhe_psk "KxECDHE-PSK" */
static bool
own_name(struct bytes name, struct bytes value)
{
	uint8_t a[64], b[64];
	size_t n, m;

	if (bytes_equal_nocase(name, value) || last_part(name, value))
		return true;
	if (!plain(value, b, &m) || m < 8)
		return false;
	plain(name, a, &n);
	return bytes_find((struct bytes){ a, n }, (struct bytes){ b, m }) < n;
}

/* "* base-passwd.preinst: ...", "pwd.h", "<Key>": a text speaks of a file, or of a key that is pressed */
static bool
speaks_of_file(const struct assign *a, const struct assign_value *v)
{
	static const char *const endings[] = { "h", "c", "cc", "cpp", "py", "js", "ts", "sh", "pl", "pm", "am", "ac", "in", "po", "pot", "preinst", "postinst",
		"prerm", "postrm", "1", "3", "5", "7", "8", "1.xml", "5.xml", "8.xml" };
	struct bytes end = a->name;

	if (memchr(a->name.at, '<', a->name.len) != NULL || memchr(a->name.at, '|', a->name.len) != NULL)
		return true;
	if (v->quote != 0 || (a->syntax != ASSIGN_COLON && a->syntax != ASSIGN_SPACE))
		return false;
	for (size_t dot; (dot = bytes_find(end, bytes_of("."))) < end.len;) {
		end = bytes_cut(end, dot + 1, end.len);
		for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
			if (bytes_equal(end, bytes_of(endings[i])))
				return true;
	}
	return false;
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
	if (v->quote == 0 && number(v->text))
		return "a number";
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
	if (value_near_badge(a))
		return "a badge's address";
	if ((why = value_harmless_named(a->name, v->text)) != NULL)
		return why;
	if (v->quote == 0 && (why = value_harmless_bare(a->name, v->text)) != NULL)
		return why;
	if (plain_word(a) || prose(a, v))
		return "words of a language";
	if (speaks_of_file(a, v))
		return "the name of a file, in a text";
	if (own_name(a->name, v->text))
		return "its own name";
	why = refuse_shape(v);
	return why != NULL ? why : placeholder_value(v->text);
}
