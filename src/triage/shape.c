/* shape.c: prefixes and names that are one vendor's alone. */
#include "triage/shape.h"

#include <ctype.h>
#include <string.h>

#include "rules/rules.h"

#define NAME 64

bool
shape_prefix(const struct rules *rules, struct bytes value)
{
	for (size_t i = 0; rules && i < rules->count; i++) {
		const struct rule *rule = rules->rule[i];

		for (const char *const *a = rule->anchors; rule->exclusive && a && *a; a++)
			if (rule->nocase ? bytes_equal_nocase(bytes_cut(value, 0, strlen(*a)), bytes_of(*a)) : bytes_starts(value, *a))
				return true;
	}
	return false;
}

/* letters and digits in lower case, the last ones of many; returns how many */
static size_t
plain(struct bytes name, char out[static NAME])
{
	size_t n = 0, i = name.len;

	while (i > 0 && n < NAME)
		if (isalnum(name.at[--i]))
			out[n++] = (char)tolower(name.at[i]);
	for (size_t k = 0; k < n / 2; k++) {
		const char c = out[k];

		out[k] = out[n - 1 - k];
		out[n - 1 - k] = c;
	}
	return n;
}

bool
shape_named(const struct rules *rules, struct bytes name)
{
	char text[NAME];
	const size_t n = plain(name, text);

	for (size_t i = 0; rules && i < rules->count; i++)
		for (const char *const *p = rules->rule[i]->names; p && *p; p++) {
			const size_t len = strlen(*p);

			if (len <= n && memcmp(text + n - len, *p, len) == 0)
				return true;
		}
	return false;
}
