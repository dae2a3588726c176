/* Sets: which files belong together, in which version, signed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "commands/keyring.h"
#include "commands/sealed.h"
#include "report/jsonout.h"

#define DEFAULT_FILE "stanch.set"

/* The files of a set, as the library wants them. */
struct members {
	struct sealed_list list;
	struct seal_file *files;
	struct seal_value *values;      /* when they are opened */
};

static void
members_done(struct members *m)
{
	for (size_t i = 0; m->values && i < m->list.count; i++)
		seal_value_free(&m->values[i]);
	free(m->values);
	free(m->files);
	sealed_list_done(&m->list);
}

/* reads all; the first that can't be parsed ends it */
static int
members_read(struct vault *v, const char *const *paths, size_t count, struct members *m)
{
	int r = sealed_gather(v, paths, count, &m->list);

	if (r != SEAL_OK)
		return r;
	m->files = calloc(m->list.count + 1, sizeof *m->files);
	m->values = calloc(m->list.count + 1, sizeof *m->values);
	if (!m->files || !m->values)
		return vault_usage(v, "out of memory");
	for (size_t i = 0; i < m->list.count; i++) {
		const struct sealed *s = &m->list.at[i];

		if (s->status != SEAL_OK) {
			memcpy(v->err->text, s->why, sizeof s->why);
			return s->status;
		}
		m->files[i] = s->file;
	}
	return SEAL_OK;
}

/* --min-version NAME=N, all of them; a name is ended where its "=" was */
static int
read_floors(struct vault *v, struct seal_floor *floors, char names[][SEAL_NAME_MAX + 1])
{
	for (size_t i = 0; i < v->floors.count; i++) {
		const char *text = v->floors.at[i], *equals = strrchr(text, '=');
		const size_t n = equals ? (size_t)(equals - text) : 0;
		char *end;

		if (!equals || !seal_is_name(text, n))
			return vault_usage(v, "--min-version: say NAME=N for a set");
		memcpy(names[i], text, n);
		names[i][n] = 0;
		floors[i] = (struct seal_floor){ names[i], strtoull(equals + 1, &end, 10) };
		if (*end || end == equals + 1 || equals[1] == '-')
			return vault_usage(v, "--min-version: say NAME=N for a set");
	}
	return SEAL_OK;
}

static int
read_asked(struct vault *v, struct seal_set_asked *asked, uint8_t pin[static SEAL_DIGEST_BYTES])
{
	*asked = (struct seal_set_asked){ .scope = v->scope, .now = vault_now(), .min_epoch = v->min_epoch };
	if (v->scope && !seal_is_scope(v->scope, strlen(v->scope), false))
		return vault_usage(v, "--scope: say CLUSTER/NAMESPACE/WORKLOAD, without *");
	if (!v->pin)
		return SEAL_OK;
	asked->pin = pin;
	return seal_set_pin_parse(v->pin, pin, v->err);
}

static void
tell_verified(const struct vault *v, const char *path, const struct seal_set *set)
{
	char pin[SEAL_PIN_TEXT_MAX];
	struct jsonout j;
	struct buf out;

	seal_set_pin_format(set->pin, pin);
	if (!vault_json(v)) {
		if (!v->quiet)
			printf("%s: ok: %zu files for %s, epoch %" PRIu64 ", pin %s\n", path, set->count, set->scope, set->epoch, pin);
		return;
	}
	buf_init(&out);
	j = (struct jsonout){ .out = &out };
	jsonout_open(&j, '{');
	jsonout_member(&j, "status", "ok");
	jsonout_member(&j, "set", path);
	jsonout_member(&j, "scope", set->scope);
	jsonout_count(&j, "epoch", set->epoch);
	jsonout_count(&j, "files", set->count);
	jsonout_member(&j, "pin", pin);
	jsonout_close(&j, '}');
	puts(buf_str(&out));
	buf_done(&out);
}

/* the files' own check, after the set's: names the file at fault */
static int
verify_members(struct vault *v, const char *path, const struct seal_set *set, const struct seal_signers *signers,
    const struct seal_set_asked *asked, struct members *m)
{
	size_t *which = calloc(set->count + 1, sizeof *which), bad = 0;
	int r = which ? (int)seal_set_verify(set, m->files, m->list.count, signers, asked, which, &bad, v->err) : SEAL_IO;

	if (r != SEAL_OK)
		error_wrap(v->err, "%s", bad < m->list.count ? m->list.at[bad].path : path);
	free(which);
	return r;
}

/* SET FILE|FOLDER...: without files the folder of the set */
static int
verify_files(struct vault *v, const struct string_list *words, const struct seal_set *set, const struct seal_signers *signers,
    const struct seal_set_asked *asked)
{
	const char *path = words->at[1], *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	const char *const beside[] = { folder };
	struct members m = { 0 };
	int r;

	if (words->count > 2)
		r = members_read(v, words->at + 2, words->count - 2, &m);
	else
		r = folder ? members_read(v, beside, 1, &m) : SEAL_IO;
	if (r == SEAL_OK)
		r = verify_members(v, path, set, signers, asked, &m);
	members_done(&m);
	free(folder);
	return r;
}

/* --name: the set must have a file of that name */
static int
has_name(struct vault *v, const char *path, const struct seal_set *set)
{
	for (size_t i = 0; v->name && i < set->count; i++)
		if (strcmp(set->entries[i].name, v->name) == 0)
			return SEAL_OK;
	if (!v->name)
		return SEAL_OK;
	error_set(v->err, ERROR_SYNTAX, "%s: %s: the set names no file %s; restore it or make a new set", path, seal_status_word(SEAL_SET_MISSING), v->name);
	return SEAL_SET_MISSING;
}

static int
set_verify(struct vault *v, const struct string_list *words)
{
	char (*names)[SEAL_NAME_MAX + 1] = calloc(v->floors.count + 1, sizeof *names);
	struct seal_floor *floors = calloc(v->floors.count + 1, sizeof *floors);
	struct seal_signers *signers = NULL;
	uint8_t pin[SEAL_DIGEST_BYTES];
	struct seal_set_asked asked;
	struct seal_set set = { 0 };
	int r = names && floors ? read_asked(v, &asked, pin) : SEAL_IO;

	if (r == SEAL_OK && words->count < 2)
		r = vault_usage(v, "name the set, and the files or their folder");
	if (r == SEAL_OK)
		r = read_floors(v, floors, names);
	asked.floors = floors;
	asked.floor_count = v->floors.count;
	if (r == SEAL_OK)
		r = keyring_signers(v, &signers);
	if (r == SEAL_OK)
		r = sealed_set(v, words->at[1], &set);
	if (r == SEAL_OK) {
		r = seal_set_check(&set, signers, &asked, v->err);
		if (r != SEAL_OK)
			error_wrap(v->err, "%s", words->at[1]);
	}
	if (r == SEAL_OK)
		r = has_name(v, words->at[1], &set);
	if (r == SEAL_OK)
		r = verify_files(v, words, &set, signers, &asked);
	if (r == SEAL_OK)
		tell_verified(v, words->at[1], &set);
	if (r == SEAL_OK && !v->pin && !v->min_epoch && !v->floors.count && set.expires == SEAL_NEVER && !v->quiet)
		fputs("stanch: warning: without --pin, --min-epoch or --min-version an older set would pass too\n", stderr);
	seal_set_free(&set);
	seal_signers_free(signers);
	free(floors);
	free(names);
	return r;
}

/* the epoch after that of the set which is there */
static int
next_epoch(struct vault *v, const char *path, uint64_t *epoch)
{
	struct seal_set old;
	int r;

	*epoch = v->epoch ? v->epoch : 1;
	if (access(path, F_OK) < 0)
		return SEAL_OK;
	r = sealed_set(v, path, &old);
	if (r != SEAL_OK)
		return r;
	if (strcmp(old.scope, v->scope) != 0)
		r = vault_usage(v, "%s is a set for another scope, which is not replaced", path);
	else if (v->epoch && v->epoch <= old.epoch)
		r = vault_usage(v, "--epoch: must be above the %" PRIu64 " of %s", old.epoch, path);
	else
		*epoch = v->epoch ? v->epoch : old.epoch + 1;
	seal_set_free(&old);
	return r;
}

/* opens every value, for their marks */
static int
open_members(struct vault *v, struct members *m)
{
	const struct seal_asked asked = { .scope = v->scope, .now = vault_now() };
	struct seal_signers *signers = NULL;
	struct keyring identities = { 0 };
	int r = keyring_signers(v, &signers);

	if (r == SEAL_OK)
		r = keyring_identities(v, &identities);
	for (size_t i = 0; r == SEAL_OK && i < m->list.count; i++) {
		r = seal_open(&m->files[i], signers, &asked, identities.keys, identities.count, &m->values[i], v->err);
		if (r != SEAL_OK)
			error_wrap(v->err, "%s", m->list.at[i].path);
	}
	keyring_free(&identities);
	seal_signers_free(signers);
	return r;
}

static int
write_set(struct vault *v, const char *path, uint64_t epoch, int64_t expires, struct members *m, const uint8_t *mark_key)
{
	struct keyring signer = { 0 };
	char *text = NULL, pin[SEAL_PIN_TEXT_MAX];
	struct seal_set set;
	size_t len;
	int r = keyring_signer(v, &signer);

	if (r == SEAL_OK)
		r = seal_set_make(v->scope, epoch, expires, m->files, m->list.count, m->values, mark_key, signer.keys, &text, &len, v->err);
	if (r == SEAL_OK)
		r = sealed_write(v, path, text, len, true);
	if (r == SEAL_OK && seal_set_parse(text, len, &set, v->err) == SEAL_OK) {
		seal_set_pin_format(set.pin, pin);
		if (vault_json(v))
			tell_verified(v, path, &set);
		else
			puts(pin);
		if (!v->quiet)
			fprintf(stderr, "stanch: %s names %zu files for %s, epoch %" PRIu64 "; its pin is on standard output\n", path, set.count,
			    set.scope, set.epoch);
		seal_set_free(&set);
	}
	free(text);
	keyring_free(&signer);
	return r;
}

static int
set_make(struct vault *v, const struct string_list *words)
{
	const char *path = v->out ? v->out : DEFAULT_FILE;
	struct keyring mark_key = { 0 };
	struct members m = { 0 };
	int64_t expires = SEAL_NEVER;
	uint64_t epoch = 1;
	int r = SEAL_OK;

	if (!v->scope || !seal_is_scope(v->scope, strlen(v->scope), false))
		return vault_usage(v, "--scope CLUSTER/NAMESPACE/WORKLOAD is needed, without *");
	if (v->expires)
		r = vault_date(v, v->expires, &expires);
	if (r == SEAL_OK)
		r = next_epoch(v, path, &epoch);
	if (r == SEAL_OK)
		r = members_read(v, words->at + 1, words->count - 1, &m);
	if (r == SEAL_OK && v->mark_key)
		r = keyring_mark_key(v, &mark_key);
	if (r == SEAL_OK && v->mark_key)
		r = open_members(v, &m);
	if (r == SEAL_OK)
		r = write_set(v, path, epoch, expires, &m, mark_key.keys);
	keyring_free(&mark_key);
	members_done(&m);
	return r;
}

static int
set_pin(struct vault *v, const struct string_list *words)
{
	char pin[SEAL_PIN_TEXT_MAX];
	struct seal_set set;
	int r = words->count == 2 ? sealed_set(v, words->at[1], &set) : vault_usage(v, "name one set");

	if (r != SEAL_OK)
		return r;
	seal_set_pin_format(set.pin, pin);
	puts(pin);
	seal_set_free(&set);
	return r;
}

static int
dispatch(struct vault *v, const struct string_list *words)
{
	const char *what = words->count ? words->at[0] : "";

	if (strcmp(what, "make") == 0)
		return set_make(v, words);
	if (strcmp(what, "verify") == 0)
		return set_verify(v, words);
	if (strcmp(what, "pin") == 0)
		return set_pin(v, words);
	return vault_usage(v, "say make, verify or pin");
}

#define AT(field) offsetof(struct vault, field)

static int
set_epoch(void *field, const char *value, struct error *err)
{
	char *end;
	const unsigned long long n = strtoull(value, &end, 10);

	if (*value < '1' || *value > '9' || *end || n > SEAL_VERSION_MAX)
		return error_set(err, ERROR_USAGE, "%s is no number from 1 to 2^63-1", value);
	*(uint64_t *)field = n;
	return 0;
}

static const struct option_row rows[] = {
	{ "out", 'o', "FILE", "make: the set; default " DEFAULT_FILE, option_text, AT(out) },
	{ "epoch", 0, "N", "make: default 1, or one more than the set that is there", set_epoch, AT(epoch) },
	{ "expires", 'e', "WHEN", "make: never, 2027-01-31T00:00:00Z, 90d or 12h", option_text, AT(expires) },
	{ "mark-key", 0, "FILE", "make: adds marks, by which stanch scan --mark-key knows the values; needs --identity", option_text,
	    AT(mark_key) },
	{ "pin", 0, "DIGEST", "verify: must be this set", option_text, AT(pin) },
	{ "min-epoch", 0, "N", "verify: must be of at least this epoch", set_epoch, AT(min_epoch) },
	{ 0 },
};

static int
run(int argc, char **argv)
{
	static const struct option_row *const tables[] = { rows, vault_checks, vault_keys, vault_common, NULL };

	return vault_run(&command_set, tables, dispatch, argc, argv);
}

const struct command command_set = {
	.name = "set",
	.usage = "set make|verify|pin [OPTION...] [SET] [FILE|FOLDER...]",
	.about = "a signed list of sealed files, by which a missing or older one is noticed",
	.run = run,
};
