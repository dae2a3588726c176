/* test_git.c: objects, refs and trees, of repositories that the real git makes. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stanch/error.h>

#include "git/commit.h"
#include "git/compare.h"
#include "git/config.h"
#include "git/delta.h"
#include "git/object.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/rev.h"
#include "git/store.h"
#include "git/tree.h"

static char top[] = "/tmp/git.unit.XXXXXX";
static bool have_git;

/* a repository with 30 versions of a file, in packs, as deltas, and loose; b is a worktree, c borrows from a, d is SHA-256 */
static const char script[] =
	"cd %s && export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE='1700000000 +0130' GIT_COMMITTER_DATE='1700000000 +0000'\n"
	"git init -q -b main a && cd a && git config user.name A && git config user.email a@example.org\n"
	"mkdir -p x/y; i=0; while [ $i -lt 30 ]; do i=$((i+1)); seq 1 3000 | sed \"${i}00s/$/ changed $i/\" > x/y/f; echo $i > n\n"
	"git add -A && git commit -q -m \"number $i\"; [ $i != 20 ] || git repack -adqf --depth=50; [ $i != 25 ] || git repack -dq; done\n"
	"git tag -a -m 'a tag' v1 HEAD~3 && git branch old HEAD~10 && git pack-refs --all && git branch new HEAD~1\n"
	"git worktree add -q ../b old && cd .. && git clone -q --shared --bare a c && ln -s a/.git l && mkdir m && ln -s ../a/.git m/.git\n"
	"mkdir p && echo 'gitdir: ../a/.git' > p/.git\n"
	"git init -q --object-format=sha256 d && cd d && echo hello > f && git add f && git -c user.name=A -c user.email=a@b commit -q -m d\n";

static void
setup(void)
{
	char *command;

	ck_assert_ptr_nonnull(mkdtemp(top));
	have_git = system("git --version >/dev/null 2>&1") == 0;
	ck_assert_msg(have_git || !getenv("CI"), "git is not installed");
	ck_assert_int_gt(asprintf(&command, script, top), 0);
	ck_assert(!have_git || system(command) == 0);
	free(command);
}

static void
teardown(void)
{
	char command[64];

	snprintf(command, sizeof command, "rm -rf %s", top);
	ck_assert_int_eq(system(command), 0);
}

static struct repository *
open_it(const char *name, struct store *s, struct reader **r)
{
	char path[64];
	struct error err;
	struct repository *repo;

	snprintf(path, sizeof path, "%s/%s", top, name);
	repo = repository_open(path, &err);
	ck_assert_msg(repo != NULL, "%s", err.text);
	ck_assert_int_eq(store_open(s, repo, &err), 0);
	*r = reader_new(s, 64 << 20, 1 << 16, &err);
	ck_assert_ptr_nonnull(*r);
	return repo;
}

static void
close_it(struct repository *repo, struct store *s, struct reader *r)
{
	reader_free(r);
	store_close(s);
	repository_close(repo);
}

/* what git itself prints */
static char *
git(const char *name, const char *arguments, size_t *len)
{
	char command[256], *out = calloc(1, 1 << 20);
	FILE *f;

	snprintf(command, sizeof command, "git -C %s/%s %s", top, name, arguments);
	f = popen(command, "r");
	ck_assert_ptr_nonnull(f);
	*len = fread(out, 1, (1 << 20) - 1, f);
	ck_assert_int_eq(pclose(f), 0);
	return out;
}

static void
check_all(const char *name)
{
	struct store s;
	struct reader *r;
	struct repository *repo = open_it(name, &s, &r);
	size_t len, seen = 0;
	char *list = git(name, "cat-file --batch-all-objects --batch-check='%(objectname) %(objecttype) %(objectsize)'", &len), *save = list;

	for (char *line; (line = strsep(&list, "\n")) && *line; seen++) {
		char hex[80], type[16], arguments[160];
		unsigned long long size;
		const struct object *o;
		enum object_type t;
		uint64_t n;
		struct error err;
		struct oid id;
		char *want;

		ck_assert_int_eq(sscanf(line, "%79s %15s %llu", hex, type, &size), 3);
		ck_assert(oid_parse(bytes_of(hex), repo->hash, &id));
		ck_assert_int_eq(object_stat(r, &id, &t, &n, &err), 0);
		ck_assert_str_eq(object_type_name(t), type);
		ck_assert_uint_eq(n, size);
		o = object_read(r, &id, &err);
		ck_assert_msg(o != NULL, "%s: %s", hex, err.text);
		ck_assert_str_eq(object_type_name(o->type), type);
		snprintf(arguments, sizeof arguments, "cat-file %s %s", type, hex);
		want = git(name, arguments, &len);
		ck_assert_uint_eq(len, o->text.len);
		ck_assert(memcmp(want, o->text.at, len) == 0);
		free(want);
		object_drop(r, o);
	}
	ck_assert_uint_gt(seen, 2);
	free(save);
	close_it(repo, &s, r);
}

START_TEST(every_object_is_read)
{
	static const char *const names[] = { "a", "b", "c", "d" };

	if (have_git)
		check_all(names[_i]);
}
END_TEST

START_TEST(revisions_are_git_s)
{
	static const char *const words[] = { "HEAD", "main", "v1", "old~3", "HEAD^", "refs/heads/new", "HEAD~29", "@" };
	struct store s;
	struct reader *r;
	struct repository *repo;
	struct error err;
	struct oid id;
	char arguments[64], hex[OID_HEX];

	if (!have_git)
		return;
	repo = open_it("a", &s, &r);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t len;
		char *want;

		snprintf(arguments, sizeof arguments, "rev-parse %s^{commit}", words[i]);
		want = git("a", arguments, &len);
		want[strcspn(want, "\n")] = 0;
		ck_assert_msg(rev_commit(repo, &s, r, words[i], &id, &err) == 0, "%s", err.text);
		oid_hex(&id, 2 * repo->hash, hex);
		ck_assert_str_eq(hex, want);
		want[9] = 0; /* the first digits are enough */
		ck_assert_int_eq(rev_commit(repo, &s, r, want, &id, &err), 0);
		free(want);
	}
	ck_assert_int_eq(rev_commit(repo, &s, r, "HEAD~30", &id, &err), -1);
	ck_assert_int_eq(rev_commit(repo, &s, r, "nothing", &id, &err), -1);
	ck_assert_int_eq(err.code, ENOENT);
	close_it(repo, &s, r);
}
END_TEST

static int
on_change(void *arg, const struct change *c)
{
	strcat(arg, c->path);
	strcat(arg, c->was && c->is ? "=" : c->is ? "+"
						  : "-");
	return 0;
}

START_TEST(trees_are_compared)
{
	char seen[256] = "";
	struct store s;
	struct reader *r;
	struct repository *repo;
	struct error err;
	struct oid id, a, b;

	if (!have_git)
		return;
	repo = open_it("b", &s, &r);
	ck_assert_int_eq(rev_commit(repo, &s, r, "main", &id, &err), 0);
	ck_assert_int_eq(rev_tree(r, repo->hash, &id, &b, &err), 0);
	ck_assert_int_eq(rev_commit(repo, &s, r, "HEAD", &id, &err), 0);
	ck_assert_int_eq(rev_tree(r, repo->hash, &id, &a, &err), 0);
	ck_assert_int_eq(compare_trees(r, repo->hash, &a, &b, &(struct compare_calls){ on_change, NULL, seen }, &err), 0);
	ck_assert_str_eq(seen, "n=x/y/f=");
	seen[0] = 0;
	ck_assert_int_eq(compare_trees(r, repo->hash, NULL, &b, &(struct compare_calls){ on_change, NULL, seen }, &err), 0);
	ck_assert_str_eq(seen, "n+x/y/f+");
	close_it(repo, &s, r);
}
END_TEST

START_TEST(refs_are_listed)
{
	struct store s;
	struct reader *r;
	struct repository *repo;
	struct refs refs;
	struct error err;
	size_t damaged, names = 0, logs = 0, heads = 0;

	if (!have_git)
		return;
	repo = open_it("a", &s, &r);
	ck_assert_int_eq(refs_read(&refs, repo, &damaged, &err), 0);
	for (size_t i = 0; i < refs.count; i++) {
		names += refs.ref[i].kind == REF_NAME;
		logs += refs.ref[i].kind == REF_LOG;
		heads += refs.ref[i].kind == REF_HEAD;
	}
	ck_assert_uint_eq(damaged, 0);
	/* main, old, new, v1, of which three stand in packed-refs; HEAD is symbolic */
	ck_assert_uint_ge(names, 4);
	ck_assert_uint_ge(logs, 30);
	ck_assert_uint_le(heads, 1); /* what git worktree leaves */
	refs_done(&refs);
	close_it(repo, &s, r);
}
END_TEST

START_TEST(what_leads_elsewhere_is_refused)
{
	static const char *const names[] = { "m", "p" };
	char path[64];
	struct error err;

	if (!have_git)
		return;
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", top, names[i]);
		ck_assert_ptr_null(repository_open(path, &err));
		ck_assert_int_eq(err.code, ERROR_UNSUPPORTED);
	}
	ck_assert_ptr_null(repository_open(top, &err));
	ck_assert_int_eq(err.code, ENOENT);
}
END_TEST

START_TEST(deltas_keep_to_their_bounds)
{
	static const struct {
		const char *delta;
		size_t len;
		int want;
	} cases[] = {
		{ "\x04\x04\x90\x04", 4, 0 },      /* copy all */
		{ "\x04\x05\x90\x04\x01x", 6, 0 }, /* and insert one */
		{ "\x04\x04\x90\x05", 4, -1 },     /* beyond the base */
		{ "\x04\x04\x91\x01\x04", 5, -1 },
		{ "\x04\x05\x90\x04", 4, -1 }, /* too short a result */
		{ "\x04\x03\x90\x04", 4, -1 }, /* too long a result */
		{ "\x03\x04\x90\x04", 4, -1 }, /* another base */
		{ "\x04\x01\x00", 3, -1 },     /* an instruction that is none */
		{ "\x04\x03\x05xy", 5, -1 },   /* an insertion that isn't there */
		{ "\x04\xff", 2, -1 },
		{ "", 0, -1 },
	};
	uint8_t out[8];
	struct error err;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct bytes d = { (const uint8_t *)cases[i].delta, cases[i].len };
		const size_t size = cases[i].len > 1 ? (uint8_t)cases[i].delta[1] & 7 : 4;

		ck_assert_int_eq(delta_apply(d, bytes_of("base"), out, size, &err), cases[i].want);
	}
}
END_TEST

START_TEST(signatures_are_parsed)
{
	static const char text[] = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nparent 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
				   "author A U Thor <a@b> 1700000000 +0130\ncommitter C <c> 1 -0000\nencoding x\n\nsubject\n";
	struct commit c;
	struct error err;
	struct oid id;
	char date[COMMIT_DATE];

	ck_assert_int_eq(commit_parse(bytes_of(text), OID_SHA1, &c, &err), 0);
	ck_assert(bytes_equal(c.author.name, bytes_of("A U Thor")));
	ck_assert(bytes_equal(c.author.mail, bytes_of("a@b")));
	commit_date(&c.author, date);
	ck_assert_str_eq(date, "2023-11-14T23:43:20+01:30");
	ck_assert(bytes_equal(c.message, bytes_of("subject\n")));
	ck_assert_int_eq(commit_parent(&c, &id), 1);
	ck_assert_int_eq(commit_parent(&c, &id), 0);
}
END_TEST

static bool
on_setting(void *arg, const char *key, const char *subsection, const char *value)
{
	strcat(arg, key);
	strcat(arg, "|");
	strcat(arg, subsection);
	strcat(arg, "|");
	strcat(arg, value);
	strcat(arg, "\n");
	return true;
}

START_TEST(configuration_is_parsed)
{
	static const char text[] = "# c\n[core]\n\tBare = false ; c\n quoted = \"a # b\" c  \n[remote \"a\\\"b\"] promisor\n\turl = x \\\n y\n[include]\n path=z";
	char seen[512] = "";

	config_each(bytes_of(text), on_setting, seen);
	ck_assert_str_eq(seen, "core.bare||false\ncore.quoted||a # b c\nremote.promisor|a\"b|true\nremote.url|a\"b|x  y\ninclude.path||z\n");
}
END_TEST

Suite *
git_suite(void)
{
	Suite *s = suite_create("git");
	TCase *t = tcase_create("git"), *plain = tcase_create("parsers");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, every_object_is_read, 0, 4);
	tcase_add_test(t, revisions_are_git_s);
	tcase_add_test(t, trees_are_compared);
	tcase_add_test(t, refs_are_listed);
	tcase_add_test(t, what_leads_elsewhere_is_refused);
	tcase_add_test(plain, deltas_keep_to_their_bounds);
	tcase_add_test(plain, signatures_are_parsed);
	tcase_add_test(plain, configuration_is_parsed);
	suite_add_tcase(s, t);
	suite_add_tcase(s, plain);
	return s;
}
