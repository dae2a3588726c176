/* fuzz_arguments.c: stanch-init's options, one a line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "deliver/arguments.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *argv[600], *save = NULL;
	struct arguments a;
	struct error err;
	int argc = 0;

	memcpy(text, data, size);
	text[size] = '\0';
	for (char *word = strtok_r(text, "\n", &save); word && argc < 599; word = strtok_r(NULL, "\n", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	if (arguments_parse(argc, argv, &a, &err) == 0) {
		/* what was accepted can be worked with */
		if (!a.help && !a.version && !a.audit_check && !a.ready && (!a.scope || !a.sealed || !a.signers || a.identity_count == 0))
			abort();
		for (size_t i = 0; i < a.floor_count; i++)
			if (!a.floors[i].name[0] || a.floors[i].version == 0)
				abort();
	} else if (err.code == 0 || !err.text[0]) {
		abort();
	}
	arguments_done(&a);
	free(text);
	return 0;
}
