/* value_harmless.c: shapes of what is public. */
#include "triage/value_harmless.h"

#include <stdbool.h>
#include <string.h>

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

	return b.len > 4 && (first == '+' || (b.len > 6 && (first == '\'' || first == '"') && b.at[1] == '+')) && (last == '+' || last == '\'' || last == '"');
}

const char *
value_harmless(struct bytes b)
{
	if (date(b))
		return "a date";
	if (bytes_equal(b, bytes_of("2.0:oob")))
		return "a word of OAuth";
	if (public_key(b))
		return "a public key";
	if (hash_of_password(b))
		return "a hash of a password";
	if (b.len > 4 && bytes_equal(bytes_cut(b, b.len - 3, b.len), bytes_of("...")))
		return "cut short";
	return spliced(b) ? "an expression of code" : NULL;
}

const char *
value_harmless_named(struct bytes name, struct bytes b)
{
	static const char *const digests[] = {"gpg", "pgp", "hash", "sha", "md", "digest", "checksum", "fingerprint", "commit", "revision", NULL};
	static const char *const requests[] = {"request", "client", "change", "idempotency", "action", "correlation", NULL};
	static const char *const certificates[] = {"cert", "certificate", "certificates", "crt", "ca", "x", NULL};
	static const char *const push[] = {"vapid", NULL}, *const private[] = {"private", NULL};
	const bool digest = hex(b) && (b.len == 16 || b.len == 32 || b.len == 40 || b.len == 56 || b.len == 64 || b.len == 96 || b.len == 128);

	if (digest && value_name_has(name, digests))
		return "a digest or fingerprint";
	if (b.len == 36 && b.at[8] == '-' && b.at[13] == '-' && value_name_has(name, requests))
		return "a request's id";
	if (b.len > 60 && bytes_starts(b, "MII") && value_name_has(name, certificates) && !value_name_has(name, private))
		return "a certificate";
	if (b.len >= 86 && b.len <= 88 && b.at[0] == 'B' && value_name_has(name, push) && !value_name_has(name, private))
		return "a public key";
	return NULL;
}
