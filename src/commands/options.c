#include "commands/options.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/finding.h>

int
string_list_add(struct string_list *l, const char *s)
{
	const char **more = realloc(l->at, (l->count + 2) * sizeof *more);

	if (!more)
		return -1;
	l->at = more;
	l->at[l->count++] = s;
	l->at[l->count] = NULL;
	return 0;
}

void
string_list_done(struct string_list *l)
{
	free(l->at);
	*l = (struct string_list){ 0 };
}

int
option_flag(void *field, const char *value, struct error *err)
{
	if (value && strcmp(value, "true") != 0 && strcmp(value, "yes") != 0 && strcmp(value, "false") != 0 &&
	    strcmp(value, "no") != 0)
		return error_set(err, ERROR_USAGE, "%s is neither yes nor no", value);
	*(bool *)field = !value || value[0] == 't' || value[0] == 'y';
	return 0;
}

int
option_text(void *field, const char *value, struct error *err)
{
	(void)err;
	*(const char **)field = value;
	return 0;
}

int
option_list(void *field, const char *value, struct error *err)
{
	return string_list_add(field, value) < 0 ? error_set(err, ERROR_INTERNAL, "out of memory") : 0;
}

int
option_unsigned(void *field, const char *value, struct error *err)
{
	char *end;
	const unsigned long n = strtoul(value, &end, 10);

	if (!isdigit((unsigned char)*value) || *end || n > 1024)
		return error_set(err, ERROR_USAGE, "%s is no number from 0 to 1024", value);
	*(unsigned *)field = (unsigned)n;
	return 0;
}

int
option_size(void *field, const char *value, struct error *err)
{
	static const char units[] = "KMGT";
	char *end;
	const unsigned long long n = strtoull(value, &end, 10);
	const char *unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	const unsigned shift = unit ? (unsigned)(unit - units + 1) * 10 : 0;

	if (!isdigit((unsigned char)*value) || (*end && (!unit || end[1])) || n > UINT64_MAX >> 1 >> shift)
		return error_set(err, ERROR_USAGE, "%s is no number such as 1000 or 64M", value);
	*(uint64_t *)field = (uint64_t)n << shift;
	return 0;
}

int
option_severity(void *field, const char *value, struct error *err)
{
	const int n = severity_parse(value);

	if (n < 0)
		return error_set(err, ERROR_USAGE, "%s is none of critical, high, medium, low, info", value);
	*(enum severity *)field = (enum severity)n;
	return 0;
}

int
option_confidence(void *field, const char *value, struct error *err)
{
	const int n = confidence_parse(value);

	if (n < 0)
		return error_set(err, ERROR_USAGE, "%s is none of certain, strong, likely, possible", value);
	*(enum confidence *)field = (enum confidence)n;
	return 0;
}

static const struct option_row *
by_name(const struct option_row *const *tables, const char *name, size_t len)
{
	for (; *tables; tables++)
		for (const struct option_row *row = *tables; row->name; row++)
			if (strlen(row->name) == len && strncmp(row->name, name, len) == 0)
				return row;
	return NULL;
}

static const struct option_row *
by_letter(const struct option_row *const *tables, char letter)
{
	for (; *tables; tables++)
		for (const struct option_row *row = *tables; row->name; row++)
			if (row->letter == letter)
				return row;
	return NULL;
}

static int
set_row(const struct option_row *row, void *settings, const char *value, struct error *err)
{
	if (row->set((char *)settings + row->at, value, err) == 0)
		return 0;
	return error_wrap(err, "--%s", row->name);
}

/* "--name", "--name=value" or "--name value"; *i stands at it and ends at the last word used */
static int
parse_long(const struct option_row *const *tables, void *settings, char **argv, int argc, int *i, struct error *err)
{
	const char *name = argv[*i] + 2, *value = strchr(name, '=');
	const size_t len = value ? (size_t)(value - name) : strlen(name);
	const struct option_row *row = by_name(tables, name, len);

	if (!row)
		return error_set(err, ERROR_USAGE, "--%.*s is not known; see --help", (int)len, name);
	value = value ? value + 1 : NULL;
	if (!row->argument && value)
		return error_set(err, ERROR_USAGE, "--%s takes no value", row->name);
	if (row->argument && !value && *i + 1 >= argc)
		return error_set(err, ERROR_USAGE, "--%s needs a value: %s", row->name, row->argument);
	if (row->argument && !value)
		value = argv[++*i];
	return set_row(row, settings, value, err);
}

static int
parse_short(const struct option_row *const *tables, void *settings, char **argv, int argc, int *i, struct error *err)
{
	for (const char *c = argv[*i] + 1; *c; c++) {
		const struct option_row *row = by_letter(tables, *c);
		const char *value = NULL;

		if (!row)
			return error_set(err, ERROR_USAGE, "-%c is not known; see --help", *c);
		if (row->argument) {
			value = c[1] ? c + 1 : *i + 1 < argc ? argv[++*i] : NULL;
			if (!value)
				return error_set(err, ERROR_USAGE, "-%c needs a value: %s", *c, row->argument);
		}
		if (set_row(row, settings, value, err) < 0)
			return -1;
		if (value)
			break;
	}
	return 0;
}

int
options_parse(const struct option_row *const *tables, void *settings, int argc, char **argv, struct string_list *rest,
    struct error *err)
{
	bool words_only = false;
	int r = 0;

	for (int i = 0; r == 0 && i < argc; i++) {
		if (words_only || argv[i][0] != '-' || argv[i][1] == 0)
			r = option_list(rest, argv[i], err);
		else if (strcmp(argv[i], "--") == 0)
			words_only = true;
		else if (argv[i][1] == '-')
			r = parse_long(tables, settings, argv, argc, &i, err);
		else
			r = parse_short(tables, settings, argv, argc, &i, err);
	}
	return r;
}

int
options_set(const struct option_row *const *tables, void *settings, const char *name, const char *value, struct error *err)
{
	const struct option_row *row = by_name(tables, name, strlen(name));

	if (!row)
		return error_set(err, ERROR_USAGE, "%s is no option", name);
	return set_row(row, settings, value, err);
}

void
options_help(const struct option_row *const *tables)
{
	for (; *tables; tables++)
		for (const struct option_row *row = *tables; row->name; row++) {
			const int n = printf("  %c%c%c --%s%s%s", row->letter ? '-' : ' ', row->letter ? row->letter : ' ',
			    row->letter ? ',' : ' ', row->name, row->argument ? " " : "", row->argument ? row->argument : "");

			printf("%*s%s\n", n < 34 ? 34 - n : 1, "", row->about);
		}
}
