/* Verifies and opens one sealed file. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "base/replace.h"
#include "commands/keyring.h"
#include "commands/sealed.h"

/* the value to where it was asked for */
static int
put(struct vault *v, const struct seal_value *value)
{
	if (v->out) {
		if (replace_file(v->out, value->at, value->len, 0600, v->force, false, v->err) == 0)
			return SEAL_OK;
		return vault_failed(v);
	}
	if (isatty(STDOUT_FILENO) && !v->yes && !vault_confirm("Show the value on this terminal? [y/N] "))
		return vault_usage(v, "not shown; say --yes, --out FILE, or send it into a pipe");
	if (io_write_full(STDOUT_FILENO, value->at, value->len) == 0)
		return SEAL_OK;
	perror("stanch open: standard output");
	return SEAL_IO;
}

static int
open_one(struct vault *v, const struct sealed *s, const struct seal_asked *asked)
{
	struct seal_signers *signers = NULL;
	struct keyring identities = { 0 };
	struct seal_value value = { 0 };
	int r = keyring_signers(v, &signers);

	/* what can be refused without the key is refused without it */
	if (r == SEAL_OK) {
		r = seal_verify(&s->file, signers, asked, v->err);
		if (r != SEAL_OK)
			vault_refuse(v, s->path, r);
	}
	if (r == SEAL_OK)
		r = keyring_identities(v, &identities);
	if (r == SEAL_OK) {
		r = seal_open(&s->file, signers, asked, identities.keys, identities.count, &value, v->err);
		if (r != SEAL_OK)
			vault_refuse(v, s->path, r);
	}
	if (r == SEAL_OK)
		r = put(v, &value);
	seal_value_free(&value);
	keyring_free(&identities);
	seal_signers_free(signers);
	return r;
}

static int
open_file(struct vault *v, const struct string_list *words)
{
	struct seal_asked asked;
	struct sealed s = { 0 };
	int r = vault_asked(v, &asked);

	if (r == SEAL_OK && words->count != 1)
		r = vault_usage(v, "name one sealed file");
	if (r != SEAL_OK)
		return r;
	r = sealed_read(v, words->at[0], &s);
	if (r == SEAL_OK)
		r = open_one(v, &s, &asked);
	sealed_done(&s);
	return r;
}

static const struct option_row rows[] = {
	{ "out", 'o', "FILE", "writes the value there, for its owner only", option_text, offsetof(struct vault, out) },
	{ "force", 0, NULL, "replaces that file", option_flag, offsetof(struct vault, force) },
	{ "yes", 'y', NULL, "shows it on a terminal without asking", option_flag, offsetof(struct vault, yes) },
	{ 0 },
};

static int
run(int argc, char **argv)
{
	static const struct option_row *const tables[] = { rows, vault_checks, vault_keys, vault_common, NULL };

	return vault_run(&command_open, tables, open_file, argc, argv);
}

const struct command command_open = {
	.name = "open",
	.usage = "open [OPTION...] --signers FILE FILE",
	.about = "verifies a sealed file, opens it, and writes its value to standard output",
	.run = run,
};
