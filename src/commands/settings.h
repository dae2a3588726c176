/* settings.h: what the scanning commands can be told, and what follows from it. */
#ifndef COMMANDS_SETTINGS_H
#define COMMANDS_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include <stanch/finding.h>
#include <stanch/scan.h>

#include "base/limits.h"
#include "commands/options.h"
#include "match/literals.h"
#include "rules/rules.h"
#include "source/source.h"

struct settings {
	struct string_list formats;     /* "text", "sarif=FILE" */
	enum severity fail_on;
	enum confidence min_confidence;
	struct string_list rules;
	bool no_builtin;
	const char *baseline, *ignore, *config, *mark_key, *signers;
	struct string_list known, identities;
	bool no_config;
	struct string_list include, exclude;
	bool gitignore, one_file_system, git_folders;
	bool show_secrets, verbose, no_sandbox, no_progress, help;
	unsigned jobs;
	const char *platform, *dockerfile, *cache, *identifiers;
	bool plain_http;
	struct limits limits;
	struct {                        /* of `staged` alone */
		bool whole, install, uninstall, received;
		const char *files_from, *hooks, *pushed;
		struct string_list hook;
	} staged;
	struct git_options git;
	struct string_list kept;        /* strings of a configuration file, to be freed */
};

void settings_init(struct settings *);
void settings_done(struct settings *);

/* the rows of all scanning commands, NULL-ended; and the limits as rows */
extern const struct option_row *const settings_tables[];

/*
 * Reads argv and, for what it leaves open, .stanch.yaml (found upwards from
 * here, or --config). Words that are no options go to rest. own: the command's
 * own options, which only argv can set, or NULL.
 */
int settings_read(struct settings *, const struct option_row *own, int argc, char **argv, struct string_list *rest, struct error *);

/* The rules and literals of a scan. */
struct armory {
	struct rules user, joined;
	const struct rules *rules;
	struct literals own;            /* compiled here, or loaded */
	const struct literals *literals;
};

int armory_open(struct armory *, const struct settings *, struct error *);
void armory_close(struct armory *);

/* Reads the mark key of --mark-key, else of .stanch.key found upwards: 1 read, 0 there is none, -1. */
int settings_mark_key(const struct settings *, uint8_t key[static MARK_KEY_BYTES], struct error *);

#endif
