/* value_file.h: what kind of file a path names, for value.c. */
#ifndef TRIAGE_VALUE_FILE_H
#define TRIAGE_VALUE_FILE_H

#include <stdbool.h>

enum file_kind { FILE_CODE, FILE_CONFIG, FILE_SHELL, FILE_DATA, FILE_TEXT, FILE_MARKUP, FILE_LOCK };

/* by the extension or name; FILE_TEXT when unknown */
enum file_kind value_file(const char *path);

/* test, spec, fixture, mock or example stands in the path */
bool value_file_test(const char *path);

/* example or sample stands in the path */
bool value_file_example(const char *path);

/* it lies in a folder that package managers fill with other people's work */
bool value_file_foreign(const char *path);

#endif
