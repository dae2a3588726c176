#include <stanch/error.h>

#include "commands/commands.h"
#include "commands/run.h"

static int
scan(struct settings *s, const struct string_list *targets, struct error *err)
{
	static const char *const here[] = { "." };
	static const struct run_calls calls;

	return run_scan(s, targets->count ? targets->at : here, targets->count ? targets->count : 1, &calls, err);
}

static int
run(int argc, char **argv)
{
	return command_run(&command_scan, scan, argc, argv);
}

const struct command command_scan = {
	.name = "scan",
	.usage = "scan [OPTION...] [TARGET...]",
	.about = "find secrets in folders, files, archives, - (standard input), env: and env:PID, git:REPO",
	.run = run,
};
