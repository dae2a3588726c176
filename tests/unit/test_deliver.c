/* test_deliver.c: the parts of stanch-init; the whole of it is in tests/deliver. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>
#include <stanch/seal.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/secret.h"
#include "deliver/acl.h"
#include "deliver/arguments.h"
#include "deliver/auditlog.h"
#include "deliver/channel.h"
#include "deliver/child.h"
#include "deliver/environ.h"
#include "deliver/generation.h"
#include "deliver/place.h"
#include "deliver/publish.h"
#include "deliver/template.h"
#include "deliver/tmpfs.h"

Suite *deliver_suite(void);

static struct error err;
static char room[64];
static int target;

/* a folder on tmpfs, if there is one to be had */
static void
make_room(void)
{
	ck_assert_int_ge(seal_init(), 0);
	strcpy(room, "/dev/shm/stanch-unit-XXXXXX");
	if (!mkdtemp(room)) {
		strcpy(room, "/tmp/stanch-unit-XXXXXX");
		ck_assert_ptr_nonnull(mkdtemp(room));
	}
	target = place_folder(room, &err);
	ck_assert_int_ge(target, 0);
}

static void
drop_room(void)
{
	char command[96];

	close(target);
	snprintf(command, sizeof command, "rm -rf %s", room);
	ck_assert_int_eq(system(command), 0);
}

static const char *
content(const char *name)
{
	static char text[4096];
	int fd = openat(target, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return NULL;
	n = io_read_full(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static unsigned
generations(void)
{
	char command[128];
	FILE *f;
	unsigned n = 0;

	snprintf(command, sizeof command, "ls -a %s | grep -c stanch-", room);
	f = popen(command, "r");
	ck_assert_int_eq(fscanf(f, "%u", &n), 1);
	pclose(f);
	return n;
}

#define ITEM(name, value, mode) { name, (const uint8_t *)(value), sizeof(value) - 1, mode }

START_TEST(publishes_whole_generations)
{
	const struct item first[] = { ITEM("db/password", "one", 0400), ITEM("token", "two", 0400) };
	const struct item second[] = { ITEM("db/password", "three", 0400), ITEM("db/user", "four", 0400) };
	struct contents c = { .items = first, .count = 2 };

	ck_assert_int_eq(publish_run(target, &c, 1, 60, &err), PUBLISH_NEW);
	ck_assert_str_eq(content("db/password"), "one");
	ck_assert_str_eq(content("token"), "two");
	ck_assert_int_eq(publish_run(target, &c, 1, 60, &err), PUBLISH_SAME);
	ck_assert_uint_eq(generations(), 1);
	c = (struct contents){ .items = second, .count = 2 };
	ck_assert_int_eq(publish_run(target, &c, 2, 60, &err), PUBLISH_NEW);
	ck_assert_str_eq(content("db/password"), "three");
	ck_assert_ptr_null(content("token"));
	/* the one before waits for its readers, and goes when its time is over */
	ck_assert_uint_eq(generations(), 2);
	ck_assert_uint_eq(publish_sweep(target, 60), 1);
	ck_assert_uint_eq(publish_sweep(target, 0), 0);
	ck_assert_uint_eq(generations(), 1);
	ck_assert_int_eq(publish_withdraw(target, &err), 0);
	ck_assert_ptr_null(content("db/password"));
	ck_assert_uint_eq(generations(), 0);
}
END_TEST

START_TEST(notices_every_change)
{
	const struct item items[] = { ITEM("a", "one", 0400) };
	const struct grant grant = { .id = 4711 };
	struct contents c = { .items = items, .count = 1 };
	int fd;

	ck_assert_int_eq(publish_run(target, &c, 1, 0, &err), PUBLISH_NEW);
	ck_assert_int_eq(fchmodat(target, "a", 0440, 0), 0);
	ck_assert_int_eq(publish_run(target, &c, 1, 0, &err), PUBLISH_NEW);
	c.grants = &grant;
	c.grant_count = 1;
	ck_assert_int_eq(publish_run(target, &c, 1, 0, &err), PUBLISH_NEW);
	ck_assert_int_eq(publish_run(target, &c, 1, 0, &err), PUBLISH_SAME);
	/* a stranger's file within is no part of it */
	fd = openat(target, "..data/more", O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(publish_run(target, &c, 1, 0, &err), PUBLISH_NEW);
	/* a link that was bent is put right, without a new generation */
	ck_assert_int_eq(unlinkat(target, "a", 0), 0);
	ck_assert_int_eq(symlinkat("/etc/passwd", target, "a"), 0);
	ck_assert_int_eq(publish_run(target, &c, 1, 0, &err), PUBLISH_SAME);
	ck_assert_str_eq(content("a"), "one");
}
END_TEST

START_TEST(leaves_strangers_alone)
{
	const struct item items[] = { ITEM("a", "one", 0400) };
	const struct contents c = { .items = items, .count = 1 };
	int fd = openat(target, "a", O_WRONLY | O_CREAT, 0600);

	close(fd);
	ck_assert_int_eq(publish_run(target, &c, 1, 0, &err), PUBLISH_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "not ours"));
	ck_assert_uint_eq(generations(), 0);
	unlinkat(target, "a", 0);
	ck_assert_int_eq(symlinkat("..2026_01_01", target, "..data"), 0);
	ck_assert_int_eq(publish_run(target, &c, 1, 0, &err), PUBLISH_FAILED);
	ck_assert_ptr_nonnull(strstr(err.text, "another program"));
}
END_TEST

START_TEST(repairs_what_was_left)
{
	const struct item items[] = { ITEM("a", "one", 0400) };
	const struct contents c = { .items = items, .count = 1 };

	ck_assert_int_eq(publish_run(target, &c, 1, 60, &err), PUBLISH_NEW);
	ck_assert_int_eq(symlinkat("..stanch-9-half", target, "..data_tmp"), 0);
	ck_assert_int_eq(mkdirat(target, "..stanch-9-half", 0700), 0);
	ck_assert_int_eq(symlinkat("..data/gone", target, "gone"), 0);
	ck_assert_int_eq(publish_run(target, &c, 1, 60, &err), PUBLISH_SAME);
	ck_assert_uint_eq(generations(), 1);
	ck_assert_int_lt(faccessat(target, "..data_tmp", F_OK, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert_int_lt(faccessat(target, "gone", F_OK, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert_str_eq(content("a"), "one");
}
END_TEST

START_TEST(overwrites_what_it_removes)
{
	const struct item items[] = { ITEM("a", "value to be gone", 0400) };
	const struct contents c = { .items = items, .count = 1 }, none = { 0 };
	char text[32] = "";
	int fd;

	ck_assert_int_eq(publish_run(target, &c, 1, 0, &err), PUBLISH_NEW);
	fd = openat(target, "a", O_RDONLY);
	ck_assert_int_eq(publish_run(target, &none, 2, 0, &err), PUBLISH_NEW);
	ck_assert_int_eq(pread(fd, text, sizeof text, 0), 16);
	for (int i = 0; i < 16; i++)
		ck_assert_int_eq(text[i], 0);
	close(fd);
}
END_TEST

START_TEST(opens_beneath_only)
{
	int (*const ways[])(int, const char *, int, mode_t) = { place_open, place_walk };
	int fd;

	ck_assert_int_eq(mkdirat(target, "in", 0700), 0);
	ck_assert_int_eq(mkdirat(target, "in/deep", 0700), 0);
	ck_assert_int_eq(symlinkat("in", target, "link"), 0);
	ck_assert_int_eq(symlinkat("/etc/passwd", target, "in/out"), 0);
	fd = openat(target, "in/deep/file", O_WRONLY | O_CREAT, 0600);
	close(fd);
	for (size_t i = 0; i < 2; i++) {
		static const char *const bad[] = { "link/deep/file", "in/out", "../x", "in/../in/deep/file", "/etc/passwd", "" };

		fd = ways[i](target, "in/deep/file", O_RDONLY, 0);
		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
		close(fd);
		for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
			fd = ways[i](target, bad[k], O_RDONLY, 0);
			/* openat2 lets ".." be as long as it stays beneath */
			if (k == 3 && fd >= 0)
				close(fd);
			else
				ck_assert_msg(fd < 0, "%s was opened", bad[k]);
		}
	}
}
END_TEST

START_TEST(follows_data_once)
{
	int fd;

	ck_assert_int_eq(mkdirat(target, "..2026_x", 0700), 0);
	ck_assert_int_eq(symlinkat("..2026_x", target, "..data"), 0);
	fd = place_data(target, "x", &err);
	ck_assert_int_ge(fd, 0);
	ck_assert(place_within(fd, target));
	ck_assert(!place_within(target, fd));
	close(fd);
	static const char *const bad[] = { "/etc", "../etc", "..", "plain", "..2026_x/../..", "..missing" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		unlinkat(target, "..data", 0);
		ck_assert_int_eq(symlinkat(bad[i], target, "..data"), 0);
		ck_assert_msg(place_data(target, "x", &err) < 0, "%s", bad[i]);
	}
}
END_TEST

START_TEST(names_variables)
{
	static const char *const cases[][2] = { { "db/password", "DB_PASSWORD_FILE" }, { "2fa.key", "_2FA_KEY_FILE" },
		{ "a-b/c.d_E", "A_B_C_D_E_FILE" } };
	char *env[] = { "PATH=/bin", "DB_PASSWORD=old", "STANCH_X=1", NULL };
	char name[ENVIRON_NAME_MAX];
	struct environ e;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		environ_name(cases[i][0], "_FILE", name);
		ck_assert_str_eq(name, cases[i][1]);
	}
	ck_assert_int_eq(environ_init(&e, env), 0);
	ck_assert_ptr_null(environ_get(&e, "STANCH_X"));
	ck_assert(environ_drop(&e, "DB_PASSWORD"));
	ck_assert_ptr_null(environ_get(&e, "DB_PASSWORD"));
	ck_assert_int_eq(environ_add(&e, "A", "b", 1, &err), 0);
	ck_assert_str_eq(environ_get(&e, "A"), "b");
	ck_assert_int_eq(environ_add(&e, "A", "c", 1, &err), -1);
	ck_assert_int_eq(environ_add(&e, "PATH", "x", 1, &err), 0);
	ck_assert_str_eq(environ_get(&e, "PATH"), "x");
	environ_done(&e);
	ck_assert(environ_is_steering("LD_PRELOAD"));
	ck_assert(!environ_is_steering("DB_PASSWORD"));
}
END_TEST

static int
fill(const char *text, const char *want, mode_t want_mode)
{
	const struct item items[] = { ITEM("db/password", "s3cret\n", 0440), ITEM("key", "a\nb\n", 0400), ITEM("nothing", "", 0444) };
	mode_t mode = 0444;
	uint8_t *out;
	size_t len;

	if (template_fill(text, strlen(text), items, 3, &out, &len, &mode, &err) < 0)
		return -1;
	ck_assert_uint_eq(len, strlen(want));
	ck_assert_mem_eq(out, want, len);
	ck_assert_uint_eq(mode, want_mode);
	secret_free(out);
	return 0;
}

START_TEST(fills_templates)
{
	ck_assert_int_eq(fill("p={{db/password}};\n", "p=s3cret;\n", 0440), 0);
	ck_assert_int_eq(fill("{{ key }}{{db/password}}", "a\nbs3cret", 0400), 0);
	ck_assert_int_eq(fill("{{nothing}}", "", 0444), 0);
	ck_assert_int_eq(fill("no { braces } here", "no { braces } here", 0444), 0);
	static const char *const bad[] = { "{{missing}}", "{{", "{{key", "{{}}", "{{ if x }}", "{{{key}}}", "{{key | upper}}" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ck_assert_msg(fill(bad[i], "", 0) < 0, "%s", bad[i]);
	fill("a\nb\n{{missing}}", "", 0);
	ck_assert_ptr_nonnull(strstr(err.text, "line 3"));
}
END_TEST

START_TEST(chains_its_log)
{
	const struct auditlog_event e = { .what = "opened", .name = "a\"b", .version = 3 };
	uint8_t last[AUDITLOG_HASH];
	struct auditlog log;
	struct buf text = { 0 };
	uint64_t lines;
	bool torn;
	int fd = openat(target, "log", O_RDWR | O_CREAT | O_APPEND, 0600);

	for (int round = 0; round < 3; round++) {
		ck_assert_int_eq(auditlog_resume(&log, fd, &torn, &err), 0);
		ck_assert(torn == (round == 2));
		for (int i = 0; i < 3; i++)
			ck_assert_int_eq(auditlog_add(&log, &e, 1800000000, &err), 0);
		ck_assert_uint_eq(log.seq, 3 * (unsigned)round + 3);
		/* half a line, as a crash leaves it */
		if (round == 1)
			ck_assert_int_eq(io_write_full(fd, "{\"time\":", 8), 0);
	}
	lseek(fd, 0, SEEK_SET);
	ck_assert_int_eq(io_read_fd(fd, "log", 1 << 20, &text, &err), 0);
	ck_assert_int_eq(auditlog_check((char *)text.at, text.len, &lines, last, &err), 0);
	ck_assert_uint_eq(lines, 9);
	ck_assert_mem_eq(last, log.last, sizeof last);
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "\"time\":\"2027-01-15T08:00:00Z\",\"event\":\"opened\",\"name\":\"a?b\",\"version\":3"));
	/* any byte that is changed, and any line that is taken out, is noticed */
	for (size_t i = 0; i < text.len; i++) {
		text.at[i] ^= 1;
		ck_assert_int_lt(auditlog_check((char *)text.at, text.len, &lines, last, &err), 0);
		text.at[i] ^= 1;
	}
	const size_t line = (size_t)((char *)memchr(text.at, '\n', text.len) - (char *)text.at) + 1;
	ck_assert_int_lt(auditlog_check((char *)text.at + line, text.len - line, &lines, last, &err), 0);
	buf_done(&text);
	close(fd);
}
END_TEST

START_TEST(sets_access_lists)
{
	const struct grant grants[] = { { .id = 20 }, { .id = 10 }, { .id = 20 }, { .id = 5, .group = true }, { .id = 7, .name = "other" } };
	int fd = openat(target, "a", O_RDWR | O_CREAT, 0600);
	struct stat st;

	ck_assert_int_eq(acl_set(fd, 0400, "a", grants, 5, &err), 0);
	ck_assert(acl_is(fd, 0400, "a", grants, 5));
	/* the same readers named in another order, and once */
	ck_assert(acl_is(fd, 0400, "a", (const struct grant[]){ { .id = 10 }, { .id = 20 }, { .id = 5, .group = true } }, 3));
	ck_assert(!acl_is(fd, 0400, "other", grants, 5));
	ck_assert(!acl_is(fd, 0440, "a", grants, 5));
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0440);
	ck_assert_int_eq(acl_set(fd, 0400, "a", NULL, 0, &err), 0);
	ck_assert(acl_is(fd, 0400, "a", NULL, 0));
	close(fd);
}
END_TEST

START_TEST(reads_proc)
{
	static const char mounts[] = "22 1 0:21 / /proc rw,noswap - proc proc rw\n"
				     "36 35 0:45 / /run/secrets rw,nosuid shared:1 - tmpfs stanch rw,size=1024k,noswap\n"
				     "37 35 0:46 / /run/other rw - tmpfs tmpfs rw,noswapx,size=1k\n";

	ck_assert(tmpfs_mountinfo_has(mounts, 0, 45, "noswap"));
	ck_assert(!tmpfs_mountinfo_has(mounts, 0, 46, "noswap"));
	ck_assert(!tmpfs_mountinfo_has(mounts, 0, 21, "noswap"));
	ck_assert(!tmpfs_mountinfo_has(mounts, 0, 4, "noswap"));
	ck_assert(!tmpfs_mountinfo_has("36 35 0:45", 0, 45, "noswap"));
	ck_assert(!tmpfs_swaps_any("Filename\tType\n"));
	ck_assert(tmpfs_swaps_any("Filename\tType\n/dev/sda2 partition\n"));
}
END_TEST

static int
parse(const char *line)
{
	char text[1024], *argv[64], *save = NULL;
	struct arguments a;
	int argc = 0, r;

	snprintf(text, sizeof text, "%s", line);
	for (char *word = strtok_r(text, " ", &save); word && argc < 63; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	r = arguments_parse(argc, argv, &a, &err);
	arguments_done(&a);
	return r;
}

START_TEST(judges_arguments)
{
#define GOOD "--scope a/b/c --sealed s --signers t --identity i --to /x --no-floor "
	static const char *const good[] = { GOOD, GOOD "--grant uid=10 --grant db/x:gid=5 --mode 0440 --mode=444", GOOD "--watch --interval 5 -- app --x",
		"--help", "--audit-check f", GOOD "--env a/b=X -- p", GOOD "--min-version a/b=3 --max-bytes 10m --template /a:b:c" };
	static const char *const bad[] = { "", "--scope a/b/*", "--scope a/b/c --sealed s --signers t --identity i --to /x", GOOD "--grant uid=-1", GOOD "--grant uid=4294967295",
		GOOD "--mode 0600", GOOD "--mode 0644", GOOD "--pin blake2b-256:00", GOOD "--to /y", GOOD "--fd", GOOD "app", GOOD "--nonsense", GOOD "--help=1",
		GOOD "--grace", GOOD "--min-version a/b=0", GOOD "--max-bytes 0", GOOD "--env a/b=X", GOOD "--signal HUP", GOOD "--exec --init -- p",
		GOOD "--", GOOD "--name ../x", GOOD "--template /a:../b", GOOD "--env a=1X -- p", GOOD "--interval 0" };

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		ck_assert_msg(parse(good[i]) == 0, "%s: %s", good[i], err.text);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ck_assert_msg(parse(bad[i]) < 0 && err.code == ERROR_USAGE, "%s", bad[i]);
	ck_assert_int_eq(child_signal_number("SIGHUP"), 1);
	ck_assert_int_eq(child_signal_number("15"), 15);
	ck_assert_int_eq(child_signal_number("NONE"), 0);
}
END_TEST

/* what a worker that was taken over might send; the parent takes only what has the form */
START_TEST(believes_no_worker)
{
	struct channel_message good = { .kind = ROUND_PATH, .name = "db/password" }, bad = good, got;
	int pair[2], fd;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	ck_assert_int_eq(channel_send(pair[0], &good, -1), 0);
	ck_assert_int_eq(channel_receive(pair[1], &got, &fd), 1);
	ck_assert_str_eq(got.name, "db/password");
	ck_assert_int_eq(fd, -1);
	/* a descriptor where none belongs is closed again */
	ck_assert_int_eq(channel_send(pair[0], &good, target), 0);
	ck_assert_int_eq(channel_receive(pair[1], &got, &fd), -1);
	ck_assert_int_eq(errno, EPROTO);
	bad.kind = ROUND_FD;
	ck_assert_int_eq(channel_send(pair[0], &bad, -1), 0);
	ck_assert_int_lt(channel_receive(pair[1], &got, &fd), 0);
	ck_assert_int_eq(channel_send(pair[0], &bad, target), 0);
	ck_assert_int_eq(channel_receive(pair[1], &got, &fd), 1);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	static const char *const names[] = { "", "../x", "a=b", "a\nb", "/etc/passwd" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		bad = good;
		memset(bad.name, 0, sizeof bad.name);
		strcpy(bad.name, names[i]);
		ck_assert_int_eq(channel_send(pair[0], &bad, -1), 0);
		ck_assert_int_lt(channel_receive(pair[1], &got, &fd), 0);
	}
	/* no end of the name, an unknown kind, half a message */
	memset(bad.name, 'a', sizeof bad.name);
	ck_assert_int_eq(channel_send(pair[0], &bad, -1), 0);
	ck_assert_int_lt(channel_receive(pair[1], &got, &fd), 0);
	bad = good;
	bad.kind = 77;
	ck_assert_int_eq(channel_send(pair[0], &bad, -1), 0);
	ck_assert_int_lt(channel_receive(pair[1], &got, &fd), 0);
	ck_assert_int_eq(write(pair[0], &good, 10), 10);
	ck_assert_int_lt(channel_receive(pair[1], &got, &fd), 0);
	close(pair[0]);
	ck_assert_int_eq(channel_receive(pair[1], &got, &fd), 0);
	close(pair[1]);
}
END_TEST

Suite *
deliver_suite(void)
{
	Suite *s = suite_create("deliver");
	TCase *t = tcase_create("parts");

	tcase_add_checked_fixture(t, make_room, drop_room);
	tcase_add_test(t, publishes_whole_generations);
	tcase_add_test(t, notices_every_change);
	tcase_add_test(t, leaves_strangers_alone);
	tcase_add_test(t, repairs_what_was_left);
	tcase_add_test(t, overwrites_what_it_removes);
	tcase_add_test(t, opens_beneath_only);
	tcase_add_test(t, follows_data_once);
	tcase_add_test(t, names_variables);
	tcase_add_test(t, fills_templates);
	tcase_add_test(t, chains_its_log);
	tcase_add_test(t, sets_access_lists);
	tcase_add_test(t, reads_proc);
	tcase_add_test(t, judges_arguments);
	tcase_add_test(t, believes_no_worker);
	suite_add_tcase(s, t);
	return s;
}
