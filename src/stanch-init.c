/* stanch-init: main of the init helper. */
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

int
main(int argc, char **argv)
{
	struct arguments arguments;
	struct error err;
	int status = SEAL_USAGE;

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
