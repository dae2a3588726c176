#include "git/repository.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/beneath.h"
#include "base/buf.h"
#include "git/config.h"
#include "git/files.h"
#include "git/oid.h"

#define CONFIG_MAX ((size_t)4 << 20)
#define POINTER_MAX ((size_t)8 << 10)
#define SHALLOW_MAX ((size_t)64 << 20)
#define ALTERNATE_DEPTH 5

/* opens a folder by a path that stands in a file, relative to base; links are followed, as the kernel does */
static int
folder_at(int base, const char *path)
{
	return openat(base, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool
same_file(int fd, int dir, const char *path, int flags)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && fstatat(dir, path, &b, flags) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* the one line of a small file, without its prefix and line break: 1, 0 there is none, -1 */
static int
pointer(int dir, const char *file, const char *prefix, char out[static PATH_MAX], struct error *err)
{
	struct buf text;
	const size_t skip = strlen(prefix);
	int r;

	buf_init(&text);
	r = files_read(dir, file, POINTER_MAX, &text, err);
	if (r < 0) {
		buf_done(&text);
		return err->code == ENOENT || err->code == ENOTDIR ? 0 : -1;
	}
	while (text.len && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r'))
		text.len--;
	r = -1;
	if (text.len > skip && text.len - skip < PATH_MAX && memcmp(text.at, prefix, skip) == 0 && !memchr(text.at, 0, text.len)) {
		memcpy(out, text.at + skip, text.len - skip);
		out[text.len - skip] = 0;
		r = 1;
	} else {
		error_set(err, ERROR_SYNTAX, "'%s' of the repository names no folder", file);
	}
	buf_done(&text);
	return r;
}

/* a linked worktree's folder names, in its file gitdir, the .git file that led to it */
static bool
worktree_points_back(int git, int work)
{
	char back[PATH_MAX];
	struct error err;
	int fd;
	bool same;

	if (pointer(git, "gitdir", "", back, &err) != 1)
		return false;
	fd = openat(git, back, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	same = same_file(fd, work, ".git", AT_SYMLINK_NOFOLLOW);
	close(fd);
	return same;
}

struct settings {
	char worktree[PATH_MAX];
	char objectformat[16], refstorage[16];
	bool partial;
};

static bool
on_setting(void *arg, const char *key, const char *subsection, const char *value)
{
	struct settings *s = arg;

	(void)subsection;
	if (strcmp(key, "core.worktree") == 0)
		snprintf(s->worktree, sizeof s->worktree, "%s", value);
	else if (strcmp(key, "extensions.objectformat") == 0)
		snprintf(s->objectformat, sizeof s->objectformat, "%s", value);
	else if (strcmp(key, "extensions.refstorage") == 0)
		snprintf(s->refstorage, sizeof s->refstorage, "%s", value);
	else if (strcmp(key, "extensions.partialclone") == 0 || (strcmp(key, "remote.promisor") == 0 && strcmp(value, "false") != 0))
		s->partial = true;
	return true;
}

static int
read_settings(int common, struct settings *s, struct error *err)
{
	struct buf text;
	int r;

	*s = (struct settings){ 0 };
	buf_init(&text);
	r = files_read(common, "config", CONFIG_MAX, &text, err);
	if (r == 0)
		config_each((struct bytes){ text.at, text.len }, on_setting, s);
	buf_done(&text);
	return r < 0 && err->code == ENOENT ? 0 : r;
}

/* a submodule's folder names, as core.worktree, the folder whose .git file led to it */
static bool
submodule_points_back(int git, int work)
{
	struct settings s;
	struct error err;

	return read_settings(git, &s, &err) == 0 && s.worktree[0] && same_file(work, git, s.worktree, 0);
}

/* follows a .git file */
static int
follow(struct repository *r, struct error *err)
{
	char path[PATH_MAX];
	const int got = pointer(r->work, ".git", "gitdir: ", path, err);

	if (got <= 0)
		return got < 0 ? -1 : error_set(err, ENOENT, "'%s' is no git repository", r->path);
	r->git = folder_at(r->work, path);
	if (r->git < 0)
		return error_set(err, errno, "the .git file of '%s' names a folder that can't be opened:", r->path);
	if (worktree_points_back(r->git, r->work) || submodule_points_back(r->git, r->work))
		return 0;
	return error_set(err, ERROR_UNSUPPORTED,
		"the .git file of '%s' names a folder that does not point back to it: name that folder itself, if you trust it", r->path);
}

static bool
is_git_folder(int dir)
{
	return faccessat(dir, "HEAD", F_OK, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (faccessat(dir, "objects", F_OK, AT_SYMLINK_NOFOLLOW) == 0 || faccessat(dir, "commondir", F_OK, AT_SYMLINK_NOFOLLOW) == 0);
}

static int
open_git(struct repository *r, struct error *err)
{
	struct stat st;

	if (fstatat(r->work, ".git", &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (!is_git_folder(r->work))
			return error_set(err, ENOENT, "'%s' is no git repository", r->path);
		r->git = r->work; /* bare, or named by its .git */
		r->work = -1;
		return 0;
	}
	if (S_ISLNK(st.st_mode))
		return error_set(err, ERROR_UNSUPPORTED,
			"the .git of '%s' is a link, which is not followed: name the folder that it leads to, if you trust it", r->path);
	if (!S_ISDIR(st.st_mode))
		return follow(r, err);
	r->git = files_folder(r->work, ".git", err);
	return r->git < 0 ? -1 : 0;
}

/* a worktree's own folder shares the rest with the one that lists it under worktrees/ */
static int
open_common(struct repository *r, struct error *err)
{
	char path[PATH_MAX], here[64], real[PATH_MAX], below[PATH_MAX];
	const int got = pointer(r->git, "commondir", "", path, err);
	const char *name;
	ssize_t n;

	if (got <= 0) {
		r->common = r->git;
		return got;
	}
	r->common = folder_at(r->git, path);
	if (r->common < 0)
		return error_set(err, errno, "the worktree '%s' shares a folder that can't be opened:", r->path);
	snprintf(here, sizeof here, "/proc/self/fd/%d", r->git);
	n = readlink(here, real, sizeof real - 1);
	real[n > 0 ? n : 0] = 0;
	name = strrchr(real, '/');
	if (name && snprintf(below, sizeof below, "worktrees%s", name) < (int)sizeof below &&
		same_file(r->git, r->common, below, AT_SYMLINK_NOFOLLOW))
		return 0;
	return error_set(err, ERROR_UNSUPPORTED, "the worktree '%s' shares a folder that does not list it: name that folder itself, "
						 "if you trust it",
		r->path);
}

static int
note_missing(struct repository *r, const char *path)
{
	struct buf text;

	if (r->missing)
		return 0;
	buf_init(&text);
	buf_addf(&text, "an alternate object store could not be opened: %s", path);
	r->missing = buf_steal(&text);
	return 0;
}

static int
add_alternate(struct repository *r, int from, const char *path)
{
	const int fd = folder_at(from, path);

	if (fd < 0 || r->object_folders == 1 + REPOSITORY_ALTERNATES) {
		if (fd >= 0)
			close(fd);
		return note_missing(r, path);
	}
	for (size_t i = 0; i < r->object_folders; i++)
		if (same_file(fd, r->objects[i], ".", 0)) {
			close(fd);
			return 0;
		}
	r->objects[r->object_folders++] = fd;
	return 0;
}

/* the alternates that an object folder names, and those that they name */
static int
open_alternates(struct repository *r, size_t of, unsigned depth, struct error *err)
{
	const size_t from = r->object_folders;
	struct buf text;
	char *line, *next;

	buf_init(&text);
	if (files_read(r->objects[of], "info/alternates", CONFIG_MAX, &text, err) < 0) {
		buf_done(&text);
		return err->code == ENOENT ? 0 : -1;
	}
	for (line = (char *)(uintptr_t)buf_str(&text); *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = 0;
		if (*line && *line != '#')
			add_alternate(r, r->objects[of], line);
	}
	buf_done(&text);
	for (size_t i = from, end = r->object_folders; i < end && depth < ALTERNATE_DEPTH; i++)
		if (open_alternates(r, i, depth + 1, err) < 0)
			return -1;
	return 0;
}

int
repository_add_objects(struct repository *r, const char *path, struct error *err)
{
	const size_t from = r->object_folders;

	if (add_alternate(r, AT_FDCWD, path) < 0)
		return -1;
	return r->object_folders > from ? open_alternates(r, from, 0, err) : 0;
}

static int
open_objects(struct repository *r, struct error *err)
{
	r->objects[0] = files_folder(r->common, "objects", err);
	if (r->objects[0] < 0)
		return -1;
	r->object_folders = 1;
	return open_alternates(r, 0, 0, err);
}

static int
read_shallow(struct repository *r, struct error *err)
{
	struct buf text;
	struct bytes left;
	int got;

	buf_init(&text);
	got = files_read(r->common, "shallow", SHALLOW_MAX, &text, err);
	left = (struct bytes){ text.at, text.len };
	if (got == 0)
		r->grafts = calloc(left.len / (2 * r->hash) + 1, sizeof *r->grafts);
	r->shallow = got == 0 && left.len;
	while (r->grafts && left.len >= 2 * r->hash &&
		oid_parse(bytes_cut(left, 0, 2 * r->hash), r->hash, &r->grafts[r->graft_count])) {
		r->graft_count++;
		left = bytes_cut(left, 2 * r->hash + 1, left.len);
	}
	buf_done(&text);
	if (got == 0 && !r->grafts)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	return got < 0 && err->code != ENOENT ? -1 : 0;
}

static int
learn(struct repository *r, struct error *err)
{
	struct settings s;

	if (read_settings(r->common, &s, err) < 0)
		return -1;
	r->partial = s.partial;
	r->refs_unread = s.refstorage[0] && strcmp(s.refstorage, "files") != 0;
	r->hash = OID_SHA1;
	if (strcmp(s.objectformat, "sha256") == 0)
		r->hash = OID_SHA256;
	else if (s.objectformat[0] && strcmp(s.objectformat, "sha1") != 0)
		return error_set(err, ERROR_UNSUPPORTED, "the objects of '%s' are of a format that is not read: %s", r->path, s.objectformat);
	return read_shallow(r, err);
}

struct repository *
repository_nowhere(const char *path, struct error *err)
{
	struct repository *r = calloc(1, sizeof *r);

	if (!r || !(r->path = strdup(path))) {
		free(r);
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	r->git = r->common = r->work = -1;
	r->hash = OID_SHA1;
	return r;
}

struct repository *
repository_open(const char *path, struct error *err)
{
	struct repository *r = repository_nowhere(path, err);

	if (!r)
		return NULL;
	r->work = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->work < 0)
		error_set(err, errno, "open '%s':", path);
	else if (open_git(r, err) == 0 && open_common(r, err) == 0 && open_objects(r, err) == 0 && learn(r, err) == 0)
		return r;
	repository_close(r);
	return NULL;
}

void
repository_close(struct repository *r)
{
	if (!r)
		return;
	if (r->common >= 0 && r->common != r->git)
		close(r->common);
	if (r->git >= 0)
		close(r->git);
	if (r->work >= 0)
		close(r->work);
	for (size_t i = 0; i < r->object_folders; i++)
		close(r->objects[i]);
	free(r->grafts);
	free(r->missing);
	free(r->path);
	free(r);
}

size_t
repository_roots(const struct repository *r, int *fds, size_t max)
{
	size_t n = 0;

	if (n < max && r->git >= 0)
		fds[n++] = r->git;
	if (n < max && r->common != r->git)
		fds[n++] = r->common;
	for (size_t i = 0; i < r->object_folders && n < max; i++)
		fds[n++] = r->objects[i];
	return n;
}

int
repository_at(const char *path)
{
	const int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int kind = 0;

	if (dir < 0)
		return 0;
	if (faccessat(dir, ".git", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		kind = 1;
	else if (is_git_folder(dir))
		kind = 2;
	close(dir);
	return kind;
}
