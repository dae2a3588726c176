/* Seals values: one from a terminal, a file or a descriptor, or many from a manifest or .env file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include <stanch/error.h>

#include "base/io.h"
#include "base/secret.h"
#include "commands/keyring.h"
#include "commands/sealed.h"
#include "commands/values.h"
#include "report/jsonout.h"

/* What all values of a run share. */
struct sealing {
	struct vault *v;
	struct keyring signer, recipients;
	struct buf told;
	struct jsonout json;
	size_t done;
};

static int
ask_twice(struct vault *v, struct seal_value *value)
{
	struct seal_value again = { 0 };
	int r = SEAL_OK;

	if (secret_ask("Value (one line, not shown): ", 65536, &value->at, &value->len, v->err) < 0 ||
	    secret_ask("Once more: ", 65536, &again.at, &again.len, v->err) < 0)
		r = vault_failed(v);
	else if (value->len != again.len || sodium_memcmp(value->at, again.at, again.len) != 0)
		r = vault_usage(v, "the two are not the same; nothing was sealed");
	seal_value_free(&again);
	return r;
}

static int
read_value(struct vault *v, const struct string_list *words, struct seal_value *value)
{
	const char *from = words->count ? words->at[0] : NULL;
	int r;

	if (words->count > 1)
		return vault_usage(v, "one value at a time: name one file, or - for standard input");
	if (!from && isatty(STDIN_FILENO))
		return ask_twice(v, value);
	if (!from)
		return vault_usage(v, "name the file that holds the value, or - for standard input");
	r = keyring_typed(v, "value", from, SEAL_VALUE_MAX, value);
	if (r != SEAL_OK && v->err->code == ERROR_LIMIT) {
		error_set(v->err, ERROR_LIMIT, "plaintext-size: %s", seal_status_fix(SEAL_PLAINTEXT_SIZE));
		r = SEAL_PLAINTEXT_SIZE;
	}
	return r;
}

/* the file that a new one is to replace: its version is counted on, and nothing gets wider unsaid */
static int
follow(struct sealing *s, const char *path, struct seal_header *h)
{
	struct vault *v = s->v;
	struct seal_header old;
	struct sealed before;
	int r;

	if (access(path, F_OK) < 0 && errno == ENOENT) {
		h->version = v->version ? v->version : 1;
		return SEAL_OK;
	}
	if (!v->force)
		return vault_usage(v, "%s exists; say --force to replace it by a new version", path);
	r = sealed_read(v, path, &before);
	old = before.file.header;
	sealed_done(&before);
	if (r != SEAL_OK)
		return r;
	if (strcmp(old.name, h->name) != 0)
		return vault_usage(v, "%s holds another name, which is not replaced", path);
	if (old.version == SEAL_VERSION_MAX || (v->version && v->version <= old.version))
		return vault_usage(v, "--version: must be above the %llu of %s", (unsigned long long)old.version, path);
	h->version = v->version ? v->version : old.version + 1;
	return v->widen ? SEAL_OK : (int)seal_narrows(&old, h, v->err);
}

static void
tell(struct sealing *s, const char *path, const struct seal_header *h)
{
	s->done++;
	if (vault_json(s->v)) {
		jsonout_open(&s->json, '{');
		jsonout_member(&s->json, "file", path);
		jsonout_member(&s->json, "name", h->name);
		jsonout_member(&s->json, "scope", h->scope);
		jsonout_count(&s->json, "version", h->version);
		jsonout_count(&s->json, "recipients", s->recipients.count);
		jsonout_close(&s->json, '}');
	} else if (!s->v->quiet) {
		fprintf(stderr, "stanch: sealed %s version %llu for %zu recipient%s into %s\n", h->name, (unsigned long long)h->version,
		    s->recipients.count, s->recipients.count == 1 ? "" : "s", path);
	}
}

/* the default file of a name: its last part, beneath the folders of the others only with --out DIR/ */
static char *
path_for(const struct vault *v, const char *name, bool many)
{
	char *path = NULL;
	struct buf flat;

	if (v->out && !many)
		return strdup(v->out);
	buf_init(&flat);
	for (const char *c = name; *c; c++)
		buf_addc(&flat, *c == '/' ? '-' : *c);
	if (asprintf(&path, "%s%s%s.sealed", v->out ? v->out : "", v->out ? "/" : "", buf_str(&flat)) < 0)
		path = NULL;
	buf_done(&flat);
	return path;
}

static int
seal_value(struct sealing *s, struct seal_header *h, const struct seal_value *value, bool many)
{
	struct vault *v = s->v;
	char *path = path_for(v, h->name, many), *text = NULL;
	size_t len;
	int r = path ? follow(s, path, h) : SEAL_IO;

	if (r == SEAL_OK)
		r = seal_make(h, s->recipients.keys, s->recipients.count, s->signer.keys, value->at, value->len, &text, &len, v->err);
	if (r == SEAL_OK && path && strcmp(path, "-") == 0)
		r = io_write_full(STDOUT_FILENO, text, len) < 0 ? vault_usage(v, "standard output can't be written to") : SEAL_OK;
	else if (r == SEAL_OK)
		r = sealed_write(v, path, text, len, v->force);
	if (r == SEAL_OK)
		tell(s, path, h);
	free(text);
	free(path);
	return r;
}

static int
on_value(void *arg, const char *name, const struct seal_value *value)
{
	struct sealing *s = arg;
	struct seal_header h = { .expires = SEAL_NEVER, .mode = 0400 };
	int r;

	s->v->name = name;
	r = vault_fill(s->v, &h);
	if (r != SEAL_OK) {
		error_wrap(s->v->err, "a key of the input makes no name");
		return r;
	}
	return seal_value(s, &h, value, true);
}

static int
seal_many(struct sealing *s)
{
	struct vault *v = s->v;
	int r;

	if (v->name)
		return vault_usage(v, "--name: names follow from the input; say --prefix for what stands before them");
	r = v->from_secret ? values_of_secret(v, on_value, s) : values_of_env(v, on_value, s);
	if (r != SEAL_OK && s->done && v->err->text[0])
		error_wrap(v->err, "after %zu files were sealed", s->done);
	if (r == SEAL_OK && !v->quiet && !vault_json(v))
		fprintf(stderr, "stanch: the values are still in %s as plain text; take them out of there, and of its history\n",
		    v->from_secret ? v->from_secret : v->from_env);
	return r;
}

static int
seal_one(struct sealing *s, const struct string_list *words)
{
	struct seal_header h = { .expires = SEAL_NEVER, .mode = 0400 };
	struct seal_value value = { 0 };
	int r = s->v->name ? vault_fill(s->v, &h) : vault_usage(s->v, "--name NAME is needed, such as db/password");

	if (r == SEAL_OK)
		r = s->v->from_finding ? values_of_finding(s->v, words, &value) : read_value(s->v, words, &value);
	if (r == SEAL_OK)
		r = seal_value(s, &h, &value, false);
	seal_value_free(&value);
	return r;
}

static int
seal(struct vault *v, const struct string_list *words)
{
	struct sealing s = { .v = v, .json = { .out = &s.told } };
	int r;

	buf_init(&s.told);
	if (!v->scope)
		return vault_usage(v, "--scope CLUSTER/NAMESPACE/WORKLOAD is needed: where it may be delivered");
	r = keyring_recipients(v, &s.recipients);
	if (r == SEAL_OK)
		r = keyring_signer(v, &s.signer);
	jsonout_open(&s.json, '[');
	if (r == SEAL_OK)
		r = v->from_secret || v->from_env ? seal_many(&s) : seal_one(&s, words);
	jsonout_close(&s.json, ']');
	if (vault_json(v))
		puts(buf_str(&s.told));
	buf_done(&s.told);
	keyring_free(&s.signer);
	keyring_free(&s.recipients);
	return r;
}

#define AT(field) offsetof(struct vault, field)

static const struct option_row rows[] = {
	{ "out", 'o', "FILE", "the sealed file; with several values its folder", option_text, AT(out) },
	{ "force", 0, NULL, "replaces a sealed file of the same name, as its next version", option_flag, AT(force) },
	{ "from-secret", 0, "FILE", "seals each key of a Kubernetes Secret manifest", option_text, AT(from_secret) },
	{ "from-env", 0, "FILE", "seals each variable of a .env file", option_text, AT(from_env) },
	{ "prefix", 0, "NAME", "stands before the names of several; default: the Secret's own name", option_text, AT(prefix) },
	{ "from-finding", 0, "ID", "seals the value of a finding of stanch scan in the targets that follow", option_text, AT(from_finding) },
	{ 0 },
};

static int
run(int argc, char **argv)
{
	static const struct option_row *const tables[] = { rows, vault_header, vault_keys, vault_common, NULL };

	return vault_run(&command_seal, tables, seal, argc, argv);
}

const struct command command_seal = {
	.name = "seal",
	.usage = "seal [OPTION...] --name NAME --scope C/N/W --to KEY [FILE|-|fd:N]",
	.about = "encrypts a value for recipients and signs it; asks for the value without FILE",
	.run = run,
};
