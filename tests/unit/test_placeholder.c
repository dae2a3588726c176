/* test_placeholder.c: stand-ins, and what must not be taken for one. */
#include <check.h>

#include "triage/placeholder.h"

Suite *placeholder_suite(void);

static const char *const tokens[] = {
	"xxxxxxxxxxxxxxxx", "AKIA0000000000000000", "1234567890", "abcdefghijklmnop", "deadbeefdeadbeef", "AKIAEXAMPLEEXAMPLE00",
	"****************", "foofoofoofoo", "0123456789abcdef0123456789abcdef", "your_api_key_here_0000",
};

static const char *const values[] = {
	"${PASSWORD}", "$PASSWORD", "$(cat /run/x)", "{{ password }}", "<%= password %>", "#{password}", "%PASSWORD%", "@@PASSWORD@@",
	"<your-key>", "[your key]", "changeme", "null", "None", "undefined", "op://vault/item", "vault:secret/data/x", "ENC[AES256,data]",
	"/run/secrets/db", "./secret.txt", "https://example.test/x", "C:\\secret.txt", "string", "process.env.PASSWORD", "ref+vault://x",
	"$argon2id$v=19$m=65536$x", "sha256:00ff", "my-example-value",
};

static const char *const real[] = {
	"qX7vLw2PzR9d", "sunshine12", "8f3a0c5e9d1b7246", "p$ssw0rd!", "Tr0ub4dor&3", "aB+c/dEf1gH2iJ3k==",
};

START_TEST(tokens_are_known)
{
	ck_assert_msg(placeholder_token(bytes_of(tokens[_i])) != NULL, "%s", tokens[_i]);
	ck_assert_ptr_nonnull(placeholder_value(bytes_of(tokens[_i])));
}
END_TEST

START_TEST(values_are_known)
{
	ck_assert_msg(placeholder_value(bytes_of(values[_i])) != NULL, "%s", values[_i]);
}
END_TEST

START_TEST(secrets_are_not)
{
	ck_assert_msg(placeholder_value(bytes_of(real[_i])) == NULL, "%s: %s", real[_i], placeholder_value(bytes_of(real[_i])));
}
END_TEST

START_TEST(nothing_is_nothing)
{
	ck_assert_str_eq(placeholder_value(bytes_of("")), "nothing");
}
END_TEST

Suite *
placeholder_suite(void)
{
	Suite *suite = suite_create("placeholder");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, tokens_are_known, 0, sizeof tokens / sizeof *tokens);
	tcase_add_loop_test(all, values_are_known, 0, sizeof values / sizeof *values);
	tcase_add_loop_test(all, secrets_are_not, 0, sizeof real / sizeof *real);
	tcase_add_test(all, nothing_is_nothing);
	suite_add_tcase(suite, all);
	return suite;
}
