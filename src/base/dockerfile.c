#include "base/dockerfile.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

/* What is read of a Dockerfile. */
struct reading {
	struct dockerfile *file;
	struct bytes text;
	size_t at;
	uint8_t escape;
	struct instruction *last;
};

/* the next line without its end; false past the last */
static bool
next_line(struct reading *r, struct bytes *line)
{
	const struct bytes rest = bytes_cut(r->text, r->at, r->text.len);
	const uint8_t *lf = rest.len ? memchr(rest.at, '\n', rest.len) : NULL;

	if (!rest.len)
		return false;
	line->at = rest.at;
	line->len = lf ? (size_t)(lf - rest.at) : rest.len;
	r->at += line->len + (lf != NULL);
	while (line->len && (line->at[line->len - 1] == '\r' || line->at[line->len - 1] == ' ' || line->at[line->len - 1] == '\t'))
		line->len--;
	return true;
}

static struct bytes
skip_blanks(struct bytes line)
{
	while (line.len && (*line.at == ' ' || *line.at == '\t'))
		line = bytes_cut(line, 1, line.len);
	return line;
}

/* joins the lines of one instruction; comments and empty lines in it don't count */
static size_t
join(struct reading *r, struct bytes line, struct buf *whole)
{
	size_t end = r->at;

	for (;;) {
		const bool more = line.len && line.at[line.len - 1] == r->escape;

		buf_add(whole, line.at, line.len - more);
		end = (size_t)(line.at + line.len - r->text.at);
		if (!more)
			return end;
		do
			if (!next_line(r, &line))
				return end;
		while (!skip_blanks(line).len || *skip_blanks(line).at == '#');
	}
}

/* "<<EOF", "<<-'EOF'": the delimiter, or empty */
static struct bytes
heredoc_of(const char *text, bool *tabs, const char **after)
{
	const char *at = strstr(text, "<<");
	struct bytes word = { 0 };

	if (!at || at[2] == '<')
		return word;
	at += 2;
	*tabs = *at == '-';
	at += *tabs;
	at += *at == '"' || *at == '\'';
	word.at = (const uint8_t *)at;
	while (isalnum((unsigned char)*at) || *at == '_')
		at++;
	word.len = (size_t)(at - (const char *)word.at);
	*after = at;
	return word;
}

static void
take_heredocs(struct reading *r, const char *rest, struct buf *text)
{
	const char *after = rest;
	struct bytes line, word;
	bool tabs;

	while ((word = heredoc_of(after, &tabs, &after)).len)
		while (next_line(r, &line)) {
			struct bytes bare = line;

			while (tabs && bare.len && *bare.at == '\t')
				bare = bytes_cut(bare, 1, bare.len);
			if (bytes_equal(bare, word))
				break;
			buf_add(text, line.at, line.len);
			buf_addc(text, '\n');
		}
}

static int
take(struct reading *r, struct bytes line)
{
	struct instruction *i = arena_new(&r->file->arena, sizeof *i);
	struct buf whole, here;
	struct bytes text, word;

	if (!i)
		return -1;
	buf_init(&whole);
	buf_init(&here);
	line = skip_blanks(line);
	i->at = (size_t)(line.at - r->text.at);
	i->end = join(r, line, &whole);
	buf_str(&whole);
	text = (struct bytes){ whole.at, whole.len };
	word = dockerfile_word(whole.failed ? "" : (const char *)whole.at, 0);
	for (size_t n = 0; n < word.len && n < sizeof i->word - 1; n++)
		i->word[n] = (char)toupper(word.at[n]);
	i->rest = arena_string(&r->file->arena, skip_blanks(bytes_cut(text, word.len, text.len)));
	if (i->rest && (strcmp(i->word, "RUN") == 0 || strcmp(i->word, "COPY") == 0 || strcmp(i->word, "ADD") == 0))
		take_heredocs(r, i->rest, &here);
	buf_str(&here);
	i->heredoc = here.failed ? NULL : arena_string(&r->file->arena, (struct bytes){ here.at, here.len });
	r->file->stages += strcmp(i->word, "FROM") == 0;
	i->stage = r->file->stages;
	if (r->last)
		r->last->next = i;
	else
		r->file->first = i;
	r->last = i;
	buf_done(&whole);
	buf_done(&here);
	return i->rest && i->heredoc ? 0 : -1;
}

/* "# escape=`" before everything else */
static void
directive(struct reading *r, struct bytes line)
{
	static const char word[] = "escape=";

	line = skip_blanks(bytes_cut(line, 1, line.len));
	if (bytes_starts(line, word) && line.len == sizeof word)
		r->escape = line.at[sizeof word - 1];
}

int
dockerfile_read(struct dockerfile *file, struct bytes text)
{
	struct reading r = { .file = file, .text = text, .escape = '\\' };
	struct bytes line, bare;

	*file = (struct dockerfile){ 0 };
	arena_init(&file->arena);
	while (next_line(&r, &line)) {
		bare = skip_blanks(line);
		if (bare.len && *bare.at == '#' && !r.last)
			directive(&r, bare);
		else if (bare.len && *bare.at != '#' && take(&r, line) < 0)
			return -1;
	}
	return 0;
}

void
dockerfile_done(struct dockerfile *file)
{
	arena_done(&file->arena);
}

struct bytes
dockerfile_word(const char *text, unsigned i)
{
	size_t len;

	for (;; i--) {
		text += strspn(text, " \t");
		len = strcspn(text, " \t\n");
		if (i == 0 || !len)
			return (struct bytes){ (const uint8_t *)text, len };
		text += len;
	}
}

struct bytes
dockerfile_flag(const struct instruction *in, const char *flag)
{
	const size_t len = strlen(flag);

	for (unsigned i = 0;; i++) {
		const struct bytes word = dockerfile_word(in->rest, i);

		if (!bytes_starts(word, "--"))
			return (struct bytes){ 0 };
		if (bytes_starts(word, flag))
			return bytes_cut(word, len, word.len);
	}
}

struct bytes
dockerfile_argument(const struct instruction *in, unsigned i)
{
	unsigned flags = 0;

	while (bytes_starts(dockerfile_word(in->rest, flags), "--"))
		flags++;
	return dockerfile_word(in->rest, flags + i);
}
