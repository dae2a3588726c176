#include "commands/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/io.h"
#include "commands/commands.h"
#include "commands/hookpath.h"

/* a line that tells our hooks from others */
#define OURS "# stanch: put here by `stanch staged --install`; `stanch staged --uninstall` takes it out"
#define HOOK_MAX ((size_t)1 << 20)
#define CHAINED ".chained"

/* A hook that stanch can be. */
struct kind {
	const char *name, *arguments;
	bool usual;                     /* installed when none is named */
	bool reads;                     /* standard input, which one that it is chained with needs, too */
};

static const struct kind kinds[] = {
	{ "pre-commit", "", true, false },
	{ "pre-merge-commit", "", true, false },
	{ "pre-push", " --pushed \"$1\"", false, true },
	{ "pre-receive", " --received", false, true },
};

#define KINDS (sizeof kinds / sizeof kinds[0])

/* A program that manages hooks, by what it leaves in a work tree. */
struct manager {
	const char *name, *sign, *advice;
};

static const struct manager managers[] = {
	{ "husky", ".husky", "add this line to .husky/pre-commit:\n\n    stanch staged\n" },
	{ "pre-commit", ".pre-commit-config.yaml",
	    "add this to .pre-commit-config.yaml under `repos:`\n\n"
	    "    - repo: local\n      hooks:\n        - id: stanch\n          name: stanch\n          entry: stanch staged\n"
	    "          language: system\n          pass_filenames: false\n" },
	{ "lefthook", "lefthook.yml",
	    "add this to lefthook.yml:\n\n    pre-commit:\n      commands:\n        stanch:\n          run: stanch staged\n" },
};

/* the folder that is left to another program, if any: tells what to do there */
static bool
managed(const struct hookpath *p)
{
	for (size_t i = 0; p->top && i < sizeof managers / sizeof managers[0]; i++) {
		struct buf sign;
		bool there;

		buf_init(&sign);
		buf_addf(&sign, "%s/%s", p->top, managers[i].sign);
		there = access(buf_str(&sign), F_OK) == 0;
		buf_done(&sign);
		if (!there)
			continue;
		fprintf(stderr, "stanch: nothing was installed, because %s manages the hooks here (%s); %s\n"
		    "stanch: or name the folder of hooks yourself: stanch staged --install --hooks %s\n",
		    managers[i].name, managers[i].sign, managers[i].advice, p->folder);
		return true;
	}
	return false;
}

/* 'it'\''s' */
static void
quote(struct buf *out, const char *text)
{
	buf_addc(out, '\'');
	for (; *text; text++)
		if (*text == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, *text);
	buf_addc(out, '\'');
}

static int
script(struct buf *out, const struct kind *kind, struct error *err)
{
	char self[PATH_MAX];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n < 0)
		return error_set(err, errno, "find this program's own file:");
	self[n] = 0;
	/* the chained one first: it may change what is staged */
	buf_adds(out, "#!/bin/sh\n" OURS "\n");
	buf_addf(out, "chained=${0%%/*}/%s" CHAINED "\n", kind->name);
	if (kind->reads)
		buf_adds(out, "lines=$(cat)\n[ ! -x \"$chained\" ] || printf '%s\\n' \"$lines\" | \"$chained\" \"$@\" || exit\nstanch=");
	else
		buf_adds(out, "[ ! -x \"$chained\" ] || \"$chained\" \"$@\" || exit\nstanch=");
	quote(out, self);
	buf_adds(out, "\n[ -x \"$stanch\" ] || stanch=stanch\n"
	              "command -v \"$stanch\" >/dev/null || {\n"
	              "\techo \"stanch can't be found, so nobody looks for secrets here: install it, or remove $0\" >&2\n"
	              "\texit 3\n}\n");
	if (kind->reads)
		buf_addf(out, "printf '%%s\\n' \"$lines\" | \"$stanch\" staged%s\n", kind->arguments);
	else
		buf_addf(out, "exec \"$stanch\" staged%s\n", kind->arguments);
	return out->failed ? error_set(err, ERROR_INTERNAL, "out of memory") : 0;
}

/* 1 ours, 0 another's, -1; *there: there is one */
static int
is_ours(int dir, const char *name, bool *there, struct error *err)
{
	int fd __attribute__((cleanup(io_close))) = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct buf text;
	int r;

	*there = fd >= 0 || errno != ENOENT;
	if (fd < 0)                     /* a link is another's */
		return *there && errno != ELOOP ? error_set(err, errno, "open the hook %s:", name) : 0;
	buf_init(&text);
	r = io_read_fd(fd, name, HOOK_MAX, &text, err);
	if (r < 0 && err->code == ERROR_LIMIT)
		r = 0;
	else if (r == 0)
		r = bytes_find((struct bytes){ text.at, text.len }, bytes_of(OURS)) < text.len;
	buf_done(&text);
	return r;
}

/* a whole file or none, through no link */
static int
put(int dir, const char *name, const struct buf *text, struct error *err)
{
	char draft[NAME_MAX];
	int fd, r;

	snprintf(draft, sizeof draft, ".%s.stanch-%ld", name, (long)getpid());
	fd = openat(dir, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0755);
	if (fd < 0)
		return error_set(err, errno, "write the hook %s:", name);
	r = io_write_full(fd, text->at, text->len);
	r = close(fd) < 0 ? -1 : r;
	if (r == 0)
		r = renameat(dir, draft, dir, name);
	if (r < 0) {
		error_set(err, errno, "write the hook %s:", name);
		unlinkat(dir, draft, 0);
	}
	return r;
}

/* moves another's hook aside; never over one that was moved before */
static int
chain(int dir, const char *name, struct error *err)
{
	char aside[NAME_MAX];
	struct stat st;

	snprintf(aside, sizeof aside, "%s" CHAINED, name);
	if (fstatat(dir, aside, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return error_set(err, EEXIST, "there are both a hook %s and %s, which stanch would chain: remove one of them", name, aside);
	return renameat(dir, name, dir, aside) < 0 ? error_set(err, errno, "move the hook %s to %s:", name, aside) : 0;
}

static int
install_one(const struct hookpath *p, const struct kind *kind, struct error *err)
{
	const char *name = kind->name;
	struct buf text;
	bool there = false;
	int ours = is_ours(p->fd, name, &there, err), r = ours < 0 ? -1 : 0;

	buf_init(&text);
	if (r == 0)
		r = script(&text, kind, err);
	if (r == 0 && there && !ours)
		r = chain(p->fd, name, err);
	if (r == 0)
		r = put(p->fd, name, &text, err);
	if (r == 0)
		fprintf(stderr, "stanch: %s/%s %s%s\n", p->folder, name, ours ? "was renewed" : "was installed",
		    there && !ours ? "; the hook that was there runs first, as " : "");
	if (r == 0 && there && !ours)
		fprintf(stderr, "stanch: %s/%s%s\n", p->folder, name, CHAINED);
	buf_done(&text);
	return r;
}

static int
uninstall_one(const struct hookpath *p, const char *name, bool *any, struct error *err)
{
	char aside[NAME_MAX];
	bool there;
	const int ours = is_ours(p->fd, name, &there, err);

	if (ours <= 0)
		return ours;
	*any = true;
	snprintf(aside, sizeof aside, "%s" CHAINED, name);
	if (renameat(p->fd, aside, p->fd, name) == 0) {
		fprintf(stderr, "stanch: %s/%s is again what it was\n", p->folder, name);
		return 0;
	}
	if (errno != ENOENT || unlinkat(p->fd, name, 0) < 0)
		return error_set(err, errno, "take the hook %s out:", name);
	fprintf(stderr, "stanch: %s/%s was taken out\n", p->folder, name);
	return 0;
}

static bool
is_in(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static bool
is_known(const char *name)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return true;
	return false;
}

int
hooks_install(const char *folder, const char *const *names, struct error *err)
{
	struct hookpath path;
	int r = 0;

	for (size_t i = 0; names && names[i]; i++)
		if (!is_known(names[i]))
			return error_set(err, ERROR_USAGE, "--hook: %s is none that stanch can be", names[i]);
	if (hookpath_find(&path, folder, err) < 0)
		return -1;
	if (!folder && managed(&path))
		r = STATUS_FAILED;
	else
		r = hookpath_make(&path, err);
	for (size_t i = 0; r == 0 && i < KINDS; i++)
		if (names ? is_in(kinds[i].name, names) : kinds[i].usual)
			r = install_one(&path, &kinds[i], err);
	hookpath_done(&path);
	return r;
}

int
hooks_uninstall(const char *folder, struct error *err)
{
	struct hookpath path;
	bool any = false;
	int r = 0;

	if (hookpath_find(&path, folder, err) < 0)
		return -1;
	for (size_t i = 0; r == 0 && path.fd >= 0 && i < KINDS; i++)
		r = uninstall_one(&path, kinds[i].name, &any, err);
	if (r == 0 && !any)
		fprintf(stderr, "stanch: there is no hook of stanch in %s\n", path.folder);
	hookpath_done(&path);
	return r;
}
