#include "git/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <fcntl.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "git/files.h"
#include "git/repository.h"

#define PACKS_MAX 100000
#define LOOSE_MAX 50000000

int
store_add(struct store *s, struct pack *p, struct error *err)
{
	if (s->packs == s->cap) {
		const size_t cap = s->cap ? s->cap * 2 : 8;
		struct pack **more = realloc(s->pack, cap * sizeof *more);

		if (!more) {
			pack_close(p);
			return error_set(err, ERROR_INTERNAL, "out of memory");
		}
		s->pack = more;
		s->cap = cap;
	}
	s->pack[s->packs++] = p;
	return 0;
}

static void
note_unread(struct store *s, const struct error *why)
{
	if (!s->unread)
		s->unread = strdup(why->text);
}

static int
open_pack(struct store *s, int dir, char *name, struct error *err)
{
	const size_t n = strlen(name);
	struct pack *p;

	if (n < 6 || strcmp(name + n - 5, ".pack") != 0 || n > 255)
		return 0;
	name[n - 5] = 0;
	p = pack_open(dir, "pack", name, s->hash, err);
	if (p)
		return store_add(s, p, err);
	if (err->code == ENOENT) /* git leaves a pack without index behind when it dies; it may hold what nothing else does */
		error_set(err, ENOENT, "%s.pack has no index", name);
	note_unread(s, err);
	return 0;
}

static int
open_packs(struct store *s, int dir, struct error *err)
{
	struct buf names;
	int r;

	buf_init(&names);
	r = files_list(dir, "pack", PACKS_MAX, &names, err);
	for (size_t at = 0, next; r == 0 && at < names.len; at = next) {
		next = at + strlen((char *)names.at + at) + 1;
		r = open_pack(s, dir, (char *)names.at + at, err);
	}
	buf_done(&names);
	return r;
}

int
store_open(struct store *s, const struct repository *repo, struct error *err)
{
	int r = 0;

	*s = (struct store){ .hash = repo->hash, .folder = repo->objects, .folders = repo->object_folders };
	for (size_t i = 0; r == 0 && i < s->folders; i++)
		r = open_packs(s, s->folder[i], err);
	if (r < 0)
		store_close(s);
	return r;
}

void
store_close(struct store *s)
{
	for (size_t i = 0; i < s->packs; i++)
		pack_close(s->pack[i]);
	free(s->pack);
	free(s->unread);
	*s = (struct store){ 0 };
}

static bool
find_in(const struct store *s, size_t i, const struct oid *id, struct object_place *out)
{
	const struct pack *p = s->pack[i];
	uint32_t n;

	if (!packindex_find(&p->index, id, &n))
		return false;
	*out = (struct object_place){ p, packindex_offset(&p->index, n), i };
	return true;
}

bool
store_find_packed(const struct store *s, const struct oid *id, size_t *hint, struct object_place *out)
{
	if (*hint < s->packs && find_in(s, *hint, id, out))
		return true;
	for (size_t i = 0; i < s->packs; i++)
		if (i != *hint && find_in(s, i, id, out)) {
			*hint = i;
			return true;
		}
	return false;
}

void
store_loose_path(const struct store *s, const struct oid *id, char path[static STORE_LOOSE_PATH])
{
	oid_hex(id, 2 * s->hash, path + 1);
	path[0] = path[1];
	path[1] = path[2];
	path[2] = '/';
}

bool
store_find(const struct store *s, const struct oid *id, size_t *hint, struct object_place *out)
{
	char path[STORE_LOOSE_PATH];
	struct stat st;

	if (store_find_packed(s, id, hint, out))
		return true;
	store_loose_path(s, id, path);
	for (size_t i = 0; i < s->folders; i++)
		if (fstatat(s->folder[i], path, &st, AT_SYMLINK_NOFOLLOW) == 0) {
			*out = (struct object_place){ NULL, 0, i };
			return true;
		}
	return false;
}

int
store_each_loose(const struct store *s, size_t folder, int (*found)(void *, const struct oid *), void *arg, struct error *err)
{
	char name[3], hex[OID_HEX];
	struct buf names;
	int r = 0;

	buf_init(&names);
	for (unsigned i = 0; r == 0 && i < 256; i++) {
		snprintf(name, sizeof name, "%02x", i);
		names.len = 0;
		r = files_list(s->folder[folder], name, LOOSE_MAX, &names, err);
		for (size_t at = 0; r == 0 && at < names.len; at += strlen((char *)names.at + at) + 1) {
			struct oid id;

			if (snprintf(hex, sizeof hex, "%s%s", name, (char *)names.at + at) < (int)sizeof hex &&
				oid_parse(bytes_of(hex), s->hash, &id))
				r = found(arg, &id);
		}
	}
	buf_done(&names);
	return r;
}

struct abbreviated {
	const struct oid *prefix;
	unsigned digits;
	struct oid *out;
	size_t found;
};

static int
on_candidate(void *arg, const struct oid *id)
{
	struct abbreviated *a = arg;
	char want[OID_HEX], have[OID_HEX];

	oid_hex(a->prefix, a->digits, want);
	oid_hex(id, a->digits, have);
	if (strcmp(want, have) != 0 || (a->found && oid_equal(id, a->out)))
		return 0;
	*a->out = *id;
	a->found++;
	return 0;
}

int
store_abbreviated(const struct store *s, const struct oid *prefix, unsigned digits, struct oid *out, struct error *err)
{
	struct abbreviated a = { prefix, digits, out, 0 };

	for (size_t i = 0; i < s->packs; i++) {
		uint32_t from, to;

		packindex_prefix(&s->pack[i]->index, prefix, digits, &from, &to);
		for (; from < to && a.found < 2; from++) {
			const struct oid id = oid_of(packindex_raw(&s->pack[i]->index, from), s->hash);

			on_candidate(&a, &id);
		}
	}
	for (size_t i = 0; i < s->folders; i++)
		if (store_each_loose(s, i, on_candidate, &a, err) < 0)
			return -1;
	if (a.found > 1)
		return error_set(err, ERROR_USAGE, "several objects begin with these digits: give more of them");
	return (int)a.found;
}
