/* New keys, and the public halves of old ones. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/replace.h"
#include "base/secret.h"
#include "commands/keyring.h"
#include "report/jsonout.h"
#include "seal/seal_text.h"

static const struct {
	const char *word;
	enum seal_key_kind secret, public;
	const char *about;
} kinds[] = {
	{ "identity", SEAL_KEY_IDENTITY, SEAL_KEY_RECIPIENT, "recipient" },
	{ "signer", SEAL_KEY_SIGNER, SEAL_KEY_VERIFIER, "verifier" },
	{ "mark-key", SEAL_KEY_MARK, SEAL_KEY_MARK, NULL },
};

#define KINDS (sizeof kinds / sizeof kinds[0])

/* The secret's text, and the public halves as texts. */
struct made {
	char *secret;                   /* SEAL_KEY_TEXT_MAX bytes, guarded */
	char public[SEAL_KEY_TEXT_MAX];
	char line[64];                  /* "ed25519 KEY", as a signers file has it */
};

static int
ask_new(struct vault *v, struct seal_value *phrase)
{
	struct seal_value again = { 0 };
	int r = SEAL_OK;

	if (v->passphrase_new) {
		r = keyring_typed(v, "passphrase", v->passphrase_new, 4096, phrase);
		if (r == SEAL_OK && phrase->len && phrase->at[phrase->len - 1] == '\n')
			phrase->len--;
		return r;
	}
	if (secret_ask("New passphrase: ", 4096, &phrase->at, &phrase->len, v->err) < 0 ||
	    secret_ask("Once more: ", 4096, &again.at, &again.len, v->err) < 0)
		r = vault_failed(v);
	else if (phrase->len != again.len || sodium_memcmp(phrase->at, again.at, again.len) != 0)
		r = vault_usage(v, "the two are not the same; nothing was made");
	seal_value_free(&again);
	return r;
}

static int
write_secret(struct vault *v, size_t kind, const uint8_t *key, struct made *m)
{
	struct seal_value phrase = { 0 };
	int r = SEAL_OK;

	if (!v->lock && !v->passphrase_new) {
		seal_key_format(kinds[kind].secret, key, m->secret);
		return r;
	}
	r = ask_new(v, &phrase);
	if (r == SEAL_OK)
		r = seal_key_lock(kinds[kind].secret, key, (const char *)phrase.at, phrase.len, 0, 0, m->secret, v->err);
	seal_value_free(&phrase);
	return r;
}

static void
write_public(size_t kind, const uint8_t *key, struct made *m)
{
	uint8_t public[SEAL_KEY_BYTES];
	struct buf line;

	if (!kinds[kind].about)
		return;
	seal_key_public(kinds[kind].secret, key, public);
	seal_key_format(kinds[kind].public, public, m->public);
	buf_init(&line);
	if (kinds[kind].public == SEAL_KEY_VERIFIER) {
		buf_adds(&line, "ed25519 ");
		seal_text_add64(&line, public, sizeof public);
	}
	snprintf(m->line, sizeof m->line, "%s", buf_str(&line));
	buf_done(&line);
}

static void
tell(const struct vault *v, size_t kind, const struct made *m, FILE *to)
{
	struct jsonout j;
	struct buf out;

	if (!vault_json(v)) {
		if (kinds[kind].about)
			fprintf(to, "%s: %s\n", kinds[kind].about, m->public);
		if (*m->line)
			fprintf(to, "line for the signers file: %s scope=CLUSTER/NAMESPACE/WORKLOAD name=**\n", m->line);
		return;
	}
	buf_init(&out);
	j = (struct jsonout){ .out = &out };
	jsonout_open(&j, '{');
	jsonout_member(&j, "kind", kinds[kind].word);
	if (kinds[kind].about)
		jsonout_member(&j, kinds[kind].about, m->public);
	jsonout_member(&j, "signers_line", *m->line ? m->line : NULL);
	jsonout_member(&j, "file", v->out);
	jsonout_close(&j, '}');
	fprintf(to, "%s\n", buf_str(&out));
	buf_done(&out);
}

/* the key file: what it is as a comment, then the key; never over an old one, which may be the only way to a secret */
static int
store(struct vault *v, size_t kind, const struct made *m)
{
	const size_t size = 3 * SEAL_KEY_TEXT_MAX;
	char *text = (char *)secret_new(size);
	int r = SEAL_OK, n;

	if (!text)
		return vault_usage(v, "out of memory");
	n = snprintf(text, size, "# stanch %s%s%s\n%s\n", kinds[kind].word, kinds[kind].about ? ", " : "",
	    kinds[kind].about ? m->public : "", m->secret);
	if (!v->out)
		fwrite(text, 1, (size_t)n, stdout);
	else if (replace_file(v->out, text, (size_t)n, 0600, false, false, v->err) < 0)
		r = vault_failed(v);
	secret_free(text);
	return r;
}

static int
make(struct vault *v, size_t kind, const uint8_t *key, bool keep)
{
	struct made m = { .secret = (char *)secret_new(SEAL_KEY_TEXT_MAX) };
	int r = m.secret ? SEAL_OK : SEAL_IO;

	if (r == SEAL_OK && keep)
		r = write_secret(v, kind, key, &m);
	if (r == SEAL_OK)
		write_public(kind, key, &m);
	if (r == SEAL_OK && keep)
		r = store(v, kind, &m);
	if (r == SEAL_OK && !v->quiet)
		tell(v, kind, &m, v->out || !keep ? stdout : stderr);
	secret_free(m.secret);
	return r;
}

/* the public half of a key that is there already */
static int
show_public(struct vault *v, size_t kind)
{
	struct keyring k = { 0 };
	int r;

	if (!kinds[kind].about)
		return vault_usage(v, "a mark key has no public half");
	r = kinds[kind].secret == SEAL_KEY_SIGNER ? keyring_signer(v, &k) : keyring_identities(v, &k);
	for (size_t i = 0; r == SEAL_OK && i < k.count; i++)
		r = make(v, kind, k.keys + i * SEAL_KEY_BYTES, false);
	keyring_free(&k);
	return r;
}

static int
keygen(struct vault *v, const struct string_list *words)
{
	const char *word = words->count ? words->at[0] : "identity";
	uint8_t *key;
	size_t kind = 0;
	int r;

	while (kind < KINDS && strcmp(kinds[kind].word, word) != 0)
		kind++;
	if (kind == KINDS || words->count > 1)
		return vault_usage(v, "say identity (opens), signer (signs) or mark-key");
	if (v->identities.count || v->signer)
		return show_public(v, kind);
	key = secret_new(SEAL_KEY_BYTES);
	if (!key)
		return vault_usage(v, "out of memory");
	seal_key_random(kinds[kind].secret, key);
	r = make(v, kind, key, true);
	secret_free(key);
	return r;
}

static const struct option_row rows[] = {
	{ "out", 'o', "FILE", "writes the key there, for its owner only, instead of to standard output", option_text,
	    offsetof(struct vault, out) },
	{ "lock", 'p', NULL, "asks for a passphrase, without which the key can't be used", option_flag, offsetof(struct vault, lock) },
	{ "new-passphrase", 0, "FILE", "reads that passphrase from FILE or fd:N", option_text, offsetof(struct vault, passphrase_new) },
	{ "identity", 'i', "FILE", "makes nothing: shows the recipient of this identity", option_list, offsetof(struct vault, identities) },
	{ "signer", 'k', "FILE", "makes nothing: shows the verifier of this signer", option_text, offsetof(struct vault, signer) },
	{ "passphrase", 0, "FILE", "of the key shown, from FILE or fd:N instead of asking", option_text, offsetof(struct vault, passphrase) },
	{ 0 },
};

static int
run(int argc, char **argv)
{
	static const struct option_row *const tables[] = { rows, vault_common, NULL };

	return vault_run(&command_keygen, tables, keygen, argc, argv);
}

const struct command command_keygen = {
	.name = "keygen",
	.usage = "keygen [identity|signer|mark-key] [OPTION...]",
	.about = "makes a key; prints its public half",
	.run = run,
};
