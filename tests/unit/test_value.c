/* test_value.c: what is kept, with which confidence at least, and what is dropped. */
#include <check.h>
#include <string.h>

#include "match/assign.h"
#include "triage/value.h"
#include "triage/value_file.h"
#include "triage/value_name.h"

Suite *value_suite(void);

struct row {
	const char *path, *text, *word;
	int least;              /* an enum confidence, or -1: dropped */
};

static const struct row rows[] = {
	{"app/settings.py", "password = \"vR7kq2Lx9Zt4\"", "password", CONFIDENCE_LIKELY},
	{"app/settings.py", "SECRET_KEY = \"q8Zt4LxvR7kq2W9bN3mP6sD1fG5hJ0kY\"", "SECRET", CONFIDENCE_LIKELY},
	{"prod.env", "DB_PASSWORD=vR7kq2Lx9Zt4", "PASSWORD", CONFIDENCE_LIKELY},
	{"app.yaml", "api_key: 8f3a0c5e9d1b72468f3b0c5e9d1a7246", "api_key", CONFIDENCE_LIKELY},
	{"app/settings.py", "password = \"sunshine12\"", "password", CONFIDENCE_POSSIBLE},
	{"app/settings.py", "password = \"Summer2019!\"", "password", CONFIDENCE_LIKELY},
	{"app/settings.py", "password = get_password()", "password", -1},
	{"app/settings.py", "password = config.password", "password", -1},
	{"app/settings.py", "password = \"${PASSWORD}\"", "password", -1},
	{"app/settings.py", "password_field = \"vR7kq2Lx9Zt4\"", "password", -1},
	{"app/settings.py", "public_key = \"vR7kq2Lx9Zt4vR7kq2Lx9Zt4\"", "key", -1},
	{"app/settings.py", "max_tokens = 4096", "token", -1},
	{"app/settings.py", "password = \"password\"", "password", -1},
	{"yarn.lock", "token: vR7kq2Lx9Zt4vR7kq2Lx9Zt4", "token", -1},
	{"app.yaml", "secretName: db-backup", "secret", -1},
	{"main.c", "key = \"\\x01\\x02\\x03\\x04\"", "key", -1},
	{"gpg.txt", "install-key F3EF5F62A87FC27A22E643F714CE4FF5015AA242", "key", -1},
	{"passwd.1", "password: \\fIvalue\\fR", "password", -1},
	{"api.html", "secret: &#39;abc&#39;", "secret", -1},
	{"index.json", "tokens: [HTTP/2](http2.md)", "token", -1},
	{"changes", "  * base-passwd.preinst: (#316084).", "passwd", -1},
	{"changes", "Pass -Zbzip2 -z9 to it", "Pass", -1},
	{"obj_mac.h", "#define SN_kx_dhe_psk \"KxDHE-PSK\"", "psk", -1},
	{"postgresql.conf", "password_encryption = scram-sha-256", "password", -1},
	{"ftp.pm", "my $pass = 'anonymous@';", "pass", -1},
	{"svc.3", "svcerr_auth(SVCXPRT *xprt)", "auth", -1},
	{"newusers.8", "pw_passwd:pw_uid:pw_gid:pw_dir", "passwd", -1},
	{"prod.env", "DB_PASSWORD=-vR7kq2Lx9Zt4", "PASSWORD", CONFIDENCE_LIKELY},
	{"app/text.py", "label_password = \"Please enter your password here\"", "password", -1},
};

START_TEST(judged_as_people_would)
{
	const struct row *r = &rows[_i];
	const char *at = strstr(r->text, r->word);
	struct judgement best = {0}, j;
	struct assign a;

	if (!assign_parse(bytes_of(r->text), (size_t)(at - r->text), strlen(r->word), &a))
		a.count = 0;
	for (size_t i = 0; i < a.count; i++) {
		if (value_judge(&a, i, r->path, &j)) {
			ck_assert_uint_ne(j.evidence & EVIDENCE_ASSIGNMENT, 0);
			best = j;
		}
		ck_assert_ptr_nonnull(j.why);
	}
	ck_assert_msg(best.keep == (r->least >= 0), "%s: %s", r->text, best.keep ? "kept" : "dropped");
	if (best.keep)
		ck_assert_msg((int)best.confidence >= r->least, "%s: confidence %d, %g", r->text, (int)best.confidence, best.probability);
}
END_TEST

START_TEST(names_are_told_apart)
{
	static const struct { const char *name; enum name_kind kind; } names[] = {
		{"dbPassword", NAME_PASSWORD}, {"PGPASSWORD", NAME_PASSWORD}, {"smtp_pass", NAME_PASSWORD}, {"client_secret", NAME_SECRET},
		{"accessToken", NAME_TOKEN}, {"API_KEY", NAME_ACCESS}, {"hmac.key", NAME_ACCESS}, {"row_key", NAME_HARMLESS}, {"rsa_key", NAME_KEY}, {"next_token", NAME_HARMLESS}, {"hash_salt", NAME_SALT},
		{"keyboard", NAME_HARMLESS}, {"author", NAME_HARMLESS}, {"token_type", NAME_HARMLESS}, {"PRIMARY_KEY", NAME_HARMLESS},
		{"secretName", NAME_HARMLESS}, {"num_keys", NAME_HARMLESS}, {"", NAME_HARMLESS}, {"colour", NAME_OTHER},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		ck_assert_msg(value_name(bytes_of(names[i].name)) == names[i].kind, "%s", names[i].name);
	ck_assert(value_name_test(bytes_of("fakePassword")));
	ck_assert(value_name_asks(bytes_of("getPassword")));
}
END_TEST

START_TEST(files_are_told_apart)
{
	ck_assert_int_eq(value_file("a/b.py"), FILE_CODE);
	ck_assert_int_eq(value_file("a/.env.local"), FILE_CONFIG);
	ck_assert_int_eq(value_file("Dockerfile.dev"), FILE_SHELL);
	ck_assert_int_eq(value_file("x/package-lock.json"), FILE_LOCK);
	ck_assert_int_eq(value_file("README"), FILE_TEXT);
	ck_assert_int_eq(value_file(NULL), FILE_TEXT);
	ck_assert(value_file_test("src/test/x.c"));
	ck_assert(!value_file_test("src/main.c"));
}
END_TEST

START_TEST(no_value_no_judgement)
{
	struct assign a;
	struct judgement j;

	ck_assert(assign_parse(bytes_of("password = \"vR7kq2Lx9Zt4\""), 0, 8, &a));
	ck_assert(!value_judge(&a, a.count, "x", &j));
}
END_TEST

Suite *
value_suite(void)
{
	Suite *suite = suite_create("value");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, judged_as_people_would, 0, sizeof rows / sizeof *rows);
	tcase_add_test(all, names_are_told_apart);
	tcase_add_test(all, files_are_told_apart);
	tcase_add_test(all, no_value_no_judgement);
	suite_add_tcase(suite, all);
	return suite;
}
