#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "triage/checksum_code.h"
#include "triage/checksum_kinds.h"

static enum checksum
say(enum checksum verdict, const char **about, const char *why)
{
	*about = why;
	return verdict;
}

static enum checksum
crc_says(bool matches, const char **about)
{
	if (matches)
		return say(CHECKSUM_VALID, about, "the CRC-32 of the token matches");
	return say(CHECKSUM_INVALID, about, "the CRC-32 of the token does not match");
}

/* structure that a stand-in such as AKIAXXXX… has as well says nothing */
static enum checksum
structure_says(const char *s, size_t len, unsigned variety, const char **about, const char *why)
{
	if (text_variety(s, len) < variety || text_find(s, len, "EXAMPLE"))
		return say(CHECKSUM_NONE, about, "the structure is right, but it looks like an example");
	return say(CHECKSUM_STRUCTURE, about, why);
}

/* the last place of c in s, or NULL */
static const char *
last_of(const char *s, size_t len, char c)
{
	while (len > 0)
		if (s[--len] == c)
			return s + len;
	return NULL;
}

enum checksum
judge_crc_base62(const char *s, size_t len, const char **about)
{
	const char *mark = last_of(s, len, '_');
	uint32_t want;
	size_t body;

	if (!mark)
		return say(CHECKSUM_NONE, about, "no prefix before the token");
	body = (size_t)(s + len - (mark + 1));
	if (body < 6 + 20)
		return say(CHECKSUM_INVALID, about, "too short to hold its CRC-32");
	return crc_says(number_read(s + len - 6, 6, 62, &want) &&
		want == crc32_of(mark + 1, body - 6), about);
}

enum checksum
judge_grafana(const char *s, size_t len, const char **about)
{
	uint32_t want;

	if (len < 5 + 9 || s[len - 9] != '_')
		return say(CHECKSUM_NONE, about, "not a service account token");
	if (!number_read(s + len - 8, 8, 16, &want))
		return crc_says(false, about);
	want = want >> 24 | (want >> 8 & 0xff00) | (want << 8 & 0xff0000) | want << 24;
	return crc_says(want == crc32_of(s, len - 9), about);
}

/* a routable token: prefix-PAYLOAD[.VERSION].LLCCCCCCC, length and CRC in base36 */
enum checksum
judge_gitlab(const char *s, size_t len, const char **about)
{
	const char *dot = last_of(s, len, '.'), *end = memchr(s, '.', len);
	uint32_t length, want;
	size_t before;

	if (!dot)
		return say(CHECKSUM_NONE, about, "not routable, so without check digits");
	before = (size_t)(end - s);
	if (s + len - dot != 10 || !number_read(dot + 1, 2, 36, &length) ||
	    !number_read(dot + 3, 7, 36, &want))
		return say(CHECKSUM_INVALID, about, "no length and CRC-32 after the dot");
	if (length >= before)
		return say(CHECKSUM_INVALID, about, "its length does not fit");
	return crc_says(want == crc32_of(s, len - 7), about);
}

enum checksum
judge_atlassian(const char *s, size_t len, const char **about)
{
	uint32_t want;

	if (len < 9 || s[len - 9] != '=')
		return say(CHECKSUM_NONE, about, "an older token, without check digits");
	return crc_says(number_read(s + len - 8, 8, 16, &want) &&
		want == crc32_of(s, len - 8), about);
}

/* reads one field of a binary macaroon; its type, or -1; type 0 ends a section */
static int
macaroon_field(const uint8_t **p, const uint8_t *end, size_t *len)
{
	unsigned shift = 0;
	int type;

	*len = 0;
	if (*p == end)
		return -1;
	type = *(*p)++;
	if (type == 0)
		return 0;
	for (; *p < end && shift < 21; shift += 7) {
		uint8_t byte = *(*p)++;

		*len |= (size_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		if (*len > (size_t)(end - *p))
			return -1;
		*p += *len;
		return type;
	}
	return -1;
}

/* whether the rest is a macaroon's: identifier, caveats, a 32-byte signature, the end */
static bool
macaroon_rest(const uint8_t *p, const uint8_t *end)
{
	size_t len;
	int type;

	while ((type = macaroon_field(&p, end, &len)) >= 0)
		if (type == 6)
			return len == 32 && p == end;
	return false;
}

enum checksum
judge_pypi(const char *s, size_t len, const char **about)
{
	static const char *const places[] = {"\x08pypi.org", "\x0dtest.pypi.org"};
	uint8_t raw[2048];
	long n;

	if (!text_begins(s, len, "pypi-"))
		return say(CHECKSUM_NONE, about, "not a PyPI token");
	n = base64_read(s + 5, len - 5, raw, sizeof raw);
	if (n < 2)
		return say(CHECKSUM_NONE, about, "the macaroon does not decode");
	for (size_t i = 0; i < 2; i++) {
		size_t place = strlen(places[i]);

		if (raw[0] != 2 || raw[1] != 1 ||
		    !text_begins((char *)raw + 2, (size_t)n - 2, places[i]))
			continue;
		if (macaroon_rest(raw + 2 + place, raw + n))
			return say(CHECKSUM_STRUCTURE, about, "a whole macaroon of PyPI");
		return say(CHECKSUM_NONE, about, "begins as a macaroon of PyPI, but is damaged");
	}
	return say(CHECKSUM_INVALID, about, "not a macaroon of PyPI");
}

/* whether base64 at s begins as digits and hyphens, as in xoxe tokens */
static bool
slack_packed(const char *s, size_t len)
{
	uint8_t raw[12];

	if (len < 16 || base64_read(s, 16, raw, sizeof raw) < 8)
		return false;
	for (int i = 0; i < 8; i++)
		if ((raw[i] < '0' || raw[i] > '9') && raw[i] != '-')
			return false;
	return true;
}

/* counts the numbers of six digits and more before the last part */
static unsigned
slack_numbers(const char *s, size_t len)
{
	const char *end = s + len, *dash;
	unsigned n = 0;

	while ((dash = memchr(s, '-', (size_t)(end - s))) != NULL) {
		if (dash - s >= 6 && digits_only(s, (size_t)(dash - s)))
			n++;
		s = dash + 1;
	}
	return n;
}

enum checksum
judge_slack(const char *s, size_t len, const char **about)
{
	if (text_begins(s, len, "xoxe.xox") && len > 12)
		return slack_packed(s + 12, len - 12) ?
			say(CHECKSUM_STRUCTURE, about, "an exchangeable Slack token that decodes") :
			say(CHECKSUM_NONE, about, "its numbers do not decode");
	if (text_begins(s, len, "xoxe-1-"))
		return slack_packed(s + 7, len - 7) ?
			say(CHECKSUM_STRUCTURE, about, "a Slack refresh token that decodes") :
			say(CHECKSUM_NONE, about, "its numbers do not decode");
	if (text_begins(s, len, "xoxb-") && slack_numbers(s, len) >= 1)
		return structure_says(s, len, 16, about, "a bot token with its workspace's number");
	if (text_begins(s, len, "xoxp-") && slack_numbers(s, len) >= 3)
		return structure_says(s, len, 14, about, "a user token with its three numbers");
	if (text_begins(s, len, "xapp-") && slack_numbers(s, len) >= 1)
		return structure_says(s, len, 14, about, "an app token with its number");
	return CHECKSUM_NONE;
}

enum checksum
judge_aws_key_id(const char *s, size_t len, const char **about)
{
	uint8_t raw[10];

	if (len != 20 || base32_read(s + 4, 16, raw, sizeof raw) != 10)
		return say(CHECKSUM_NONE, about, "not in the base32 that AWS uses");
	/* ids made since 2019 begin with a base32 digit above P, then 40 bits of account */
	if (s[4] >= 'Q' || (s[4] >= '2' && s[4] <= '7'))
		return structure_says(s + 4, 16, 8, about, "base32 that holds an AWS account number");
	return structure_says(s + 4, 16, 8, about, "base32, as AWS made ids before 2019");
}

enum checksum
judge_openai(const char *s, size_t len, const char **about)
{
	const char *infix = text_find(s, len, "T3BlbkFJ");
	size_t before, after;

	if (!infix)
		return say(CHECKSUM_NONE, about, "without the infix T3BlbkFJ");
	before = (size_t)(infix - s);
	after = len - before - 8;
	if (before < 3 + 20 || after < 20)
		return say(CHECKSUM_INVALID, about, "the halves round T3BlbkFJ are too short");
	return structure_says(s, len, 24, about, "the infix T3BlbkFJ stands between the halves");
}

enum checksum
judge_discord(const char *s, size_t len, const char **about)
{
	const char *dot = memchr(s, '.', len);
	uint8_t raw[24];
	long n;

	if (!dot)
		return say(CHECKSUM_NONE, about, "not in three parts");
	n = base64_read(s, (size_t)(dot - s), raw, sizeof raw);
	if (n < 16 || n > 20 || !digits_only((char *)raw, (size_t)n))
		return say(CHECKSUM_NONE, about, "its first part is not a snowflake");
	return say(CHECKSUM_STRUCTURE, about, "its first part decodes to a Discord snowflake");
}

enum checksum
judge_telegram(const char *s, size_t len, const char **about)
{
	const char *colon = memchr(s, ':', len);
	size_t id = colon ? (size_t)(colon - s) : 0;

	if (id < 8 || id > 10 || !digits_only(s, id) || len - id < 1 + 34)
		return say(CHECKSUM_NONE, about, "not a bot's number and token");
	if (text_begins(colon, len - id, ":AA"))
		return structure_says(colon, len - id, 16, about, "a bot's number, then AA");
	return CHECKSUM_NONE;
}

enum checksum
judge_luhn(const char *s, size_t len, const char **about)
{
	unsigned sum = 0, digits = 0;

	for (size_t i = len; i-- > 0;) {
		unsigned d;

		if (s[i] == ' ' || s[i] == '-')
			continue;
		if (s[i] < '0' || s[i] > '9')
			return say(CHECKSUM_NONE, about, "not a number");
		d = (unsigned)(s[i] - '0');
		if (digits++ % 2 == 1 && (d *= 2) > 9)
			d -= 9;
		sum = (sum + d) % 10;
	}
	if (digits >= 2 && sum == 0)
		return say(CHECKSUM_VALID, about, "the Luhn digit matches");
	return say(CHECKSUM_INVALID, about, "the Luhn digit does not match");
}
