/* placeholder.c: knows stand-ins by their marks. */
#include "triage/placeholder.h"

#include <string.h>

struct mark {
	const char *text, *why;
};

static const char variable[] = "a template variable";
static const char environment[] = "a reference to an environment variable";
static const char store[] = "a reference to a secret store";
static const char example[] = "an example value";
static const char sequence[] = "a sequence such as 123456 or abcdef";
static const char literal[] = "a literal of the language";

/* how a reference begins */
static const struct mark starts[] = {
	{"${", variable}, {"\\${", variable}, {"$(", "the output of a command"}, {"{{", variable}, {"<%", variable},
	{"#{", variable}, {"@@", variable}, {"[[", variable}, {"%(", variable}, {"%{", variable},
	{"{%", variable}, {"__", variable}, {"@{", variable}, {"ref+", store}, {"op://", store},
	{"vault:", store}, {"!vault", store}, {"$ANSIBLE_VAULT", "sealed already"},
	{"ENC[", "sealed already"}, {"secretKeyRef", store}, {"keyvault:", store},
	{"arn:aws:", store}, {"ssm:/", store}, {"projects/", store}, {"sm://", store},
	{"azurekeyvault://", store}, {"secretref:", store}, {"aws-sm://", store}, {"awssm://", store}, {"gcp-sm://", store},
	{"akv://", store}, {"bws://", store}, {"doppler://", store}, {"infisical://", store}, {"$env:", environment},
	{"process.env", environment}, {"os.environ", environment}, {"env.", environment},
	{"System.getenv", environment}, {"ENV[", environment}, {"resolve:", store},
	{"file://", "a path"}, {"./", "a path"}, {"../", "a path"}, {"~/", "a path"},
	{"$argon2", "a hash of a password"}, {"$6$", "a hash of a password"}, {"$5$", "a hash of a password"},
	{"$1$", "a hash of a password"}, {"$apr1$", "a hash of a password"}, {"{CRYPT}", "a hash of a password"},
	{"sha256:", "a hash"}, {"sha512-", "a hash"}, {"sha1-", "a hash"}, {"sha256-", "a hash"}, {"sha384-", "a hash"}, {"md5:", "a hash"},
	{"$2a$", "a hash of a password"}, {"$2b$", "a hash of a password"}, {"$2y$", "a hash of a password"},
	{"pbkdf2_", "a hash of a password"}, {"{SSHA}", "a hash of a password"},
	{"-----BEGIN", "a PEM block"},
};

/* what stands inside stand-ins, in any case */
static const struct mark holds[] = {
	{"example", example}, {"your_", example}, {"your-", example}, {"your ", example},
	{"changeme", example}, {"change_me", example}, {"change-me", example}, {"changeit", example},
	{"change_this", example}, {"replace_", example}, {"replace-", example}, {"replaceme", example},
	{"placeholder", example}, {"insert_", example}, {"todo", example}, {"fixme", example}, {"dummy", example},
	{"redacted", "masked"}, {"${", variable}, {"{{", variable}, {"<%=", variable}, {"#{", variable},
	{"xxxx", "masked by x"}, {"****", "masked by asterisks"}, {"....", "masked by dots"},
	{"masked", "masked"}, {"sanitized", "masked"}, {"not_a_real", example},
	{"notreal", example}, {"not-a-real", example},
};

/* whole values, in any case */
static const struct mark wholes[] = {
	{"null", literal}, {"nil", literal}, {"none", literal}, {"undefined", literal}, {"true", literal},
	{"false", literal}, {"yes", literal}, {"no", literal}, {"on", literal}, {"off", literal},
	{"void", literal}, {"nan", literal}, {"empty", literal}, {"nullptr", literal}, {"self", literal},
	{"string", "a type name"}, {"str", "a type name"}, {"bytes", "a type name"}, {"int", "a type name"},
	{"integer", "a type name"}, {"bool", "a type name"}, {"boolean", "a type name"},
	{"object", "a type name"}, {"text", "a type name"}, {"varchar", "a type name"},
	{"number", "a type name"}, {"char", "a type name"}, {"any", "a type name"}, {"required", "a word"},
	{"optional", "a word"}, {"hidden", "a word"}, {"default", "a word"}, {"disabled", "a word"},
	{"enabled", "a word"}, {"always", "a word"}, {"never", "a word"}, {"on_create", "a word"}, {"prompt", "a word"}, {"auto", "a word"}, {"present", "a word"}, {"absent", "a word"}, {"plain", "a word"}, {"basic", "a word"}, {"bearer", "a word"}, {"secret", "a word"}, {"password", "a word"}, {"token", "a word"}, {"key", "a word"},
};

static const char *const sequences[] = {
	"01234567890123456789", "12345678901234567890", "09876543210987654321",
	"abcdefghijklmnopqrstuvwxyzabcdefghij", "zyxwvutsrqponmlkjihgfedcba",
	"qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "1q2w3e4r5t6y7u8i9o0p",
	"0123456789abcdef0123456789abcdef0123456789abcdef", "abcdef0123456789abcdef0123456789",
	"abcdefghijklmnopqrstuvwxyz0123456789", "1234567890abcdefghijklmnopqrstuvwxyz",
	"deadbeefdeadbeefdeadbeefdeadbeef", "a1b2c3d4e5f6g7h8i9j0k1l2m3n4", "1a2b3c4d5e6f7g8h9i0j",
	"cafebabecafebabe", "deadbeefcafebabe",
};

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 32 : c;
}

static bool
starts_nocase(struct bytes b, const char *text)
{
	size_t i = 0;

	for (; text[i] != 0 && i < b.len; i++)
		if (lower(b.at[i]) != lower((uint8_t)text[i]))
			return false;
	return text[i] == 0;
}

static bool
holds_nocase(struct bytes b, const char *text)
{
	for (size_t i = 0; i < b.len; i++)
		if (lower(b.at[i]) == (uint8_t)text[0] && starts_nocase(bytes_cut(b, i, b.len), text))
			return true;
	return false;
}

/* Few different bytes for its length, at most so many: aaaa, 0a0a0a; or abcdefabcdef. */
static bool
repeated(struct bytes b, unsigned most)
{
	unsigned distinct = 0;
	bool seen[256] = {false};

	for (size_t i = 0; i < b.len; i++) {
		distinct += !seen[b.at[i]];
		seen[b.at[i]] = true;
	}
	return b.len >= 4 && distinct * 5 <= b.len + 4 && distinct <= most;
}

/* One byte that makes up half of it in a row, as in AKIA0000000000001234. */
static bool
one_long_run(struct bytes b)
{
	size_t run = 1, from = 0;

	/* zeroes in base64, as many tokens begin with */
	while (from < b.len && b.at[from] == 'A')
		from++;
	if (b.len - from >= 20)
		b = bytes_cut(b, from, b.len);
	for (size_t i = 1; i < b.len; i++) {
		run = b.at[i] == b.at[i - 1] ? run + 1 : 1;
		if (run >= 6 && run * 5 >= b.len * 2)
			return true;
	}
	return false;
}

/* The longest stretch of a known sequence that begins at b. */
static size_t
sequence_at(struct bytes b)
{
	size_t best = 0;

	for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
		const char *from = strchr(sequences[i], lower(b.at[0]));
		size_t n = 0;
		while (from != NULL && from[n] != 0 && n < b.len && lower(b.at[n]) == (uint8_t)from[n])
			n++;
		if (n > best)
			best = n;
	}
	return best;
}

static bool
alnum(uint8_t c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

/* So many of a hundred letters and digits stand in stretches such as 123456 or abcdef of at least so many. */
static bool
sequential(struct bytes b, size_t stretch, unsigned share)
{
	size_t in = 0, all = 0;

	if (b.len < 3 || b.len > 512)
		return false;
	for (size_t i = 0; i < b.len; i++)
		all += alnum(b.at[i]);
	for (size_t i = 0; i < b.len;) {
		size_t n = sequence_at(bytes_cut(b, i, b.len));
		if (n >= stretch)
			in += n;
		i += n == 0 ? 1 : n;
	}
	return in > 0 && in * 100 >= all * share;
}

/* The second half says the first again, twice or more: foofoofoo. */
static bool
periodic(struct bytes b)
{
	for (size_t period = 2; period <= b.len / 3; period++) {
		size_t i = period;
		while (i < b.len && b.at[i] == b.at[i - period])
			i++;
		if (i == b.len)
			return true;
	}
	return false;
}

/* masks and words that say so: what no rule's shape outweighs */
static const char *
plain(struct bytes b)
{
	static const char *const words[] = { "xxxxx", "*****", "your_", "your-", "placeholder", "changeme", "change_me", "change-me" };

	if (b.len == 0)
		return "nothing";
	if (repeated(b, 2) || one_long_run(b))
		return b.at[0] == '*' ? "masked by asterisks" : "repeated characters";
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (holds_nocase(b, words[i]))
			return example;
	return NULL;
}

/* EXAMPLE is most of it or stands at its end, as in AKIAIOSFODNN7EXAMPLE; in a long token only a part was typed */
static bool
is_example(struct bytes b)
{
	if (!holds_nocase(b, "example"))
		return false;
	return b.len < 40 || holds_nocase(bytes_cut(b, b.len - 10, b.len), "example");
}

/* What a person types who needs a value of some length. */
static const char *
typed(struct bytes b)
{
	if (repeated(b, 6) || (b.len >= 9 && b.len <= 256 && periodic(b)))
		return "the same over and over";
	if (holds_nocase(b, "example"))
		return example;
	return sequential(b, 3, 70) ? sequence : NULL;
}

const char *
placeholder_shape(struct bytes b, bool *sure)
{
	const char *why = is_example(b) ? example : plain(b);

	*sure = why != NULL;
	return why ? why : typed(b);
}

const char *
placeholder_name(struct bytes b)
{
	return plain(b);
}

const char *
placeholder_token(struct bytes b)
{
	bool sure;
	const char *why = placeholder_shape(b, &sure);

	/* people's passwords are made of such stretches too, with something else among them: Pass123!@# */
	return why == sequence && !sequential(b, b.len < 10 ? 3 : 4, 80) ? NULL : why;
}

static bool
identifier(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		uint8_t c = lower(b.at[i]);
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
			return false;
	}
	return b.len > 0;
}

/* <…>, [your key], %X%, {X}, $X, @X@: an opening mark and its closing one. */
static const char *
enclosed(struct bytes b)
{
	static const struct { char open, close; const char *why; } pairs[] = {
		{'<', '>', example}, {'[', ']', example}, {'{', '}', variable}, {'%', '%', variable},
		{'@', '@', variable}, {'(', ')', example}, {'#', '#', variable}, {'*', '*', example},
	};

	if (bytes_starts(b, "&lt;") && b.len > 8 && bytes_equal(bytes_cut(b, b.len - 4, b.len), bytes_of("&gt;")))
		return example;
	for (size_t i = 0; b.len > 2 && i < sizeof pairs / sizeof *pairs; i++)
		if (b.at[0] == (uint8_t)pairs[i].open && b.at[b.len - 1] == (uint8_t)pairs[i].close)
			return pairs[i].why;
	if (b.len > 1 && b.at[0] == '$' && identifier(bytes_cut(b, 1, b.len)) && !(b.at[1] >= '0' && b.at[1] <= '9'))
		return variable;
	return NULL;
}

/* %s, %1$s and friends, where there is little else. */
static bool
format(struct bytes b)
{
	return b.len <= 4 && b.at[0] == '%';
}

static const char *
path_or_url(struct bytes b)
{
	size_t slashes = 0;

	for (size_t i = 0; i < b.len; i++)
		slashes += b.at[i] == '/';
	if (bytes_find(b, bytes_of("://")) < 12 && bytes_find(b, bytes_of("://")) < b.len)
		return "a URL";
	if (b.len > 2 && b.at[0] == '/' && lower(b.at[1]) >= 'a' && lower(b.at[1]) <= 'z' && slashes * 24 >= b.len)
		return "a path";
	if (b.len > 3 && b.at[1] == ':' && (b.at[2] == '\\' || b.at[2] == '/'))
		return "a path";
	return NULL;
}

const char *
placeholder_reference(struct bytes b)
{
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (bytes_starts(b, starts[i].text))
			return starts[i].why;
	for (size_t i = 0; b.len <= 256 && i < sizeof holds / sizeof *holds; i++)
		if (holds_nocase(b, holds[i].text))
			return holds[i].why;
	return NULL;
}

static const char *
listed(struct bytes b)
{
	const char *why = placeholder_reference(b);

	for (size_t i = 0; !why && i < sizeof wholes / sizeof *wholes; i++)
		if (bytes_equal_nocase(b, bytes_of(wholes[i].text)))
			return wholes[i].why;
	return why;
}

const char *
placeholder_sure(struct bytes b)
{
	bool sure;
	const char *why = placeholder_shape(b, &sure);

	return why != NULL && !sure ? NULL : placeholder_value(b);
}

const char *
placeholder_value(struct bytes b)
{
	const char *why = placeholder_token(b);

	if (why == NULL)
		why = enclosed(b);
	if (why == NULL && format(b))
		why = "a format";
	if (why == NULL)
		why = listed(b);
	return why != NULL ? why : path_or_url(b);
}
