#include "triage/ignored.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/finding.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/io.h"

#define IGNORED_MAX ((size_t)4 << 20)

struct line {
	char *what;                     /* a glob, or id:... */
	bool expired, used;
};

struct ignored {
	struct line *line;
	size_t count;
};

void
ignored_free(struct ignored *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->count; i++)
		free(g->line[i].what);
	free(g->line);
	free(g);
}

/* "until=2027-01-31": the day after which it ends, as a time; -1 when it is no date */
static time_t
parse_until(const char *word)
{
	struct tm day = { 0 };
	const char *end = strptime(word, "until=%Y-%m-%d", &day);

	return end && *end == 0 ? timegm(&day) + 86400 : -1;
}

static bool
add(struct ignored *g, const char *what, bool expired)
{
	struct line *more = realloc(g->line, (g->count + 1) * sizeof *more);

	if (!more)
		return false;
	g->line = more;
	g->line[g->count] = (struct line){ .what = strdup(what), .expired = expired };
	return g->line[g->count++].what;
}

/* cuts the reason off, and blanks at the end */
static void
trim(char *line)
{
	char *reason = *line == '#' ? line : strstr(line, " #");
	size_t n;

	if (reason)
		*reason = 0;
	for (n = strlen(line); n && (line[n - 1] == ' ' || line[n - 1] == '\t' || line[n - 1] == '\r'); n--)
		line[n - 1] = 0;
}

static int
parse_line(struct ignored *g, const char *path, unsigned n, char *line, time_t today, struct error *err)
{
	char *until;
	time_t end = 0;

	trim(line);
	if (*line == 0)
		return 0;
	until = strstr(line, " until=");
	if (until) {
		*until++ = 0;
		trim(line);
		end = parse_until(until);
		if (end < 0)
			return error_set(err, ERROR_SYNTAX, "%s:%u: until= is followed by a date such as 2027-01-31", path, n);
	}
	if (!add(g, line, until && end <= today))
		return error_set(err, ERROR_INTERNAL, "out of memory reading %s", path);
	return 0;
}

struct ignored *
ignored_read(const char *path, time_t today, struct error *err)
{
	struct ignored *g = calloc(1, sizeof *g);
	struct buf text;
	unsigned n = 0;
	int r = g ? 0 : error_set(err, ERROR_INTERNAL, "out of memory reading %s", path);
	char *rest, *line;

	buf_init(&text);
	if (r == 0)
		r = io_read_path(path, IGNORED_MAX, &text, err);
	buf_str(&text);
	rest = r == 0 ? (char *)text.at : NULL;
	while (r == 0 && (line = strsep(&rest, "\n")))
		r = parse_line(g, path, ++n, line, today, err);
	buf_done(&text);
	if (r == 0)
		return g;
	ignored_free(g);
	return NULL;
}

static bool
matches(const char *what, const struct finding *f, const char *file)
{
	char prefix[512];
	const size_t n = strlen(what);

	if (strncmp(what, "id:", 3) == 0)
		return strcmp(what + 3, f->id) == 0;
	if (glob_path(what, file))
		return true;
	/* a folder takes in all that is in it */
	if (n == 0 || n + 3 >= sizeof prefix)
		return false;
	memcpy(prefix, what, n);
	memcpy(prefix + n, what[n - 1] == '/' ? "**" : "/**", what[n - 1] == '/' ? 3 : 4);
	return glob_match(prefix[0] == '/' ? prefix + 1 : prefix, file);
}

bool
ignored_has(struct ignored *g, const struct finding *f, const char *file)
{
	for (size_t i = 0; i < g->count; i++)
		if (!g->line[i].expired && matches(g->line[i].what, f, file)) {
			g->line[i].used = true;
			return true;
		}
	return false;
}

const char *
ignored_idle(const struct ignored *g, size_t i, bool *expired)
{
	for (size_t k = 0; k < g->count; k++)
		if (!g->line[k].used && i-- == 0) {
			*expired = g->line[k].expired;
			return g->line[k].what;
		}
	return NULL;
}
