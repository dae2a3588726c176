/* vault.h: what the commands that seal and open share: options, keys, files. */
#ifndef COMMANDS_VAULT_H
#define COMMANDS_VAULT_H

#include <stanch/seal.h>

#include "commands/commands.h"
#include "commands/options.h"

struct error;

/* All that these commands can be told. */
struct vault {
	const char *name, *scope, *expires, *mode, *out, *format, *within;
	const char *signer, *signers, *set, *mark_key, *pin;
	const char *passphrase, *passphrase_new, *identity_env;
	const char *from_secret, *from_env, *from_finding, *prefix;
	struct string_list identities, to, recipients, floors, remove;
	uint64_t version, min_version, epoch, min_epoch;
	bool yes, force, widen, lock, quiet, undo, dry_run, textconv, help;
	struct error *err;
};

/* One option that most of them have; a table of a command joins several. */
extern const struct option_row vault_keys[], vault_checks[], vault_header[], vault_common[];

/*
 * Reads the options of a command from its tables and does its work, which gives
 * an exit status: an enum seal_status with v->err filled, or one of its own with
 * v->err left empty, which was told already.
 */
int vault_run(const struct command *, const struct option_row *const *tables,
	int (*work)(struct vault *, const struct string_list *words), int argc, char **argv);

/* Says why a file is refused, on standard error; returns the status. */
int vault_refuse(const struct vault *, const char *path, int status);

/* Fills v->err with a usage failure; returns SEAL_USAGE. */
int vault_usage(struct vault *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* SEAL_IO or SEAL_USAGE, by what is in v->err. */
int vault_failed(const struct vault *);

/* Seconds since 1970. */
int64_t vault_now(void);

/* Whether --format says json; SEAL_USAGE for what it can't say. */
bool vault_json(const struct vault *);

/* What a file must be, from --name, --scope and --min-version. */
int vault_asked(struct vault *, struct seal_asked *);

/* A header from --name, --scope, --version, --expires, --mode; what is not said stays as it is. */
int vault_fill(struct vault *, struct seal_header *);

/* A date as --expires takes it: never, a date and time, or 90d, 12h from now. */
int vault_date(struct vault *, const char *text, int64_t *seconds);

/* A question on the terminal; false without one. */
bool vault_confirm(const char *question);

#endif
