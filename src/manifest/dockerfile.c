/* dockerfile.c: Dockerfiles and Containerfiles, an instruction a line that backslashes carry on. */
#include "manifest/formats.h"

#include <ctype.h>
#include <string.h>

#include "manifest/manifest.h"
#include "manifest/text.h"
#include "manifest/tree.h"

#define W TEXT_WORD
static const struct text_word instructions[] = {
	W("FROM"), W("RUN"), W("CMD"), W("LABEL"), W("EXPOSE"), W("ENV"), W("ADD"), W("COPY"), W("ENTRYPOINT"), W("VOLUME"), W("USER"),
	W("WORKDIR"), W("ARG"), W("ONBUILD"), W("STOPSIGNAL"), W("HEALTHCHECK"), W("SHELL"), W("MAINTAINER"),
};
#undef W

/* where the instruction that goes on at `at` ends, over the lines that backslashes and comments carry it */
static size_t
instruction_end(struct bytes text, size_t at)
{
	for (;;) {
		const size_t end = text_line_end(text, at), last = text_trim(text, at, end);
		const bool carried = last > at && text.at[last - 1] == '\\';

		if (end >= text.len || !carried)
			return end;
		at = end + 1;
		/* comments and empty lines within do not end it */
		while (at < text.len) {
			const size_t line = text_blanks(text, at), stop = text_line_end(text, at);

			if (line < stop && text.at[line] != '#' && text.at[line] != '\r')
				break;
			if (stop >= text.len)
				return stop;
			at = stop + 1;
		}
	}
}

/* past blanks and what carries a line on */
static size_t
space(struct bytes text, size_t at, size_t end)
{
	while (at < end && (isspace(text.at[at]) || (text.at[at] == '\\' && at + 1 < end && isspace(text.at[at + 1])) || text.at[at] == '#')) {
		if (text.at[at] == '#' && (at == 0 || text.at[at - 1] == '\n' || text_blanks(text, at) != at))
			at = text_line_end(text, at);
		else if (text.at[at] == '#')
			break;
		at += at < end;
	}
	return at;
}

/* where the value at `at` ends: a bare word, in which quotes and backslashes hold blanks */
static size_t
word_end(struct bytes text, size_t at, size_t end)
{
	bool exact;

	while (at < end && !isspace(text.at[at])) {
		if (text.at[at] == '"' || text.at[at] == '\'')
			at = text_quote(text, at, end, &exact) + 1;
		else
			at += text.at[at] == '\\' ? 2 : 1;
	}
	return at < end ? at : end;
}

static void
set_value(struct tree *t, uint32_t node, size_t at, size_t end)
{
	const uint8_t q = at < end ? t->text.at[at] : 0;
	bool exact;

	if ((q == '"' || q == '\'') && end - at > 1 && text_quote(t->text, at, end, &exact) == end - 1)
		tree_set(t, node, q == '"' ? TREE_DOUBLE : TREE_SINGLE, at + 1, end - 1, exact ? TREE_EXACT : 0);
	else
		tree_set(t, node, TREE_PLAIN, at, end, TREE_EXACT);
}

/* NAME=value NAME=value; ENV NAME value; ARG NAME */
static void
pairs(struct tree *t, uint32_t node, size_t at, size_t end)
{
	const struct bytes text = t->text;

	tree_set(t, node, TREE_MAP, at, end, 0);
	while ((at = space(text, at, end)) < end) {
		size_t i = at, stop;
		uint32_t pair;

		while (i < end && !isspace(text.at[i]) && text.at[i] != '=')
			i++;
		if (i == at || !(pair = tree_add(t, node, at, i)))
			return;
		t->node[pair].flags |= TREE_VERBATIM;
		if (i < end && text.at[i] == '=') {
			stop = word_end(text, i + 1, end);
			set_value(t, pair, i + 1, stop);
		} else {                /* the old form: all that follows is the value */
			stop = text_trim(text, i, end);
			i = space(text, i, end);
			set_value(t, pair, i < stop ? i : stop, stop);
			return;
		}
		at = stop;
	}
}

static void
exec_form(struct tree *t, uint32_t node, size_t at, size_t end)
{
	tree_set(t, node, TREE_SEQUENCE, at, end, 0);
	for (at++; at < end; at++) {
		uint32_t word;
		size_t close;
		bool exact;

		if (t->text.at[at] == ']')
			return;
		if (t->text.at[at] != '"')
			continue;
		close = text_quote(t->text, at, end, &exact);
		if (!(word = tree_add(t, node, at, at)))
			return;
		tree_set(t, word, TREE_DOUBLE, at + 1, close, exact ? TREE_EXACT : 0);
		at = close;
	}
}

/* where the here-document that an instruction opens ends, or `end` */
static size_t
heredoc_end(struct tree *t, size_t at, size_t end)
{
	const struct bytes text = t->text;
	const size_t mark = bytes_find(bytes_cut(text, at, end), bytes_of("<<"));
	size_t from = at + mark + 2, to;
	struct bytes word;

	if (mark == end - at || t->trouble)     /* one that never ends is looked for once */
		return end;
	while (from < end && strchr("-\"'", text.at[from]) && text.at[from])
		from++;
	for (to = from; to < end && (isalnum(text.at[to]) || text.at[to] == '_'); to++)
		;
	word = bytes_cut(text, from, to);
	for (size_t line = end + 1; word.len && line < text.len; line = text_line_end(text, line) + 1) {
		const size_t begin = text_blanks(text, line), stop = text_line_end(text, line);

		if (bytes_equal(bytes_cut(text, begin, text_trim(text, begin, stop)), word))
			return stop;
	}
	tree_trouble(t, at, "a here-document does not end");
	return end;
}

static bool
is(struct bytes word, const char *text)
{
	return bytes_equal_nocase(word, bytes_of(text));
}

static size_t
read_instruction(struct tree *t, uint32_t document, size_t at)
{
	const struct bytes text = t->text;
	size_t key = at, end = instruction_end(text, at), i = at;
	struct bytes word;
	uint32_t node;

	while (i < end && isalpha(text.at[i]))
		i++;
	word = bytes_cut(text, key, i);
	if (!(node = tree_add(t, document, key, i)))
		return text.len;
	t->node[node].flags |= TREE_REPEATS;
	at = space(text, i, end);
	while (bytes_starts(bytes_cut(text, at, end), "--"))    /* flags of RUN, COPY, HEALTHCHECK */
		at = space(text, word_end(text, at, end), end);
	if (is(word, "ENV") || is(word, "ARG") || is(word, "LABEL")) {
		pairs(t, node, at, end);
		if (!is(word, "LABEL"))
			t->node[node].flags &= (uint16_t)~TREE_REPEATS;
		return end;
	}
	if (is(word, "RUN") || is(word, "COPY"))
		end = heredoc_end(t, at, end);
	if (is(word, "HEALTHCHECK") && bytes_starts(bytes_cut(text, at, end), "CMD"))
		at = space(text, at + 3, end);
	if (at < end && text.at[at] == '[')
		exec_form(t, node, at, end);
	else
		tree_set(t, node, TREE_PLAIN, at < end ? at : end, text_trim(text, at < end ? at : end, end), TREE_EXACT);
	return end;
}

static void
dockerfile_read(struct tree *t)
{
	const uint32_t document = tree_add(t, TREE_ROOT, 0, 0);

	if (!document)
		return;
	tree_set(t, document, TREE_MAP, 0, t->text.len, 0);
	for (size_t at = 0; at < t->text.len; at++) {
		const size_t line = text_blanks(t->text, at);

		if (line < t->text.len && isalpha(t->text.at[line]))
			at = read_instruction(t, document, line);
		else
			at = text_line_end(t->text, line);
	}
}

/* USER takes one word, where access control lists of Redis have several behind it */
static bool
one_word(struct bytes line, size_t at)
{
	at = text_blanks(line, at);
	while (at < line.len && !isspace(line.at[at]))
		at++;
	return text_trim(line, at, line.len) == at;
}

static bool
instruction(struct bytes line)
{
	for (size_t i = 0; i < sizeof instructions / sizeof instructions[0]; i++) {
		const struct text_word w = instructions[i];

		if (line.len > w.len && isspace(line.at[w.len]) && strncasecmp((const char *)line.at, w.text, w.len) == 0)
			return strcmp(w.text, "USER") != 0 || one_word(line, w.len);
	}
	return false;
}

static int
dockerfile_bid(struct bytes head, const char *file)
{
	unsigned good = 0;

	(void)file;
	for (size_t at = 0; at < head.len && good < 4; at = instruction_end(head, at) + 1) {
		const size_t line = text_blanks(head, at), end = instruction_end(head, at);

		if (line >= text_line_end(head, line) || head.at[line] == '#' || head.at[line] == '\r')
			continue;
		if (!instruction(bytes_cut(head, line, end)))
			return 0;
		good++;
	}
	return good ? 75 : 0;
}

const struct manifest_format format_dockerfile = {
	.name = "dockerfile",
	.bid = dockerfile_bid,
	.read = dockerfile_read,
};
