/* How git shows sealed files, and that it never mixes them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/io.h"
#include "base/replace.h"
#include "commands/vault.h"

#define ATTRIBUTES ".gitattributes"

static const char *const lines[] = {
	"*.sealed -text diff=stanch merge=stanch",
	"stanch.set -text diff=stanch merge=stanch",
};

/* git's own settings, of this repository only */
static const struct {
	const char *key, *value;
} settings[] = {
	{ "diff.stanch.textconv", "stanch inspect --textconv" },
	{ "diff.stanch.cachetextconv", "false" },
	{ "merge.stanch.name", "sealed files are never mixed" },
	{ "merge.stanch.driver", "stanch git-setup --refuse-merge %P" },
};

/* runs git; its exit status, or -1 */
static int
git(const char *const *args, bool silent)
{
	const pid_t child = fork();
	int status = 0;

	if (child == 0) {
		if (silent && (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr)))
			_exit(127);
		execvp("git", (char *const *)args);
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool
has_line(struct bytes text, const char *line)
{
	while (text.len) {
		const size_t end = bytes_find(text, bytes_of("\n"));

		if (bytes_equal(bytes_cut(text, 0, end), bytes_of(line)))
			return true;
		text = bytes_cut(text, end + 1, text.len);
	}
	return false;
}

static bool
is_ours(struct bytes line)
{
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (bytes_equal(line, bytes_of(lines[i])))
			return true;
	return false;
}

/* the file's text without our lines */
static void
without(struct bytes text, struct buf *out)
{
	while (text.len) {
		const size_t end = bytes_find(text, bytes_of("\n"));

		if (!is_ours(bytes_cut(text, 0, end)))
			buf_add(out, text.at, end < text.len ? end + 1 : end);
		text = bytes_cut(text, end + 1, text.len);
	}
}

static void
with(struct bytes text, struct buf *out)
{
	buf_add(out, text.at, text.len);
	if (text.len && text.at[text.len - 1] != '\n')
		buf_addc(out, '\n');
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (!has_line(text, lines[i]))
			buf_addf(out, "%s\n", lines[i]);
}

static int
change_attributes(struct vault *v)
{
	struct buf old, new;
	int r = SEAL_OK;

	buf_init(&old);
	buf_init(&new);
	if (access(ATTRIBUTES, F_OK) == 0 && io_read_path(ATTRIBUTES, (size_t)1 << 20, &old, v->err) < 0)
		r = SEAL_IO;
	if (v->undo)
		without((struct bytes){ old.at, old.len }, &new);
	else
		with((struct bytes){ old.at, old.len }, &new);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (r == SEAL_OK && has_line((struct bytes){ old.at, old.len }, lines[i]) == v->undo)
			printf("%s: %c %s\n", ATTRIBUTES, v->undo ? '-' : '+', lines[i]);
	if (r == SEAL_OK && !v->dry_run && new.len == 0 && old.len && unlink(ATTRIBUTES) < 0)
		r = vault_usage(v, "remove " ATTRIBUTES ": %s", strerror(errno));
	else if (r == SEAL_OK && !v->dry_run && new.len && (new.len != old.len || memcmp(new.at, old.at, new.len) != 0) &&
	    replace_file(ATTRIBUTES, new.at, new.len, 0644, true, true, v->err) < 0)
		r = vault_failed(v);
	buf_done(&old);
	buf_done(&new);
	return r;
}

static int
change_config(struct vault *v)
{
	static const char *const sections[] = { "diff.stanch", "merge.stanch" };

	for (size_t i = 0; !v->undo && i < sizeof settings / sizeof *settings; i++) {
		const char *const args[] = { "git", "config", "--local", settings[i].key, settings[i].value, NULL };

		printf("git config: + %s = %s\n", settings[i].key, settings[i].value);
		if (!v->dry_run && git(args, false) != 0)
			return vault_usage(v, "git config failed; is this a repository?");
	}
	for (size_t i = 0; v->undo && i < sizeof sections / sizeof *sections; i++) {
		const char *const args[] = { "git", "config", "--local", "--remove-section", sections[i], NULL };

		printf("git config: - %s\n", sections[i]);
		if (!v->dry_run)
			git(args, true);
	}
	return SEAL_OK;
}

static int
setup(struct vault *v, const struct string_list *words)
{
	static const char *const inside[] = { "git", "rev-parse", "--git-dir", NULL };

	/* the merge driver: git keeps our side and marks the path as in conflict */
	if (v->name) {
		fprintf(stderr, "stanch: %s was changed on both sides; sealed files are never mixed. Take one with "
		                "git checkout --ours or --theirs, or seal the value again\n", v->name);
		return STATUS_FOUND;
	}
	if (words->count)
		return vault_usage(v, "takes no words; run it in the top folder of the repository");
	if (access(".git", F_OK) < 0 || git(inside, true) != 0)
		return vault_usage(v, "this is not the top folder of a git repository");
	return change_config(v) == SEAL_OK ? change_attributes(v) : SEAL_USAGE;
}

#define AT(field) offsetof(struct vault, field)

static const struct option_row rows[] = {
	{ "undo", 0, NULL, "takes it back", option_flag, AT(undo) },
	{ "dry-run", 0, NULL, "only shows what would be changed", option_flag, AT(dry_run) },
	{ "refuse-merge", 0, "PATH", "what git runs when both sides changed a sealed file", option_text, AT(name) },
	{ 0 },
};

static int
run(int argc, char **argv)
{
	static const struct option_row *const tables[] = { rows, vault_common, NULL };

	return vault_run(&command_git_setup, tables, setup, argc, argv);
}

const struct command command_git_setup = {
	.name = "git-setup",
	.usage = "git-setup [--undo|--dry-run]",
	.about = "lets git show what changed in sealed files, never a value, and never merge them",
	.run = run,
};
