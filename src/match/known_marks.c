#include "match/known_marks.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "match/window.h"

#define MARK 16
#define SHORTEST 12             /* a shorter value has no mark */
#define LONGEST ((size_t)64 << 10)
/* lately tested candidates, by their hashes: source text says the same again and again */
#define SEEN_LOG2 12

struct one {
	uint8_t mark[MARK];
	char *name;
};

struct known_marks {
	uint8_t *key;                   /* guarded */
	struct one *marks;
	size_t count, cap;
	uint64_t filter[1 << 10];       /* 64 Ki bits, by a mark's first bytes */
};

/* A window that is gone through. */
struct walk {
	const struct known_marks *marks;
	const struct window *window;
	void (*call)(void *, const struct known_hit *);
	void *arg;
	uint64_t seen[1 << SEEN_LOG2];
};

struct known_marks *
known_marks_new(const uint8_t key[static 32])
{
	struct known_marks *m = calloc(1, sizeof *m);

	if (m && !(m->key = secret_new(32))) {
		free(m);
		return NULL;
	}
	if (m)
		memcpy(m->key, key, 32);
	return m;
}

void
known_marks_free(struct known_marks *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++)
		free(m->marks[i].name);
	secret_free(m->key);
	free(m->marks);
	free(m);
}

static unsigned
bit_of(const uint8_t mark[static MARK])
{
	return mark[0] | (unsigned)mark[1] << 8;
}

bool
known_marks_add(struct known_marks *m, const char *name, const uint8_t mark[static MARK])
{
	if (m->count == m->cap) {
		struct one *more = reallocarray(m->marks, m->cap ? m->cap * 2 : 64, sizeof *more);

		if (!more)
			return false;
		m->marks = more;
		m->cap = m->cap ? m->cap * 2 : 64;
	}
	memcpy(m->marks[m->count].mark, mark, MARK);
	m->filter[bit_of(mark) >> 6] |= (uint64_t)1 << (bit_of(mark) & 63);
	m->marks[m->count].name = strdup(name);
	return m->marks[m->count++].name;
}

static int
by_mark(const void *a, const void *b)
{
	return memcmp(((const struct one *)a)->mark, ((const struct one *)b)->mark, MARK);
}

void
known_marks_build(struct known_marks *m)
{
	qsort(m->marks, m->count, sizeof *m->marks, by_mark);
}

/* cheap, for what was tested lately only: two that fall together cost nothing but a test more */
static uint64_t
fingerprint(struct bytes b)
{
	uint64_t h = b.len * 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i + 8 <= b.len; i += 8) {
		uint64_t v;

		memcpy(&v, b.at + i, 8);
		h = (h ^ v) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	for (size_t i = b.len & ~(size_t)7; i < b.len; i++)
		h = (h ^ b.at[i]) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

static void
test(struct walk *w, struct bytes b)
{
	const struct window *win = w->window;
	const size_t at = (size_t)(b.at - win->text.at);
	struct one one;
	const struct one *found;
	uint64_t print;
	uint8_t hash[32];

	if (b.len < SHORTEST || b.len > LONGEST || at < win->own || at >= win->own_end)
		return;
	print = fingerprint(b);
	if (w->seen[print >> (64 - SEEN_LOG2)] == print)
		return;
	crypto_generichash(hash, sizeof hash, b.at, b.len, w->marks->key, 32);
	if (!(w->marks->filter[bit_of(hash) >> 6] >> (bit_of(hash) & 63) & 1)) {
		w->seen[print >> (64 - SEEN_LOG2)] = print;
		return;
	}
	memcpy(one.mark, hash, MARK);
	found = bsearch(&one, w->marks->marks, w->marks->count, sizeof one, by_mark);
	if (found)
		w->call(w->arg, &(struct known_hit){ win, at, b.len, found->name, { NULL, 0 }, "its mark is that of a sealed file's value" });
}

static bool
is_in(uint8_t c, const char *set)
{
	return c && strchr(set, c);
}

static struct bytes
trim(struct bytes b, const char *set)
{
	while (b.len && is_in(b.at[0], set))
		b = bytes_cut(b, 1, b.len);
	while (b.len && is_in(b.at[b.len - 1], set))
		b.len--;
	return b;
}

#define SPACES " \t\r"
#define QUOTES " \t\r\"'`,;"

static void
mark_splits(bool split[static 256], const char *set)
{
	for (unsigned c = 0; c < 256; c++)
		split[c] = c < 0x20 || is_in((uint8_t)c, set);
}

/* the runs between characters that split */
static void
tokens(struct walk *w, struct bytes line, const bool split[static 256])
{
	size_t from = 0;

	for (size_t i = 0; i <= line.len; i++)
		if (i == line.len || split[line.at[i]]) {
			if (i - from >= SHORTEST)
				test(w, bytes_cut(line, from, i));
			from = i + 1;
		}
}

/* what stands behind the first = or : of a line */
static void
assigned(struct walk *w, struct bytes line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.at[i] == '=' || line.at[i] == ':') {
			const struct bytes v = bytes_cut(line, i + 1, line.len);

			test(w, trim(v, SPACES));
			test(w, trim(v, QUOTES));
			return;
		}
}

/* from a BEGIN line to the end of its END line */
static void
pem(struct walk *w, struct bytes line)
{
	const struct bytes text = w->window->text;
	const size_t at = (size_t)(line.at - text.at), begin = bytes_find(line, bytes_of("-----BEGIN "));
	struct bytes rest;
	size_t end;

	if (begin == line.len)
		return;
	rest = bytes_cut(text, at + begin, at + begin + LONGEST);
	end = bytes_find(rest, bytes_of("-----END "));
	if (end == rest.len)
		return;
	end += 9;
	end += bytes_find(bytes_cut(rest, end, rest.len), bytes_of("-----"));
	test(w, bytes_cut(rest, 0, end + 5));
}

static void
lines(struct walk *w)
{
	static const char wide[] = " \"'`", narrow[] = " \"'`=:,;()[]{}<>&|@/\\";
	bool split_wide[256], split_narrow[256];
	const struct window *win = w->window;
	/* the line in which what is owned begins may begin before */
	struct bytes rest = bytes_cut(win->text, win->own, win->text.len);

	mark_splits(split_wide, wide);
	mark_splits(split_narrow, narrow);
	while (rest.len && (size_t)(rest.at - win->text.at) < win->own_end) {
		const uint8_t *lf = memchr(rest.at, '\n', rest.len);
		const struct bytes line = bytes_cut(rest, 0, lf ? (size_t)(lf - rest.at) : rest.len);

		if (line.len >= SHORTEST) {
			tokens(w, line, split_wide);
			tokens(w, line, split_narrow);
			test(w, line);
			test(w, trim(line, QUOTES));
			assigned(w, line);
			pem(w, line);
		}
		rest = bytes_cut(rest, line.len + 1, rest.len);
	}
}

void
known_marks_window(const struct known_marks *m, const struct window *window, bool whole, void (*call)(void *, const struct known_hit *),
    void *arg)
{
	struct walk w = { .marks = m, .window = window, .call = call, .arg = arg };

	if (whole) {
		test(&w, window->text);
		test(&w, trim(window->text, " \t\r\n"));
	}
	lines(&w);
}
