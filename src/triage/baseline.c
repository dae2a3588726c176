#include "triage/baseline.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stanch/error.h>
#include <stanch/finding.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/io.h"
#include "rules/rule.h"

#define BASELINE_MAX ((size_t)256 << 20)

struct entry {
	char *line;
	bool used;
};

struct baseline {
	struct entry *entry;
	size_t count, cap, sorted;      /* the first `sorted` ones are in order */
};

struct baseline *
baseline_new(void)
{
	return calloc(1, sizeof(struct baseline));
}

void
baseline_free(struct baseline *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->count; i++)
		free(b->entry[i].line);
	free(b->entry);
	free(b);
}

/* takes over line */
static bool
add(struct baseline *b, char *line, bool used)
{
	if (line && b->count == b->cap) {
		const size_t cap = b->cap ? b->cap * 2 : 64;
		struct entry *more = realloc(b->entry, cap * sizeof *more);

		if (!more) {
			free(line);
			return false;
		}
		b->entry = more;
		b->cap = cap;
	}
	if (line)
		b->entry[b->count++] = (struct entry){ line, used };
	return line;
}

/* blanks and control characters in a path are written as %XX, so that a line stays a line */
static char *
line_of(const struct finding *f, const char *file)
{
	struct buf out;

	buf_init(&out);
	for (size_t i = 0; i < MARK_BYTES; i++)
		buf_addf(&out, "%02x", f->mark[i]);
	buf_addf(&out, " %s ", f->rule->id);
	for (const unsigned char *c = (const unsigned char *)file; *c; c++) {
		if (*c <= ' ' || *c == '%' || *c == 0x7f)
			buf_addf(&out, "%%%02X", *c);
		else
			buf_addc(&out, (char)*c);
	}
	return buf_steal(&out);
}

static int
by_line(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->line, ((const struct entry *)b)->line);
}

static void
sort(struct baseline *b)
{
	if (b->sorted != b->count)
		qsort(b->entry, b->count, sizeof b->entry[0], by_line);
	b->sorted = b->count;
}

static bool
line_ok(const char *line)
{
	for (int i = 0; i < MARK_BYTES * 2; i++)
		if (!isxdigit((unsigned char)line[i]) || isupper((unsigned char)line[i]))
			return false;
	return line[MARK_BYTES * 2] == ' ' && strchr(line + MARK_BYTES * 2 + 1, ' ');
}

static int
parse(struct baseline *b, const char *path, char *text, struct error *err)
{
	unsigned n = 0;

	for (char *line; (line = strsep(&text, "\n"));) {
		n++;
		if (*line == 0 || *line == '#')
			continue;
		if (!line_ok(line))
			return error_set(err, ERROR_SYNTAX, "%s:%u: is no line of a baseline (mark rule path)", path, n);
		if (!add(b, strdup(line), false))
			return error_set(err, ERROR_INTERNAL, "out of memory reading %s", path);
	}
	return 0;
}

struct baseline *
baseline_read(const char *path, struct error *err)
{
	struct baseline *b = baseline_new();
	struct buf text;
	int r = b ? 0 : error_set(err, ERROR_INTERNAL, "out of memory reading %s", path);

	buf_init(&text);
	if (r == 0)
		r = io_read_path(path, BASELINE_MAX, &text, err);
	if (r == 0) {
		buf_str(&text);
		r = text.failed ? error_set(err, ERROR_INTERNAL, "out of memory reading %s", path)
		    : parse(b, path, (char *)text.at, err);
	}
	buf_done(&text);
	if (r == 0)
		return b;
	baseline_free(b);
	return NULL;
}

bool
baseline_has(struct baseline *b, const struct finding *f, const char *file)
{
	struct entry key = { line_of(f, file), false }, *found;

	if (!key.line)
		return false;
	sort(b);
	found = b->count ? bsearch(&key, b->entry, b->count, sizeof b->entry[0], by_line) : NULL;
	free(key.line);
	if (found)
		found->used = true;
	return found;
}

bool
baseline_add(struct baseline *b, const struct finding *f, const char *file)
{
	return add(b, line_of(f, file), true);
}

size_t
baseline_unused(const struct baseline *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->count; i++)
		n += !b->entry[i].used;
	return n;
}

size_t
baseline_count(const struct baseline *b)
{
	return b->count;
}

const char *
baseline_line(const struct baseline *b, size_t i, bool *used)
{
	if (i >= b->count)
		return NULL;
	if (used)
		*used = b->entry[i].used;
	return b->entry[i].line;
}

int
baseline_open(const char *path, struct error *err)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);

	return fd < 0 ? error_set(err, errno, "write %s:", path) : fd;
}

/* in one write, and only then cut to its length: a full disk leaves as much as it can of either */
static int
replace(int fd, const struct buf *text)
{
	if (lseek(fd, 0, SEEK_SET) < 0 || io_write_full(fd, text->at, text->len) < 0)
		return -1;
	return ftruncate(fd, (off_t)text->len) < 0 || fsync(fd) < 0 ? -1 : 0;
}

int
baseline_write(struct baseline *b, int fd, const char *path, bool used_only, struct error *err)
{
	const char *last = "";
	struct buf out;
	int r = 0;

	buf_init(&out);
	sort(b);
	for (size_t i = 0; i < b->count; i++) {
		if ((used_only && !b->entry[i].used) || strcmp(last, b->entry[i].line) == 0)
			continue;
		last = b->entry[i].line;
		buf_addf(&out, "%s\n", last);
	}
	if (out.failed)
		r = error_set(err, ERROR_INTERNAL, "out of memory writing %s", path);
	else if (replace(fd, &out) < 0)
		r = error_set(err, errno, "write %s:", path);
	buf_done(&out);
	return r;
}
