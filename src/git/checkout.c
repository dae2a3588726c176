#include "git/checkout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/io.h"
#include "git/files.h"
#include "git/index.h"
#include "git/refs.h"
#include "git/repository.h"

/* folders looked at upwards */
#define LEVELS 256
#define MERGE_HEAD_MAX ((size_t)64 << 10)

/* what `git merge` tells its hooks of the commits that it merges, before it writes MERGE_HEAD */
#define MERGED "GITHEAD_"

extern char **environ;

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

int
checkout_find(struct buf *out, struct error *err)
{
	const char *dir = variable("GIT_DIR");
	struct stat here, above;

	if (dir) {
		buf_adds(out, dir);
		return out->failed ? error_set(err, ERROR_INTERNAL, "out of memory") : 0;
	}
	buf_adds(out, ".");
	for (int i = 0; i < LEVELS && !out->failed && stat(buf_str(out), &here) == 0; i++) {
		if (repository_at(buf_str(out)))
			return 0;
		buf_adds(out, "/..");
		if (stat(buf_str(out), &above) < 0 || (here.st_dev == above.st_dev && here.st_ino == above.st_ino))
			break;
	}
	return error_set(err, ENOENT, "this is no git repository, and neither is any folder above it");
}

static int
map_file(const char *path, struct bytes *out, struct error *err)
{
	int fd __attribute__((cleanup(io_close))) = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	void *at;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set(err, errno, "open the index '%s':", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, EINVAL, "the index '%s' is no regular file", path);
	if (st.st_size == 0)
		return 0;
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return error_set(err, errno, "map the index '%s':", path);
	*out = (struct bytes){ at, (size_t)st.st_size };
	return 0;
}

/* folders of objects, between colons */
static int
add_folders(struct repository *r, const char *list, struct error *err)
{
	while (list && *list) {
		const size_t n = strcspn(list, ":");
		char *one = strndup(list, n);
		const int ret = !one ? error_set(err, ERROR_INTERNAL, "out of memory") : *one ? repository_add_objects(r, one, err) : 0;

		free(one);
		if (ret < 0)
			return -1;
		list += n + (list[n] == ':');
	}
	return 0;
}

static int
open_here(struct checkout *c, struct error *err)
{
	const char *index = variable("GIT_INDEX_FILE"), *objects = variable("GIT_OBJECT_DIRECTORY");
	struct buf path;
	int r;

	buf_init(&path);
	r = checkout_find(&path, err);
	if (r == 0 && !(c->repository = repository_open(buf_str(&path), err)))
		r = -1;
	if (r == 0 && objects)
		r = repository_add_objects(c->repository, objects, err);
	if (r == 0)
		r = add_folders(c->repository, variable("GIT_ALTERNATE_OBJECT_DIRECTORIES"), err);
	if (r == 0 && index)
		r = map_file(index, &c->map, err);
	else if (r == 0 && files_map(c->repository->git, "index", &c->map, err) < 0 && err->code != ENOENT)
		r = -1;
	buf_done(&path);
	return r;
}

static int
open_there(struct checkout *c, const char *path, struct error *err)
{
	c->repository = repository_open(path, err);
	if (!c->repository)
		return -1;
	return files_map(c->repository->git, "index", &c->map, err) < 0 && err->code != ENOENT ? -1 : 0;
}

int
checkout_open(struct checkout *c, const char *path, struct error *err)
{
	*c = (struct checkout){ 0 };
	if ((*path ? open_there(c, path, err) : open_here(c, err)) == 0)
		return 0;
	checkout_close(c);
	return -1;
}

void
checkout_close(struct checkout *c)
{
	index_close(c->index);
	files_unmap(&c->map);
	files_unmap(&c->shared_map);
	repository_close(c->repository);
	*c = (struct checkout){ 0 };
}

static int
open_shared(void *arg, const char *id, struct bytes *out, struct error *err)
{
	struct checkout *c = arg;
	char name[sizeof "sharedindex." + 2 * OID_MAX];

	snprintf(name, sizeof name, "sharedindex.%s", id);
	if (c->shared_map.len == 0 && files_map(c->repository->git, name, &c->shared_map, err) < 0)
		return -1;
	*out = c->shared_map;
	return 0;
}

static void
add_parent(struct checkout *c, struct bytes hex)
{
	struct oid id;

	/* what further parents hold counts as new: too much is told, never too little */
	if (c->parents < STAGING_PARENTS && oid_parse(hex, c->repository->hash, &id))
		c->parent[c->parents++] = id;
}

/* the commits that are merged: one a line; in a hook of `git merge`, from its environment */
static int
read_merged(struct checkout *c, struct error *err)
{
	const size_t digits = 2 * c->repository->hash;
	struct buf text;
	int r;

	buf_init(&text);
	r = files_read(c->repository->git, "MERGE_HEAD", MERGE_HEAD_MAX, &text, err);
	for (size_t at = 0; r == 0 && at + digits <= text.len; at += digits + 1)
		add_parent(c, (struct bytes){ text.at + at, digits });
	buf_done(&text);
	if (r == 0 || err->code != ENOENT)
		return r;
	for (char **v = environ; v && *v; v++)
		if (strncmp(*v, MERGED, strlen(MERGED)) == 0)
			add_parent(c, bytes_cut(bytes_of(*v), strlen(MERGED), strcspn(*v, "=")));
	return 0;
}

int
checkout_read(struct checkout *c, struct error *err)
{
	const struct index_shared shared = { open_shared, c };
	int r;

	if (c->map.len && !(c->index = index_open(c->map, c->repository->hash, &shared, err)))
		return -1;
	if (c->repository->refs_unread)
		return error_set(err, ERROR_UNSUPPORTED, "refs of this repository are kept in a form that is not read (reftable)");
	r = refs_find(c->repository, "HEAD", &c->parent[0], err);
	if (r < 0)
		return -1;
	c->parents = (size_t)r;
	return r ? read_merged(c, err) : 0;
}
