#include "source/pushed.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "git/refs.h"
#include "git/repository.h"

#define REMOTES "refs/remotes/"

static int
add(struct oid **list, size_t *count, const struct oid *id, struct error *err)
{
	if ((*count & (*count - 1)) == 0) {             /* full at 0 and each power of two */
		struct oid *more = realloc(*list, (*count ? *count * 2 : 1) * sizeof *more);

		if (!more)
			return error_set(err, ERROR_INTERNAL, "out of memory");
		*list = more;
	}
	(*list)[(*count)++] = *id;
	return 0;
}

/* words of a line, at most five */
static size_t
split(struct bytes line, struct bytes word[static 5])
{
	size_t n = 0;

	while (line.len && n < 5) {
		const uint8_t *space = memchr(line.at, ' ', line.len);

		word[n] = bytes_cut(line, 0, space ? (size_t)(space - line.at) : line.len);
		line = bytes_cut(line, word[n++].len + 1, line.len);
	}
	return n;
}

static int
read_line(struct pushed *p, struct bytes line, unsigned hash, bool push, struct error *err)
{
	struct bytes word[5];
	struct oid was, is;

	if (split(line, word) != (push ? 4 : 3) || !oid_parse(word[push ? 3 : 0], hash, &was) || !oid_parse(word[1], hash, &is))
		return error_set(err, ERROR_SYNTAX, "standard input is not what git gives to a hook %s",
		    push ? "pre-push: lines of REF ID REF ID" : "pre-receive: lines of OLD NEW REF");
	if (!oid_is_zero(&was) && add(&p->without, &p->withouts, &was, err) < 0)
		return -1;
	return oid_is_zero(&is) ? 0 : add(&p->of, &p->ofs, &is, err);
}

/*
 * Of a push, what the remote had when we last heard of it; of a push that comes
 * here, whatever refs lead to, but only while the new objects are held apart:
 * otherwise refs may lead to them already, and all would pass.
 */
static int
add_known(struct pushed *p, const char *remote, const struct repository *repo, struct error *err)
{
	const size_t n = remote ? strlen(remote) : 0;
	struct refs refs;
	size_t damaged = 0;
	int r = refs_read(&refs, repo, &damaged, err);

	if (r < 0)
		return -1;
	for (size_t i = 0; r == 0 && i < refs.count; i++) {
		const struct ref *ref = &refs.ref[i];
		const char *name = ref->name;

		if (ref->kind != REF_NAME)
			continue;
		if (remote && (strncmp(name, REMOTES, strlen(REMOTES)) != 0 || strncmp(name + strlen(REMOTES), remote, n) != 0 ||
		    name[strlen(REMOTES) + n] != '/'))
			continue;
		r = add(&p->without, &p->withouts, &ref->id, err);
	}
	refs_done(&refs);
	return r;
}

int
pushed_read(struct pushed *p, const char *lines, const char *remote, const struct repository *repo, struct error *err)
{
	int r = 0;

	*p = (struct pushed){ 0 };
	while (r == 0 && *lines) {
		const size_t n = strcspn(lines, "\n");

		if (n)
			r = read_line(p, (struct bytes){ (const uint8_t *)lines, n }, repo->hash, remote, err);
		lines += n + (lines[n] == '\n');
	}
	if (r == 0 && (remote || getenv("GIT_QUARANTINE_PATH")))
		r = add_known(p, remote, repo, err);
	if (r < 0)
		pushed_done(p);
	return r;
}

void
pushed_done(struct pushed *p)
{
	free(p->of);
	free(p->without);
	*p = (struct pushed){ 0 };
}
