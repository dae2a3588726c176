#include "source/paths.h"

#include <stdlib.h>
#include <string.h>

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
paths_sort(const char **paths, size_t count)
{
	if (count)
		qsort(paths, count, sizeof *paths, compare);
}

/* the first path that is not less than the first n bytes of one */
static size_t
lower(const char *const *paths, size_t count, const char *path, size_t n)
{
	size_t from = 0, to = count;

	while (from < to) {
		const size_t middle = from + (to - from) / 2;

		if (strncmp(paths[middle], path, n) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* whether the first n bytes of a path were named */
static bool
have(const char *const *paths, size_t count, const char *path, size_t n)
{
	const size_t at = lower(paths, count, path, n);

	return at < count && strncmp(paths[at], path, n) == 0 && paths[at][n] == 0;
}

bool
paths_have(const char *const *paths, size_t count, const char *path)
{
	return have(paths, count, path, strlen(path));
}

bool
paths_cover(const char *const *paths, size_t count, const char *path)
{
	if (have(paths, count, "", 0) || paths_have(paths, count, path))
		return true;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
		if (have(paths, count, path, (size_t)(slash - path)))
			return true;
	return false;
}

bool
paths_below(const char *const *paths, size_t count, const char *folder)
{
	const size_t n = strlen(folder), at = lower(paths, count, folder, n);

	return at < count && strncmp(paths[at], folder, n) == 0;
}
