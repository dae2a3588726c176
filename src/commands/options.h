/*
 * options.h: command-line options as tables. A table says each option once: it
 * is parsed, printed by --help and read from .stanch.yaml from the same rows.
 */
#ifndef COMMANDS_OPTIONS_H
#define COMMANDS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct error;

struct option_row {
	const char *name;               /* "fail-on" */
	char letter;                    /* 'x', or 0 */
	const char *argument;           /* what its value is called, or NULL: it has none */
	const char *about;
	int (*set)(void *field, const char *value, struct error *);
	size_t at;                      /* of its field in the settings */
};

/* Growing list of strings, ended by NULL. */
struct string_list {
	const char **at;
	size_t count;
};

int string_list_add(struct string_list *, const char *);
void string_list_done(struct string_list *);

/* setters for rows; each complains in words that begin with the value */
int option_flag(void *, const char *, struct error *);          /* bool: true */
int option_text(void *, const char *, struct error *);          /* const char *, borrowed */
int option_list(void *, const char *, struct error *);          /* struct string_list */
int option_unsigned(void *, const char *, struct error *);      /* unsigned, up to 1024 */
int option_size(void *, const char *, struct error *);          /* uint64_t with K, M, G, T */
int option_severity(void *, const char *, struct error *);
int option_confidence(void *, const char *, struct error *);

/*
 * Sets what argv names in settings and gathers the rest in `rest`; "--" ends
 * options. Tables end with a NULL name. -1 with ERROR_USAGE.
 */
int options_parse(const struct option_row *const *tables, void *settings, int argc, char **argv,
	struct string_list *rest, struct error *);

/* Sets one option by its name, as a configuration file does. */
int options_set(const struct option_row *const *tables, void *settings, const char *name, const char *value,
	struct error *);

/* Prints every row. */
void options_help(const struct option_row *const *tables);

#endif
