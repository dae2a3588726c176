#include "source/ignore.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/io.h"

#define IGNORE_MAX ((size_t)1 << 20)

struct ignore {
	struct ignore *parent;
	size_t prefix;                  /* bytes of the folder's path, with its slash */
	char *text;                     /* its lines, each ended by NUL */
	size_t len;
};

struct ignore *
ignore_read(struct ignore *parent, int fd, const char *path)
{
	int file __attribute__((cleanup(io_close))) = openat(fd, ".gitignore", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct ignore *ig;
	struct error err;
	struct buf text;

	if (file < 0)
		return parent;
	buf_init(&text);
	ig = calloc(1, sizeof *ig);
	if (!ig || io_read_fd(file, ".gitignore", IGNORE_MAX, &text, &err) < 0) {
		buf_done(&text);
		free(ig);
		return parent;
	}
	ig->parent = parent;
	ig->prefix = *path ? strlen(path) + 1 : 0;
	ig->len = text.len;
	ig->text = buf_steal(&text);
	for (size_t i = 0; ig->text && i < ig->len; i++)
		if (ig->text[i] == '\n')
			ig->text[i] = 0;
	return ig;
}

struct ignore *
ignore_leave(struct ignore *ig, struct ignore *parent)
{
	if (ig == parent)
		return parent;
	free(ig->text);
	free(ig);
	return parent;
}

/* one line against a path beneath its folder; *keep is set by "!" */
static bool
line_matches(const char *line, const char *path, bool folder, bool *keep)
{
	char pattern[1024];
	size_t n = strlen(line);

	while (n && (line[n - 1] == '\r' || (line[n - 1] == ' ' && (n < 2 || line[n - 2] != '\\'))))
		n--;
	*keep = n && *line == '!';
	line += *keep;
	n -= *keep;
	if (n == 0 || *line == '#' || n >= sizeof pattern)
		return false;
	memcpy(pattern, line, n);
	if (pattern[n - 1] == '/') {
		if (!folder)
			return false;
		n--;
	}
	pattern[n] = 0;
	return glob_path(pattern, path);
}

/* the last line that matches decides; deeper files come first */
bool
ignore_has(const struct ignore *ig, const char *path, bool folder)
{
	for (; ig; ig = ig->parent) {
		int said = -1;

		for (size_t i = 0; ig->text && i < ig->len; i += strlen(ig->text + i) + 1) {
			bool keep;

			if (line_matches(ig->text + i, path + ig->prefix, folder, &keep))
				said = !keep;
		}
		if (said >= 0)
			return said;
	}
	return false;
}
