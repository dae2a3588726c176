/* test_staged.c: the small parts of what is about to be committed. */
#include <check.h>
#include <stdio.h>

#include <stanch/error.h>

#include "git/cachetree.h"
#include "git/ewah.h"
#include "source/lines.h"
#include "source/paths.h"

Suite *staged_suite(void);

static struct bytes
text(const char *s)
{
	return bytes_of(s);
}

START_TEST(lines_are_a_set)
{
	struct lines l;

	lines_init(&l);
	ck_assert(!lines_have(&l, text("a")));
	ck_assert_int_eq(lines_add(&l, text("a\nb\r\n\nlast")), 0);
	ck_assert(lines_have(&l, text("a")));
	ck_assert(lines_have(&l, text("a\r")));
	ck_assert(lines_have(&l, text("b")));
	ck_assert(lines_have(&l, text("")));
	ck_assert(lines_have(&l, text("last")));
	ck_assert(!lines_have(&l, text("las")));
	ck_assert(!lines_have(&l, text("a\nb")));
	lines_done(&l);
}
END_TEST

START_TEST(lines_grow)
{
	struct lines l;
	char line[32];

	lines_init(&l);
	for (int i = 0; i < 5000; i++) {
		snprintf(line, sizeof line, "line %d\n", i);
		ck_assert_int_eq(lines_add(&l, text(line)), 0);
	}
	for (int i = 0; i < 5000; i++) {
		snprintf(line, sizeof line, "line %d", i);
		ck_assert(lines_have(&l, text(line)));
		snprintf(line, sizeof line, "none %d", i);
		ck_assert(!lines_have(&l, text(line)));
	}
	lines_done(&l);
}
END_TEST

START_TEST(paths_by_name_and_folder)
{
	const char *list[] = { "src/b", "src-x", "src", "a/b/c", "z" };
	const size_t n = sizeof list / sizeof list[0];

	paths_sort(list, n);
	ck_assert(paths_have(list, n, "src-x"));
	ck_assert(!paths_have(list, n, "src/"));
	ck_assert(!paths_have(list, n, "a/b"));
	ck_assert(paths_cover(list, n, "src/any/thing"));
	ck_assert(paths_cover(list, n, "a/b/c"));
	ck_assert(!paths_cover(list, n, "a/b/cc"));
	ck_assert(!paths_cover(list, n, "srcs/x"));
	ck_assert(paths_below(list, n, "a/"));
	ck_assert(paths_below(list, n, "a/b/"));
	ck_assert(!paths_below(list, n, "a/b/c/"));
	ck_assert(paths_below(list, n, ""));
	ck_assert(!paths_cover(list, 0, "x"));
	ck_assert(paths_cover((const char *const[]){ "" }, 1, "any/thing"));
}
END_TEST

/* 3 bits as they stand, then a run of 64 ones */
static const uint8_t bitmap[] = {
	0, 0, 0, 128, 0, 0, 0, 3,
	0, 0, 0, 2, 0, 0, 0, 0,         /* no run, one word */
	0, 0, 0, 0, 0, 0, 0, 5,         /* bits 0 and 2 */
	0, 0, 0, 0, 0, 0, 0, 3,         /* a run of one word of ones */
	0, 0, 0, 2,
};

START_TEST(bitmaps_bit_by_bit)
{
	struct ewah e;
	struct error err;
	unsigned set = 0;

	ck_assert_int_eq(ewah_open(&e, (struct bytes){ bitmap, sizeof bitmap }, &err), sizeof bitmap);
	ck_assert_uint_eq(ewah_count(&e), 66);
	for (unsigned i = 0; i < 128; i++) {
		const bool bit = ewah_next(&e);

		ck_assert(bit == (i == 0 || i == 2 || i >= 64));
		set += bit;
	}
	ck_assert_uint_eq(set, 66);
	ck_assert(!ewah_next(&e));
	for (size_t n = 0; n < sizeof bitmap; n++)
		ck_assert_int_lt(ewah_open(&e, (struct bytes){ bitmap, n }, &err), 0);
}
END_TEST

START_TEST(cached_trees)
{
	/* ids of "x" to "z", twenty times each */
	static const char all[] = "\0" "-1 2\n"
	                          "b\0" "2 0\nyyyyyyyyyyyyyyyyyyyy"
	                          "aa\0" "3 1\nzzzzzzzzzzzzzzzzzzzz"
	                          "c\0" "1 0\nxxxxxxxxxxxxxxxxxxxx";
	const struct bytes bytes = { (const uint8_t *)all, sizeof all - 1 };
	struct cachetree t;
	struct error err;
	const struct cachetree_node *n;

	ck_assert_int_eq(cachetree_read(&t, bytes, 20, &err), 0);
	ck_assert_uint_eq(t.count, 4);
	ck_assert_ptr_null(t.node[0].id);
	n = cachetree_child(&t, &t.node[0], text("aa"));
	ck_assert_ptr_nonnull(n);
	ck_assert_uint_eq(n->entries, 3);
	ck_assert_int_eq(n->id[0], 'z');
	ck_assert_ptr_nonnull(cachetree_child(&t, n, text("c")));
	ck_assert_ptr_null(cachetree_child(&t, &t.node[0], text("c")));
	ck_assert_ptr_null(cachetree_child(&t, NULL, text("b")));
	cachetree_done(&t);
	for (size_t i = 1; i < bytes.len; i++)
		ck_assert_int_lt(cachetree_read(&t, bytes_cut(bytes, 0, i), 20, &err), 0);
}
END_TEST

Suite *
staged_suite(void)
{
	Suite *s = suite_create("staged");
	TCase *c = tcase_create("parts");

	tcase_add_test(c, lines_are_a_set);
	tcase_add_test(c, lines_grow);
	tcase_add_test(c, paths_by_name_and_folder);
	tcase_add_test(c, bitmaps_bit_by_bit);
	tcase_add_test(c, cached_trees);
	suite_add_tcase(s, c);
	return s;
}
