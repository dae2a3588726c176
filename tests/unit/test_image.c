/* The parts of an image: paths and fates, heads of tars, digests, references, manifests. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/arena.h"
#include "base/limits.h"
#include "blob/memory.h"
#include "image/built.h"
#include "image/digest.h"
#include "image/inflate.h"
#include "image/names.h"
#include "image/oci.h"
#include "image/parts.h"
#include "image/tarhead.h"
#include "source/reference.h"

Suite *image_suite(void);

static const uint8_t key[NAMES_KEY] = { 1, 2, 3 };

static const char *
clean(const char *path, bool *odd)
{
	static char room[256];
	const struct bytes b = names_clean(bytes_of(path), room, odd);

	room[b.len] = 0;
	return room;
}

START_TEST(paths_are_cleaned)
{
	bool odd;

	ck_assert_str_eq(clean("./etc//x", &odd), "etc/x");
	ck_assert(!odd);
	ck_assert_str_eq(clean("/a/./b/", &odd), "a/b");
	ck_assert(!odd);
	ck_assert_str_eq(clean("a/../b", &odd), "a/../b");
	ck_assert(!odd);
	ck_assert_str_eq(clean("a/../../b", &odd), "a/../../b");
	ck_assert(odd);
	ck_assert_str_eq(clean("./", &odd), "");
}
END_TEST

START_TEST(fates)
{
	struct names n = { 0 };

	names_add(&n, NAMES_FILE, bytes_of("etc/passwd"), key);
	names_add(&n, NAMES_FILE, bytes_of("opt/turned"), key);
	names_add(&n, NAMES_FOLDER, bytes_of("etc"), key);
	names_add(&n, NAMES_WHITEOUT, bytes_of("srv/gone"), key);
	names_add(&n, NAMES_OPAQUE, bytes_of("var/lib"), key);
	names_end(&n);
	ck_assert_int_eq(names_fate(&n, bytes_of("etc/passwd"), key), NAMES_REPLACED);
	ck_assert_int_eq(names_fate(&n, bytes_of("etc/shadow"), key), NAMES_KEPT);
	ck_assert_int_eq(names_fate(&n, bytes_of("srv/gone"), key), NAMES_DELETED);
	ck_assert_int_eq(names_fate(&n, bytes_of("srv/gone/a/b"), key), NAMES_DELETED);
	ck_assert_int_eq(names_fate(&n, bytes_of("srv/goner"), key), NAMES_KEPT);
	ck_assert_int_eq(names_fate(&n, bytes_of("var/lib/x"), key), NAMES_DELETED);
	ck_assert_int_eq(names_fate(&n, bytes_of("var/lib"), key), NAMES_KEPT);
	ck_assert_int_eq(names_fate(&n, bytes_of("opt/turned/x"), key), NAMES_DELETED);
	names_done(&n);
}
END_TEST

START_TEST(an_opaque_root_takes_all)
{
	struct names n = { 0 };

	names_add(&n, NAMES_OPAQUE, bytes_of(""), key);
	names_end(&n);
	ck_assert_int_eq(names_fate(&n, bytes_of("etc/passwd"), key), NAMES_DELETED);
	names_done(&n);
}
END_TEST

START_TEST(digests)
{
	ck_assert(digest_valid("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	ck_assert(digest_fits(bytes_of(""), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	ck_assert(!digest_valid("sha256:E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	ck_assert(!digest_valid("sha256:e3b0"));
	ck_assert(!digest_valid("sha256:../../../../../../../../../../../../../../../../../../../../etc/passwd"));
	ck_assert(!digest_valid("md5:d41d8cd98f00b204e9800998ecf8427e"));
}
END_TEST

START_TEST(links_are_followed_within)
{
	struct parts p;

	parts_init(&p);
	parts_add(&p, "./b/layer.tar", NULL)->start = 7;
	parts_add(&p, "a/layer.tar", "../b/layer.tar");
	parts_add(&p, "out", "../../etc/passwd");
	parts_add(&p, "round", "round");
	parts_add(&p, "blobs/sha256/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", NULL);
	ck_assert_uint_eq(parts_find(&p, "a/layer.tar")->start, 7);
	ck_assert_str_eq(parts_find(&p, "./a/layer.tar")->name, "b/layer.tar");
	ck_assert_ptr_null(parts_find(&p, "out"));
	ck_assert_ptr_null(parts_find(&p, "round"));
	ck_assert_ptr_null(parts_find(&p, "none"));
	ck_assert_ptr_nonnull(parts_find(&p, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	parts_done(&p);
}
END_TEST

static bool
parses(const char *text, const char *host, const char *name, const char *which, bool loopback)
{
	struct reference r;
	struct error err;

	return reference_parse(&r, text, &err) == 0 && strcmp(r.host, host) == 0 && strcmp(r.name, name) == 0 &&
	    strcmp(r.which, which) == 0 && r.loopback == loopback;
}

START_TEST(references)
{
	struct reference r;
	struct error err;

	ck_assert(parses("nginx", "registry-1.docker.io", "library/nginx", "latest", false));
	ck_assert(parses("me/app:2", "registry-1.docker.io", "me/app", "2", false));
	ck_assert(parses("ghcr.io/me/app:v1", "ghcr.io", "me/app", "v1", false));
	ck_assert(parses("localhost:5000/app", "localhost:5000", "app", "latest", true));
	ck_assert(parses("127.0.0.1:5000/a/b:c", "127.0.0.1:5000", "a/b", "c", true));
	ck_assert(parses("127.0.0.1.evil.example/a:c", "127.0.0.1.evil.example", "a", "c", false));
	ck_assert(parses("h.example/a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "h.example", "a",
	    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", false));
	ck_assert_int_lt(reference_parse(&r, "h.example/", &err), 0);
	ck_assert_int_lt(reference_parse(&r, "h.example/a b", &err), 0);
	ck_assert_int_lt(reference_parse(&r, "h.example/../a", &err), 0);
	ck_assert_int_lt(reference_parse(&r, "h.example/a:b\nM c", &err), 0);
	ck_assert_int_lt(reference_parse(&r, "me@h.example/a", &err), 0);
}
END_TEST

START_TEST(gzip_in_pieces_and_padded)
{
	/* "hello\n" twice, as two members of gzip, then zeros */
	static const uint8_t piece[] = {
		0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 2, 0, 0x20, 0x30, 0x3a, 0x36, 6, 0, 0, 0,
	};
	static const struct origin o = { .step = ORIGIN_FILE, .name = "x" };
	uint8_t all[2 * sizeof piece + 64] = { 0 };
	char digest[DIGEST_TEXT], got[64] = "";
	struct memory_blob m;
	struct inflate *f;
	struct bytes b;
	struct error err;

	memcpy(all, piece, sizeof piece);
	memcpy(all + sizeof piece, piece, sizeof piece);
	for (int fast = 0; fast < 2; fast++) {
		if (fast)
			inflate_prepare();
		memory_blob_init(&m, &o, (struct bytes){ all, sizeof all });
		f = inflate_new(&m.blob, NULL, NULL, &limits_default, &err);
		got[0] = 0;
		while (inflate_read(f, &b, &err) > 0)
			strncat(got, (const char *)b.at, b.len);
		ck_assert_str_eq(got, "hello\nhello\n");
		ck_assert_str_eq(inflate_kind(f), "gzip");
		ck_assert_int_eq(inflate_end(f, digest, &err), 0);
		ck_assert(digest_fits(bytes_of("hello\nhello\n"), digest));
		inflate_free(f);
		memory_blob_init(&m, &o, (struct bytes){ all, sizeof piece - 3 });
		f = inflate_new(&m.blob, NULL, NULL, &limits_default, &err);
		ck_assert_int_lt(inflate_end(f, digest, &err), 0);
		ck_assert_int_eq(err.code, ERROR_TRUNCATED);
		inflate_free(f);
	}
}
END_TEST

START_TEST(instructions_are_masked)
{
	static const char config[] = "{\"os\":\"linux\",\"architecture\":\"arm64\",\"rootfs\":{\"diff_ids\":[]},\"config\":{\"Env\":[\"A=b\"],"
		"\"Cmd\":[\"x\",\"--y\"]},\"history\":[{\"created_by\":\"ADD base /\"},{\"created_by\":\"/bin/sh -c #(nop)  ENV A=b C=\\\"d e\\\"\","
		"\"empty_layer\":true},{\"created_by\":\"|1 T=secret /bin/sh -c make\"},{\"created_by\":\"CMD [\\\"x\\\"]\",\"empty_layer\":true}]}";
	struct image image = { 0 };
	struct oci_text *texts;
	struct arena arena;
	struct error err;
	size_t n;

	arena_init(&arena);
	image.layer = arena_new(&arena, 2 * sizeof *image.layer);
	image.layers = 2;
	ck_assert_int_eq(oci_config(bytes_of(config), &arena, &image, &texts, &n, &err), 0);
	ck_assert_str_eq(image.platform, "linux/arm64");
	ck_assert_str_eq(image.step[1].created_by, "/bin/sh -c #(nop)  ENV A=* C=\"***\"");
	ck_assert_str_eq(image.layer[1].created_by, "|1 T=****** /bin/sh -c make");
	ck_assert_str_eq(image.layer[0].created_by, "ADD base /");
	ck_assert_str_eq(texts[0].name, "Env");
	ck_assert_str_eq((const char *)texts[0].text.at, "A=b\n");
	ck_assert_str_eq((const char *)texts[1].text.at, "x --y\n");
	arena_done(&arena);
}
END_TEST

static void
lines_are(const char *dockerfile, const char *const *steps, const unsigned long *lines, size_t n)
{
	char path[] = "/tmp/built.XXXXXX";
	const int fd = mkstemp(path);
	struct image_step step[16] = { 0 };
	struct image image = { .step = step, .steps = n };
	struct built built;
	struct error err;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, dockerfile, strlen(dockerfile)), (ssize_t)strlen(dockerfile));
	close(fd);
	for (size_t i = 0; i < n; i++)
		step[i] = (struct image_step){ .created_by = (char *)(uintptr_t)steps[i], .layer = SIZE_MAX };
	ck_assert_msg(built_read(&built, path, &err) == 0, "%s", err.text);
	ck_assert_int_eq(built_map(&built, &image), 0);
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(step[i].line == lines[i], "%s: line %lu, not %lu", steps[i], step[i].line, lines[i]);
	built_done(&built);
	unlink(path);
}

/* as BuildKit tells them: stages, arguments, lines that are joined, here-documents, flags */
START_TEST(lines_of_buildkit)
{
	static const char text[] =
	    "# syntax=docker/dockerfile:1\nFROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN go build \\\n  -o /app ./...\n"
	    "FROM debian:12 AS common\nARG TOKEN\nENV A=1 \\\n  B=2\nRUN apt-get update && \\\n  # why\n  apt-get install -y curl\n"
	    "FROM common\nCOPY --from=build --chown=1:1 /app /usr/bin/\nRUN <<EOF\necho a\necho b\nEOF\n"
	    "RUN [\"/usr/bin/app\", \"--init\"]\nUSER app\nCMD [\"/usr/bin/app\"]\n";
	static const char *const steps[] = {
		"# debian.sh --arch 'amd64' out/ 'bookworm' '@1'", "/bin/sh -c #(nop)  CMD [\"bash\"]", "ARG TOKEN", "ENV A=1 B=2",
		"RUN |1 TOKEN=*** /bin/sh -c apt-get update &&   apt-get install -y curl # buildkit", "COPY /app /usr/bin/ # buildkit",
		"RUN |1 TOKEN=*** /bin/sh -c echo a\necho b\n # buildkit", "RUN |1 TOKEN=*** /usr/bin/app --init # buildkit", "USER app",
		"CMD [\"/usr/bin/app\"]",
	};
	static const unsigned long lines[] = { 0, 0, 8, 9, 11, 15, 16, 20, 21, 22 };

	lines_are(text, steps, lines, sizeof lines / sizeof lines[0]);
}
END_TEST

/* what was changed since has no line, and what comes after it keeps its own */
START_TEST(lines_of_an_older_file)
{
	static const char text[] = "FROM debian\nRUN make one\nCOPY a /srv/\nRUN make changed\nCOPY b /srv/\nCMD b\n";
	static const char *const steps[] = {
		"/bin/sh -c make one", "/bin/sh -c #(nop) COPY file:1f in /srv/ ", "/bin/sh -c make two", "/bin/sh -c #(nop) COPY file:2e in /srv/ ",
		"/bin/sh -c #(nop)  CMD [\"/bin/sh\" \"-c\" \"b\"]",
	};
	static const unsigned long lines[] = { 2, 3, 0, 5, 6 };

	lines_are(text, steps, lines, sizeof lines / sizeof lines[0]);
}
END_TEST

Suite *
image_suite(void)
{
	Suite *s = suite_create("image");
	TCase *t = tcase_create("image");

	tcase_add_test(t, paths_are_cleaned);
	tcase_add_test(t, fates);
	tcase_add_test(t, an_opaque_root_takes_all);
	tcase_add_test(t, digests);
	tcase_add_test(t, links_are_followed_within);
	tcase_add_test(t, references);
	tcase_add_test(t, gzip_in_pieces_and_padded);
	tcase_add_test(t, instructions_are_masked);
	tcase_add_test(t, lines_of_buildkit);
	tcase_add_test(t, lines_of_an_older_file);
	suite_add_tcase(s, t);
	return s;
}
