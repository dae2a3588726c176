#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/io.h"
#include "commands/commands.h"
#include "commands/hooks.h"
#include "commands/run.h"
#include "git/checkout.h"
#include "source/paths.h"
#include "source/source.h"

#define LIST_MAX ((size_t)256 << 20)

#define AT(field) offsetof(struct settings, staged.field)

static const struct option_row rows[] = {
	{ "whole", 0, NULL, "tell findings in lines that did not change, too", option_flag, AT(whole) },
	{ "files-from", 0, "FILE", "only the files listed there, by lines or NULs; - is standard input", option_text, AT(files_from) },
	{ "received", 0, NULL, "as pre-receive: the commits that a push brings, by the lines on standard input", option_flag, AT(received) },
	{ "pushed", 0, "REMOTE", "as pre-push: the commits that a push takes there, by the lines on standard input", option_text, AT(pushed) },
	{ "install", 0, NULL, "make git run this before each commit; what hooks there are stay", option_flag, AT(install) },
	{ "uninstall", 0, NULL, "undo that", option_flag, AT(uninstall) },
	{ "hook", 0, "NAME", "install that hook: pre-commit, pre-merge-commit (default: both), pre-push, pre-receive", option_list, AT(hook) },
	{ "hooks", 0, "DIR", "install into this folder, not the one that git is set to", option_text, AT(hooks) },
	{ 0 },
};

/* What was asked for, by paths from the top of the work tree. */
struct asked {
	struct string_list paths;       /* of malloc */
	char *top, *here;               /* the work tree, and the current folder: absolute */
	struct buf list;
};

static void
asked_done(struct asked *a)
{
	for (size_t i = 0; i < a->paths.count; i++)
		free((char *)(uintptr_t)a->paths.at[i]);
	string_list_done(&a->paths);
	free(a->top);
	free(a->here);
	buf_done(&a->list);
}

/* in a hook git stands at the top and names the repository; else the top is where the repository was found */
static int
find_top(struct asked *a, struct error *err)
{
	const char *tree = getenv("GIT_WORK_TREE");
	struct buf found;
	int r = 0;

	buf_init(&found);
	if (tree && *tree)
		buf_adds(&found, tree);
	else if (getenv("GIT_DIR"))
		buf_adds(&found, ".");
	else
		r = checkout_find(&found, err);
	if (r == 0 && (!(a->here = realpath(".", NULL)) || !(a->top = realpath(buf_str(&found), NULL))))
		r = error_set(err, errno, "find the work tree's top '%s':", buf_str(&found));
	buf_done(&found);
	return r;
}

/* takes "." and ".." and double slashes out of an absolute path; by its words alone, since what was deleted has no links */
static void
straighten(char *path)
{
	char *to = path;

	for (const char *at = path; *at;) {
		const size_t n = strcspn(at, "/");

		if (n == 2 && at[0] == '.' && at[1] == '.') {
			while (to > path && *--to != '/')
				;
		} else if (n && !(n == 1 && at[0] == '.')) {
			*to++ = '/';
			memmove(to, at, n);
			to += n;
		}
		at += n + (at[n] == '/');
	}
	*to = 0;
}

static int
ask(struct asked *a, const char *path, struct error *err)
{
	const size_t n = strlen(a->top) > 1 ? strlen(a->top) : 0;
	struct buf whole;
	char *text;

	buf_init(&whole);
	/* straighten() puts a slash before each part, so it needs room for one */
	buf_addf(&whole, "/%s/%s", *path == '/' ? "" : a->here, path);
	text = buf_steal(&whole);
	if (!text)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	straighten(text);
	if (strncmp(text, a->top, n) != 0 || (text[n] && text[n] != '/')) {
		free(text);
		return error_set(err, ERROR_USAGE, "%s lies outside the work tree %s", path, a->top);
	}
	memmove(text, text + n + (text[n] == '/'), strlen(text + n + (text[n] == '/')) + 1);
	if (string_list_add(&a->paths, text) == 0)
		return 0;
	free(text);
	return error_set(err, ERROR_INTERNAL, "out of memory");
}

static int
ask_list(struct asked *a, const char *file, struct error *err)
{
	const int r = strcmp(file, "-") == 0 ? io_read_fd(STDIN_FILENO, "standard input", LIST_MAX, &a->list, err)
	    : io_read_path(file, LIST_MAX, &a->list, err);
	const char end = a->list.len && memchr(a->list.at, 0, a->list.len) ? 0 : '\n';
	char *at, *next;

	if (r < 0)
		return -1;
	for (at = (char *)(uintptr_t)buf_str(&a->list); at < (char *)a->list.at + a->list.len; at = next + 1) {
		next = memchr(at, end, (size_t)((char *)a->list.at + a->list.len - at));
		if (!next)
			next = (char *)a->list.at + a->list.len;
		*next = 0;
		if (*at && ask(a, at, err) < 0)
			return -1;
	}
	return 0;
}

static int
ask_all(struct asked *a, const struct settings *s, const struct string_list *words, struct error *err)
{
	int r = find_top(a, err);

	for (size_t i = 0; r == 0 && i < words->count; i++)
		r = ask(a, words->at[i], err);
	if (r == 0 && s->staged.files_from)
		r = ask_list(a, s->staged.files_from, err);
	paths_sort(a->paths.at, a->paths.count);
	return r;
}

/* what to do, for whoever is stopped by it */
static void
advise(int status, bool push)
{
	if (status == STATUS_FOUND && push)
		fputs("stanch: stopped, because commits of this push hold what is told above, and taking it out in a later one does not help:\n"
		      "stanch: `git rebase -i` takes it out of the commit that brought it; where it was ever pushed, revoke it, too.\n"
		      "stanch: What is no secret is allowed by a comment `stanch:allow RULE, reason` on its line.\n",
		    stderr);
	else if (status == STATUS_FOUND)
		fputs("stanch: stopped, because what is staged holds what is told above. Take it out of the file and `git add` that again;\n"
		      "stanch: where it was ever pushed, revoke it, too. What is no secret is allowed by a comment `stanch:allow RULE, reason`\n"
		      "stanch: on its line, a line in .stanchignore, or `stanch baseline write`.\n",
		    stderr);
	if (status == STATUS_UNREAD)
		fputs("stanch: stopped, because not all of it could be read; nobody knows what is in the rest.\n", stderr);
}

/* what git tells a hook of a push */
static int
read_push(const struct settings *s, struct buf *lines, struct staged_options *options, struct error *err)
{
	if (!s->staged.received && !s->staged.pushed)
		return 0;
	if (s->staged.files_from && strcmp(s->staged.files_from, "-") == 0)
		return error_set(err, ERROR_USAGE, "standard input can't be both files and what is pushed");
	if (io_read_fd(STDIN_FILENO, "standard input", LIST_MAX, lines, err) < 0)
		return -1;
	if (lines->len && memchr(lines->at, 0, lines->len))
		return error_set(err, ERROR_SYNTAX, "standard input is not what git gives to a hook of a push");
	options->pushed = buf_str(lines);
	options->remote = s->staged.pushed;
	return lines->failed ? error_set(err, ERROR_INTERNAL, "out of memory") : 0;
}

static int
scan_asked(struct settings *s, const struct asked *asked, const struct staged_options *options, struct error *err)
{
	static const char *const target[] = { "staged:" };
	const struct run_calls calls = { .staged = options };
	struct buf ignore;
	int r;

	buf_init(&ignore);
	buf_addf(&ignore, "%s/.stanchignore", asked->top);
	if (!s->ignore && access(buf_str(&ignore), F_OK) == 0)
		s->ignore = buf_str(&ignore);
	r = run_scan(s, target, 1, &calls, err);
	buf_done(&ignore);
	return r;
}

static int
scan(struct settings *s, const struct string_list *words, struct error *err)
{
	const bool listed = words->count || s->staged.files_from;
	struct asked asked = { 0 };
	struct staged_options options = { .whole = s->staged.whole };
	struct buf lines;
	int r;

	buf_init(&lines);
	r = read_push(s, &lines, &options, err);
	if (r == 0)
		r = ask_all(&asked, s, words, err);
	options.count = asked.paths.count;
	options.paths = listed ? asked.paths.at : NULL;
	if (r == 0 && listed && options.count == 0)
		r = STATUS_NOTHING;             /* an empty list */
	else if (r == 0)
		r = scan_asked(s, &asked, &options, err);
	asked_done(&asked);
	buf_done(&lines);
	advise(r, s->staged.received || s->staged.pushed);
	return r;
}

static int
work(struct settings *s, const struct string_list *words, struct error *err)
{
	if (s->staged.received && s->staged.pushed)
		return error_set(err, ERROR_USAGE, "say --received or --pushed");
	if (s->staged.install && s->staged.uninstall)
		return error_set(err, ERROR_USAGE, "say --install or --uninstall");
	if ((s->staged.install || s->staged.uninstall) && words->count)
		return error_set(err, ERROR_USAGE, "--install and --uninstall take no files");
	if (s->staged.install)
		return hooks_install(s->staged.hooks, s->staged.hook.at, err);
	if (s->staged.uninstall)
		return hooks_uninstall(s->staged.hooks, err);
	return scan(s, words, err);
}

static int
run(int argc, char **argv)
{
	return command_run(&command_staged, work, argc, argv);
}

const struct command command_staged = {
	.name = "staged",
	.usage = "staged [OPTION...] [FILE...]",
	.about = "find secrets in what is about to be committed; --install makes it a hook",
	.run = run,
	.rows = rows,
};
