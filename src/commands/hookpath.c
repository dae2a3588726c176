#include "commands/hookpath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/io.h"
#include "git/checkout.h"
#include "git/config.h"
#include "git/files.h"
#include "git/repository.h"

#define CONFIG_MAX ((size_t)4 << 20)

/* What git's configuration says of hooks; the last word counts. */
struct said {
	char *path;
	enum hookpath_from from, reading;
	bool worktrees;                 /* each worktree has a configuration of its own */
	bool includes;                  /* a file includes others, which are not read */
	bool failed;
};

static bool
on_setting(void *arg, const char *key, const char *subsection, const char *value)
{
	struct said *s = arg;

	if (strcmp(key, "include.path") == 0 || strcmp(key, "includeif.path") == 0)
		s->includes = true;
	if (*subsection)
		return true;
	if (strcmp(key, "extensions.worktreeconfig") == 0)
		s->worktrees = strcmp(value, "false") != 0;
	if (strcmp(key, "core.hookspath") == 0) {
		free(s->path);
		s->path = strdup(value);
		s->failed |= !s->path;
		s->from = s->reading;
	}
	return !s->failed;
}

/* a configuration file; one that is not there says nothing */
static int
ask(struct said *s, int dir, const char *path, enum hookpath_from kind, struct error *err)
{
	struct buf text;
	int r;

	buf_init(&text);
	s->reading = kind;
	r = dir >= 0 ? files_read(dir, path, CONFIG_MAX, &text, err) : io_read_path(path, CONFIG_MAX, &text, err);
	if (r < 0 && (err->code == ENOENT || err->code == ENOTDIR))
		r = 0;
	else if (r == 0)
		config_each((struct bytes){ text.at, text.len }, on_setting, s);
	buf_done(&text);
	return s->failed ? error_set(err, ERROR_INTERNAL, "out of memory") : r;
}

/* a file of the user's; more is what stands behind base */
static int
ask_home(struct said *s, const char *base, const char *more, struct error *err)
{
	struct buf path;
	int r;

	if (!base || !*base)
		return 0;
	buf_init(&path);
	buf_addf(&path, "%s%s", base, more);
	r = ask(s, -1, buf_str(&path), HOOKPATH_PERSON, err);
	buf_done(&path);
	return r;
}

static int
ask_all(struct said *s, const struct repository *repo, struct error *err)
{
	const char *global = getenv("GIT_CONFIG_GLOBAL"), *system = getenv("GIT_CONFIG_SYSTEM"), *xdg = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	int r = 0;

	if (!getenv("GIT_CONFIG_NOSYSTEM"))
		r = ask_home(s, system ? system : "/etc/gitconfig", "", err);
	if (r == 0 && global)
		r = ask_home(s, global, "", err);
	else if (r == 0) {
		r = xdg && *xdg ? ask_home(s, xdg, "/git/config", err) : ask_home(s, home, "/.config/git/config", err);
		if (r == 0)
			r = ask_home(s, home, "/.gitconfig", err);
	}
	if (r == 0)
		r = ask(s, repo->common, "config", HOOKPATH_REPOSITORY, err);
	if (r == 0 && s->worktrees)
		r = ask(s, repo->git, "config.worktree", HOOKPATH_REPOSITORY, err);
	return r;
}

/* where a descriptor leads, absolute; NULL when it can't be told */
static char *
path_of(int fd)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = fd < 0 ? -1 : readlink(link, path, sizeof path - 1);
	return n > 0 ? strndup(path, (size_t)n) : NULL;
}

/* git resolves it from the top of the work tree, or from a bare repository's own folder */
static char *
resolve(const struct hookpath *p, const char *said)
{
	const char *home = getenv("HOME");
	struct buf path;

	buf_init(&path);
	if (said[0] == '~' && (said[1] == '/' || said[1] == 0) && home)
		buf_addf(&path, "%s%s", home, said + 1);
	else if (*said == '/')
		buf_adds(&path, said);
	else
		buf_addf(&path, "%s/%s", p->top ? p->top : p->git, said);
	while (path.len > 1 && path.at[path.len - 1] == '/')
		path.len--;
	return buf_steal(&path);
}

static int
choose(struct hookpath *p, const struct repository *repo, const char *named, struct error *err)
{
	struct said said = { 0 };
	int r = 0;

	if (named) {
		p->folder = strdup(named);
		p->from = HOOKPATH_NAMED;
		return 0;
	}
	r = ask_all(&said, repo, err);
	if (r == 0 && said.path && *said.path) {
		p->folder = resolve(p, said.path);
		p->from = said.from;
	} else if (r == 0) {
		struct buf path;

		buf_init(&path);
		buf_addf(&path, "%s/hooks", p->git);
		p->folder = buf_steal(&path);
		p->from = HOOKPATH_DEFAULT;
		if (said.includes)
			fputs("stanch: git's configuration includes other files, which were not read: should they set core.hooksPath, name "
			      "that folder with --hooks\n",
			    stderr);
	}
	free(said.path);
	return r;
}

int
hookpath_find(struct hookpath *p, const char *named, struct error *err)
{
	struct repository *repo = NULL;
	struct buf found;
	int r;

	*p = (struct hookpath){ .fd = -1 };
	buf_init(&found);
	r = checkout_find(&found, err);
	if (r == 0 && !(repo = repository_open(buf_str(&found), err)))
		r = -1;
	buf_done(&found);
	if (r == 0) {
		p->top = path_of(repo->work);
		p->git = path_of(repo->common);
		r = p->git ? choose(p, repo, named, err) : error_set(err, errno, "find the repository's folder:");
	}
	repository_close(repo);
	if (r == 0 && !p->folder)
		r = error_set(err, ERROR_INTERNAL, "out of memory");
	if (r == 0 && (p->fd = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 && errno != ENOENT)
		r = error_set(err, errno, "open the folder of hooks %s:", p->folder);
	if (r < 0)
		hookpath_done(p);
	return r;
}

void
hookpath_done(struct hookpath *p)
{
	io_close(&p->fd);
	free(p->top);
	free(p->git);
	free(p->folder);
	*p = (struct hookpath){ .fd = -1 };
}

/* what is not there yet is told by its parent folder */
static bool
beneath(const struct hookpath *p, const char *folder)
{
	char *real = realpath(p->folder, NULL), *slash = strrchr(p->folder, '/');
	const size_t n = folder ? strlen(folder) : 0;
	bool yes;

	if (!real && slash && slash > p->folder) {
		*slash = 0;
		real = realpath(p->folder, NULL);
		*slash = '/';
	}
	yes = folder && real && strncmp(real, folder, n) == 0 && (real[n] == '/' || real[n] == 0);
	free(real);
	return yes;
}

int
hookpath_make(struct hookpath *p, struct error *err)
{
	if (p->from == HOOKPATH_PERSON)
		return error_set(err, EPERM, "git runs hooks from %.120s, which serves all your repositories: `--hooks` with that folder installs there",
		    p->folder);
	if (p->from == HOOKPATH_REPOSITORY && !beneath(p, p->top) && !beneath(p, p->git))
		return error_set(err, EPERM, "core.hooksPath of this repository leads out of it, to %.120s: `--hooks` with that folder installs there",
		    p->folder);
	if (p->fd >= 0)
		return 0;
	if (mkdir(p->folder, 0777) < 0 && errno != EEXIST)
		return error_set(err, errno, "make the folder of hooks %s:", p->folder);
	p->fd = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return p->fd < 0 ? error_set(err, errno, "open the folder of hooks %s:", p->folder) : 0;
}
