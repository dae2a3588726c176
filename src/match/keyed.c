#include "match/keyed.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "rules/rule.h"

/* how far a name may go on before a vendor's word */
#define NAME_BEFORE 40

/* a sign of assignment is part of base64 only at its end */
static bool
in_token(const struct rule *rule, uint8_t c)
{
	return c != '=' && rule_set_has(rule->charset, c);
}

static size_t
token_end(const struct rule *rule, struct bytes text, size_t at)
{
	const size_t most = text.len - at > 4200 ? at + 4200 : text.len;
	const bool padded = rule_set_has(rule->charset, '=');
	size_t end = at;

	while (end < most && in_token(rule, text.at[end]))
		end++;
	for (int pad = 0; padded && end < most && text.at[end] == '=' && pad < 2; pad++)
		end++;
	return end;
}

static bool
dashes_of_uuid(const uint8_t *s)
{
	return s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-';
}

static bool
fits(const struct rule *rule, struct bytes text, size_t at, size_t end)
{
	const size_t len = end - at;

	if (len < rule->length_min || (rule->length_max && len > rule->length_max))
		return false;
	if (end < text.len && (isalnum(text.at[end]) || text.at[end] == '_'))
		return false;
	return !rule->uuid || (len == 36 && dashes_of_uuid(text.at + at));
}

bool
keyed_token(const struct rule *rule, struct bytes text, size_t *from, size_t to, size_t *at, size_t *len)
{
	size_t i = *from;

	while (i < to) {
		size_t end;
		const bool border = i == 0 || (!isalnum(text.at[i - 1]) && (rule->uuid || !in_token(rule, text.at[i - 1])));

		if (!border || !in_token(rule, text.at[i])) {
			i++;
			continue;
		}
		end = token_end(rule, text, i);
		*at = i;
		*len = end - i;
		i = end;
		if (fits(rule, text, *at, end)) {
			*from = i;
			return true;
		}
	}
	*from = to;
	return false;
}

bool
keyed_border(struct bytes text, size_t *from, size_t to, size_t *at)
{
	for (size_t i = *from; i < to; i++) {
		const bool before = i == 0 || !isalnum(text.at[i - 1]);

		if (before && text.at[i] > ' ' && text.at[i] < 0x7f) {
			*at = i;
			*from = i + 1;
			return true;
		}
	}
	*from = to;
	return false;
}

static bool
name_byte(uint8_t c)
{
	return isalnum(c) || c == '_' || c == '-' || c == '.';
}

bool
keyed_telling(struct bytes text, size_t from, size_t to)
{
	static const char *const words[] = { "key", "token", "secret", "auth", "pass", "api", "access", "cred", "bearer", "pwd", "private" };
	const size_t least = from > NAME_BEFORE ? from - NAME_BEFORE : 0;

	while (from > least && name_byte(text.at[from - 1]))
		from--;
	for (size_t i = from; i < to; i++)
		for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
			const size_t n = strlen(words[w]);

			if ((text.at[i] | 0x20) == words[w][0] && to - i >= n && strncasecmp((const char *)text.at + i, words[w], n) == 0)
				return true;
		}
	return false;
}
