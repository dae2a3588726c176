/* test_assign.c: one row a syntax; the ~ in a row marks the word that is looked at. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "match/assign.h"

Suite *assign_suite(void);

struct row {
	const char *text;       /* the word begins behind ~ */
	const char *word;
	enum assign_syntax syntax;
	const char *name, *value;
};

static const struct row rows[] = {
	{"~password = \"abc123\"", "password", ASSIGN_EQUALS, "password", "abc123"},
	{"db_~password='abc123'", "password", ASSIGN_EQUALS, "db_password", "abc123"},
	{"spring.datasource.~password=abc123\n", "password", ASSIGN_EQUALS, "spring.datasource.password", "abc123"},
	{"~password: abc123 # mine\n", "password", ASSIGN_COLON, "password", "abc123"},
	{"{\"~password\": \"abc123\"}", "password", ASSIGN_COLON, "password", "abc123"},
	{"\"{\\\"~password\\\":\\\"abc123\\\"}\"", "password", ASSIGN_COLON, "password", "abc123"},
	{"config[\"~password\"] = \"abc123\"", "password", ASSIGN_EQUALS, "password", "abc123"},
	{"'db.~password' => 'abc123',", "password", ASSIGN_ARROW, "db.password", "abc123"},
	{"\"~password\" -> \"abc123\"", "password", ASSIGN_ARROW, "password", "abc123"},
	{"~password := \"abc123\"", "password", ASSIGN_EQUALS, "password", "abc123"},
	{"var ~password string = \"abc123\"", "password", ASSIGN_EQUALS, "password", "abc123"},
	{"let ~password: Option<String> = Some(\"abc123\");", "password", ASSIGN_EQUALS, "password", "abc123"},
	{"char ~password[32] = \"abc123\";", "password", ASSIGN_EQUALS, "password", "abc123"},
	{"String ~password = new String(\"abc123\");", "password", ASSIGN_EQUALS, "password", "abc123"},
	{"#define ~PASSWORD \"abc123\"", "PASSWORD", ASSIGN_SPACE, "PASSWORD", "abc123"},
	{"ENV ~PASSWORD abc123\n", "PASSWORD", ASSIGN_SPACE, "PASSWORD", "abc123"},
	{"if (~password == \"abc123\")", "password", ASSIGN_COMPARE, "password", "abc123"},
	{"if (~password !== 'abc123')", "password", ASSIGN_COMPARE, "password", "abc123"},
	{"set~Password(\"abc123\")", "Password", ASSIGN_CALL, "setPassword", "abc123"},
	{".put(\"~password\", \"abc123\")", "password", ASSIGN_PAIR, "password", "abc123"},
	{"env('DB_~PASSWORD', 'abc123')", "PASSWORD", ASSIGN_PAIR, "DB_PASSWORD", "abc123"},
	{"process.env.~PASSWORD || 'abc123'", "PASSWORD", ASSIGN_DEFAULT, "process.env.PASSWORD", "abc123"},
	{"<~password>abc123</password>", "password", ASSIGN_ELEMENT, "password", "abc123"},
	{"<~password><![CDATA[abc123]]></password>", "password", ASSIGN_ELEMENT, "password", "abc123"},
	{"<string name=\"~password\">abc123</string>", "password", ASSIGN_ELEMENT, "password", "abc123"},
	{"<add key=\"~Password\" value=\"abc123\"/>", "Password", ASSIGN_ATTRIBUTE, "Password", "abc123"},
	{"<add value=\"abc123\" key=\"~Password\"/>", "Password", ASSIGN_ATTRIBUTE, "Password", "abc123"},
	{"- name: DB_~PASSWORD\n  value: abc123\n", "PASSWORD", ASSIGN_ATTRIBUTE, "DB_PASSWORD", "abc123"},
	{"{\"name\": \"DB_~PASSWORD\", \"value\": \"abc123\"}", "PASSWORD", ASSIGN_ATTRIBUTE, "DB_PASSWORD", "abc123"},
	{"{name: ~PASSWORD, value: abc123}", "PASSWORD", ASSIGN_ATTRIBUTE, "PASSWORD", "abc123"},
	{"run --~password abc123 --verbose", "password", ASSIGN_OPTION, "password", "abc123"},
	{"run --~password=abc123 --verbose", "password", ASSIGN_EQUALS, "password", "abc123"},
	{"https://x.test/?~token=abc123&page=2", "token", ASSIGN_QUERY, "token", "abc123"},
	{"X-Auth-~Token: abc123\n", "Token", ASSIGN_COLON, "X-Auth-Token", "abc123"},
	{"~Authorization: Token abc123\n", "Authorization", ASSIGN_COLON, "Authorization", "abc123"},
	{"\"Server=db;~Password=abc123;Port=1\"", "Password", ASSIGN_EQUALS, "Password", "abc123"},
	{"**~Password:** abc123\n", "Password", ASSIGN_COLON, "Password", "abc123"},
	{"~password =\n    \"abc123\"", "password", ASSIGN_EQUALS, "password", "abc123"},
	{"~password = os.environ.get(\"X\", \"abc123\")", "password", ASSIGN_EQUALS, "password", "abc123"},
	{"export ~PASSWORD=abc123; run", "PASSWORD", ASSIGN_EQUALS, "PASSWORD", "abc123"},
	{"$env:~PASSWORD = 'abc123'", "PASSWORD", ASSIGN_EQUALS, "PASSWORD", "abc123"},
	{"\"api~Token\": \"{\\\"k\\\":\\\"abc123\\\"}\"", "Token", ASSIGN_COLON, "apiToken", "abc123"},
};

static const struct row refused[] = {
	{"the ~password is not here", "password", 0, NULL, NULL},
	{"conn->~password->len", "password", 0, NULL, NULL},
	{"f(user, ~password);", "password", 0, NULL, NULL},
	{"~password::verify", "password", 0, NULL, NULL},
	{"print(\"~Password: \" + x)", "Password", 0, NULL, NULL},
	{"get~Password()", "Password", 0, NULL, NULL},
	{"</~password>", "password", 0, NULL, NULL},
	{"~password =~ /x/", "password", 0, NULL, NULL},
	{"~password", "password", 0, NULL, NULL},
	{"~password =", "password", 0, NULL, NULL},
	{"~password = \"", "password", 0, NULL, NULL},
};

/* Parses a row out of memory of its exact size, so that a sanitizer sees what reads beyond it. */
static bool
parse(const struct row *r, struct assign *a, char **memory)
{
	const char *mark = strchr(r->text, '~');
	const size_t at = (size_t)(mark - r->text), len = strlen(r->text) - 1;

	*memory = malloc(len);
	ck_assert_ptr_nonnull(*memory);
	memcpy(*memory, r->text, at);
	memcpy(*memory + at, mark + 1, len - at);
	return assign_parse((struct bytes){(const uint8_t *)*memory, len}, at, strlen(r->word), a);
}

static bool
among(const struct assign *a, const char *value)
{
	for (size_t i = 0; i < a->count; i++)
		if (bytes_equal(a->values[i].text, bytes_of(value)))
			return true;
	return false;
}

START_TEST(every_syntax_is_read)
{
	const struct row *r = &rows[_i];
	struct assign a;
	char *memory;

	ck_assert_msg(parse(r, &a, &memory), "refused: %s", r->text);
	ck_assert_msg(among(&a, r->value), "%s: %.*s", r->text, (int)a.values[0].text.len, (const char *)a.values[0].text.at);
	ck_assert_msg(bytes_equal(a.name, bytes_of(r->name)), "%s: name %.*s", r->text, (int)a.name.len, (const char *)a.name.at);
	ck_assert_msg(a.syntax == r->syntax, "%s: syntax %d", r->text, (int)a.syntax);
	free(memory);
}
END_TEST

START_TEST(what_assigns_nothing_is_refused)
{
	struct assign a;
	char *memory;

	ck_assert_msg(!parse(&refused[_i], &a, &memory), "read: %s", refused[_i].text);
	free(memory);
}
END_TEST

START_TEST(no_more_values_than_there_is_room_for)
{
	static const struct row many = {"~password(\"a1\", \"b2\", \"c3\", \"d4\", \"e5\", \"f6\")", "password", 0, NULL, NULL};
	struct assign a;
	char *memory;

	ck_assert(parse(&many, &a, &memory));
	ck_assert_uint_eq(a.count, ASSIGN_VALUES);
	free(memory);
}
END_TEST

START_TEST(a_place_beyond_the_text_is_refused)
{
	struct assign a;

	ck_assert(!assign_parse(bytes_of("password"), 9, 1, &a));
	ck_assert(!assign_parse(bytes_of("password"), 1, 8, &a));
}
END_TEST

Suite *
assign_suite(void)
{
	Suite *suite = suite_create("assign");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, every_syntax_is_read, 0, sizeof rows / sizeof *rows);
	tcase_add_loop_test(all, what_assigns_nothing_is_refused, 0, sizeof refused / sizeof *refused);
	tcase_add_test(all, no_more_values_than_there_is_room_for);
	tcase_add_test(all, a_place_beyond_the_text_is_refused);
	suite_add_tcase(suite, all);
	return suite;
}
