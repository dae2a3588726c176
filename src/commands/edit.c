/* Changes a value in an editor; the plaintext stands in memory only: a memfd, or a tmpfs that is never swapped. */
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "base/secret.h"
#include "commands/keyring.h"
#include "commands/renew.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

static int
memory_file(const struct seal_value *value, struct vault *v)
{
	int fd = memfd_create("stanch-edit", MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("stanch-edit", 0);
	if (fd >= 0 && io_write_full(fd, value->at, value->len) == 0 && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	error_set(v->err, errno, "making a file in memory:");
	io_close(&fd);
	return -1;
}

/* the editor's own copies must not reach the disk: vi and vim are told so, others are the user's choice */
static const char *
editor_command(void)
{
	const char *editor = getenv("VISUAL");

	if (!editor || !*editor)
		editor = getenv("EDITOR");
	return editor && *editor ? editor : "vi";
}

static void
exec_editor(int fd)
{
	const char *editor = editor_command(), *name = strrchr(editor, '/');
	char command[4096], path[64];
	bool vim;

	name = name ? name + 1 : editor;
	vim = strcmp(name, "vi") == 0 || strcmp(name, "vim") == 0 || strcmp(name, "nvim") == 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	/* the name is an argument of the shell, not part of what it parses */
	if (snprintf(command, sizeof command, "%s %s\"$1\"", editor,
	        vim ? "-n -i NONE -c 'set nobackup nowritebackup noundofile noswapfile' " : "") < (int)sizeof command)
		execl("/bin/sh", "sh", "-c", command, "stanch-edit", path, (char *)NULL);
	_exit(127);
}

static int
run_editor(struct vault *v, int fd)
{
	const pid_t child = fork();
	int status = 0;

	if (child == 0)
		exec_editor(fd);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return SEAL_OK;
	return vault_usage(v, "the editor (%s) did not end well, so nothing was changed", editor_command());
}

/* what the editor left; some write a new file under the name, which a memfd does not take part in */
static int
read_back(struct vault *v, int fd, struct seal_value *out)
{
	if (lseek(fd, 0, SEEK_SET) < 0 || secret_read_fd(fd, "the edited value", SEAL_VALUE_MAX, &out->at, &out->len, v->err) < 0)
		return v->err->code == ERROR_LIMIT ? SEAL_PLAINTEXT_SIZE : SEAL_IO;
	return SEAL_OK;
}

/* the keys of the file's own recipients, out of those that we are told and our own */
static int
same_recipients(struct renew *r, const struct sealed *s, struct keyring *out)
{
	uint8_t public[SEAL_KEY_BYTES], id[SEAL_ID_BYTES], want[SEAL_ID_BYTES];

	out->keys = secret_new((size_t)SEAL_RECIPIENTS_MAX * SEAL_KEY_BYTES);
	if (!out->keys)
		return vault_usage(r->v, "out of memory");
	for (unsigned i = 0; i < s->file.recipients; i++) {
		bool found = false;

		seal_file_recipient(&s->file, i, want);
		for (size_t k = 0; !found && k < r->recipients.count + r->identities.count; k++) {
			if (k < r->recipients.count)
				memcpy(public, r->recipients.keys + k * SEAL_KEY_BYTES, sizeof public);
			else
				seal_key_public(SEAL_KEY_IDENTITY, r->identities.keys + (k - r->recipients.count) * SEAL_KEY_BYTES, public);
			seal_key_id(public, id);
			found = memcmp(id, want, sizeof id) == 0;
		}
		if (!found)
			return vault_usage(r->v, "%s has a recipient whose key is not among --recipients; name them all, or rekey for others", s->path);
		memcpy(out->keys + out->count++ * SEAL_KEY_BYTES, public, sizeof public);
	}
	return SEAL_OK;
}

static int
change(struct renew *r, const struct seal_value *old, struct seal_value *new)
{
	int fd __attribute__((cleanup(io_close))) = memory_file(old, r->v);
	int status;

	if (fd < 0)
		return SEAL_IO;
	status = run_editor(r->v, fd);
	return status == SEAL_OK ? read_back(r->v, fd, new) : status;
}

static int
edit_one(struct renew *r, const char *path)
{
	struct seal_value old = { 0 }, new = { 0 };
	struct keyring recipients = { 0 };
	struct sealed s = { 0 };
	struct seal_header h;
	int status = renew_open(r, path, &s, &old);

	if (status == SEAL_OK)
		status = same_recipients(r, &s, &recipients);
	if (status == SEAL_OK) {
		h = s.file.header;
		status = renew_header(r, &s.file.header, &h);
	}
	if (status == SEAL_OK)
		status = change(r, &old, &new);
	if (status == SEAL_OK && new.len == old.len && sodium_memcmp(new.at, old.at, old.len) == 0 && !r->v->scope && !r->v->expires && !r->v->mode)
		fprintf(stderr, "stanch: %s: nothing was changed\n", path);
	else if (status == SEAL_OK)
		status = renew_write(r, path, &h, &recipients, &new);
	seal_value_free(&old);
	seal_value_free(&new);
	keyring_free(&recipients);
	sealed_done(&s);
	return status;
}

static int
edit(struct vault *v, const struct string_list *words)
{
	struct renew r = { .v = v };
	int status = words->count == 1 ? renew_init(&r) : vault_usage(v, "name one sealed file");
	char *own = keyring_own_file("recipients");

	if (status == SEAL_OK && (v->to.count || v->recipients.count || own))
		status = keyring_recipients(v, &r.recipients);
	free(own);
	if (status == SEAL_OK)
		status = edit_one(&r, words->at[0]);
	renew_done(&r);
	return status;
}

static const struct option_row rows[] = {
	{ "widen", 0, NULL, "lets it reach further or live longer than before", option_flag, offsetof(struct vault, widen) },
	{ 0 },
};

static int
run(int argc, char **argv)
{
	static const struct option_row *const tables[] = { renew_rows, rows, vault_keys, vault_common, NULL };

	return vault_run(&command_edit, tables, edit, argc, argv);
}

const struct command command_edit = {
	.name = "edit",
	.usage = "edit [OPTION...] --signers FILE FILE",
	.about = "opens a value in $VISUAL or $EDITOR, in memory only, and seals it for the same recipients",
	.run = run,
};
