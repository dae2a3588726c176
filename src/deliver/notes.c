#include "deliver/notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "deliver/arguments.h"

/* in one write, so that lines of several processes don't mix */
static void
say(const char *kind, const char *fmt, va_list args)
{
	char line[512];
	int n = snprintf(line, sizeof line, "stanch-init: %s: ", kind);

	n += vsnprintf(line + n, sizeof line - (size_t)n - 1, fmt, args);
	if (n > (int)sizeof line - 2)
		n = (int)sizeof line - 2;
	line[n++] = '\n';
	io_write_full(STDERR_FILENO, line, (size_t)n);
}

void
notes_say(const struct arguments *o, const char *fmt, ...)
{
	va_list args;

	if (o->quiet)
		return;
	va_start(args, fmt);
	say("note", fmt, args);
	va_end(args);
}

void
notes_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("warning", fmt, args);
	va_end(args);
}

void
notes_refused(const char *text)
{
	char line[512];
	int n = snprintf(line, sizeof line, "stanch-init: %.*s\n", (int)sizeof line - 20, text);

	/* texts may quote paths, which are anybody's */
	for (int i = 0; i < n - 1; i++)
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '?';
	io_write_full(STDERR_FILENO, line, (size_t)n);
}

int
notes_lack(const struct arguments *o, const char *what, struct error *err)
{
	if (o->strict)
		return error_set(err, ERROR_USAGE, "%s; --strict asks for it", what);
	notes_say(o, "%s", what);
	return 0;
}
