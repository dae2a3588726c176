#include "base/glob.h"

#include <stddef.h>
#include <string.h>

/* one byte against the class at p, which begins after '['; *end is behind its ']' or NULL when it has none */
static bool
class_match(const char *p, char c, const char **end)
{
	const bool negate = *p == '!' || *p == '^';
	bool hit = false, first = true;

	for (p += negate; *p && (first || *p != ']'); first = false) {
		char low = *p == '\\' && p[1] ? *++p : *p, high = low;

		p++;
		if (p[0] == '-' && p[1] && p[1] != ']') {
			high = p[1];
			p += 2;
		}
		hit |= (unsigned char)c >= (unsigned char)low && (unsigned char)c <= (unsigned char)high;
	}
	*end = *p ? p + 1 : NULL;
	return hit != negate;
}

/* one item of the pattern against one byte of the path: the pattern behind it, or NULL */
static const char *
step(const char *p, char c)
{
	const char *end;

	switch (*p) {
	case 0:
		return NULL;
	case '?':
		return c != '/' ? p + 1 : NULL;
	case '[':
		if (class_match(p + 1, c, &end) && end)
			return c != '/' ? end : NULL;
		return !end && c == '[' ? p + 1 : NULL;
	case '\\':
		return p[1] && p[1] == c ? p + 2 : NULL;
	default:
		return *p == c ? p + 1 : NULL;
	}
}

/* a star, and where the pattern goes on behind it */
struct star {
	const char *pattern, *path;     /* NULL: none yet */
};

bool
glob_match(const char *p, const char *s)
{
	struct star one = { 0 }, deep = { 0 };

	for (;;) {
		const char *next;

		if (p[0] == '*' && p[1] == '*' && (p[2] == '/' || p[2] == 0)) {
			p += p[2] ? 3 : 2;
			if (!*p)
				return true;
			deep = (struct star){ p, s };
			one.pattern = NULL;
			continue;
		}
		if (*p == '*') {
			while (*p == '*')
				p++;
			one = (struct star){ p, s };
			continue;
		}
		if (!*s && !*p)
			return true;
		next = *s ? step(p, *s) : NULL;
		if (next) {
			p = next;
			s++;
		} else if (one.pattern && *one.path && *one.path != '/') {
			p = one.pattern;
			s = ++one.path;
		} else if (deep.pattern && (deep.path = strchr(deep.path, '/'))) {
			p = deep.pattern;
			s = ++deep.path;
			one.pattern = NULL;
		} else {
			return false;
		}
	}
}

bool
glob_path(const char *pattern, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!strchr(pattern, '/'))
		return glob_match(pattern, slash ? slash + 1 : path);
	return glob_match(*pattern == '/' ? pattern + 1 : pattern, path);
}

bool
glob_any(const char *const *globs, const char *path)
{
	for (; globs && *globs; globs++)
		if (glob_path(*globs, path))
			return true;
	return false;
}
