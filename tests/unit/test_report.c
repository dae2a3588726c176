/* What every format tells of findings whose names want to break out of it. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch.h>

#include "blob/origin.h"
#include "report/excerpt.h"
#include "report/quote.h"
#include "report/report.h"
#include "report/wording.h"
#include "rules/rule.h"

/* LF, ESC, a byte that is no UTF-8, markup, an end of CDATA, a bidi override, a command's syntax */
#define HOSTILE "a\n\x1b[31m\xff\"'<b>]]>&,:%\x7f::error::\xe2\x80\xae.txt"
#define MASK "\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2"

Suite *report_suite(void);

static const struct rule rule_pat = {
	.id = "github-pat", .about = "GitHub personal access token (classic)", .vendor = "GitHub",
	.docs = "https://docs.github.com/authentication", .severity = SEVERITY_CRITICAL,
	.advice = "revoke it at https://github.com/settings/tokens, then seal the new one",
};
static const struct rule rule_generic = {
	.id = "password", .about = "Password that is assigned to a telling name", .severity = SEVERITY_HIGH,
	.advice = "change it where it is checked, then seal the new one",
};
static const struct rule rule_odd = {
	.id = "own-rule", .about = HOSTILE, .vendor = HOSTILE, .docs = "javascript:alert(1)", .severity = SEVERITY_LOW,
	.advice = HOSTILE,
};
static const struct rule *const rule_list[] = { &rule_pat, &rule_odd, &rule_generic };
static const struct rules rules = { .rule = rule_list, .count = 3 };

static const struct origin target = { .step = ORIGIN_TARGET, .name = "." };
static const struct origin plain = { &target, ORIGIN_FILE, 1, "config/deploy.env", 0, NULL };
static const struct origin hostile = { &target, ORIGIN_FILE, 1, HOSTILE, 0, NULL };
static const struct origin formula = { &target, ORIGIN_FILE, 1, "=cmd|' /C calc'!A0", 0, NULL };
static const struct origin tar = { &target, ORIGIN_FILE, 1, "images/app one.tar", 0, NULL };
static const struct origin jar = { &tar, ORIGIN_MEMBER, 2, "srv/app.jar", 0, NULL };
static const struct origin properties = { &jar, ORIGIN_MEMBER, 3, "config.properties", 0, NULL };
static const struct origin decoded = { &properties, ORIGIN_DECODED, 4, "base64", 120, NULL };
static const struct origin commit = { &target, ORIGIN_COMMIT, 1, "0123456789abcdef0123456789abcdef01234567", 0, NULL };
static const struct origin committed = { &commit, ORIGIN_FILE, 2, "old/.env", 0, NULL };
static const struct origin zip = { &target, ORIGIN_FILE, 1, "backup.zip", 0, NULL };

static const struct finding findings[] = {
	{
		.rule = &rule_pat, .origin = &plain, .confidence = CONFIDENCE_CERTAIN,
		.evidence = EVIDENCE_CHECKSUM | EVIDENCE_PREFIX, .entropy = 4.8, .offset = 311, .line = 12, .end_line = 12,
		.column = 14, .end_column = 54, .column16 = 14, .end_column16 = 54, .length = 40, .mark = { 0xab, 1 },
		.id = "0123456789abcdef0123456789abcdef", .preview = "ghp_\xe2\x80\xa6qw", .key = "GITHUB_TOKEN",
		.excerpt = "GITHUB_TOKEN=ghp_" MASK "qw", .excerpt_at = 13, .excerpt_len = 4 + 12 + 2,
	},
	{
		.rule = &rule_generic, .origin = &plain, .confidence = CONFIDENCE_LIKELY,
		.evidence = EVIDENCE_ASSIGNMENT | EVIDENCE_RANDOMNESS, .entropy = 3.5, .offset = 372, .line = 14, .end_line = 14,
		.column = 13, .end_column = 25, .column16 = 13, .end_column16 = 25, .length = 12,
		.id = "00000000000000000000000000000001", .preview = "h\xe2\x80\xa6", .key = "DB_PASSWORD",
		.excerpt = "\tDB_PASSWORD=\xe6\x97\xa5" MASK " # the old one", .excerpt_at = 16, .excerpt_len = 12,
		.why = "assigned to DB_PASSWORD, and it looks random",
	},
	{
		.rule = &rule_pat, .origin = &decoded, .confidence = CONFIDENCE_CERTAIN, .evidence = EVIDENCE_CHECKSUM,
		.offset = 5000, .line = 3, .end_line = 3, .column = 9, .end_column = 49, .column16 = 8, .end_column16 = 48,
		.length = 40, .id = "0123456789abcdef0123456789abcdef", .preview = "ghp_\xe2\x80\xa6qw",
	},
	{
		.rule = &rule_odd, .origin = &hostile, .confidence = CONFIDENCE_POSSIBLE, .offset = 77, .length = 9,
		.id = "ffffffffffffffffffffffffffffffff", .preview = "\x1b]0;\xff<&", .key = HOSTILE, .excerpt = HOSTILE,
		.excerpt_at = 3, .excerpt_len = 1000, .why = HOSTILE,
	},
	{
		.rule = &rule_generic, .origin = &formula, .confidence = CONFIDENCE_STRONG, .line = 1, .end_line = 2,
		.column = 1, .end_column = 4, .column16 = 1, .end_column16 = 4, .length = 9,
		.id = "00000000000000000000000000000002", .preview = "-1+1", .key = "@SUM(A1)",
	},
	{
		.rule = &rule_pat, .origin = &committed, .confidence = CONFIDENCE_STRONG, .line = 2, .end_line = 2,
		.column = 1, .end_column = 41, .column16 = 1, .end_column16 = 41, .length = 40,
		.id = "00000000000000000000000000000003", .preview = "ghp_\xe2\x80\xa6qw",
	},
};
#define FINDINGS (sizeof findings / sizeof findings[0])

static const struct unread unread[] = {
	{ &zip, "archive is encrypted" },
	{ &hostile, "permission denied " HOSTILE },
	{ &jar, "archive is encrypted" },
};

static const struct summary some = {
	.findings = FINDINGS, .unread = 3, .files = 91763, .bytes = 2531000000, .seconds = 2.104, .rules = 412, .allowed = 2,
};
static const struct summary none = { .complete = true, .files = 1, .bytes = 12, .seconds = 0.01, .rules = 412 };

/* everything that was written to fd, NUL-ended; closes it */
static char *
written(int fd)
{
	struct stat st;
	char *text;

	ck_assert_int_eq(fstat(fd, &st), 0);
	text = calloc(1, (size_t)st.st_size + 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(pread(fd, text, (size_t)st.st_size, 0), st.st_size);
	ck_assert_uint_eq(strlen(text), (size_t)st.st_size);
	close(fd);
	return text;
}

static int
scratch(void)
{
	int fd = memfd_create("report", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

/* With REPORT_SAMPLES=FOLDER the reports also go there, for tests/report/validate.py. */
static void
keep(const char *format, const char *which, const char *text)
{
	const char *folder = getenv("REPORT_SAMPLES");
	char path[4096];
	FILE *f;

	if (!folder)
		return;
	snprintf(path, sizeof path, "%s/%s.%s", folder, which, format);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static char *
tell_with(const char *format, bool color, unsigned width)
{
	const struct reporter *kind = report_find(format);
	struct error error = { 0 };
	struct report r;
	int fd = scratch();

	ck_assert_ptr_nonnull(kind);
	report_open(&r, kind, fd, &rules);
	r.color = color;
	r.width = width;
	report_unread(&r, &unread[0]);
	for (size_t i = 0; i < FINDINGS; i++)
		report_finding(&r, &findings[i]);
	report_unread(&r, &unread[1]);
	report_unread(&r, &unread[2]);
	ck_assert_int_eq(report_close(&r, &some, &error), 0);
	return written(fd);
}

static char *
tell(const char *format)
{
	char *text = tell_with(format, false, 0);

	keep(format, "some", text);
	return text;
}

static char *
tell_one(const char *format, const struct finding *f)
{
	struct summary s = { .findings = f ? 1 : 0, .complete = true, .files = 1, .bytes = 12 };
	struct error error = { 0 };
	struct report r;
	int fd = scratch();
	char *text;

	report_open(&r, report_find(format), fd, f ? &rules : NULL);
	if (f)
		report_finding(&r, f);
	ck_assert_int_eq(report_close(&r, f ? &s : &none, &error), 0);
	text = written(fd);
	keep(format, f ? "one" : "none", text);
	return text;
}

static json_t *
parsed(char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	ck_assert_msg(json, "line %d: %s", error.line, error.text);
	free(text);
	return json;
}

static const char *
string_at(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

START_TEST(every_format_is_listed)
{
	const struct reporter *kind;
	size_t i;

	for (i = 0; (kind = report_list(i)); i++) {
		ck_assert_ptr_eq(report_find(kind->name), kind);
		ck_assert(*kind->about);
	}
	ck_assert_uint_eq(i, 9);
	ck_assert_ptr_null(report_find("xml"));
}
END_TEST

static void
check_finding(json_t *f)
{
	json_t *origin = json_object_get(f, "origin");

	ck_assert_str_eq(string_at(f, "type"), "finding");
	ck_assert_str_eq(string_at(f, "file"), "images/app one.tar!srv/app.jar!config.properties");
	ck_assert_str_eq(string_at(f, "severity"), "critical");
	ck_assert_str_eq(string_at(f, "vendor"), "GitHub");
	ck_assert_int_eq(json_integer_value(json_object_get(f, "column")), 9);
	ck_assert_int_eq(json_integer_value(json_object_get(f, "column_utf16")), 8);
	ck_assert_uint_eq(json_array_size(origin), 5);
	ck_assert_str_eq(string_at(json_array_get(origin, 4), "step"), "decoded");
	ck_assert_int_eq(json_integer_value(json_object_get(json_array_get(origin, 4), "offset")), 120);
	ck_assert_ptr_null(json_object_get(f, "secret"));
}

START_TEST(json_is_one_document)
{
	json_t *all = parsed(tell("json"));
	json_t *list = json_object_get(all, "findings"), *odd = json_array_get(list, 3);

	ck_assert_uint_eq(json_array_size(list), FINDINGS);
	ck_assert_uint_eq(json_array_size(json_object_get(all, "unread")), 3);
	check_finding(json_array_get(list, 2));
	ck_assert_str_eq(string_at(odd, "file"), "a\n\x1b[31m\xef\xbf\xbd\"'<b>]]>&,:%\x7f::error::\xe2\x80\xae.txt");
	ck_assert_ptr_null(json_object_get(odd, "line"));
	ck_assert_int_eq(json_integer_value(json_object_get(odd, "offset")), 77);
	ck_assert(json_is_false(json_object_get(json_object_get(all, "summary"), "complete")));
	json_decref(all);

	all = parsed(tell_one("json", NULL));
	ck_assert_uint_eq(json_array_size(json_object_get(all, "findings")), 0);
	ck_assert(json_is_true(json_object_get(json_object_get(all, "summary"), "complete")));
	json_decref(all);
}
END_TEST

START_TEST(jsonl_is_one_object_a_line)
{
	char *text = tell("jsonl"), *rest = NULL, type[16] = "";
	int lines = 0;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest), lines++) {
		json_t *json = parsed(strdup(line));

		if (lines == 3)
			check_finding(json);
		snprintf(type, sizeof type, "%s", string_at(json, "type"));
		json_decref(json);
	}
	ck_assert_int_eq(lines, (int)FINDINGS + 3 + 1);
	ck_assert_str_eq(type, "summary");
	free(text);
}
END_TEST

START_TEST(a_secret_is_told_only_when_asked)
{
	static const char *const formats[] = { "text", "json", "jsonl", "html", "sarif", "gitlab" };
	struct finding asked = findings[0];

	asked.secret = "correct horse battery";
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		char *with = tell_one(formats[i], &asked), *without = tell_one(formats[i], &findings[0]);

		ck_assert_msg(strstr(with, asked.secret) != NULL, "%s", formats[i]);
		ck_assert_msg(strstr(without, "secret\":") == NULL, "%s", formats[i]);
		free(with);
		free(without);
	}
}
END_TEST

static json_t *
location_of(json_t *result)
{
	return json_array_get(json_object_get(result, "locations"), 0);
}

static json_t *
region_of(json_t *result)
{
	return json_object_get(json_object_get(location_of(result), "physicalLocation"), "region");
}

static const char *
uri_of(json_t *result)
{
	json_t *place = json_object_get(location_of(result), "physicalLocation");

	return string_at(json_object_get(place, "artifactLocation"), "uri");
}

START_TEST(sarif_names_files_as_uris)
{
	json_t *all = parsed(tell("sarif")), *run = json_array_get(json_object_get(all, "runs"), 0);
	json_t *results = json_object_get(run, "results"), *nested = json_array_get(results, 2), *logical;

	ck_assert_str_eq(string_at(run, "columnKind"), "utf16CodeUnits");
	ck_assert_str_eq(uri_of(json_array_get(results, 0)), "config/deploy.env");
	ck_assert_str_eq(uri_of(nested), "images/app%20one.tar");
	logical = json_array_get(json_object_get(location_of(nested), "logicalLocations"), 0);
	ck_assert_str_eq(string_at(logical, "fullyQualifiedName"), "srv/app.jar!config.properties!base64@120");
	ck_assert_str_eq(uri_of(json_array_get(results, 3)),
		"a%0A%1B%5B31m%FF%22%27%3Cb%3E%5D%5D%3E%26%2C%3A%25%7F%3A%3Aerror%3A%3A%E2%80%AE.txt");
	ck_assert_str_eq(uri_of(json_array_get(results, 5)), "old/.env");
	ck_assert_int_eq(json_integer_value(json_object_get(region_of(json_array_get(results, 3)), "byteOffset")), 77);
	ck_assert_int_eq(json_integer_value(json_object_get(region_of(json_array_get(results, 0)), "startColumn")), 14);
	json_decref(all);
}
END_TEST

START_TEST(sarif_ties_results_to_rules)
{
	json_t *all = parsed(tell("sarif")), *run = json_array_get(json_object_get(all, "runs"), 0);
	json_t *result = json_array_get(json_object_get(run, "results"), 1), *list, *call;
	json_t *driver = json_object_get(json_object_get(run, "tool"), "driver");

	list = json_object_get(driver, "rules");
	ck_assert_uint_eq(json_array_size(list), 3);
	ck_assert_int_eq(json_integer_value(json_object_get(result, "ruleIndex")), 2);
	ck_assert_str_eq(string_at(json_array_get(list, 2), "id"), string_at(result, "ruleId"));
	ck_assert_str_eq(string_at(result, "level"), "error");
	call = json_array_get(json_object_get(run, "invocations"), 0);
	ck_assert(json_is_false(json_object_get(call, "executionSuccessful")));
	ck_assert_uint_eq(json_array_size(json_object_get(call, "toolExecutionNotifications")), 3);
	json_decref(all);
}
END_TEST

START_TEST(gitlab_gives_each_finding_an_id)
{
	json_t *all = parsed(tell("gitlab")), *list = json_object_get(all, "vulnerabilities");
	const char *id = string_at(json_array_get(list, 0), "id");
	json_t *place = json_object_get(json_array_get(list, 5), "location");

	ck_assert_uint_eq(json_array_size(list), FINDINGS);
	ck_assert_uint_eq(strlen(id), 36);
	ck_assert_int_eq(id[14], '8');
	ck_assert_str_ne(id, string_at(json_array_get(list, 2), "id"));
	ck_assert_str_eq(string_at(json_array_get(list, 0), "severity"), "Critical");
	ck_assert_str_eq(string_at(json_object_get(place, "commit"), "sha"), commit.name);
	ck_assert_str_eq(string_at(place, "file"), "old/.env");
	ck_assert_uint_eq(json_array_size(json_object_get(json_object_get(all, "scan"), "messages")), 3);
	json_decref(all);
}
END_TEST

START_TEST(gitlab_takes_its_date_from_outside)
{
	json_t *scan, *all;

	setenv("SOURCE_DATE_EPOCH", "86400", 1);
	all = parsed(tell_one("gitlab", NULL));
	unsetenv("SOURCE_DATE_EPOCH");
	scan = json_object_get(all, "scan");
	ck_assert_str_eq(string_at(scan, "start_time"), "1970-01-02T00:00:00");
	ck_assert_str_eq(string_at(scan, "end_time"), "1970-01-02T00:00:00");
	json_decref(all);
}
END_TEST

/* No byte that a terminal acts on, but LF and, with colour, ESC [ digits ; m. */
static void
check_harmless(const char *text)
{
	ck_assert_ptr_null(strstr(text, "\xe2\x80\xae"));
	ck_assert_ptr_null(strchr(text, (char)0xff));
	for (; *text; text++) {
		if (*text == '\x1b') {
			ck_assert_int_eq(text[1], '[');
			text += 2 + strspn(text + 2, "0123456789;");
			ck_assert_int_eq(*text, 'm');
		}
		ck_assert((uint8_t)*text >= 0x20 || *text == '\n');
		ck_assert_int_ne(*text, 0x7f);
	}
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0, len = strlen(what);

	for (; *text; text++)
		n += *text == *what && !strncmp(text, what, len);
	return n;
}

START_TEST(text_cannot_drive_a_terminal)
{
	char *plain_text = tell("text"), *colored = tell_with("text", true, 80);

	check_harmless(plain_text);
	check_harmless(colored);
	ck_assert_ptr_null(strchr(plain_text, '\x1b'));
	ck_assert_ptr_nonnull(strstr(colored, "\x1b[1;31mcritical\x1b[0m"));
	ck_assert_ptr_null(strstr(colored, "^^^"));
	ck_assert_ptr_nonnull(strstr(plain_text, "a\\n\\x1b[31m\\xff\"'<b>"));
	ck_assert_ptr_nonnull(strstr(plain_text, "\\u{202e}"));
	free(plain_text);
	free(colored);
}
END_TEST

START_TEST(text_tells_what_to_do_once)
{
	char *text = tell("text");

	ck_assert_uint_eq(count(text, rule_pat.advice), 1);
	ck_assert_uint_eq(count(text, rule_generic.advice), 1);
	ck_assert_ptr_nonnull(strstr(text, "config/deploy.env:12:14\n"));
	ck_assert_ptr_nonnull(strstr(text, "images/app one.tar \xe2\x96\xb8 srv/app.jar \xe2\x96\xb8 "
		"config.properties \xe2\x96\xb8 base64@120\n"));
	ck_assert_uint_eq(count(text, "archive is encrypted\n"), 1);
	ck_assert_ptr_nonnull(strstr(text, "\n6 findings (3 critical, 2 high, 1 low) in 91,763 files, 2.5 GB, 2.1 s; "
		"3 files could not be read to their end; 2 suppressed by a comment\n"));
	free(text);
}
END_TEST

START_TEST(text_points_at_the_secret)
{
	char *text = tell_one("text", &findings[1]);

	ck_assert_ptr_nonnull(strstr(text, "          DB_PASSWORD=\xe6\x97\xa5" MASK " # the old one\n"
		"                        ^^^^\n"));
	free(text);
}
END_TEST

START_TEST(text_says_that_nothing_was_found)
{
	char *text = tell_one("text", NULL);

	ck_assert_str_eq(text, "nothing found in 1 file, 12 B, 0.1 s\n");
	free(text);
}
END_TEST

START_TEST(an_excerpt_fits_any_width)
{
	struct finding f = findings[0];
	char line[400];

	memset(line, 'x', sizeof line);
	line[sizeof line - 1] = 0;
	f.excerpt = line;
	f.excerpt_at = 150;
	f.excerpt_len = 40;
	for (unsigned width = 0; width < 500; width++) {
		struct excerpt e;

		excerpt_fit(&e, &f, width);
		if (width > 60)
			ck_assert_uint_eq(e.secret_cols, 40);
		if (width > 4)
			ck_assert_uint_le(e.before_cols + e.secret_cols + e.after_cols, width);
		excerpt_done(&e);
	}
}
END_TEST

/* Fields of the CSV line at *at, which moves behind it; no field holds a line end. */
static int
csv_fields(const char **at)
{
	const char *p = *at;
	int fields = 1;
	bool quoted = false;

	for (; quoted || (*p && *p != '\r'); p++) {
		ck_assert_int_ne(*p, 0);
		ck_assert_int_ne(*p, '\n');
		if (*p == '"' && !quoted)
			ck_assert(!strchr("=+-@", p[1]) || p[1] == '"');
		if (*p == '"')
			quoted = !quoted;
		else if (*p == ',' && !quoted)
			fields++;
	}
	ck_assert_int_eq(p[1], '\n');
	*at = p + 2;
	return fields;
}

START_TEST(csv_keeps_its_columns)
{
	char *text = tell("csv");
	const char *at = text;
	int rows = 0;

	for (; *at; rows++)
		ck_assert_int_eq(csv_fields(&at), 21);
	ck_assert_int_eq(rows, 1 + (int)FINDINGS + 3);
	ck_assert_ptr_nonnull(strstr(text, "\"'=cmd|' /C calc'!A0\""));
	ck_assert_ptr_nonnull(strstr(text, "\"'-1+1\",\"'@SUM(A1)\""));
	free(text);
}
END_TEST

START_TEST(github_commands_stay_one_a_line)
{
	char *text = tell("github"), *rest = NULL;
	int lines = 0;

	ck_assert_ptr_nonnull(strstr(text, "::error file=config/deploy.env,line=12,endLine=12,col=14,endColumn=54,"
		"title=GitHub personal access token (classic)::"));
	ck_assert_ptr_nonnull(strstr(text, "file=a%0A\\x1b[31m\\xff\"'<b>]]>&%2C%3A%25\\x7f%3A%3Aerror%3A%3A"));
	check_harmless(text);
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest), lines++)
		ck_assert_int_eq(strncmp(line, "::", 2), 0);
	ck_assert_int_eq(lines, (int)FINDINGS + 3 + 1);
	free(text);
}
END_TEST

START_TEST(junit_counts_its_cases)
{
	char *text = tell("junit");

	check_harmless(text);
	ck_assert_ptr_nonnull(strstr(text, "tests=\"9\" failures=\"6\" errors=\"3\" skipped=\"0\" time=\"2.104\""));
	ck_assert_ptr_nonnull(strstr(text, "<testcase name=\"github-pat at config/deploy.env:12:14\" "));
	ck_assert_uint_eq(count(text, "<testcase "), 9);
	ck_assert_uint_eq(count(text, "<failure "), 6);
	ck_assert_ptr_null(strstr(text, "]]>"));
	ck_assert_ptr_null(strstr(text, "<b>"));
	free(text);

	text = tell_one("junit", NULL);
	ck_assert_ptr_nonnull(strstr(text, "tests=\"1\" failures=\"0\" errors=\"0\""));
	ck_assert_ptr_nonnull(strstr(text, "<testcase name=\"no secret found\" classname=\"stanch\"/>"));
	free(text);
}
END_TEST

START_TEST(html_holds_no_markup_of_others)
{
	char *text = tell("html");

	check_harmless(text);
	ck_assert_ptr_null(strstr(text, "<b>]]"));
	ck_assert_ptr_null(strstr(text, "<script"));
	ck_assert_ptr_null(strstr(text, "href=\"javascript:"));
	ck_assert_uint_eq(count(text, "<article "), FINDINGS);
	ck_assert_uint_eq(count(text, "</article>"), FINDINGS);
	ck_assert_ptr_nonnull(strstr(text, "<mark>ghp_" MASK "qw</mark>"));
	free(text);
	free(tell_one("html", NULL));
}
END_TEST

/* Feeds a report with n of each and returns what it wrote; memory stays small throughout. */
static char *
tell_many(const char *format, size_t n)
{
	struct summary s = some;
	struct error error = { 0 };
	struct report r;
	int fd = scratch();

	report_open(&r, report_find(format), fd, &rules);
	for (size_t i = 0; i < n; i++) {
		report_finding(&r, &findings[i % FINDINGS]);
		report_unread(&r, &unread[i % 3]);
		ck_assert_uint_lt(r.out.cap, 512 * 1024);
	}
	s.findings = s.unread = n;
	ck_assert_int_eq(report_close(&r, &s, &error), 0);
	return written(fd);
}

START_TEST(many_findings_take_no_more_memory)
{
	const struct reporter *kind = report_list((size_t)_i);
	char *text = tell_many(kind->name, 12000);

	if (!strcmp(kind->name, "json")) {
		json_t *all = parsed(text);

		ck_assert_uint_eq(json_array_size(json_object_get(all, "findings")), 12000);
		ck_assert_uint_eq(json_array_size(json_object_get(all, "unread")), 12000);
		json_decref(all);
		return;
	}
	if (!strcmp(kind->name, "html"))
		ck_assert_uint_eq(count(text, "<li>"), 12000);
	if (!strcmp(kind->name, "junit"))
		ck_assert_uint_eq(count(text, "</testcase>"), 24000);
	free(text);
}
END_TEST

START_TEST(a_failed_write_is_told)
{
	const struct reporter *kind = report_list((size_t)_i);
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct error error = { 0 };
	struct report r;

	ck_assert_int_ge(fd, 0);
	report_open(&r, kind, fd, &rules);
	report_finding(&r, &findings[0]);
	ck_assert_int_eq(report_close(&r, &some, &error), -1);
	ck_assert_int_eq(error.code, ENOSPC);
	close(fd);
}
END_TEST

static void
check_wording(struct buf *b, const char *expected)
{
	ck_assert_str_eq(buf_str(b), expected);
	b->len = 0;
}

START_TEST(figures_are_words)
{
	struct buf b;

	buf_init(&b);
	wording_number(&b, 0);
	check_wording(&b, "0");
	wording_number(&b, UINT64_MAX);
	check_wording(&b, "18,446,744,073,709,551,615");
	wording_size(&b, 999);
	check_wording(&b, "999 B");
	wording_size(&b, 1000);
	check_wording(&b, "1.0 kB");
	wording_size(&b, 999999);
	check_wording(&b, "1.0 MB");
	wording_size(&b, 2531000000);
	check_wording(&b, "2.5 GB");
	wording_size(&b, 123456789);
	check_wording(&b, "123 MB");
	wording_size(&b, UINT64_MAX);
	check_wording(&b, "18.4 EB");
	wording_seconds(&b, 2.104);
	check_wording(&b, "2.1 s");
	wording_seconds(&b, 192.4);
	check_wording(&b, "3 min 12 s");
	wording_seconds(&b, -1);
	check_wording(&b, "0.1 s");
	buf_done(&b);
}
END_TEST

START_TEST(uris_are_relative_or_of_files)
{
	struct buf b;

	buf_init(&b);
	quote_uri(&b, "././/a b/c");
	check_wording(&b, "a%20b/c");
	quote_uri(&b, "/etc/x");
	check_wording(&b, "file:///etc/x");
	quote_uri(&b, "c:d");
	check_wording(&b, "c%3Ad");
	buf_done(&b);
}
END_TEST

static void
add_data_tests(TCase *t)
{
	tcase_add_test(t, every_format_is_listed);
	tcase_add_test(t, json_is_one_document);
	tcase_add_test(t, jsonl_is_one_object_a_line);
	tcase_add_test(t, a_secret_is_told_only_when_asked);
	tcase_add_test(t, sarif_names_files_as_uris);
	tcase_add_test(t, sarif_ties_results_to_rules);
	tcase_add_test(t, gitlab_gives_each_finding_an_id);
	tcase_add_test(t, gitlab_takes_its_date_from_outside);
	tcase_add_test(t, csv_keeps_its_columns);
	tcase_add_test(t, junit_counts_its_cases);
	tcase_add_loop_test(t, many_findings_take_no_more_memory, 0, 9);
	tcase_add_loop_test(t, a_failed_write_is_told, 0, 9);
}

static void
add_people_tests(TCase *t)
{
	tcase_add_test(t, text_cannot_drive_a_terminal);
	tcase_add_test(t, text_tells_what_to_do_once);
	tcase_add_test(t, text_points_at_the_secret);
	tcase_add_test(t, text_says_that_nothing_was_found);
	tcase_add_test(t, an_excerpt_fits_any_width);
	tcase_add_test(t, github_commands_stay_one_a_line);
	tcase_add_test(t, html_holds_no_markup_of_others);
	tcase_add_test(t, figures_are_words);
	tcase_add_test(t, uris_are_relative_or_of_files);
}

Suite *
report_suite(void)
{
	Suite *s = suite_create("report");
	TCase *data = tcase_create("data"), *people = tcase_create("people");

	tcase_set_timeout(data, 60);    /* thousands of findings under a sanitizer */
	add_data_tests(data);
	add_people_tests(people);
	suite_add_tcase(s, data);
	suite_add_tcase(s, people);
	return s;
}
