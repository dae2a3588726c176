/* test_unwrap.c: archives and compressed files, made here by libarchive, and taken apart again. */
#include <archive.h>
#include <archive_entry.h>
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/dictionary.h"
#include "base/limits.h"
#include "blob/origin.h"
#include "unwrap/unwrap.h"

Suite *unwrap_suite(void);

#define PLANTED "line one\ntoken = planted-in-the-middle\nline three\n"
#define ROOM ((size_t)32 << 20)

/* bytes in memory as a blob that lends them in odd pieces */
struct source {
	struct blob blob;
	struct origin origin;
	struct bytes all;
	size_t at, piece;
};

static int
source_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct source *s = b->state;

	(void)err;
	*out = bytes_cut(s->all, s->at, s->at + s->piece);
	s->at += out->len;
	errno = ENOMEM;                 /* of something that was done without */
	return out->len > 0;
}

static int
source_seek(struct blob *b, uint64_t to, struct error *err)
{
	struct source *s = b->state;

	if (to > s->all.len)
		return error_set(err, ERROR_TRUNCATED, "behind the end");
	s->at = (size_t)to;
	return 0;
}

static struct blob *
source_init(struct source *s, struct bytes all, size_t piece, bool seeks)
{
	*s = (struct source){ .all = all, .piece = piece, .origin = { .step = ORIGIN_FILE, .name = "f" } };
	s->blob = (struct blob){ .origin = &s->origin, .size = all.len, .read = source_read, .state = s };
	if (seeks)
		s->blob.seek = source_seek;
	return &s->blob;
}

/* what came out of one wrapping */
struct found {
	struct buf text;                /* of all members, each behind "name:" */
	unsigned members;
	struct error member, feed;      /* the last failures */
	uint64_t out;
};

static void
take_member(struct blob *b, struct found *f)
{
	struct bytes block;
	int got;

	f->members++;
	buf_adds(&f->text, b->origin->name);
	buf_adds(&f->text, ":");
	while ((got = b->read(b, &block, &f->member)) > 0) {
		f->out += block.len;
		if (f->text.len < ROOM)
			buf_add(&f->text, block.at, block.len);
	}
}

static void
unwrap(struct blob *b, struct bytes head, const char *name, const struct limits *limits, struct found *f)
{
	const struct wrapping *w = unwrap_bid(bytes_cut(head, 0, UNWRAP_HEAD));
	struct budget budget = { .limits = limits };
	struct feed *feed;
	struct blob inner;
	int got;

	*f = (struct found){ 0 };
	ck_assert_msg(w && strcmp(w->name, name) == 0, "%s is taken for %s", name, w ? w->name : "plain");
	feed = w->open(b, &budget, &f->feed);
	if (!feed)
		return;
	while ((got = feed->next(feed, &inner, &f->feed)) > 0)
		take_member(&inner, f);
	feed->close(feed);
}

static bool
holds(struct found *f, const char *text)
{
	return bytes_find((struct bytes){ f->text.at, f->text.len }, bytes_of(text)) < f->text.len;
}

/* all of it, in small and large pieces, with seeking and without */
static void
expect(struct bytes all, const char *name, const char *member, const char *text)
{
	static const size_t pieces[] = { 7, 4096, SIZE_MAX / 2 };

	for (unsigned i = 0; i < 6; i++) {
		struct source s;
		struct found f;

		unwrap(source_init(&s, all, pieces[i / 2], i & 1), all, name, &limits_default, &f);
		ck_assert_msg(!f.feed.code && !f.member.code, "%s: %s%s", name, f.feed.text, f.member.text);
		ck_assert_msg(holds(&f, text) && holds(&f, member), "%s (%u): got %.*s", name, i, (int)f.text.len, (char *)f.text.at);
		buf_done(&f.text);
	}
}

static void
add(struct archive *a, const char *name, const void *data, size_t len)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)len);
	ck_assert_int_eq(archive_write_header(a, e), ARCHIVE_OK);
	ck_assert_int_eq(archive_write_data(a, data, len), (la_ssize_t)len);
	archive_entry_free(e);
}

static struct archive *
writer(int (*format)(struct archive *), int (*filter)(struct archive *), struct buf *out, size_t room, size_t *used)
{
	struct archive *a = archive_write_new();

	buf_init(out);
	ck_assert_int_eq(format(a), ARCHIVE_OK);
	if (filter)
		ck_assert_int_eq(filter(a), ARCHIVE_OK);
	ck_assert_ptr_nonnull(buf_room(out, room));
	archive_write_set_bytes_in_last_block(a, 1);
	ck_assert_int_eq(archive_write_open_memory(a, out->at, room, used), ARCHIVE_OK);
	return a;
}

static void
finish(struct archive *a, struct buf *out, const size_t *used)
{
	ck_assert_int_eq(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	out->len = *used;
}

/* two members, the second one planted */
static void
make(int (*format)(struct archive *), struct buf *out)
{
	size_t used;
	struct archive *a = writer(format, NULL, out, 4 << 20, &used);

	add(a, "first.txt", "nothing", 7);
	add(a, "second.txt", PLANTED, strlen(PLANTED));
	finish(a, out, &used);
}

static void
pack(int (*filter)(struct archive *), const void *data, size_t len, struct buf *out)
{
	size_t used;
	struct archive *a = writer(archive_write_set_format_raw, filter, out, (8 << 20) + len / 4, &used);

	add(a, "data", data, len);
	finish(a, out, &used);
}

static const struct {
	const char *name;
	int (*make)(struct archive *);
} formats[] = {
	{ "tar", archive_write_set_format_ustar },
	{ "tar", archive_write_set_format_pax },
	{ "tar", archive_write_set_format_gnutar },
	{ "tar", archive_write_set_format_v7tar },
	{ "zip", archive_write_set_format_zip },
	{ "7z", archive_write_set_format_7zip },
	{ "cpio", archive_write_set_format_cpio_newc },
	{ "cpio", archive_write_set_format_cpio },
	{ "ar", archive_write_set_format_ar_svr4 },
	{ "iso", archive_write_set_format_iso9660 },
}, filters[] = {
	{ "gzip", archive_write_add_filter_gzip },
	{ "bzip2", archive_write_add_filter_bzip2 },
	{ "xz", archive_write_add_filter_xz },
	{ "lzma", archive_write_add_filter_lzma },
	{ "zstd", archive_write_add_filter_zstd },
	{ "lz4", archive_write_add_filter_lz4 },
	{ "compress", archive_write_add_filter_compress },
};

START_TEST(archives)
{
	struct buf b;

	make(formats[_i].make, &b);
	expect((struct bytes){ b.at, b.len }, formats[_i].name, "second.txt:", PLANTED);
	buf_done(&b);
}
END_TEST

START_TEST(compressed)
{
	struct buf b;

	pack(filters[_i].make, PLANTED, strlen(PLANTED), &b);
	expect((struct bytes){ b.at, b.len }, filters[_i].name, filters[_i].name, PLANTED);
	buf_done(&b);
}
END_TEST

/* every shorter archive must fail or hand out what there is, never more, never for ever */
START_TEST(cut_short)
{
	const bool archive = _i < (int)(sizeof formats / sizeof formats[0]);
	const int k = archive ? _i : _i - (int)(sizeof formats / sizeof formats[0]);
	const char *name = archive ? formats[k].name : filters[k].name;
	struct buf b;
	size_t step;

	if (archive)
		make(formats[k].make, &b);
	else
		pack(filters[k].make, PLANTED, strlen(PLANTED), &b);
	step = b.len / 200 + 1;
	for (size_t len = 0; len < b.len; len += step) {
		const struct bytes part = { b.at, len };
		const struct wrapping *w = unwrap_bid(bytes_cut(part, 0, UNWRAP_HEAD));
		struct source s;
		struct found f;

		if (!w || strcmp(w->name, name) != 0)
			continue;
		unwrap(source_init(&s, part, 512, len & 1), part, name, &limits_default, &f);
		ck_assert(f.out <= strlen(PLANTED) + 7);
		if (!archive && strcmp(name, "compress") != 0)
			ck_assert_msg(f.feed.code || f.member.code || f.out == strlen(PLANTED), "%s of %zu of %zu bytes is told as whole, with %d out", name, len, b.len, (int)f.out);
		buf_done(&f.text);
	}
	buf_done(&b);
}
END_TEST

START_TEST(gzip_members)
{
	struct buf a, b;
	struct source s;
	struct found f;

	pack(archive_write_add_filter_gzip, "first ", 6, &a);
	pack(archive_write_add_filter_gzip, PLANTED, strlen(PLANTED), &b);
	buf_add(&a, b.at, b.len);
	expect((struct bytes){ a.at, a.len }, "gzip", "gzip:first ", PLANTED);
	/* zeros behind it are padding, anything else is told */
	buf_add(&a, "\0\0\0\0\0\0\0", 7);
	expect((struct bytes){ a.at, a.len }, "gzip", "gzip:first ", PLANTED);
	buf_adds(&a, "hidden");
	unwrap(source_init(&s, (struct bytes){ a.at, a.len }, 16, false), (struct bytes){ a.at, a.len }, "gzip", &limits_default, &f);
	ck_assert(holds(&f, PLANTED));
	ck_assert_int_eq(f.member.code, ERROR_SYNTAX);
	buf_done(&f.text);
	buf_done(&a);
	buf_done(&b);
}
END_TEST

START_TEST(empty)
{
	struct source s;
	struct found f;
	struct buf b;

	pack(archive_write_add_filter_gzip, "", 0, &b);
	unwrap(source_init(&s, (struct bytes){ b.at, b.len }, 16, false), (struct bytes){ b.at, b.len }, "gzip", &limits_default, &f);
	ck_assert_msg(!f.feed.code && !f.member.code, "%s", f.feed.text);
	buf_done(&f.text);
	buf_done(&b);
	unwrap(source_init(&s, (struct bytes){ (const uint8_t *)"PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22 }, 99, true),
	    s.all, "zip", &limits_default, &f);
	ck_assert_msg(!f.feed.code, "%s", f.feed.text);
	ck_assert_uint_eq(f.members, 0);
	buf_done(&f.text);
}
END_TEST

START_TEST(concatenated_tar)
{
	struct buf a, b;

	size_t used;
	struct archive *first = writer(archive_write_set_format_ustar, NULL, &b, 1 << 20, &used);

	/* what is looked for stands only in the one behind */
	add(first, "other.txt", "other", 5);
	finish(first, &b, &used);
	make(archive_write_set_format_ustar, &a);
	buf_add(&b, a.at, a.len);
	expect((struct bytes){ b.at, b.len }, "tar", "second.txt:", PLANTED);
	buf_done(&a);
	buf_done(&b);
}
END_TEST

/* a name beyond ASCII must come out as UTF-8, whatever the locale */
START_TEST(names)
{
	static const char name[] = "gr\xc3\xbc\xc3\x9f.txt";
	struct buf b;
	size_t used;
	struct archive *a = writer(archive_write_set_format_zip, NULL, &b, 1 << 20, &used);

	add(a, name, PLANTED, strlen(PLANTED));
	finish(a, &b, &used);
	expect((struct bytes){ b.at, b.len }, "zip", name, PLANTED);
	buf_done(&b);
}
END_TEST

START_TEST(bomb)
{
	char *zeros = calloc(1, 64 << 20);
	struct buf b;
	struct source s;
	struct found f;

	struct limits limits = limits_default;

	limits.ratio = 100;
	pack(filters[_i].make, zeros, 64 << 20, &b);
	free(zeros);
	unwrap(source_init(&s, (struct bytes){ b.at, b.len }, 4096, false), (struct bytes){ b.at, b.len }, filters[_i].name, &limits, &f);
	ck_assert_int_eq(f.member.code, ERROR_LIMIT);
	ck_assert_ptr_nonnull(strstr(f.member.text, "--max-ratio"));
	ck_assert_int_eq(f.feed.code, ERROR_LIMIT);
	ck_assert_uint_lt(f.out, 8 << 20);
	buf_done(&f.text);
	buf_done(&b);
}
END_TEST

START_TEST(limited)
{
	struct limits limits = limits_default;
	struct buf b;
	struct bytes all;
	struct source s;
	struct found f;

	make(archive_write_set_format_7zip, &b);
	all = (struct bytes){ b.at, b.len };
	limits.entries = 1;
	unwrap(source_init(&s, all, 99, true), all, "7z", &limits, &f);
	ck_assert_int_eq(f.feed.code, ERROR_LIMIT);
	ck_assert_uint_eq(f.members, 1);
	buf_done(&f.text);
	limits = limits_default;
	limits.spool = 16;
	unwrap(source_init(&s, all, 99, false), all, "7z", &limits, &f);
	ck_assert_int_eq(f.feed.code, ERROR_LIMIT);
	ck_assert_ptr_nonnull(strstr(f.feed.text, "--max-spool"));
	limits.unwrapped = 20;
	unwrap(source_init(&s, all, 99, true), all, "7z", &limits, &f);
	ck_assert_int_eq(f.member.code, ERROR_LIMIT);
	buf_done(&f.text);
	buf_done(&b);
}
END_TEST

START_TEST(locked)
{
	struct buf b;
	size_t used;
	struct archive *a = archive_write_new();
	struct source s;
	struct found f;

	buf_init(&b);
	buf_room(&b, 1 << 20);
	archive_write_set_format_zip(a);
	archive_write_set_options(a, "zip:encryption=aes256");
	archive_write_set_passphrase(a, "x");
	archive_write_open_memory(a, b.at, 1 << 20, &used);
	add(a, "locked.txt", PLANTED, strlen(PLANTED));
	finish(a, &b, &used);
	for (unsigned i = 0; i < 2; i++) {
		unwrap(source_init(&s, (struct bytes){ b.at, b.len }, 99, i), (struct bytes){ b.at, b.len }, "zip", &limits_default, &f);
		ck_assert_int_eq(f.member.code, ERROR_ENCRYPTED);
		ck_assert_uint_eq(f.members, 1);
		buf_done(&f.text);
	}
	buf_done(&b);
}
END_TEST

/* its directory lies about where the members are: they are read from the front */
START_TEST(lying_directory)
{
	struct buf b;
	struct source s;
	struct found f;
	size_t at;

	make(archive_write_set_format_zip, &b);
	at = bytes_find((struct bytes){ b.at, b.len }, (struct bytes){ (const uint8_t *)"PK\5\6", 4 });
	ck_assert_uint_lt(at, b.len);
	memset(b.at + at + 16, 0x7f, 4);
	unwrap(source_init(&s, (struct bytes){ b.at, b.len }, 999, true), (struct bytes){ b.at, b.len }, "zip", &limits_default, &f);
	ck_assert(holds(&f, PLANTED));
	buf_done(&f.text);
	buf_done(&b);
}
END_TEST

static void
widen(struct buf *out, const char *text, unsigned size, bool big, bool mark)
{
	buf_init(out);
	for (size_t i = 0; mark || text[i]; i += !mark, mark = false) {
		const uint32_t c = mark ? 0xfeff : (uint8_t)text[i];

		for (unsigned k = 0; k < size; k++)
			buf_addc(out, (char)(c >> 8 * (big ? size - 1 - k : k)));
	}
}

START_TEST(wide)
{
	static const char *const names[] = { "utf-16le", "utf-16be", "utf-32le", "utf-32be" };
	struct buf b;

	for (unsigned i = 0; i < 8; i++) {
		widen(&b, PLANTED PLANTED, i & 2 ? 4 : 2, i & 1, i & 4);
		expect((struct bytes){ b.at, b.len }, names[i & 3], names[i & 3], PLANTED PLANTED);
		buf_done(&b);
	}
}
END_TEST

START_TEST(wide_surrogates)
{
	static const uint8_t text[] = "\xff\xfe" "a\0\x3d\xd8\x11\xdd" "b\0\xe4\0\xac\x20" "\x3d\xd8" "c\0d\0e\0f\0g\0h\0i\0j\0k\0\n\0";

	expect((struct bytes){ text, sizeof text - 1 }, "utf-16le", "utf-16le:",
	    "a\xf0\x9f\x94\x91" "b\xc3\xa4\xe2\x82\xac\xef\xbf\xbd" "cdefghijk\n");
}
END_TEST

/* text, and what only begins like something, is plain */
START_TEST(plain)
{
	static const char *const texts[] = {
		"", "P", "PK", "PK is a name", "070701 is a date", "!<arch", "BZh9 is no header", "7z", "Rar!", "MSCF",
		"ustar", "-lh5- in a text that is long enough to be looked at", "#!/bin/sh\nexit 0\n", "\xef\xbb\xbfutf-8 with a mark",
		"070707070707070707070707070707070707070707070707070707070707070707070707070\n", "\xff\xfe", "\xfe\xff",
	};
	uint8_t noise[4096] = "\xff\xfe";
	uint32_t seed = 7;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		ck_assert_msg(!unwrap_bid(bytes_of(texts[i])), "%s", texts[i]);
	for (size_t i = 2; i < sizeof noise; i++) {
		seed = seed * 1664525 + 1013904223;
		noise[i] = (uint8_t)(seed >> 24);
	}
	ck_assert(!unwrap_bid((struct bytes){ noise, sizeof noise }));
	ck_assert(!unwrap_bid((struct bytes){ (const uint8_t[1024]){ 0 }, 1024 }));
}
END_TEST

/* libarchive ends the process over such a name while errno says ENOMEM */
START_TEST(odd_name)
{
	static const uint8_t zip[] = "PK\7\10PK\3\4\3\0\0\0\0\4 \";Q\256\0\0\0\0\20\0\0\0\0\6\0\1\0\0\0\375";
	const struct bytes all = { zip, sizeof zip - 1 };
	struct source s;
	struct found f;

	errno = ENOMEM;
	unwrap(source_init(&s, all, 7, _i), all, "zip", &limits_default, &f);
	ck_assert_int_ne(f.feed.code | f.member.code, 0);
	buf_done(&f.text);
}
END_TEST

START_TEST(unread_format)
{
	struct source s;
	struct found f;
	const struct bytes rar = bytes_of("Rar!\x1a\x07\x01");

	unwrap(source_init(&s, rar, 99, true), rar, "rar", &limits_default, &f);
	ck_assert_int_eq(f.feed.code, ERROR_UNSUPPORTED);
}
END_TEST

START_TEST(deadline)
{
	struct budget budget = { .limits = &limits_default, .deadline = 1 };
	struct error err = { 0 };

	ck_assert_int_eq(budget_take(&budget, 0, 0, 0, &err), -1);
	ck_assert_int_eq(err.code, ERROR_LIMIT);
}
END_TEST

static const struct {
	const char *head;
	size_t len;
	uint64_t size;
} dictionaries[] = {
	{ "\xfd" "7zXZ\0\0\4\0\0\0\0\2\0\x21\1\x16\0\0\0", 20, (uint64_t)8 << 20 },       /* xz -6 */
	{ "\xfd" "7zXZ\0\0\4\0\0\0\0\2\0\x21\1\x1c\0\0\0", 20, (uint64_t)64 << 20 },      /* xz -9 */
	{ "\xfd" "7zXZ\0\0\4\0\0\0\0\3\xc0\x85\5\x86\6\x21\1\x1c\0\0", 22, (uint64_t)64 << 20 },     /* with lengths */
	{ "\xfd" "7zXZ\0\0\4\0\0\0\0\3\1\3\1\0\x21\1\x22\0", 21, (uint64_t)512 << 20 },  /* behind a delta filter */
	{ "\xfd" "7zXZ\0\0\4", 8, (uint64_t)64 << 20 },                                         /* nothing said */
	{ "\x5d\0\0\0\2\xff\xff\xff\xff\xff\xff\xff\xff", 13, (uint64_t)32 << 20 },
	{ "\x28\xb5\x2f\xfd\4\x88", 6, (uint64_t)128 << 20 },
	{ "\x28\xb5\x2f\xfd\xa4\0\0\0\2", 9, (uint64_t)32 << 20 },                             /* all of it at once */
	{ "\x50\x2a\x4d\x18\4\0\0\0", 8, (uint64_t)64 << 20 },
	{ "\x1f\x8b\x08\0", 4, 0 },
	{ "", 0, 0 },
};

START_TEST(dictionary)
{
	ck_assert_uint_eq(dictionary_of((struct bytes){ (const uint8_t *)dictionaries[_i].head, dictionaries[_i].len }), dictionaries[_i].size);
}
END_TEST

static atomic_uint at_once, most;

static void *
take_dictionaries(void *arg)
{
	const uint64_t size = (uint64_t)64 << 20;

	for (unsigned i = 0; i < 200; i++) {
		const bool nested = arg && i % 8 == 0;
		unsigned n;

		dictionary_take(size);
		n = atomic_fetch_add(&at_once, 1) + 1;
		if (n > most)
			most = n;
		if (nested)
			dictionary_take(size);
		if (nested)
			dictionary_give(size);
		atomic_fetch_sub(&at_once, 1);
		dictionary_give(size);
	}
	return NULL;
}

/* two of xz -9 at once; one within another may be a third, and no thread waits for ever */
START_TEST(dictionaries_at_once)
{
	pthread_t thread[6];

	most = 0;
	for (unsigned i = 0; i < 6; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, take_dictionaries, _i ? thread : NULL), 0);
	for (unsigned i = 0; i < 6; i++)
		pthread_join(thread[i], NULL);
	ck_assert_uint_le(most, 2);
	ck_assert_uint_eq(at_once, 0);
}
END_TEST

Suite *
unwrap_suite(void)
{
	const int archives_n = sizeof formats / sizeof formats[0], filters_n = sizeof filters / sizeof filters[0];
	Suite *s = suite_create("unwrap");
	TCase *t = tcase_create("wrappings");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, archives, 0, archives_n);
	tcase_add_loop_test(t, compressed, 0, filters_n);
	tcase_add_loop_test(t, cut_short, 0, archives_n + filters_n);
	tcase_add_loop_test(t, bomb, 0, filters_n);
	tcase_add_test(t, gzip_members);
	tcase_add_test(t, empty);
	tcase_add_test(t, concatenated_tar);
	tcase_add_test(t, names);
	tcase_add_test(t, limited);
	tcase_add_test(t, locked);
	tcase_add_test(t, lying_directory);
	tcase_add_test(t, wide);
	tcase_add_test(t, wide_surrogates);
	tcase_add_test(t, plain);
	tcase_add_loop_test(t, odd_name, 0, 2);
	tcase_add_test(t, unread_format);
	tcase_add_test(t, deadline);
	tcase_add_loop_test(t, dictionary, 0, sizeof dictionaries / sizeof dictionaries[0]);
	tcase_add_loop_test(t, dictionaries_at_once, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
