/* test_decode.c: what an anchor looks like encoded, and back. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "decode/decode.h"

Suite *decode_suite(void);

/* no real token: letters in a row */
#define PLAIN "user=me\ntoken = ghp_abcdefghijklmnopqrstuvwxyz012345ABCD end\nmore text of no interest follows here\n"

static const struct encoding *
find(const char *name)
{
	const struct encoding *e;

	for (size_t i = 0; (e = decode_list(i)); i++)
		if (strcmp(e->name, name) == 0)
			return e;
	ck_abort_msg("no encoding %s", name);
}

static void
base64(struct buf *out, const char *plain, const char *alphabet, size_t width, const char *gap)
{
	const size_t n = strlen(plain);
	size_t column = 0;

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = 0;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (i + k < n ? (uint8_t)plain[i + k] : 0);
		for (size_t k = 0; k < 4; k++) {
			if (width && column++ == width) {
				buf_adds(out, gap);
				column = 1;
			}
			buf_addc(out, i + k > n ? '=' : alphabet[v >> (18 - 6 * k) & 63]);
		}
	}
}

#define STANDARD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
#define URL "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/* where a form of the anchor stands in the text; the form's length in *len, or text.len */
static size_t
meet(const struct encoding *e, const char *anchor, struct bytes text, size_t *len)
{
	struct form form[8];
	const size_t n = e->forms ? e->forms(bytes_of(anchor), form, 8) : 0;

	for (size_t i = 0; i < n; i++) {
		const size_t at = bytes_find(text, (struct bytes){ form[i].text, form[i].len });

		*len = form[i].len;
		if (at < text.len)
			return at;
	}
	for (size_t at = 0; e->one && at < text.len; at++) {
		uint8_t byte = 0;
		size_t read = 0;

		*len = 0;
		while (read < 4 && at + *len < text.len) {
			const size_t one = e->one(text, at + *len, &byte);

			if (one < 2 || byte != (uint8_t)anchor[read++])
				break;
			*len += one;
			if (read == 4)
				return at;
		}
	}
	for (const char *const *t = e->triggers; t && *t; t++) {
		const size_t at = bytes_find(text, bytes_of(*t));

		*len = strlen(*t);
		if (at < text.len)
			return at;
	}
	return text.len;
}

/* text must decode to something that holds `want`, whose place in text is told to be `at` */
static void
expect(const char *name, const char *anchor, struct bytes text, const char *want, size_t at)
{
	const struct encoding *e = find(name);
	struct bytes stretch, plain;
	struct buf out;
	size_t len, seen = meet(e, anchor, text, &len);

	ck_assert_msg(seen < text.len, "%s: nothing seen", name);
	ck_assert(e->stretch(text, seen, len, &stretch));
	ck_assert(stretch.at >= text.at && stretch.at + stretch.len <= text.at + text.len);
	buf_init(&out);
	ck_assert(e->decode(stretch, &out));
	plain = (struct bytes){ out.at, out.len };
	seen = bytes_find(plain, bytes_of(want));
	ck_assert_msg(seen < plain.len, "%s: decoded to %.*s", name, (int)plain.len, (const char *)plain.at);
	if (at)
		ck_assert_uint_eq((size_t)(stretch.at - text.at) + e->where(stretch, seen), at);
	buf_done(&out);
}

static void
expect_string(const char *name, const char *text, const char *want, size_t at)
{
	expect(name, "ghp_", bytes_of(text), want, at);
}

START_TEST(base64_alignments)
{
	for (unsigned skip = 0; skip < 3; skip++) {
		for (unsigned kind = 0; kind < 2; kind++) {
			struct buf b;

			buf_init(&b);
			buf_adds(&b, "key: \"");
			base64(&b, &PLAIN[skip], kind ? URL : STANDARD, 0, "");
			buf_adds(&b, "\"\n");
			/* "ghp_" stands at 16 - skip of the plain text */
			expect("base64", "ghp_", (struct bytes){ b.at, b.len }, "ghp_abcdefghijklmnopqrstuvwxyz012345ABCD end",
			    6 + (16 - skip) / 3 * 4 + (16 - skip) % 3);
			buf_done(&b);
		}
	}
}
END_TEST

START_TEST(base64_lines)
{
	static const char *const gaps[] = { "\n", "\r\n", "\n    ", "\"\n  \"", "\" +\n  \"", "\\n", "\\r\\n", "' +\r\n\t'" };

	for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
		struct buf b;

		buf_init(&b);
		buf_adds(&b, "data: '");
		base64(&b, PLAIN PLAIN, STANDARD, 48, gaps[i]);
		buf_adds(&b, "'\nnext: line\n");
		expect("base64", "ghp_", (struct bytes){ b.at, b.len }, PLAIN PLAIN, 7);
		buf_done(&b);
	}
}
END_TEST

/* digits that stand before the encoded text without belonging to it */
START_TEST(base64_shifted)
{
	static const char *const before[] = { "", "/", "a/", "host/", "token-", "path/of/", "NAME=", "word\n", "a-b-" };

	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
		struct buf b;

		buf_init(&b);
		buf_addf(&b, "x %s", before[i]);
		base64(&b, PLAIN, STANDARD, 0, "");
		expect("base64", "ghp_", (struct bytes){ b.at, b.len }, PLAIN, 0);
		buf_done(&b);
	}
}
END_TEST

START_TEST(base64_short)
{
	struct form form[8];

	ck_assert_uint_eq(find("base64")->forms(bytes_of("ghp_"), form, 8), 3);
	ck_assert_uint_eq(find("base64")->forms(bytes_of("ab"), form, 8), 0);
	ck_assert_uint_eq(find("base64")->forms(bytes_of("ghp_"), form, 1), 1);
	ck_assert_uint_eq(find("base64")->forms(bytes_of("ghp_"), form, 0), 0);
}
END_TEST

START_TEST(hex)
{
	expect_string("hex", "k=6768705f6162636465666768696a6b0a;", "ghp_abcdefghijk", 2);
	expect_string("hex", "0x36768705f6162636465666768696a6b", "ghp_abcdefghijk", 3);
}
END_TEST

START_TEST(percent)
{
	expect_string("percent", "u=postgres%3A%2F%2Fuser%3Apw%40host/db x", "postgres://user:pw@host/db", 0);
	expect_string("percent", "a %67%68%70%5f%61%62%63", "ghp_abc", 2);
	expect_string("percent", "q=%22%3A%2 %zz", "\":%2", 0);
}
END_TEST

START_TEST(escape)
{
	expect_string("escape", "\"password\\u003dabc\"", "password=abc", 1);
	expect_string("escape", "{\\u0022token\\u0022:\\u0022abc\\u0022}", "{\"token\":\"abc\"}", 0);
	expect_string("escape", "v = \"\\x67\\x68\\x70\\x5f\\x61\"", "ghp_a", 5);
	expect_string("escape", "\\u{67}\\u003d\\u{", "g=", 0);
}
END_TEST

START_TEST(utf16)
{
	static const char le[] = "\1\2g\0h\0p\0_\0a\0b\0c\0\3\4", be[] = "\1\2\0g\0h\0p\0_\0a\0b\0c\3\4";

	expect("utf-16", "ghp_", (struct bytes){ (const uint8_t *)le, sizeof le - 1 }, "ghp_abc", 2);
	expect("utf-16", "ghp_", (struct bytes){ (const uint8_t *)be, sizeof be - 1 }, "ghp_abc", 3);
}
END_TEST

/* whatever stands around, and wherever it was seen: nothing is read or told outside */
START_TEST(hostile)
{
	static const char bytes[] = "A=\\n\\u{%3\"+\n '0x\0/-_";
	const struct encoding *e;
	uint32_t seed = 1;

	for (unsigned round = 0; round < 4000; round++) {
		uint8_t text[160];
		const size_t len = 1 + round % sizeof text;

		for (size_t i = 0; i < len; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = (seed >> 20 & 3) ? STANDARD[seed >> 24 & 63] : (uint8_t)bytes[(seed >> 24) % sizeof bytes];
		}
		for (size_t k = 0; (e = decode_list(k)); k++) {
			const size_t at = seed % len, n = (seed >> 8) % (len - at + 1);
			struct bytes s;
			struct buf out;

			if (!e->stretch((struct bytes){ text, len }, at, n, &s) || s.len == 0)
				continue;
			ck_assert(s.at >= text && s.at + s.len <= text + len);
			buf_init(&out);
			e->decode(s, &out);
			for (size_t i = 0; i < out.len; i++)
				ck_assert_uint_lt(e->where(s, i), s.len);
			buf_done(&out);
		}
	}
}
END_TEST

/* digits of digits are told from those of text, of bytes and of nothing */
START_TEST(encoded_again)
{
	static const char digits[] = "Z2hwX2FiY2RlZmdoaWprbG1ub3Bxc3R1dnd4eXo=", text[] = "some words that are no digits of it", bytes[] = "\x01\x80\xff";
	const char *const plain[] = { digits, text, bytes };
	struct buf b;

	for (unsigned i = 0; i < 3; i++) {
		buf_init(&b);
		base64(&b, plain[i], STANDARD, 0, "");
		while (b.len < AGAIN_DIGITS)
			buf_addc(&b, 'A');
		ck_assert_int_eq(find("base64")->again(b.at), i == 0);
		b.len = 0;
		for (const char *c = plain[i]; *c; c++)
			buf_addf(&b, "%02x", (unsigned char)*c);
		while (b.len < AGAIN_DIGITS)
			buf_addc(&b, '0');
		ck_assert_int_eq(find("hex")->again(b.at), i == 0);
		buf_done(&b);
	}
}
END_TEST

/* two stretches in one run whose groups begin elsewhere: what is met in one is not decoded with the other */
START_TEST(base64_joins)
{
	const struct encoding *e = find("base64");
	struct bytes text, first, second;
	size_t known = 0, len, at;
	struct buf b;

	buf_init(&b);
	base64(&b, PLAIN, STANDARD, 0, "");
	while (b.len % 4 != 1)
		b.len--;
	buf_adds(&b, "\n");
	at = b.len;
	base64(&b, PLAIN, STANDARD, 0, "");
	text = (struct bytes){ b.at, b.len };
	ck_assert_uint_lt(meet(e, "ghp_", text, &len), at);
	ck_assert(e->stretch(text, meet(e, "ghp_", text, &len), len, &first));
	at += meet(e, "ghp_", bytes_cut(text, at, text.len), &len);
	ck_assert(first.at + first.len >= text.at + at + len);
	ck_assert(!e->joins(first, &known, at - (size_t)(first.at - text.at), len));
	ck_assert_uint_gt(known, 0);
	ck_assert(e->stretch(text, at, len, &second));
	known = 0;
	ck_assert(e->joins(second, &known, at - (size_t)(second.at - text.at), len));
	buf_done(&b);
}
END_TEST

START_TEST(kubernetes_object)
{
	static const char object[] = "some key\nk8s\0\x0a\x0c\x0a\x02v1\x12\x06Secret\x12\x19\x0a\x04\x0a\x02" "db\x12\x0d\x0a\x05token\x12\x04" "a\xff\"b"
				     "\x1a\x02Op\x1a\0\"\0\nnext";
	static const char json[] = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"db\"},\"data\":{\"token\":\"Yf8iYg==\"},\"type\":\"Op\"}\n";
	const struct encoding *e = find("protobuf");
	const struct bytes text = { (const uint8_t *)object, sizeof object - 1 }, sign = bytes_of(e->triggers[0]);
	const size_t at = bytes_find(text, sign);
	struct bytes s;
	struct buf b;

	buf_init(&b);
	ck_assert(e->stretch(text, at, sign.len, &s));
	ck_assert_ptr_eq(s.at, text.at + 9);
	ck_assert_uint_eq(s.len, text.len - 9 - 5);
	ck_assert(e->decode(s, &b));
	ck_assert_str_eq(buf_str(&b), json);
	ck_assert_uint_eq(s.at[e->where(s, (size_t)(strstr(json, "db") - json))], 'd');
	ck_assert_uint_eq(s.at[e->where(s, (size_t)(strstr(json, "iYg") - json))], '"');
	buf_done(&b);
	/* of no kind that is known, or without what comes before it */
	ck_assert(!e->stretch(bytes_cut(text, 10, text.len), at - 10, sign.len, &s));
}
END_TEST

Suite *
decode_suite(void)
{
	Suite *s = suite_create("decode");
	TCase *t = tcase_create("encodings");

	tcase_add_test(t, base64_alignments);
	tcase_add_test(t, base64_lines);
	tcase_add_test(t, base64_shifted);
	tcase_add_test(t, base64_short);
	tcase_add_test(t, hex);
	tcase_add_test(t, percent);
	tcase_add_test(t, escape);
	tcase_add_test(t, utf16);
	tcase_add_test(t, hostile);
	tcase_add_test(t, encoded_again);
	tcase_add_test(t, base64_joins);
	tcase_add_test(t, kubernetes_object);
	suite_add_tcase(s, t);
	return s;
}
