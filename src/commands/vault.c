#include "commands/vault.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/bytes.h"
#include "base/io.h"
#include "base/secret.h"

#define AT(field) offsetof(struct vault, field)

static int
option_number(void *field, const char *value, struct error *err)
{
	char *end;

	errno = 0;
	*(uint64_t *)field = strtoull(value, &end, 10);
	if (!isdigit((unsigned char)*value) || *end || errno || *(uint64_t *)field > SEAL_VERSION_MAX)
		return error_set(err, ERROR_USAGE, "%s is no number from 0 to 2^63-1", value);
	return 0;
}

const struct option_row vault_keys[] = {
	{ "identity", 'i', "FILE", "opens with the key in FILE, fd:N or credential:NAME; up to 8", option_list, AT(identities) },
	{ "identity-env", 0, "NAME", "takes it from an environment variable, which leaks easily", option_text, AT(identity_env) },
	{ "signer", 'k', "FILE", "signs with the key in FILE, fd:N or credential:NAME", option_text, AT(signer) },
	{ "passphrase", 0, "FILE", "reads the keys' passphrase from FILE or fd:N instead of asking", option_text, AT(passphrase) },
	{ "to", 't', "KEY", "a recipient: stanch1... or age1...", option_list, AT(to) },
	{ "recipients", 'R', "FILE", "recipients, one a line", option_list, AT(recipients) },
	{ 0 },
};

const struct option_row vault_checks[] = {
	{ "signers", 's', "FILE", "who may sign what; required, there is no trust without it", option_text, AT(signers) },
	{ "scope", 0, "C/N/W", "must be sealed for this cluster/namespace/workload", option_text, AT(scope) },
	{ "name", 'n', "NAME", "must have this name", option_text, AT(name) },
	{ "min-version", 0, "[NAME=]N", "must be of at least this version", option_list, AT(floors) },
	{ 0 },
};

const struct option_row vault_header[] = {
	{ "name", 'n', "NAME", "such as db/password", option_text, AT(name) },
	{ "scope", 0, "C/N/W", "cluster/namespace/workload that it is for, each may be *", option_text, AT(scope) },
	{ "version", 'V', "N", "default: 1, or one more than the file that is there", option_number, AT(version) },
	{ "expires", 'e', "WHEN", "never, 2027-01-31T00:00:00Z, 90d or 12h", option_text, AT(expires) },
	{ "mode", 0, "MODE", "0400, 0440 or 0444, the most that delivery may grant", option_text, AT(mode) },
	{ "widen", 0, NULL, "lets it reach further or live longer than before", option_flag, AT(widen) },
	{ 0 },
};

const struct option_row vault_common[] = {
	{ "format", 'f', "FORMAT", "text or json; lint and verify also sarif", option_text, AT(format) },
	{ "quiet", 'q', NULL, "says nothing but what is wrong", option_flag, AT(quiet) },
	{ "help", 'h', NULL, "shows this", option_flag, AT(help) },
	{ 0 },
};

static void
help(const struct command *c, const struct option_row *const *tables)
{
	printf("usage: stanch %s\n\n%s\n\n", c->usage, c->about);
	options_help(tables);
	puts("\nA secret is never taken from an argument, which every process of the machine can read.");
	puts(c == &command_lint ? "exit status: 0 nothing found, 1 found, 2 usage, 3 could not work, 4 nothing found but not all was read" :
	                          "exit status: 0 done, 2 usage, 3 could not work, 10 and above: refused, see stanch-sealed(5)");
}

static int
dispatch(const struct command *c, const struct option_row *const *tables, struct vault *v,
    int (*work)(struct vault *, const struct string_list *), int argc, char **argv)
{
	struct string_list words = { 0 };
	int r = options_parse(tables, v, argc, argv, &words, v->err) < 0 ? SEAL_USAGE : SEAL_OK;

	if (r == SEAL_OK && v->help)
		help(c, tables);
	else if (r == SEAL_OK && v->format && strcmp(v->format, "text") != 0 && strcmp(v->format, "json") != 0 &&
	    strcmp(v->format, "sarif") != 0)
		r = vault_usage(v, "--format: %s is none of text, json, sarif", v->format);
	else if (r == SEAL_OK)
		r = work(v, &words);
	string_list_done(&words);
	return r;
}

int
vault_run(const struct command *c, const struct option_row *const *tables, int (*work)(struct vault *, const struct string_list *),
    int argc, char **argv)
{
	struct error err = { 0 };
	struct vault v = { .err = &err };
	int r = SEAL_IO;

	secret_guard_process();
	if (seal_init() < 0)
		error_set(&err, ERROR_INTERNAL, "libsodium can't be used");
	else
		r = dispatch(c, tables, &v, work, argc, argv);
	if (r != SEAL_OK && err.text[0])
		fprintf(stderr, "stanch %s: %s\n", c->name, err.text);
	string_list_done(&v.identities);
	string_list_done(&v.to);
	string_list_done(&v.recipients);
	string_list_done(&v.floors);
	string_list_done(&v.remove);
	return r;
}

int
vault_refuse(const struct vault *v, const char *path, int status)
{
	fprintf(stderr, "%s: %s\n", path, v->err->text);
	v->err->text[0] = 0;
	return status;
}

int
vault_usage(struct vault *v, const char *fmt, ...)
{
	va_list args;

	v->err->code = ERROR_USAGE;
	va_start(args, fmt);
	vsnprintf(v->err->text, sizeof v->err->text, fmt, args);
	va_end(args);
	return SEAL_USAGE;
}

int
vault_failed(const struct vault *v)
{
	return v->err->code == ERROR_USAGE ? SEAL_USAGE : SEAL_IO;
}

int64_t
vault_now(void)
{
	return (int64_t)time(NULL);
}

bool
vault_json(const struct vault *v)
{
	return v->format && strcmp(v->format, "json") == 0;
}

/* --min-version N or NAME=N: what is asked of a file of this name */
static int
read_floors(struct vault *v, struct seal_asked *asked)
{
	for (size_t i = 0; i < v->floors.count; i++) {
		const char *text = v->floors.at[i], *equals = strrchr(text, '=');
		uint64_t n;

		if (option_number(&n, equals ? equals + 1 : text, v->err) < 0)
			return vault_usage(v, "--min-version: %s is neither N nor NAME=N", text);
		if (equals && (!asked->name || strlen(asked->name) != (size_t)(equals - text) ||
		                  strncmp(asked->name, text, (size_t)(equals - text)) != 0))
			return vault_usage(v, "--min-version NAME=N: a file's least version is N with --name; NAME=N is for sets");
		asked->min_version = n > asked->min_version ? n : asked->min_version;
	}
	return SEAL_OK;
}

int
vault_asked(struct vault *v, struct seal_asked *asked)
{
	*asked = (struct seal_asked){ v->name, v->scope, vault_now(), 0 };
	if (v->name && !seal_is_name(v->name, strlen(v->name)))
		return vault_usage(v, "--name: %s", seal_status_fix(SEAL_NAME));
	if (v->scope && !seal_is_scope(v->scope, strlen(v->scope), false))
		return vault_usage(v, "--scope: say CLUSTER/NAMESPACE/WORKLOAD, without *");
	return read_floors(v, asked);
}

int
vault_date(struct vault *v, const char *text, int64_t *seconds)
{
	char *end;
	long n;

	if (seal_date_parse(text, strlen(text), seconds))
		return SEAL_OK;
	errno = 0;
	n = strtol(text, &end, 10);
	if (isdigit((unsigned char)*text) && n > 0 && n < 100000 && (strcmp(end, "d") == 0 || strcmp(end, "h") == 0)) {
		*seconds = vault_now() + (int64_t)n * (*end == 'd' ? 86400 : 3600);
		return SEAL_OK;
	}
	return vault_usage(v, "%s is neither never, nor a date such as 2027-01-31T00:00:00Z, nor 90d or 12h", text);
}

static int
fill_text(struct vault *v, char *to, const char *from, bool (*good)(const char *), enum seal_status status)
{
	if (!from)
		return SEAL_OK;
	if (!good(from))
		return vault_usage(v, "%s", seal_status_fix(status));
	strcpy(to, from);
	return SEAL_OK;
}

static bool
good_name(const char *s)
{
	return seal_is_name(s, strlen(s));
}

static bool
good_scope(const char *s)
{
	return seal_is_scope(s, strlen(s), true);
}

int
vault_fill(struct vault *v, struct seal_header *h)
{
	int r = fill_text(v, h->name, v->name, good_name, SEAL_NAME);

	if (r == SEAL_OK)
		r = fill_text(v, h->scope, v->scope, good_scope, SEAL_SCOPE);
	if (r == SEAL_OK && v->expires)
		r = vault_date(v, v->expires, &h->expires);
	if (r != SEAL_OK)
		return r;
	h->version = v->version ? v->version : h->version;
	if (v->mode) {
		char *end;
		const unsigned long mode = strtoul(v->mode, &end, 8);

		if (*end || (mode != 0400 && mode != 0440 && mode != 0444))
			return vault_usage(v, "--mode: %s", seal_status_fix(SEAL_MODE));
		h->mode = (unsigned)mode;
	}
	return SEAL_OK;
}

bool
vault_confirm(const char *question)
{
	int fd __attribute__((cleanup(io_close))) = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	char answer[16] = "";

	if (fd < 0)
		return false;
	io_write_full(fd, question, strlen(question));
	if (read(fd, answer, sizeof answer - 1) <= 0)
		return false;
	return answer[0] == 'y' || answer[0] == 'Y';
}
