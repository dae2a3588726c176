#include "commands/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/io.h"
#include "base/secret.h"
#include "seal/seal_age.h"

#define KEY_FILE_MAX ((size_t)64 << 10)

void
keyring_free(struct keyring *k)
{
	secret_free(k->keys);
	*k = (struct keyring){ 0 };
}

static int
open_path(struct vault *v, const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		error_set(v->err, errno, "open %s:", path);
	return fd;
}

/* systemd's LoadCredential= */
static int
open_credential(struct vault *v, const char *name)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char path[4096];

	if (!folder || strchr(name, '/') || !*name || snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
		error_set(v->err, ERROR_USAGE, "credential:%s needs $CREDENTIALS_DIRECTORY and a plain name", name);
		return -1;
	}
	return open_path(v, path);
}

static int
open_named(struct vault *v, const char *from)
{
	char *end;
	long n;

	if (strcmp(from, "-") == 0)
		return dup(STDIN_FILENO);
	if (strncmp(from, "credential:", 11) == 0)
		return open_credential(v, from + 11);
	if (strncmp(from, "fd:", 3) != 0)
		return open_path(v, from);
	n = strtol(from + 3, &end, 10);
	if (*end || end == from + 3 || n < 0 || n > 65535 || fcntl((int)n, F_GETFD) < 0) {
		error_set(v->err, ERROR_USAGE, "%s is no open descriptor", from);
		return -1;
	}
	return dup((int)n);
}

int
keyring_text(struct vault *v, const char *from, size_t max, struct seal_value *out)
{
	int fd __attribute__((cleanup(io_close))) = open_named(v, from);

	if (fd < 0 || secret_read_fd(fd, from, max, &out->at, &out->len, v->err) < 0)
		return vault_failed(v);
	return SEAL_OK;
}

static bool
is_source(const char *from)
{
	return strcmp(from, "-") == 0 || strncmp(from, "fd:", 3) == 0 || strncmp(from, "credential:", 11) == 0 || access(from, F_OK) == 0;
}

int
keyring_typed(struct vault *v, const char *what, const char *from, size_t max, struct seal_value *out)
{
	/* whoever typed the secret itself must not read it again in a log */
	if (!is_source(from))
		return vault_usage(v, "there is no file of the given name (not repeated here, in case it was the %s). A %s is never taken from "
		                      "an argument, which every process can read: type it when asked, or give FILE, -, fd:N", what, what);
	return keyring_text(v, from, max, out);
}

char *
keyring_own_file(const char *name)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char *path = NULL;

	if (config && *config == '/' && asprintf(&path, "%s/stanch/%s", config, name) < 0)
		return NULL;
	if (!path && home && *home == '/' && asprintf(&path, "%s/.config/stanch/%s", home, name) < 0)
		return NULL;
	if (path && access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* the passphrase of --passphrase, else one that is typed; a final LF is none of it */
static int
read_passphrase(struct vault *v, const char *of, struct seal_value *out)
{
	char prompt[160];

	if (v->passphrase) {
		const int r = keyring_typed(v, "passphrase", v->passphrase, 4096, out);

		if (r == SEAL_OK && out->len && out->at[out->len - 1] == '\n')
			out->len--;
		return r;
	}
	snprintf(prompt, sizeof prompt, "Passphrase of %.100s: ", of);
	return secret_ask(prompt, 4096, &out->at, &out->len, v->err) < 0 ? vault_failed(v) : SEAL_OK;
}

static int
unlock(struct vault *v, enum seal_key_kind kind, const char *from, struct bytes line, uint8_t *key)
{
	struct seal_value phrase = { 0 };
	int r = read_passphrase(v, from, &phrase);

	if (r == SEAL_OK)
		r = seal_key_unlock(kind, (const char *)line.at, line.len, (const char *)phrase.at, phrase.len, key, v->err);
	seal_value_free(&phrase);
	return r;
}

static int
read_secret_line(struct vault *v, enum seal_key_kind kind, const char *from, struct bytes line, uint8_t *key)
{
	if (seal_key_is_locked((const char *)line.at, line.len))
		return unlock(v, kind, from, line, key);
	if (kind == SEAL_KEY_IDENTITY && seal_age_is_identity((const char *)line.at, line.len))
		return seal_age_identity((const char *)line.at, line.len, key, v->err);
	return seal_key_parse(kind, (const char *)line.at, line.len, key, v->err);
}

/* takes a line off; skips empty ones and comments */
static bool
next_line(struct bytes *rest, struct bytes *line)
{
	while (rest->len) {
		const size_t end = bytes_find(*rest, bytes_of("\n"));

		*line = bytes_cut(*rest, 0, end);
		*rest = bytes_cut(*rest, end + 1, rest->len);
		if (line->len && line->at[0] != '#')
			return true;
	}
	return false;
}

/* adds the keys of a file */
static int
add_secrets(struct vault *v, enum seal_key_kind kind, const char *from, size_t max, struct keyring *k)
{
	struct seal_value text = { 0 };
	struct bytes rest, line;
	int r = keyring_text(v, from, KEY_FILE_MAX, &text);
	size_t found = 0;

	rest = (struct bytes){ text.at, text.len };
	while (r == SEAL_OK && next_line(&rest, &line)) {
		found++;
		if (k->count == max)
			r = vault_usage(v, "more than %zu keys", max);
		else
			r = read_secret_line(v, kind, from, line, k->keys + k->count++ * SEAL_KEY_BYTES);
		if (r != SEAL_OK)
			error_wrap(v->err, "%s", from);
	}
	if (r == SEAL_OK && !found) {
		error_set(v->err, ERROR_SYNTAX, "%s: key-text: there is no key in it", from);
		r = SEAL_KEY_TEXT;
	}
	seal_value_free(&text);
	return r;
}

static int
add_from_env(struct vault *v, struct keyring *k)
{
	const char *text = getenv(v->identity_env);

	fprintf(stderr, "stanch: warning: the identity comes from the environment, where every child process and /proc/PID/environ "
	                "shows it; use a file, fd:N or credential:NAME\n");
	if (!text || k->count == SEAL_IDENTITIES_MAX)
		return vault_usage(v, "--identity-env: %s is not set", v->identity_env);
	return read_secret_line(v, SEAL_KEY_IDENTITY, v->identity_env, bytes_of(text), k->keys + k->count++ * SEAL_KEY_BYTES);
}

static int
room_for(struct vault *v, struct keyring *k, size_t max)
{
	*k = (struct keyring){ .keys = secret_new(max * SEAL_KEY_BYTES) };
	if (k->keys)
		return SEAL_OK;
	error_set(v->err, ERROR_INTERNAL, "out of memory");
	return SEAL_IO;
}

int
keyring_identities(struct vault *v, struct keyring *k)
{
	int r = room_for(v, k, SEAL_IDENTITIES_MAX);
	char *own;

	for (size_t i = 0; r == SEAL_OK && i < v->identities.count; i++)
		r = add_secrets(v, SEAL_KEY_IDENTITY, v->identities.at[i], SEAL_IDENTITIES_MAX, k);
	if (r == SEAL_OK && v->identity_env)
		r = add_from_env(v, k);
	if (r != SEAL_OK || k->count)
		return r;
	own = keyring_own_file("identity");
	r = own ? add_secrets(v, SEAL_KEY_IDENTITY, own, SEAL_IDENTITIES_MAX, k)
	        : vault_usage(v, "--identity FILE is needed: the key that opens it (make one with stanch keygen)");
	free(own);
	return r;
}

/* the one key of an option, else of the user's own file */
static int
only_secret(struct vault *v, enum seal_key_kind kind, const char *from, const char *own_name, struct keyring *k)
{
	char *own = from ? NULL : keyring_own_file(own_name);
	int r = room_for(v, k, 1);

	if (r == SEAL_OK && !from && !own)
		r = vault_usage(v, "--%s FILE is needed (make one with stanch keygen %s)", own_name, own_name);
	if (r == SEAL_OK)
		r = add_secrets(v, kind, from ? from : own, 1, k);
	free(own);
	return r;
}

int
keyring_signer(struct vault *v, struct keyring *k)
{
	return only_secret(v, SEAL_KEY_SIGNER, v->signer, "signer", k);
}

int
keyring_mark_key(struct vault *v, struct keyring *k)
{
	return only_secret(v, SEAL_KEY_MARK, v->mark_key, "mark-key", k);
}

int
keyring_recipient(struct vault *v, const char *text, size_t len, uint8_t key[static SEAL_KEY_BYTES])
{
	if (seal_age_is_recipient(text, len))
		return seal_age_recipient(text, len, key, v->err);
	return seal_key_parse(SEAL_KEY_RECIPIENT, text, len, key, v->err);
}

static int
add_recipient(struct vault *v, struct bytes text, struct keyring *k)
{
	uint8_t key[SEAL_KEY_BYTES];
	const int r = keyring_recipient(v, (const char *)text.at, text.len, key);

	if (r != SEAL_OK)
		return r;
	for (size_t i = 0; i < k->count; i++)
		if (memcmp(k->keys + i * SEAL_KEY_BYTES, key, sizeof key) == 0)
			return SEAL_OK;
	if (k->count == SEAL_RECIPIENTS_MAX)
		return vault_usage(v, "more than %d recipients", SEAL_RECIPIENTS_MAX);
	memcpy(k->keys + k->count++ * SEAL_KEY_BYTES, key, sizeof key);
	return SEAL_OK;
}

/* a file of recipients, each with what follows a space as its comment */
static int
add_recipients(struct vault *v, const char *path, struct keyring *k)
{
	struct bytes rest, line;
	struct buf text;
	int r = SEAL_OK;

	buf_init(&text);
	if (io_read_path(path, SEAL_LIST_MAX, &text, v->err) < 0)
		r = SEAL_IO;
	rest = (struct bytes){ text.at, text.len };
	while (r == SEAL_OK && next_line(&rest, &line)) {
		r = add_recipient(v, bytes_cut(line, 0, bytes_find(line, bytes_of(" "))), k);
		if (r != SEAL_OK)
			error_wrap(v->err, "%s", path);
	}
	buf_done(&text);
	return r;
}

int
keyring_recipients(struct vault *v, struct keyring *k)
{
	char *own = v->to.count || v->recipients.count ? NULL : keyring_own_file("recipients");
	int r = room_for(v, k, SEAL_RECIPIENTS_MAX);

	for (size_t i = 0; r == SEAL_OK && i < v->to.count; i++) {
		r = add_recipient(v, bytes_of(v->to.at[i]), k);
		if (r != SEAL_OK)
			error_wrap(v->err, "--to");
	}
	for (size_t i = 0; r == SEAL_OK && i < v->recipients.count; i++)
		r = add_recipients(v, v->recipients.at[i], k);
	if (r == SEAL_OK && own)
		r = add_recipients(v, own, k);
	if (r == SEAL_OK && k->count == 0)
		r = vault_usage(v, "--to KEY or --recipients FILE is needed: who can open it");
	free(own);
	return r;
}

int
keyring_signers(struct vault *v, struct seal_signers **out)
{
	char *own = v->signers ? NULL : keyring_own_file("signers");
	const char *path = v->signers ? v->signers : own;
	struct buf text;
	int r = SEAL_OK;

	if (!path)
		return vault_usage(v, "--signers FILE is needed: who may sign what, from a place that whoever sends the sealed files can't write to");
	buf_init(&text);
	if (io_read_path(path, SEAL_LIST_MAX, &text, v->err) < 0)
		r = SEAL_IO;
	else
		r = seal_signers_parse((const char *)text.at, text.len, out, v->err);
	if (r > SEAL_IO)
		error_wrap(v->err, "%s", path);
	buf_done(&text);
	free(own);
	return r;
}
