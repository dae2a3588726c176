/* A history says what builders make of instructions: "/bin/sh -c #(nop) ENV A=b", "|1 A=b /bin/sh -c make", "COPY . /srv # buildkit". */
#include "image/built.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <stanch/error.h>

#include "base/arena.h"
#include "base/io.h"
#include "image/oci.h"

#define BUILT_MOST ((size_t)1 << 20)
#define LINES 1024                      /* of a stage and those it stands on; steps of a history */
#define STAGES 64

/* An instruction or a step of a history, made comparable. */
struct line {
	char word[16];
	const char *text;               /* one blank between words, no flags, no punctuation of lists */
	const char *heredoc;
	unsigned long number;
};

struct lines {
	struct line line[LINES];
	size_t count;
};

/* What there is to compare. */
struct work {
	const struct built *built;
	struct arena arena;
	struct lines steps, stage;
	uint32_t *score;                /* of the first steps and the first lines of the stage: the most that agree */
	bool failed;
};

int
built_read(struct built *b, const char *path, struct error *err)
{
	struct error why;

	*b = (struct built){ .name = path };
	buf_init(&b->text);
	arena_init(&b->file.arena);
	if (io_read_path(path, BUILT_MOST, &b->text, &why) < 0)
		return error_set(err, why.code, "--dockerfile: %s", why.text);
	if (dockerfile_read(&b->file, (struct bytes){ b->text.at, b->text.len }) < 0)
		return error_set(err, ERROR_INTERNAL, "out of memory for %s", path);
	if (b->file.stages == 0)
		return error_set(err, ERROR_USAGE, "--dockerfile %s: no instruction FROM is in it, so it is no Dockerfile", path);
	return 0;
}

void
built_done(struct built *b)
{
	dockerfile_done(&b->file);
	buf_done(&b->text);
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* RUN ["make", "all"] and its step "make all" are alike then, as are lines that were joined */
static const char *
squeeze(struct work *w, struct bytes text)
{
	const char *copy;
	struct buf out;

	buf_init(&out);
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = text.at[i];

		if (is_blank(c) ? out.len && out.at[out.len - 1] != ' ' : !strchr("[]\",", c))
			buf_addc(&out, is_blank(c) ? ' ' : (char)c);
	}
	while (out.len && out.at[out.len - 1] == ' ')
		out.len--;
	copy = out.failed ? NULL : arena_string(&w->arena, (struct bytes){ out.at, out.len });
	w->failed |= !copy;
	buf_done(&out);
	return copy ? copy : "";
}

static void
set_word(struct line *l, struct bytes word)
{
	memset(l->word, 0, sizeof l->word);
	memcpy(l->word, word.at, word.len < sizeof l->word ? word.len : sizeof l->word - 1);
}

static bool
is_instruction(struct bytes word)
{
	static const char *const words[] = {
		"RUN", "COPY", "ADD", "ENV", "ARG", "LABEL", "CMD", "ENTRYPOINT", "USER", "WORKDIR", "EXPOSE", "VOLUME", "HEALTHCHECK", "ONBUILD",
		"SHELL", "STOPSIGNAL", "MAINTAINER",
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (bytes_equal(word, bytes_of(words[i])))
			return true;
	return false;
}

/* a step without an instruction's name is a command that was run */
static void
add_step(struct work *w, const char *created_by)
{
	static const char mark[] = "# buildkit";
	struct line *l = &w->steps.line[w->steps.count++];
	struct bytes text = bytes_of(created_by ? oci_command(created_by) : "");
	const struct bytes word = dockerfile_word((const char *)text.at, 0);

	*l = (struct line){ .word = "RUN", .heredoc = "" };
	if (is_instruction(word)) {
		set_word(l, word);
		text = bytes_cut(text, word.len, text.len);
	}
	if (text.len >= sizeof mark - 1 && memcmp(text.at + text.len - (sizeof mark - 1), mark, sizeof mark - 1) == 0)
		text.len -= sizeof mark - 1;
	l->text = squeeze(w, text);
}

static unsigned long
line_number(const struct built *b, size_t at)
{
	unsigned long n = 1;

	for (size_t i = 0; i < at && i < b->text.len; i++)
		n += b->text.at[i] == '\n';
	return n;
}

static void
add_instruction(struct work *w, const struct instruction *in)
{
	const struct bytes first = dockerfile_argument(in, 0);
	struct line *l;

	if (w->stage.count == LINES || strcmp(in->word, "FROM") == 0)
		return;
	l = &w->stage.line[w->stage.count++];
	*l = (struct line){ .number = line_number(w->built, in->at) };
	set_word(l, bytes_of(in->word));
	l->text = squeeze(w, bytes_of((const char *)first.at));
	l->heredoc = squeeze(w, bytes_of(in->heredoc));
}

static const struct instruction *
from_of(const struct built *b, unsigned stage)
{
	for (const struct instruction *in = b->file.first; in; in = in->next)
		if (in->stage == stage && strcmp(in->word, "FROM") == 0)
			return in;
	return NULL;
}

/* the stage before it that a stage is built upon, or 0 */
static unsigned
stage_below(const struct built *b, unsigned stage)
{
	const struct instruction *from = from_of(b, stage);
	const struct bytes image = from ? dockerfile_argument(from, 0) : (struct bytes){ 0 };

	for (const struct instruction *in = b->file.first; in && image.len; in = in->next)
		if (in->stage < stage && strcmp(in->word, "FROM") == 0 && bytes_equal_nocase(dockerfile_argument(in, 1), bytes_of("as")) &&
		    bytes_equal_nocase(dockerfile_argument(in, 2), image))
			return in->stage;
	return 0;
}

/* all that made the image that a stage ends with, in order */
static void
take_stage(struct work *w, unsigned stage)
{
	unsigned chain[STAGES];
	size_t n = 0;

	w->stage.count = 0;
	for (; stage && n < STAGES; stage = stage_below(w->built, stage))
		chain[n++] = stage;
	while (n--)
		for (const struct instruction *in = w->built->file.first; in; in = in->next)
			if (in->stage == chain[n])
				add_instruction(w, in);
}

/* "|1 A=b /bin/sh -c make all" and "make all": what stands before is a shell, or arguments */
static bool
runs(const char *step, const char *command)
{
	const size_t all = strlen(step), len = strlen(command), before = all - len;

	if (!len || len > all || strcmp(step + before, command) != 0)
		return false;
	return before == 0 || *step == '|' || (before > 3 && memcmp(step + before - 3, "-c ", 3) == 0);
}

/* ENV, ARG and LABEL by the first name */
static bool
names(const char *a, const char *b)
{
	const size_t len = strcspn(a, "= ");

	return len && len == strcspn(b, "= ") && memcmp(a, b, len) == 0;
}

static struct bytes
last_word(const char *text)
{
	const char *blank = strrchr(text, ' ');
	struct bytes word = bytes_of(blank ? blank + 1 : text);

	while (word.len > 1 && word.at[word.len - 1] == '/')
		word.len--;
	return word;
}

/* where it goes to, and what goes there; a folder may be told relative to where the build was, variables by their value */
static unsigned
copies(const char *step, const char *in)
{
	const struct bytes to = last_word(in), told = last_word(step), from = dockerfile_word(in, 0);
	const bool open = bytes_find(to, bytes_of("$")) < to.len || (to.len && to.at[0] != '/');

	if (!bytes_equal(to, told) && !open)
		return 0;
	return 1 + 2 * bytes_equal(to, told) + (from.len && bytes_find(bytes_of(step), from) < strlen(step));
}

/* how well a step and an instruction agree, from 0 */
static unsigned
agree(const struct line *step, const struct line *in)
{
	if (strcmp(step->word, in->word) != 0)
		return 0;
	if (strcmp(in->word, "RUN") == 0)
		return 4 * (runs(step->text, in->text) || runs(step->text, in->heredoc));
	if (strcmp(in->word, "ENV") == 0 || strcmp(in->word, "ARG") == 0 || strcmp(in->word, "LABEL") == 0)
		return 4 * names(step->text, in->text);
	if (strcmp(in->word, "COPY") == 0 || strcmp(in->word, "ADD") == 0)
		return copies(step->text, in->text);
	if (strcmp(in->word, "USER") == 0 || strcmp(in->word, "WORKDIR") == 0)
		return bytes_equal(last_word(step->text), last_word(in->text)) ? 4 : strchr(in->text, '$') || in->text[0] != '/';
	return 2;
}

static uint32_t *
cell(const struct work *w, size_t step, size_t line)
{
	return &w->score[step * (LINES + 1) + line];
}

/* the longest run of both, in order, by how well they agree */
static uint32_t
compare(struct work *w)
{
	const size_t n = w->steps.count, m = w->stage.count;

	memset(w->score, 0, (LINES + 1) * sizeof *w->score);
	for (size_t i = 1; i <= n; i++) {
		*cell(w, i, 0) = 0;
		for (size_t k = 1; k <= m; k++) {
			const unsigned same = agree(&w->steps.line[i - 1], &w->stage.line[k - 1]);
			uint32_t best = *cell(w, i - 1, k) > *cell(w, i, k - 1) ? *cell(w, i - 1, k) : *cell(w, i, k - 1);

			if (same && *cell(w, i - 1, k - 1) + same > best)
				best = *cell(w, i - 1, k - 1) + same;
			*cell(w, i, k) = best;
		}
	}
	return *cell(w, n, m);
}

/* the last of several that would do, as what an image says of itself is what came last */
static void
note(const struct work *w, struct image *image, size_t skipped)
{
	size_t i = w->steps.count, k = w->stage.count;

	while (i && k) {
		const unsigned same = agree(&w->steps.line[i - 1], &w->stage.line[k - 1]);
		struct image_step *step = &image->step[skipped + i - 1];

		if (same && *cell(w, i, k) == *cell(w, i - 1, k - 1) + same) {
			step->line = w->stage.line[k - 1].number;
			if (step->layer < image->layers)
				image->layer[step->layer].line = step->line;
			i--, k--;
		} else if (*cell(w, i, k) == *cell(w, i - 1, k)) {
			i--;
		} else {
			k--;
		}
	}
}

static void
map(struct work *w, struct image *image)
{
	const size_t skipped = image->steps > LINES ? image->steps - LINES : 0;
	const unsigned stages = w->built->file.stages;
	uint32_t best = 0, score;
	unsigned chosen = 0;

	for (size_t i = skipped; i < image->steps; i++)
		add_step(w, image->step[i].created_by);
	for (unsigned s = stages > STAGES ? stages - STAGES + 1 : 1; s <= stages; s++) {
		take_stage(w, s);
		score = compare(w);
		if (score && score >= best) {
			best = score;
			chosen = s;
		}
	}
	if (!chosen)
		return;
	take_stage(w, chosen);
	compare(w);
	note(w, image, skipped);
}

int
built_map(const struct built *b, struct image *image)
{
	struct work *w = calloc(1, sizeof *w);
	bool failed = !w;

	if (w) {
		w->built = b;
		arena_init(&w->arena);
		w->score = malloc((LINES + 1) * (LINES + 1) * sizeof *w->score);
		failed = !w->score;
		if (!failed)
			map(w, image);
		failed |= w->failed;
		arena_done(&w->arena);
		free(w->score);
	}
	free(w);
	return failed ? -1 : 0;
}
