#include "image/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/digest.h"
#include "image/names.h"

/* links that point to links: docker save writes one at most */
#define HOPS 8
#define PATH_MOST 4096

void
parts_init(struct parts *p)
{
	*p = (struct parts){ 0 };
	arena_init(&p->arena);
}

void
parts_done(struct parts *p)
{
	free(p->entry);
	arena_done(&p->arena);
	parts_init(p);
}

struct parts_entry *
parts_add(struct parts *p, const char *name, const char *link)
{
	struct parts_entry *e;

	while (strncmp(name, "./", 2) == 0)
		name += 2;
	if (p->count == p->cap) {
		const size_t cap = p->cap ? p->cap * 2 : 64;
		struct parts_entry *more = cap > PARTS_MOST ? NULL : realloc(p->entry, cap * sizeof *more);

		p->full = !more;
		if (!more)
			return NULL;
		p->entry = more;
		p->cap = cap;
	}
	e = &p->entry[p->count];
	*e = (struct parts_entry){ .name = arena_string(&p->arena, bytes_of(name)) };
	if (link)
		e->link = arena_string(&p->arena, bytes_of(link));
	if (!e->name || (link && !e->link))
		return NULL;
	p->count++;
	p->sorted = false;
	return e;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct parts_entry *)a)->name, ((const struct parts_entry *)b)->name);
}

static struct parts_entry *
find(struct parts *p, const char *name)
{
	const struct parts_entry key = { .name = name };

	return p->count ? bsearch(&key, p->entry, p->count, sizeof key, by_name) : NULL;
}

/* the path that a link in the folder of `from` leads to, as far as it stays within; false when it leads out */
static bool
follow(const char *from, const char *link, char *path)
{
	const char *slash = strrchr(from, '/');
	char *room = path;
	size_t n = slash && *link != '/' ? (size_t)(slash - from) : 0;

	if (n + strlen(link) + 2 > PATH_MOST)
		return false;
	memcpy(path, from, n);
	for (const char *part = link; *part;) {
		const size_t len = strcspn(part, "/");

		if (len == 2 && memcmp(part, "..", 2) == 0) {
			if (n == 0)
				return false;
			while (n && room[--n] != '/')
				;
		} else if (len && !(len == 1 && *part == '.')) {
			if (n)
				room[n++] = '/';
			memcpy(room + n, part, len);
			n += len;
		}
		part += len + (part[len] == '/');
	}
	room[n] = 0;
	return true;
}

struct parts_entry *
parts_find(struct parts *p, const char *name)
{
	char path[PATH_MOST], next[PATH_MOST];
	struct parts_entry *e;

	if (!p->sorted && p->count)
		qsort(p->entry, p->count, sizeof *p->entry, by_name);
	p->sorted = true;
	while (strncmp(name, "./", 2) == 0)
		name += 2;
	if (strlen(name) >= sizeof path)
		return NULL;
	strcpy(path, name);
	e = find(p, path);
	if (!e && digest_valid(name)) {
		snprintf(path, sizeof path, "blobs/%.6s/%s", name, name + 7);
		e = find(p, path);
	}
	for (int i = 0; e && e->link; i++) {
		/* a hard link names its target from the root, a symbolic one from its folder */
		if (i == HOPS || !follow(e->name, e->link, next))
			return NULL;
		e = find(p, next) ? find(p, next) : find(p, e->link);
	}
	return e;
}
