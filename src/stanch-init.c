/* stanch-init: main of the init helper. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <stanch.h>
#include <stanch/seal.h>

#include "deliver/deliver.h"
#include "deliver/notes.h"
#include "deliver/arguments.h"

static int
help(void)
{
	dprintf(STDOUT_FILENO, "stanch-init: opens sealed secrets into memory, then becomes the program\n\n"
			       "  stanch-init --scope C/N/W --sealed DIR --signers FILE --identity FILE --to DIR --pin DIGEST [OPTION...] [-- PROGRAM ARG...]\n\n");
	for (size_t i = 0; arguments_help(i); i++)
		dprintf(STDOUT_FILENO, "%s\n", arguments_help(i));
	dprintf(STDOUT_FILENO, "\nthe manual is stanch-init(8)\n");
	return 0;
}

/* what is opened must not take the place of a closed standard stream, to which lines are written */
static void
fill_streams(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			_exit(SEAL_IO);
}

int
main(int argc, char **argv)
{
	struct arguments arguments;
	struct error err;
	int status = SEAL_USAGE;

	fill_streams();
	/* a caller that ignores its children must not make us lose the worker's status */
	signal(SIGCHLD, SIG_DFL);
	if (seal_init() < 0) {
		notes_refused("io: libsodium can't work on this system");
		return SEAL_IO;
	}
	if (arguments_parse(argc - 1, argv + 1, &arguments, &err) < 0) {
		error_wrap(&err, "usage");
		notes_refused(err.text);
	} else if (arguments.help) {
		status = help();
	} else if (arguments.version) {
		status = dprintf(STDOUT_FILENO, "stanch-init " STANCH_VERSION "\n") < 0 ? SEAL_IO : 0;
	} else {
		status = deliver_run(&arguments, environ);
	}
	arguments_done(&arguments);
	return status;
}
