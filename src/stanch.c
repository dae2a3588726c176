/* stanch: main of the scanner. */
#include <stdio.h>
#include <string.h>

#include <stanch.h>

#include "commands/commands.h"

static const struct command *const commands[] = {
	&command_scan,
	&command_staged,
	&command_explain,
	&command_review,
	&command_rules,
	&command_baseline,
	&command_inject,
	&command_audit,
	&command_keygen,
	&command_seal,
	&command_open,
	&command_inspect,
	&command_edit,
	&command_rekey,
	&command_verify,
	&command_set,
	&command_lint,
	&command_git_setup,
};

#define COMMANDS (sizeof commands / sizeof commands[0])

static int
usage(FILE *out)
{
	fputs("stanch: finds secrets where they don't belong, and seals them where they may stay\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  stanch %-52s %s\n", commands[i]->usage, commands[i]->about);
	fputs("\n`stanch COMMAND --help` lists a command's options; the manual is stanch(1)\n", out);
	return out == stdout ? STATUS_NOTHING : STATUS_USAGE;
}

static int
run(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i]->name, word) == 0)
			return commands[i]->run(argc - 2, argv + 2);
	if (strcmp(word, "--version") == 0) {
		puts("stanch " STANCH_VERSION);
		return STATUS_NOTHING;
	}
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
		return usage(stdout);
	if (*word)
		fprintf(stderr, "stanch: %s is no command\n", word);
	return usage(stderr);
}

int
main(int argc, char **argv)
{
	const int status = run(argc, argv);

	/* what could not be printed was not told */
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	perror("stanch: standard output");
	return STATUS_FAILED;
}
