/*
 * What was scanned already. The file: a line of text with the version, the id of
 * the rules, and how many ids of what length follow; the ids, sorted; their
 * hash. It is opened before the sandbox closes and written in place, so the
 * hash tells one that was not written to its end.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mark.h"
#include "source/git.h"

#define HEAD 128
#define HASH_CHARS 32
#define STATE_MAX ((size_t)4 << 30)

struct git_state {
	int fd;
	char *rules_id;
	const struct catalog *catalog;
	uint8_t *done;      /* a bit an object: scanned before */
	uint8_t *forgotten; /* to be scanned again */
};

/* nothing else is ever written over; what ends before its hash was a state, too */
static bool
is_state(int fd)
{
	static const char magic[] = "stanch-state ";
	char head[sizeof magic - 1];

	return pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head && memcmp(head, magic, sizeof head) == 0;
}

struct git_state *
git_state_open(const char *path, const char *rules_id, struct error *err)
{
	struct git_state *s = calloc(1, sizeof *s);
	struct stat st;

	if (!s || !(s->rules_id = strdup(rules_id))) {
		free(s);
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	s->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (s->fd < 0)
		error_set(err, errno, "open '%s':", path);
	else if (fstat(s->fd, &st) < 0 || !S_ISREG(st.st_mode))
		error_set(err, EINVAL, "'%s' is no regular file", path);
	else if (st.st_size && !is_state(s->fd))
		error_set(err, EEXIST, "'%s' is no state of a scan, and is left alone", path);
	else if (flock(s->fd, LOCK_EX | LOCK_NB) < 0)
		error_set(err, errno, "'%s' is in use by another scan:", path);
	else
		return s;
	git_state_free(s);
	return NULL;
}

void
git_state_free(struct git_state *s)
{
	if (!s)
		return;
	io_close(&s->fd);
	free(s->rules_id);
	free(s->done);
	free(s->forgotten);
	free(s);
}

static void
hash_of(struct bytes b, char out[static HASH_CHARS + 1])
{
	mark_id(out, HASH_CHARS, &b, 1);
}

static int
head_of(const struct git_state *s, uint64_t count, char out[static HEAD])
{
	return snprintf(out, HEAD, "stanch-state 1 %.40s %u %" PRIu64 "\n", s->rules_id, s->catalog->store->hash, count);
}

/* whether the file is whole and of these rules: its ids */
static bool
parse(const struct git_state *s, struct bytes text, struct bytes *ids)
{
	const unsigned len = s->catalog->store->hash;
	const uint8_t *lf = text.len ? memchr(text.at, '\n', text.len < HEAD ? text.len : HEAD) : NULL;
	char head[HEAD], hash[HASH_CHARS + 1];
	size_t skip;

	if (!lf || text.len < (size_t)(lf - text.at) + 1 + HASH_CHARS)
		return false;
	skip = (size_t)(lf - text.at) + 1;
	*ids = bytes_cut(text, skip, text.len - HASH_CHARS);
	head_of(s, ids->len / len, head);
	hash_of(*ids, hash);
	return ids->len % len == 0 && bytes_equal(bytes_cut(text, 0, skip), bytes_of(head)) &&
	       memcmp(text.at + text.len - HASH_CHARS, hash, HASH_CHARS) == 0;
}

static void
mark(uint8_t *bits, uint32_t number)
{
	bits[number / 8] |= (uint8_t)(1u << (number % 8));
}

static bool
has(const uint8_t *bits, uint32_t number)
{
	return bits[number / 8] >> (number % 8) & 1;
}

int
git_state_read(struct git_state *s, const struct catalog *catalog, struct error *err)
{
	const unsigned len = catalog->store->hash;
	struct bytes ids;
	struct buf text;
	int r;

	s->catalog = catalog;
	s->done = calloc(catalog->count / 8 + 1, 1);
	s->forgotten = calloc(catalog->count / 8 + 1, 1);
	if (!s->done || !s->forgotten)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	buf_init(&text);
	r = io_read_fd(s->fd, "the state", STATE_MAX, &text, err);
	if (r == 0 && parse(s, (struct bytes){ text.at, text.len }, &ids))
		for (size_t at = 0; at < ids.len; at += len) {
			const struct oid id = oid_of(ids.at + at, len);
			const uint32_t number = catalog_find(catalog, &id);

			if (number != CATALOG_NONE)
				mark(s->done, number);
		}
	buf_done(&text);
	return r;
}

bool
git_state_has(const struct git_state *s, uint32_t number)
{
	return has(s->done, number);
}

void
git_state_forget(struct git_state *s, uint32_t number)
{
	if (number != CATALOG_NONE)
		mark(s->forgotten, number);
}

int
git_state_write(struct git_state *s, struct error *err)
{
	const unsigned len = s->catalog->store->hash;
	char head[HEAD], hash[HASH_CHARS + 1];
	struct buf ids;
	uint64_t count = 0;
	bool ok;

	buf_init(&ids);
	for (uint32_t i = 0; i < s->catalog->count; i++)
		if (!has(s->forgotten, i)) {
			const struct oid id = catalog_id(s->catalog, i);

			buf_add(&ids, id.at, len);
			count++;
		}
	head_of(s, count, head);
	hash_of((struct bytes){ ids.at, ids.len }, hash);
	ok = !ids.failed && ftruncate(s->fd, 0) == 0 && lseek(s->fd, 0, SEEK_SET) == 0 && io_write_full(s->fd, head, strlen(head)) == 0 &&
	     (ids.len == 0 || io_write_full(s->fd, ids.at, ids.len) == 0) && io_write_full(s->fd, hash, HASH_CHARS) == 0;
	buf_done(&ids);
	return ok ? 0 : error_set(err, errno, "write the state:");
}
