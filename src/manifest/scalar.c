#include "manifest/scalar.h"

#include <stdlib.h>
#include <string.h>

#include "manifest/text.h"
#include "manifest/tree.h"

void
unfolded_init(struct unfolded *u)
{
	*u = (struct unfolded){ 0 };
	buf_init(&u->text);
}

void
unfolded_done(struct unfolded *u)
{
	buf_done(&u->text);
	free(u->fold);
	u->fold = NULL;
	u->count = u->cap = 0;
}

size_t
scalar_where(const struct unfolded *u, size_t at)
{
	size_t from = 0, to = u->count;

	while (from < to) {
		const size_t mid = from + (to - from) / 2;

		if (u->fold[mid].here <= at)
			from = mid + 1;
		else
			to = mid;
	}
	return from ? u->fold[from - 1].there + (at - u->fold[from - 1].here) : at;
}

/* what is added next stands at `there` */
static void
place(struct unfolded *u, size_t there)
{
	const struct fold *last;

	while (u->count && u->fold[u->count - 1].here > u->text.len)
		u->count--;
	last = u->count ? &u->fold[u->count - 1] : NULL;

	if (last && last->there + (u->text.len - last->here) == there)
		return;
	if (u->count == u->cap) {
		const size_t cap = u->cap ? u->cap * 2 : 16;
		struct fold *more = realloc(u->fold, cap * sizeof *more);

		if (!more) {
			u->text.failed = true;
			return;
		}
		u->fold = more;
		u->cap = cap;
	}
	u->fold[u->count++] = (struct fold){ (uint32_t)u->text.len, (uint32_t)there };
}

static void
copy(struct unfolded *u, struct bytes text, size_t from, size_t to)
{
	if (from >= to)
		return;
	place(u, from);
	buf_add(&u->text, text.at + from, to - from);
}

static void
put(struct unfolded *u, size_t there, const void *bytes, size_t n)
{
	place(u, there);
	buf_add(&u->text, bytes, n);
}

static size_t
spaces(struct bytes text, size_t at)
{
	size_t i = at;

	while (i < text.len && text.at[i] == ' ')
		i++;
	return i - at;
}

static bool
blank_line(struct bytes text, size_t at)
{
	at += spaces(text, at);
	return at >= text.len || text.at[at] == '\n' || text.at[at] == '\r';
}

/* the indentation of a block: its first line's that isn't blank */
static size_t
block_indent(struct bytes text, size_t at)
{
	while (at < text.len && blank_line(text, at))
		at = text_line_end(text, at) + 1;
	return at < text.len ? spaces(text, at) : 0;
}

/* a line of a folded block that blank ones follow: they stand for its end */
static bool
ends_in_blanks(struct bytes text, size_t line, size_t next, size_t indent)
{
	return next < text.len && !blank_line(text, line) && blank_line(text, next) && spaces(text, line) <= indent;
}

/* whether two lines of a folded block are one: neither is blank nor indented further */
static bool
folds(struct bytes text, size_t line, size_t next, size_t indent)
{
	return next < text.len && !blank_line(text, line) && !blank_line(text, next) && spaces(text, line) <= indent &&
	    spaces(text, next) <= indent;
}

static void
unfold_block(struct unfolded *u, struct bytes text, size_t at, bool folded)
{
	const size_t indent = block_indent(text, at);

	while (at < text.len) {
		const size_t end = text_line_end(text, at), skip = spaces(text, at);
		const size_t from = at + (skip < indent ? skip : indent);
		const size_t stop = end > from && text.at[end - 1] == '\r' ? end - 1 : end;

		copy(u, text, from, stop);
		if (end < text.len && !(folded && ends_in_blanks(text, at, end + 1, indent)))
			put(u, end, folded && folds(text, at, end + 1, indent) ? " " : "\n", 1);
		at = end + 1;
	}
}

static void
put_code(struct unfolded *u, size_t there, uint32_t c)
{
	uint8_t b[4];
	size_t n = 1;

	if (c < 0x80) {
		b[0] = (uint8_t)c;
	} else if (c < 0x800) {
		b[0] = (uint8_t)(0xc0 | c >> 6);
		n = 2;
	} else if (c < 0x10000) {
		b[0] = (uint8_t)(0xe0 | c >> 12);
		n = 3;
	} else {
		b[0] = (uint8_t)(0xf0 | (c >> 18 & 7));
		n = 4;
	}
	for (size_t i = 1; i < n; i++)
		b[i] = (uint8_t)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
	put(u, there, b, n);
}

static int
hex(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* n hex digits at `at`; false: they are not */
static bool
hex_code(struct bytes text, size_t at, size_t n, uint32_t *code)
{
	*code = 0;
	for (size_t i = 0; i < n; i++) {
		const int d = at + i < text.len ? hex(text.at[at + i]) : -1;

		if (d < 0)
			return false;
		*code = *code << 4 | (uint32_t)d;
	}
	return true;
}

/* past the escape whose backslash stands at `at` */
static size_t
unescape(struct unfolded *u, struct bytes text, size_t at)
{
	static const char from[] = "0abtnvfre \"/\\\t", to[] = "\0\a\b\t\n\v\f\r\x1b \"/\\\t";
	const uint8_t c = at + 1 < text.len ? text.at[at + 1] : 0;
	const size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	const char *known = c ? strchr(from, c) : NULL;
	uint32_t code, low;

	if (digits && hex_code(text, at + 2, digits, &code)) {
		/* two halves of one character beyond the first plane */
		if (code >> 10 == 0x36 && at + 7 < text.len && text.at[at + 6] == '\\' && hex_code(text, at + 8, 4, &low) && low >> 10 == 0x37) {
			put_code(u, at, 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff)));
			return at + 12;
		}
		put_code(u, at, code);
		return at + 2 + digits;
	}
	if (known) {
		put(u, at, &to[known - from], 1);
		return at + 2;
	}
	if (c == '\n') {                /* goes on in the next line as if there were no end */
		at += 2;
		return at + spaces(text, at);
	}
	copy(u, text, at, at + 1);
	return at + 1;
}

/* a line end within quotes or bare text is a blank, several are one less */
static size_t
fold_line(struct unfolded *u, struct bytes text, size_t at)
{
	size_t ends = 0, i = at;

	while (u->text.len && (u->text.at[u->text.len - 1] == ' ' || u->text.at[u->text.len - 1] == '\r'))
		u->text.len--;
	while (i < text.len && (text.at[i] == '\n' || text.at[i] == '\r' || text.at[i] == ' ' || text.at[i] == '\t'))
		ends += text.at[i++] == '\n';
	if (ends == 1)
		put(u, at, " ", 1);
	for (; ends > 1; ends--)
		put(u, at, "\n", 1);
	return i;
}

static void
unfold_quoted(struct unfolded *u, struct bytes text, size_t at, enum tree_form form)
{
	while (at < text.len && !u->text.failed) {
		size_t i = at;

		while (i < text.len && text.at[i] != '\n' && !(text.at[i] == '\\' && form == TREE_DOUBLE) &&
		    !(text.at[i] == '\'' && form == TREE_SINGLE))
			i++;
		copy(u, text, at, i);
		at = i;
		if (at >= text.len)
			break;
		if (text.at[at] == '\n') {
			at = fold_line(u, text, at);
		} else if (text.at[at] == '\\') {
			at = unescape(u, text, at);
		} else {
			copy(u, text, at, at + 1);
			at += 2;
		}
	}
}

bool
scalar_unfold(const struct tree *t, uint32_t node, struct unfolded *u)
{
	const struct tree_node *n = &t->node[node];
	const struct bytes text = bytes_cut(t->text, 0, n->end);

	u->text.len = u->count = 0;
	if (n->flags & TREE_EXACT || n->form == TREE_ALIAS)
		copy(u, text, n->at, n->end);
	else if (n->form == TREE_LITERAL || n->form == TREE_FOLDED)
		unfold_block(u, text, n->at, n->form == TREE_FOLDED);
	else
		unfold_quoted(u, text, n->at, n->form);
	return !u->text.failed;
}
