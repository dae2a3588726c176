/* commands.h: one row a subcommand; stanch.c holds the table. */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

/* exit statuses, as design.md says */
enum status {
	STATUS_NOTHING = 0,     /* nothing found */
	STATUS_FOUND = 1,       /* findings at or above --fail-on */
	STATUS_USAGE = 2,
	STATUS_FAILED = 3,      /* could not work */
	STATUS_UNREAD = 4,      /* nothing found, but something could not be read to its end */
};

struct option_row;

struct command {
	const char *name, *usage, *about;
	int (*run)(int argc, char **argv);      /* without the command's own word; an enum status */
	const struct option_row *rows;          /* options of its own, into struct settings; or NULL */
};

extern const struct command command_review;
extern const struct command command_scan, command_explain, command_rules, command_baseline;
extern const struct command command_inject, command_audit;
extern const struct command command_keygen, command_seal, command_open, command_inspect, command_edit, command_rekey, command_verify,
	command_set, command_lint, command_git_setup;
extern const struct command command_staged;

struct error;
struct settings;
struct string_list;

/*
 * Reads the settings and words of a command and does its work, which gives an
 * enum status or -1 with error; --help prints its usage instead.
 */
int command_run(const struct command *, int (*work)(struct settings *, const struct string_list *words, struct error *),
	int argc, char **argv);

/* Says what is wrong on standard error and gives the status that goes with it. */
int command_failed(const char *command, const struct error *);

/* Prints a command's usage and the scanning options. */
void command_help(const struct command *);

#endif
