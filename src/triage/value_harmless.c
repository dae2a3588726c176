/* value_harmless.c: shapes of what is public. */
#include "triage/value_harmless.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "triage/randomness.h"
#include "triage/value_name.h"

/* 2018-10-24T19:11:00Z, 20200119235959 */
static bool
date(struct bytes b)
{
	static const char shape[] = "dddd-dd-dd";
	size_t digits = 0;

	for (size_t i = 0; i < b.len; i++)
		digits += b.at[i] >= '0' && b.at[i] <= '9';
	if (digits == b.len && (b.len == 14 || b.len == 8))
		return (memcmp(b.at, "19", 2) == 0 || memcmp(b.at, "20", 2) == 0) && (b.at[4] == '0' || b.at[4] == '1') && b.at[6] <= '3';
	for (size_t i = 0; i < sizeof shape - 1; i++)
		if (i >= b.len || (shape[i] == 'd' ? b.at[i] < '0' || b.at[i] > '9' : b.at[i] != (uint8_t)shape[i]))
			return false;
	return b.len == 10 || b.at[10] == 'T' || b.at[10] == ' ';
}

/* ssh-rsa AAAA…, AAAAB3NzaC1…: everybody may know these */
static bool
public_key(struct bytes b)
{
	static const char *const starts[] = {"ssh-rsa ", "ssh-dss ", "ssh-ed25519 ", "ecdsa-sha2-", "sk-ssh-", "AAAAB3NzaC1", "AAAAC3NzaC1", "AAAAE2VjZHNh",
		"MIIBIjANBgkqhkiG9w0BAQEFAAOC", "MFkwEwYHKoZIzj0", "age1", "-----BEGIN PUBLIC", "-----BEGIN CERT"};

	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (bytes_starts(b, starts[i]))
			return true;
	return false;
}

/* so many hex digits and nothing else */
static bool
hex(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (memchr("0123456789abcdefABCDEF", b.at[i], 22) == NULL)
			return false;
	return b.len > 0;
}

static bool
hash_of_password(struct bytes b)
{
	if (bytes_starts(b, "SCRAM-SHA-") || bytes_starts(b, "{SCRAM") || bytes_starts(b, "scrypt:") || bytes_starts(b, "pbkdf2:"))
		return true;
	if (b.len == 35 && bytes_starts(b, "md5"))
		return hex(bytes_cut(b, 3, b.len));
	return b.len == 41 && b.at[0] == '*' && hex(bytes_cut(b, 1, b.len));
}

/* '+f(x)+': the literal that seems to begin here ended before, in a program on one line */
static bool
spliced(struct bytes b)
{
	const uint8_t first = b.at[0], last = b.at[b.len - 1];

	if (b.len > 4 && first == ')' && memchr(",;+", b.at[1], 3))
		return true;
	if (b.len > 4 && memchr("'\"`", first, 3) && memchr(")+,;", b.at[1], 4))
		return true;
	return b.len > 4 && (first == '+' || (b.len > 6 && (first == '\'' || first == '"') && b.at[1] == '+')) && (last == '+' || last == '\'' || last == '"');
}

static bool
among(struct bytes b, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal_nocase(b, bytes_of(list[i])))
			return true;
	return false;
}

#define AMONG(b, list) among(b, list, sizeof list / sizeof *list)

/* what typesetters and browsers read: \fIvalue\fR, &#39, [DNS](dns.md) */
static bool
markup(struct bytes b)
{
	static const char *const marks[] = { "\\fR", "\\fI", "\\fB", "\\fP", "\\*(", "\\&.", "&#39", "&quot;", "&lt;", "&gt;", "\n.BI", "\n.PP" };
	const size_t middle = bytes_find(b, bytes_of("]("));

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (bytes_find(b, bytes_of(marks[i])) < b.len)
			return true;
	return b.at[0] == '[' && middle < b.len && b.at[b.len - 1] == ')';
}

/* -Zbzip2, --all: a password may begin so as well, but then looks drawn */
static bool
option(struct bytes b)
{
	struct randomness r;

	if (b.len < 2 || b.at[0] != '-' || !(isalpha(b.at[1]) || b.at[1] == '-'))
		return false;
	randomness_of(b, &r);
	return r.likelihood < 24;
}

/* XDR *xdrs */
static bool
declaration(struct bytes b)
{
	const size_t star = bytes_find(b, bytes_of(" *"));

	for (size_t i = 0; i < b.len; i++)
		if (!(isalnum(b.at[i]) || b.at[i] == '_') && i != star && i != star + 1)
			return false;
	return star > 0 && star + 2 < b.len;
}

/* .jceks, as a list of file types has it */
static bool
ending(struct bytes b)
{
	for (size_t i = 1; i < b.len; i++)
		if (b.at[i] < 'a' || b.at[i] > 'z')
			return false;
	return b.at[0] == '.' && b.len > 1 && b.len < 8;
}

/* pw_uid:pw_gid:pw_dir, as a manual names the fields of a line */
static bool
field_names(struct bytes b)
{
	size_t colons = 0;

	for (size_t i = 0; i < b.len; i++) {
		if (!isalpha(b.at[i]) && b.at[i] != '_' && b.at[i] != ':')
			return false;
		colons += b.at[i] == ':';
	}
	return colons >= 2;
}

static bool
any_alnum(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (isalnum(b.at[i]))
			return true;
	return false;
}

/* "(1)," and "/&&/": too little is left to guess */
static bool
punctuation(struct bytes b)
{
	size_t n = 0;

	for (size_t i = 0; i < b.len; i++)
		n += isalnum(b.at[i]) != 0;
	return b.len < 8 && n < 2;
}

/* F3EF5F62A87FC27A22E643F714CE4FF5015AA242: OpenPGP's way to name a key; secrets in hex are written small */
static bool
fingerprint(struct bytes b)
{
	size_t digits = 0;

	for (size_t i = 0; i < b.len; i++) {
		if (!hex(bytes_cut(b, i, i + 1)) || (b.at[i] >= 'a' && b.at[i] <= 'f'))
			return false;
		digits += b.at[i] <= '9';
	}
	return b.len == 40 && digits > 8 && digits < 38;
}

/* as FTP is asked without an account: anonymous, -anonymous@ */
static bool
anonymous(struct bytes b)
{
	while (b.len && b.at[0] == '-')
		b = bytes_cut(b, 1, b.len);
	while (b.len && b.at[b.len - 1] == '@')
		b.len--;
	return bytes_equal_nocase(b, bytes_of("anonymous"));
}

/* X-Vault-Request: HTTP's names */
static bool
header(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (!isalpha(b.at[i]) && b.at[i] != '-')
			return false;
	return bytes_starts(b, "X-");
}

/* $2 \frac{m}{s}$ */
static bool
formula(struct bytes b)
{
	const size_t slash = bytes_find(b, bytes_of("\\"));

	return b.len > 4 && b.at[0] == '$' && b.at[b.len - 1] == '$' && slash + 1 < b.len && isalpha(b.at[slash + 1]);
}

/* a phrase, or NULL */
static const char *
text_of_others(struct bytes b)
{
	static const char *const algorithms[] = { "scram-sha-256", "scram-sha-1", "bcrypt", "argon2id", "argon2i", "pbkdf2", "sha256", "sha512", "hmac-sha256",
		"RS256", "RS384", "RS512", "HS256", "HS384", "HS512", "ES256", "ES384", "ES512", "PS256", "EdDSA" };

	if (markup(b) || formula(b))
		return "markup of a text";
	if (header(b))
		return "a header's name";
	if (bytes_starts(b, "UUID="))
		return "a disk's name";
	if (option(b))
		return "an option of a command";
	if (declaration(b))
		return "a declaration of C";
	if (field_names(b))
		return "names of fields";
	if (ending(b))
		return "a file's ending";
	if (b.len > 3 && b.at[0] == '/' && b.at[1] == '*')
		return "a comment";
	if (anonymous(b))
		return "what everybody uses";
	return AMONG(b, algorithms) ? "an algorithm's name" : NULL;
}

const char *
value_harmless(struct bytes b)
{
	const char *why = text_of_others(b);

	if (why)
		return why;
	if (date(b))
		return "a date";
	if (bytes_equal(b, bytes_of("2.0:oob")))
		return "a word of OAuth";
	if (public_key(b))
		return "a public key";
	if (hash_of_password(b))
		return "a hash of a password";
	if (b.len > 4 && (bytes_equal(bytes_cut(b, b.len - 3, b.len), bytes_of("...")) || bytes_equal(bytes_cut(b, b.len - 3, b.len), bytes_of("***"))))
		return "cut short";
	if (b.len > 4 && !any_alnum(b))
		return "punctuation";
	return spliced(b) ? "an expression of code" : NULL;
}

const char *
value_harmless_bare(struct bytes name, struct bytes b)
{
	if (punctuation(b))
		return "punctuation";
	return fingerprint(b) && value_name(name) == NAME_KEY ? "a fingerprint" : NULL;
}

const char *
value_harmless_named(struct bytes name, struct bytes b)
{
	static const char *const digests[] = {"gpg", "pgp", "hash", "sha", "md", "digest", "checksum", "fingerprint", "commit", "revision", NULL};
	static const char *const requests[] = {"request", "client", "change", "idempotency", "action", "correlation", NULL};
	static const char *const certificates[] = {"cert", "certificate", "certificates", "crt", "ca", "x", NULL};
	static const char *const modules[] = {"oauth", NULL};
	static const char *const push[] = {"vapid", NULL}, *const private[] = {"private", NULL};
	const bool digest = hex(b) && (b.len == 16 || b.len == 32 || b.len == 40 || b.len == 56 || b.len == 64 || b.len == 96 || b.len == 128);

	if (digest && value_name_has(name, digests))
		return "a digest or fingerprint";
	/* "golang.org/x/oauth2: d3ed0bb", a list of changes */
	if (hex(b) && b.len >= 7 && b.len <= 12 && value_name_has(name, modules))
		return "a commit's id";
	if (b.len == 36 && b.at[8] == '-' && b.at[13] == '-' && value_name_has(name, requests))
		return "a request's id";
	if (b.len > 60 && bytes_starts(b, "MII") && value_name_has(name, certificates) && !value_name_has(name, private))
		return "a certificate";
	if (b.len >= 86 && b.len <= 88 && b.at[0] == 'B' && value_name_has(name, push) && !value_name_has(name, private))
		return "a public key";
	return NULL;
}
