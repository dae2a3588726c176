#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/class.h"

#include <pcre2.h>
#include <string.h>

static const struct {
	const char *name, *pattern;
} named[] = {
	{ "hex", "[0-9a-f]" },
	{ "HEX", "[0-9A-F]" },
	{ "hexany", "[0-9A-Fa-f]" },
	{ "lower", "[a-z]" },
	{ "lower-alnum", "[0-9a-z]" },
	{ "upper-alnum", "[0-9A-Z]" },
	{ "alnum", "[0-9A-Za-z]" },
	{ "base64", "[0-9A-Za-z+/=]" },
	{ "base64url", "[0-9A-Za-z_-]" },
	{ "digits", "[0-9]" },
	{ "uuid", "[0-9A-Fa-f-]" },
};

static pcre2_code *
compile(const char *pattern)
{
	int code;
	PCRE2_SIZE at;

	return pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_ANCHORED | PCRE2_DOTALL, &code, &at, NULL);
}

/* tries the pattern at each byte; with behind, right after it */
static void
collect(const pcre2_code *code, bool behind, uint32_t set[static 8])
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);

	memset(set, 0, 8 * sizeof set[0]);
	for (unsigned c = 0; data && c < 256; c++) {
		const uint8_t one = (uint8_t)c;
		const int r = pcre2_match(code, &one, 1, behind, 0, data, NULL);
		const bool whole = r >= 0 && pcre2_get_ovector_pointer(data)[1] == 1;

		if (behind ? r < 0 : whole)
			set[c >> 5] |= (uint32_t)1 << (c & 31);
	}
	pcre2_match_data_free(data);
}

bool
class_parse(const char *pattern, uint32_t set[static 8])
{
	pcre2_code *code = compile(pattern);
	uint32_t min = 0;

	if (!code)
		return false;
	pcre2_pattern_info(code, PCRE2_INFO_MINLENGTH, &min);
	collect(code, false, set);
	pcre2_code_free(code);
	return min == 1;
}

/* "(?<![...])" and no more: nothing behind its closing parenthesis, and none but that outside of a class */
static bool
is_one_look_behind(const char *pattern)
{
	const char *end = strchr(pattern, ')');
	const char *class_end = strrchr(pattern, ']');

	if (strncmp(pattern, "(?<!", 4) != 0 || !end)
		return false;
	if (pattern[4] == '[' && class_end)
		end = class_end + 1;
	return *end == ')' && end[1] == 0;
}

bool
class_before(const char *pattern, uint32_t set[static 8])
{
	pcre2_code *code = compile(pattern);
	uint32_t behind = 0;

	if (!code)
		return false;
	pcre2_pattern_info(code, PCRE2_INFO_MAXLOOKBEHIND, &behind);
	collect(code, true, set);
	pcre2_code_free(code);
	return behind == 1 && is_one_look_behind(pattern);
}

bool
class_named(const char *name, uint32_t set[static 8])
{
	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
		if (strcmp(named[i].name, name) == 0)
			return class_parse(named[i].pattern, set);
	return false;
}
