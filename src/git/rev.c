#include "git/rev.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "git/commit.h"
#include "git/object.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/store.h"

#define PEEL_MAX 64
#define STEPS_MAX 1000000

struct seeker {
	const struct repository *repo;
	const struct store *store;
	struct reader *reader;
};

static int
none(const char *word, struct error *err)
{
	return error_set(err, ENOENT, "'%.100s' names no commit here", word);
}

/* through tags to a commit */
static int
peel(const struct seeker *s, struct oid *id, const char *word, struct error *err)
{
	for (int i = 0; i < PEEL_MAX; i++) {
		const struct object *o = object_read(s->reader, id, err);
		struct tag tag;
		int r;

		if (!o)
			return -1;
		if (o->type == OBJECT_COMMIT) {
			object_drop(s->reader, o);
			return 0;
		}
		r = o->type == OBJECT_TAG ? commit_parse_tag(o->text, s->repo->hash, &tag, err) : none(word, err);
		object_drop(s->reader, o);
		if (r < 0)
			return -1;
		*id = tag.object;
	}
	return none(word, err);
}

static int
parent(const struct seeker *s, struct oid *id, unsigned long which, const char *word, struct error *err)
{
	const struct object *o = object_read(s->reader, id, err);
	struct commit c;
	struct oid found;
	int r;

	if (!o)
		return -1;
	r = o->type == OBJECT_COMMIT ? commit_parse(o->text, s->repo->hash, &c, err) : none(word, err);
	for (unsigned long i = 0; r == 0 && i < which; i++)
		if (commit_parent(&c, &found) == 0)
			r = none(word, err);
	object_drop(s->reader, o);
	if (r == 0 && which)
		*id = found;
	return r;
}

/* git's own order of guesses */
static int
by_ref(const struct seeker *s, const char *name, struct oid *id, struct error *err)
{
	static const char *const ways[] = { "%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD" };
	char full[4096];

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		int r;

		snprintf(full, sizeof full, ways[i], name);
		r = refs_find(s->repo, full, id, err);
		if (r > 0)
			return 1;
		if (r < 0 && err->code != ERROR_SYNTAX)
			return -1;
	}
	return 0;
}

static int
by_digits(const struct seeker *s, const char *name, struct oid *id, struct error *err)
{
	const size_t n = strlen(name);
	char padded[OID_HEX];
	struct oid prefix;

	if (n < 4 || n > 2 * s->repo->hash || strspn(name, "0123456789abcdefABCDEF") != n)
		return 0;
	memset(padded, '0', 2 * s->repo->hash);
	padded[2 * s->repo->hash] = 0;
	memcpy(padded, name, n);
	if (!oid_parse(bytes_of(padded), s->repo->hash, &prefix))
		return 0;
	if (n < 2 * s->repo->hash)
		return store_abbreviated(s->store, &prefix, (unsigned)n, id, err);
	*id = prefix;
	return 1;
}

/* ~N and ^N */
static int
steps(const struct seeker *s, const char *at, const char *word, struct oid *id, struct error *err)
{
	while (*at) {
		const char kind = *at++;
		char *end;
		unsigned long n = strtoul(at, &end, 10);
		int r = 0;

		n = end == at ? 1 : n;
		at = end;
		if (kind == '^')
			r = parent(s, id, n, word, err);
		else if (kind != '~' || n > STEPS_MAX)
			r = none(word, err);
		for (unsigned long i = 0; r == 0 && kind == '~' && i < n; i++)
			r = parent(s, id, 1, word, err);
		if (r < 0)
			return -1;
	}
	return 0;
}

int
rev_commit(const struct repository *repo, const struct store *store, struct reader *reader, const char *word, struct oid *id,
	struct error *err)
{
	const struct seeker s = { repo, store, reader };
	const size_t n = strcspn(word, "~^");
	char name[2048];
	int r;

	if (n == 0 || n >= sizeof name)
		return none(word, err);
	memcpy(name, word, n);
	name[n] = 0;
	if (strcmp(name, "@") == 0)
		strcpy(name, "HEAD");
	r = by_ref(&s, name, id, err);
	if (r == 0)
		r = by_digits(&s, name, id, err);
	if (r <= 0)
		return r < 0 ? -1 : none(word, err);
	return peel(&s, id, word, err) < 0 ? -1 : steps(&s, word + n, word, id, err);
}

int
rev_tree(struct reader *reader, unsigned hash, const struct oid *commit, struct oid *tree, struct error *err)
{
	const struct object *o = object_read(reader, commit, err);
	struct commit c;
	int r;

	if (!o)
		return -1;
	r = o->type == OBJECT_COMMIT ? commit_parse(o->text, hash, &c, err) : error_set(err, ERROR_SYNTAX, "not a commit");
	object_drop(reader, o);
	if (r == 0)
		*tree = c.tree;
	return r;
}
