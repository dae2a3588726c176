#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "triage/checksum_code.h"
#include "triage/checksum_kinds.h"

/* what stands between BEGIN and END, cleaned of how a source file wrote it */
struct armor {
	const char *label;      /* between "BEGIN " and the hyphens */
	size_t label_len;
	char *digits;           /* base64, without padding */
	size_t len;
	size_t line;            /* digits before this line */
	size_t junk;            /* bytes that belong to no armour */
	bool encrypted;         /* a header line says so */
	bool elided;            /* dots stand for the rest */
	const char *crc;        /* OpenPGP's four digits, or NULL */
};

static enum checksum
say(enum checksum verdict, const char **about, const char *why)
{
	*about = why;
	return verdict;
}

static bool
base64_digit(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		(c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* takes %2B and %2F for the digits that they are */
static void
percent_take(struct armor *armor, const char *p, const char *end)
{
	if (end - p > 2 && p[1] == '2' && (p[2] == 'B' || p[2] == 'b' ||
	    p[2] == 'F' || p[2] == 'f'))
		armor->digits[armor->len++] = p[2] == 'B' || p[2] == 'b' ? '+' : '/';
}

/* steps over an escape (\n, \\r, \/, %0A, &#10;); sets *line_ends */
static const char *
escape_skip(const char *p, const char *end, bool *line_ends)
{
	if (*p == '\\') {
		while (p < end && *p == '\\')
			p++;
		*line_ends = p < end && (*p == 'n' || *p == 'r');
		return *line_ends || (p < end && *p == 't') ? p + 1 : p;
	}
	if (*p == '%') {
		*line_ends = end - p > 2 && p[1] == '0' && strchr("AaDd", p[2]) && p[2];
		return end - p > 2 ? p + 3 : end;
	}
	*line_ends = true;
	for (int i = 0; i < 7 && p < end; i++)
		if (*p++ == ';')
			break;
	return p;
}

/* steps over a quote; over the gap to the next one where a string was cut in lines */
static const char *
quote_skip(const char *p, const char *end)
{
	const char *q = p + 1;

	while (q < end && q - p < 120 && *q != *p && *q && strchr(" \t\r\n+.,;()&_\\nr", *q))
		q++;
	return q < end && *q == *p ? q + 1 : p + 1;
}

/* steps over the rest of a header line ("DEK-Info: …"), whose digits were none */
static const char *
header_skip(struct armor *armor, const char *p, const char *end)
{
	const char *stop = p;

	while (stop < end && *stop != '\n' && *stop != '\r' && *stop != '\\' && *stop != '%')
		stop++;
	/* a key whose lines were joined by spaces */
	if (stop - p > 200)
		for (stop = p + 1; stop < end && (*stop != ' ' || stop == p + 1); stop++)
			;
	if (text_find(p, (size_t)(stop - p), "ENCRYPTED"))
		armor->encrypted = true;
	armor->len = armor->line;
	return stop;
}

/* takes one byte that is neither digit, escape nor quote */
static const char *
other_take(struct armor *armor, const char *p, const char *end)
{
	bool fresh = armor->len == armor->line;

	if (*p == ':')
		return header_skip(armor, p, end);
	if (text_begins(p, (size_t)(end - p), "...") ||
	    text_begins(p, (size_t)(end - p), "\xe2\x80\xa6"))
		armor->elided = true;
	if (*p == '=' && fresh && end - p > 4 && base64_digit(p[1])) {
		armor->crc = p + 1;
		return p + 5;
	}
	if (*p == '\n' || *p == '\r')
		armor->line = armor->len;
	else if (!(*p == ' ' || *p == '\t' || *p == '=' || (fresh && strchr("#*>|,-", *p))))
		armor->junk++;
	return p + 1;
}

/* reads the body up to the closing hyphens or the end */
static void
armor_read(struct armor *armor, const char *p, const char *end)
{
	bool line_ends;

	while (p < end && !text_begins(p, (size_t)(end - p), "----")) {
		if (*p == '\\' || *p == '%' || *p == '&') {
			if (*p == '%')
				percent_take(armor, p, end);
			p = escape_skip(p, end, &line_ends);
			if (line_ends)
				armor->line = armor->len;
		} else if (*p == '"' || *p == '\'' || *p == '`') {
			p = quote_skip(p, end);
			armor->line = armor->len;
		} else if (text_begins(p, (size_t)(end - p), "// ") && armor->len == armor->line) {
			p += 3;
		} else if (base64_digit(*p)) {
			armor->digits[armor->len++] = *p++;
		} else {
			p = other_take(armor, p, end);
		}
	}
}

/* finds the label, and where the body begins; NULL when there is no BEGIN line */
static const char *
label_read(struct armor *armor, const char *s, size_t len)
{
	const char *begin = text_find(s, len < 16 ? len : 16, "BEGIN "), *hyphens;
	size_t rest;

	if (!begin)
		return NULL;
	armor->label = begin + 6;
	rest = (size_t)(s + len - armor->label);
	hyphens = text_find(armor->label, rest < 80 ? rest : 80, "----");
	if (!hyphens)
		return NULL;
	armor->label_len = (size_t)(hyphens - armor->label);
	while (hyphens < s + len && *hyphens == '-')
		hyphens++;
	return hyphens;
}

/* the content of the DER element at p, and its length; NULL when it does not fit */
static const uint8_t *
der_open(const uint8_t *p, const uint8_t *end, size_t *len)
{
	unsigned bytes;

	if (end - p < 2)
		return NULL;
	*len = p[1];
	p += 2;
	if (*len & 0x80) {
		bytes = *len & 0x7f;
		if (bytes == 0 || bytes > 3 || end - p < (long)bytes)
			return NULL;
		for (*len = 0; bytes > 0; bytes--)
			*len = *len << 8 | *p++;
	}
	return *len <= (size_t)(end - p) ? p : NULL;
}

static enum checksum
der_judge(const uint8_t *raw, size_t n, const char **about)
{
	const uint8_t *inner, *first;
	size_t len, ignored;

	if (n < 16 || raw[0] != 0x30)
		return say(CHECKSUM_NONE, about, "base64, but not of a key that we know");
	inner = der_open(raw, raw + n, &len);
	if (!inner || (size_t)(raw + n - inner) - len > 2)
		return say(CHECKSUM_NONE, about, "begins as a key, but was cut or changed");
	first = der_open(inner, inner + len, &ignored);
	if (first && inner[0] == 0x30)
		return say(CHECKSUM_STRUCTURE, about, "an encrypted PKCS#8 key");
	if (first && inner[0] == 0x02)
		return say(CHECKSUM_STRUCTURE, about, "a private key in DER, not encrypted");
	return say(CHECKSUM_NONE, about, "DER, but not of a private key");
}

static enum checksum
openssh_judge(const uint8_t *raw, size_t n, const char **about)
{
	static const uint8_t none[] = {0, 0, 0, 4, 'n', 'o', 'n', 'e'};

	if (n < 64)
		return say(CHECKSUM_NONE, about, "begins as an OpenSSH key, but is cut");
	if (memcmp(raw + 15, none, sizeof none) == 0)
		return say(CHECKSUM_STRUCTURE, about, "an OpenSSH private key, not encrypted");
	return say(CHECKSUM_STRUCTURE, about, "an encrypted OpenSSH private key");
}

static enum checksum
pgp_judge(const struct armor *armor, const uint8_t *raw, size_t n, const char **about)
{
	uint8_t crc[3];

	if (armor->crc && base64_read(armor->crc, 4, crc, sizeof crc) == 3 &&
	    crc24_of(raw, n) == ((uint32_t)crc[0] << 16 | (uint32_t)crc[1] << 8 | crc[2]))
		return say(CHECKSUM_VALID, about, "the CRC-24 of the OpenPGP armour matches");
	/* packet tag 5, a secret key, in the old or the new form */
	if ((raw[0] & 0xfc) == 0x94 || raw[0] == 0xc5)
		return say(CHECKSUM_STRUCTURE, about, "begins as an OpenPGP secret key");
	return say(CHECKSUM_NONE, about, "OpenPGP armour, but no secret key at its start");
}

static enum checksum
body_judge(const struct armor *armor, const uint8_t *raw, size_t n, const char **about)
{
	if (text_find(armor->label, armor->label_len, "PGP"))
		return pgp_judge(armor, raw, n, about);
	if (n > 15 && memcmp(raw, "openssh-key-v1", 15) == 0)
		return openssh_judge(raw, n, about);
	if (n > 4 && memcmp(raw, "\x3f\x6f\xf9\xeb", 4) == 0)
		return say(CHECKSUM_STRUCTURE, about, "an SSH2 private key");
	if (armor->encrypted)
		return say(CHECKSUM_STRUCTURE, about, "an encrypted PEM key");
	if (raw[0] == '{')
		return say(CHECKSUM_STRUCTURE, about, "JSON that wraps a key");
	return der_judge(raw, n, about);
}

static enum checksum
armor_judge(const struct armor *armor, const char **about)
{
	size_t room = armor->len / 4 * 3 + 3;
	enum checksum verdict = CHECKSUM_NONE;
	uint8_t *raw;
	long n;

	if (armor->len < 32)
		return say(CHECKSUM_INVALID, about, "no key between the markers");
	if (armor->elided)
		return say(CHECKSUM_INVALID, about, "an example, cut by dots");
	if (armor->junk * 16 > armor->len)
		return say(CHECKSUM_INVALID, about, "no base64 between the markers");
	if (text_variety(armor->digits, armor->len) < 12)
		return say(CHECKSUM_INVALID, about, "a placeholder between the markers");
	raw = malloc(room);
	if (!raw)
		return CHECKSUM_NONE;
	/* a digit too many is a cut key, and no reason to look away */
	n = base64_read(armor->digits, armor->len - (armor->len % 4 == 1), raw, room);
	if (n > 0)
		verdict = body_judge(armor, raw, (size_t)n, about);
	sodium_memzero(raw, room);
	free(raw);
	return verdict;
}

static enum checksum
putty_judge(const char *s, size_t len, const char **about)
{
	if (!text_find(s, len, "Private-Lines"))
		return say(CHECKSUM_NONE, about, "a PuTTY key without its private lines");
	if (text_find(s, len, "Encryption: none"))
		return say(CHECKSUM_STRUCTURE, about, "a PuTTY private key, not encrypted");
	return say(CHECKSUM_STRUCTURE, about, "an encrypted PuTTY private key");
}

enum checksum
judge_pem(const char *s, size_t len, const char **about)
{
	struct armor armor = {0};
	enum checksum verdict;
	const char *body;

	if (text_begins(s, len, "PuTTY-User-Key-File"))
		return putty_judge(s, len, about);
	body = label_read(&armor, s, len);
	if (!body)
		return say(CHECKSUM_NONE, about, "no BEGIN line");
	armor.digits = malloc(len);
	if (!armor.digits)
		return CHECKSUM_NONE;
	armor_read(&armor, body, s + len);
	verdict = armor_judge(&armor, about);
	sodium_memzero(armor.digits, len);
	free(armor.digits);
	return verdict;
}

enum checksum
judge_der(const char *s, size_t len, const char **about)
{
	size_t room = len / 4 * 3 + 3;
	uint8_t *raw = malloc(room);
	enum checksum verdict = CHECKSUM_NONE;
	long n;

	if (!raw)
		return CHECKSUM_NONE;
	n = base64_read(s, len, raw, room);
	if (n > 0)
		verdict = der_judge(raw, (size_t)n, about);
	sodium_memzero(raw, room);
	free(raw);
	return verdict;
}
