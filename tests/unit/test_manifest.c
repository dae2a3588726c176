/* test_manifest.c: YAML against libfyaml, node by node; odd texts by their paths; windows of one text against it whole. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "base/buf.h"
#include "manifest/entry.h"
#include "manifest/manifest.h"

Suite *manifest_suite(void);

static const char *const yamls[] = {
	"a: 1\nb:\n  c: [x, \"y\\tz\", 'it''s', {d: e}]\n  f: |\n    line one\n     two\n\n    three\n  g: >-\n    folded\n    text\n\n    more\n",
	"- a\n- - b\n  - c: d\n    e: f\n-\n  g\n- {h: i, \"j k\": [l, m]}\n",
	"key: plain text\n  that goes on\nq: \"two\n  lines\"\n",
	"a: # comment\n  b # other\nc: x#y\nd: 'a # b'\ne: {f: g,\n  i: j} # k\n",
	"x: &p\n- y\n- &q z\nw: !tag v\n\"quoted key\": \"\\u0041\\x42\\n\"\n",
	"{\"a\": [1, 2.5, null, true], \"b\": {\"c\": \"\\\"d\\\\\"}, \"e\":[], \"f\":{} }\n",
	"a:\n- b:\n    c: d\n- e\nf: x\n", "one:\n    deep:\n        - x: |+\n            keep\n\n        - y\n", "- [a, [b, [c]]]\n- k\n",
};

static void
same(const struct tree *t, uint32_t node, struct fy_node *want, const char *text)
{
	struct unfolded u;
	size_t len, i = 0;
	const char *s;

	if (fy_node_is_scalar(want)) {
		s = fy_node_get_scalar(want, &len);
		unfolded_init(&u);
		if (tree_scalar(t, node))
			scalar_unfold(t, node, &u);
		while (u.text.len > 0 && u.text.at[u.text.len - 1] == '\n')     /* a block's last line ends are not kept */
			u.text.len--;
		while (len > 0 && s[len - 1] == '\n')
			len--;
		ck_assert_msg(u.text.len == len && (len == 0 || memcmp(u.text.at, s, len) == 0), "%s: '%.*s' instead of '%.*s'", text,
		    (int)u.text.len, u.text.at ? (const char *)u.text.at : "", (int)len, s);
		unfolded_done(&u);
		return;
	}
	for (uint32_t child = t->node[node].child; child; child = t->node[child].next, i++) {
		struct fy_node_pair *pair = fy_node_is_mapping(want) ? fy_node_mapping_get_by_index(want, (int)i) : NULL;
		struct fy_node *value = pair ? fy_node_pair_value(pair) : fy_node_sequence_get_by_index(want, (int)i);

		if (value)
			same(t, child, value, text);
	}
	ck_assert_msg((int)i == (fy_node_is_mapping(want) ? fy_node_mapping_item_count(want) : fy_node_sequence_item_count(want)),
	    "%s: %zu children", text, i);
}

START_TEST(as_libfyaml)
{
	const char *text = yamls[_i];
	struct fy_document *doc = fy_document_build_from_string(NULL, text, strlen(text));
	struct tree t;

	ck_assert_ptr_nonnull(doc);
	tree_init(&t, bytes_of(text));
	manifest_list(0)->read(&t);
	ck_assert_msg(!t.trouble, "%s: %s", text, t.trouble);
	same(&t, t.node[TREE_ROOT].child, fy_document_root(doc), text);
	tree_done(&t);
	fy_document_destroy(doc);
}
END_TEST

/* all that is named, a line each */
static void
on_entry(void *arg, const struct entry *e)
{
	struct buf *out = arg;
	struct buf path;

	buf_init(&path);
	manifest_path(e->place, &path);
	buf_addf(out, "%s=%.*s\n", buf_str(&path), (int)e->value.len, (const char *)e->value.at);
	buf_done(&path);
}

/* the texts of a manifest read in windows of so many bytes, or whole with 0 */
static void
read_in(const char *text, size_t window, struct buf *out)
{
	const struct manifest_format *format = manifest_bid(bytes_of(text), NULL);
	struct tree_carry *carry = window ? manifest_carry_new() : NULL;
	const size_t len = strlen(text);

	ck_assert_ptr_nonnull(format);
	for (size_t at = 0; at < len; at += window ? window : len) {
		const size_t end = window && at + window < len ? at + window : len;
		const struct bytes seen = bytes_cut(bytes_of(text), 0, end + 64);
		struct manifest m;

		manifest_read_window(&m, format, seen, 0, at, end, carry);
		entry_each(&m, on_entry, out);
		manifest_done(&m);
	}
	manifest_carry_free(carry);
}

START_TEST(in_windows)
{
	struct buf whole, cut, text;

	buf_init(&whole);
	buf_init(&cut);
	buf_init(&text);
	buf_adds(&text, _i < 100 ? "apiVersion: v1\nkind: List\nitems:\n" : "{\"kind\": \"List\", \"items\": [");
	for (int i = 0; i < 40; i++) {
		if (_i < 100)
			buf_addf(&text, "- kind: ConfigMap\n  data:\n    password: p%d\n    list: [{token: t%d}, x]\n", i, i);
		else
			buf_addf(&text, "%s{\"data\": {\"password\": \"p%d\"}, \"list\": [{\"token\": \"t%d\"}]}\n", i ? "," : "", i, i);
	}
	buf_adds(&text, _i < 100 ? "" : "]}");
	read_in(buf_str(&text), 0, &whole);
	read_in(buf_str(&text), (size_t)_i % 100 + 100, &cut);
	ck_assert_str_eq(buf_str(&whole), buf_str(&cut));
	buf_done(&whole);
	buf_done(&cut);
	buf_done(&text);
}
END_TEST

Suite *
manifest_suite(void)
{
	Suite *s = suite_create("manifest");
	TCase *c = tcase_create("yaml");

	tcase_add_loop_test(c, as_libfyaml, 0, (int)(sizeof yamls / sizeof yamls[0]));
	tcase_add_loop_test(c, in_windows, 1, 200);
	suite_add_tcase(s, c);
	return s;
}
