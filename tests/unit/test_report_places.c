/* What every format tells of a secret that stands in several layers. */
#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch.h>

#include "report/report.h"
#include "rules/rule.h"

Suite *report_places_suite(void);

static const struct rule rule = { .id = "token", .about = "A token", .severity = SEVERITY_HIGH };
static const struct rule *const list[] = { &rule };
static const struct rules rules = { .rule = list, .count = 1 };

static const struct attribute attributes[] = {
	{ "index", "3" }, { "digest", "sha256:00ff" }, { "created_by", "COPY \x1b app /srv" }, { "state", "deleted in layer 5" }, { 0 },
};
static const struct origin image = { .step = ORIGIN_IMAGE, .name = "app.tar" };
static const struct origin layer = { &image, ORIGIN_LAYER, 1, "3", 0, attributes };
static const struct origin file = { &layer, ORIGIN_FILE, 2, "srv/.env", 0, NULL };

#define PLACES 1200

static char *
told(const char *format)
{
	static struct finding_place places[PLACES];
	struct finding f = {
		.rule = &rule, .origin = &file, .line = 2, .end_line = 2, .column = 7, .end_column = 20, .column16 = 7,
		.end_column16 = 20, .length = 13, .id = "00000000000000000000000000000001", .preview = "x", .places = places,
		.place_count = PLACES,
	};
	struct summary s = { .findings = 1, .complete = true, .files = 1 };
	const int fd = memfd_create("report", MFD_CLOEXEC);
	struct error err;
	struct report r;
	struct stat st;
	char *text;

	for (size_t i = 0; i < PLACES; i++)
		places[i] = (struct finding_place){ &file, 10 * i, i + 1, i + 1, 1, 14, 1, 14 };
	report_open(&r, report_find(format), fd, &rules);
	report_finding(&r, &f);
	ck_assert_int_eq(report_close(&r, &s, &err), 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	text = calloc(1, (size_t)st.st_size + 1);
	ck_assert_int_eq(pread(fd, text, (size_t)st.st_size, 0), st.st_size);
	close(fd);
	return text;
}

START_TEST(json_lists_all)
{
	char *text = told("json");
	json_t *all = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *f, *step;

	ck_assert_ptr_nonnull(all);
	f = json_array_get(json_object_get(all, "findings"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(f, "file")), "srv/.env");
	ck_assert_uint_eq(json_array_size(json_object_get(f, "places")), PLACES);
	step = json_array_get(json_object_get(json_array_get(json_object_get(f, "places"), 7), "origin"), 1);
	ck_assert_int_eq(json_integer_value(json_object_get(step, "index")), 3);
	ck_assert_str_eq(json_string_value(json_object_get(step, "state")), "deleted in layer 5");
	ck_assert_str_eq(json_string_value(json_object_get(step, "digest")), "sha256:00ff");
	json_decref(all);
	free(text);
}
END_TEST

START_TEST(sarif_relates_them)
{
	char *text = told("sarif");
	json_t *all = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *run, *result, *other;

	ck_assert_ptr_nonnull(all);
	run = json_array_get(json_object_get(all, "runs"), 0);
	result = json_array_get(json_object_get(run, "results"), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(result, "relatedLocations")), 1000);
	other = json_array_get(json_object_get(result, "relatedLocations"), 4);
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(json_object_get(other, "physicalLocation"), "region"),
	    "startLine")), 5);
	other = json_array_get(json_object_get(other, "logicalLocations"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(other, "fullyQualifiedName")), "app.tar!layer 3!srv/.env");
	json_decref(all);
	free(text);
}
END_TEST

START_TEST(people_read_some)
{
	char *text = told("text"), *page = told("html");

	ck_assert_ptr_nonnull(strstr(text, "layer 3: COPY \\x1b app /srv, deleted in layer 5\n"));
	ck_assert_ptr_nonnull(strstr(text, "also in app.tar \xe2\x96\xb8 layer 3 \xe2\x96\xb8 srv/.env:5:1\n"));
	ck_assert_ptr_null(strstr(text, ":6:1\n"));
	ck_assert_ptr_nonnull(strstr(text, "and in 1,195 more places"));
	ck_assert_ptr_null(strstr(text, "sha256:00ff"));
	ck_assert_ptr_nonnull(strstr(text, "image     app.tar\n          \xe2\x94\x9c\xe2\x94\x80 layers 1 to 2: nothing\n"
		"          \xe2\x94\x94\xe2\x94\x80 layer 3 00ff: 1 finding (high), deleted or replaced later \xc2\xb7 COPY \\x1b app /srv\n\n"));
	ck_assert_ptr_nonnull(strstr(page, "deleted in layer 5"));
	ck_assert_ptr_nonnull(strstr(page, "and in 1180 more places"));
	ck_assert_ptr_null(strchr(page, '\x1b'));
	free(text);
	free(page);
}
END_TEST

Suite *
report_places_suite(void)
{
	Suite *s = suite_create("report places");
	TCase *t = tcase_create("report places");

	tcase_add_test(t, json_lists_all);
	tcase_add_test(t, sarif_relates_them);
	tcase_add_test(t, people_read_some);
	suite_add_tcase(s, t);
	return s;
}
