#include <stanch/error.h>

#include "commands/commands.h"
#include "commands/run.h"

static int
run(int argc, char **argv)
{
	static const char *const here[] = { "." };
	static const struct run_calls calls;
	struct string_list targets = { 0 };
	struct settings s;
	struct error err;
	int r;

	settings_init(&s);
	r = settings_read(&s, argc, argv, &targets, &err);
	if (r == 0 && s.help)
		command_help(&command_scan);
	else if (r == 0)
		r = run_scan(&s, targets.count ? targets.at : here, targets.count ? targets.count : 1, &calls, &err);
	if (r < 0)
		r = command_failed("scan", &err);
	string_list_done(&targets);
	settings_done(&s);
	return r;
}

const struct command command_scan = {
	.name = "scan",
	.usage = "scan [OPTION...] [TARGET...]",
	.about = "find secrets in folders, files, archives, - (standard input), env: and env:PID",
	.run = run,
};
