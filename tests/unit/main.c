/* main.c: runs every suite of tests/unit; with names as arguments only those. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* a SUITE(name_suite) line for each, collected by the Makefile */
#define SUITE(name) Suite *name(void);
#include "gen/suites.h"
#undef SUITE

static const struct {
	const char *name;
	Suite *(*make)(void);
} suites[] = {
#define SUITE(name) { #name, name },
#include "gen/suites.h"
#undef SUITE
	{ NULL, NULL },
};

static int
wanted(const char *name, char **argv)
{
	if (!argv[1])
		return 1;
	for (char **a = argv + 1; *a; a++)
		if (strncmp(name, *a, strlen(*a)) == 0)
			return 1;
	return 0;
}

int
main(int argc, char **argv)
{
	SRunner *runner = srunner_create(NULL);
	int run, failed;

	(void)argc;
	for (size_t i = 0; suites[i].name; i++)
		if (wanted(suites[i].name, argv))
			srunner_add_suite(runner, suites[i].make());
	srunner_run_all(runner, CK_ENV);
	run = srunner_ntests_run(runner);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	printf("unit: %d passed, %d failed\n", run - failed, failed);
	return failed == 0 && run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
