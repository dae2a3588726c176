#include "commands/commands.h"

#include <stdio.h>

#include <stanch/error.h>

#include "commands/settings.h"

int
command_failed(const char *command, const struct error *err)
{
	fprintf(stderr, "stanch %s: %s\n", command, err->text);
	return err->code == ERROR_USAGE ? STATUS_USAGE : STATUS_FAILED;
}

void
command_help(const struct command *c)
{
	printf("usage: stanch %s\n\n%s\n\n", c->usage, c->about);
	if (c->rows)
		options_help((const struct option_row *const[]){ c->rows, NULL });
	options_help(settings_tables);
	puts("\nexit status: 0 nothing found, 1 found, 2 usage, 3 could not work, 4 nothing found but not all was read");
}

int
command_run(const struct command *c, int (*work)(struct settings *, const struct string_list *, struct error *), int argc,
    char **argv)
{
	struct string_list words = { 0 };
	struct settings s;
	struct error err;
	int r;

	settings_init(&s);
	r = settings_read(&s, c->rows, argc, argv, &words, &err);
	if (r == 0 && s.help)
		command_help(c);
	else if (r == 0)
		r = work(&s, &words, &err);
	if (r < 0)
		r = command_failed(c->name, &err);
	string_list_done(&words);
	settings_done(&s);
	return r;
}
