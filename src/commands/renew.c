#include "commands/renew.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <stanch/error.h>

#define AT(field) offsetof(struct vault, field)

const struct option_row renew_rows[] = {
	{ "signers", 's', "FILE", "who may sign what; required, there is no trust without it", option_text, AT(signers) },
	{ "scope", 0, "C/N/W", "narrows the scope", option_text, AT(scope) },
	{ "expires", 'e', "WHEN", "brings the expiry forward", option_text, AT(expires) },
	{ "mode", 0, "MODE", "narrows the mode", option_text, AT(mode) },
	{ 0 },
};

int
renew_init(struct renew *r)
{
	int status = keyring_signers(r->v, &r->signers);

	if (status == SEAL_OK)
		status = keyring_identities(r->v, &r->identities);
	return status == SEAL_OK ? keyring_signer(r->v, &r->signer) : status;
}

void
renew_done(struct renew *r)
{
	seal_signers_free(r->signers);
	keyring_free(&r->identities);
	keyring_free(&r->signer);
	keyring_free(&r->recipients);
}

int
renew_open(struct renew *r, const char *path, struct sealed *s, struct seal_value *value)
{
	const struct seal_asked asked = { .now = vault_now() };
	int status = sealed_read(r->v, path, s);

	if (status != SEAL_OK)
		return status;
	status = seal_open(&s->file, r->signers, &asked, r->identities.keys, r->identities.count, value, r->v->err);
	if (status != SEAL_OK)
		error_wrap(r->v->err, "%s", path);
	return status;
}

int
renew_header(struct renew *r, const struct seal_header *old, struct seal_header *h)
{
	int status = vault_fill(r->v, h);

	if (status != SEAL_OK)
		return status;
	if (old->version == SEAL_VERSION_MAX)
		return vault_usage(r->v, "there is no higher version");
	h->version = old->version + 1;
	return r->v->widen ? SEAL_OK : (int)seal_narrows(old, h, r->v->err);
}

int
renew_write(struct renew *r, const char *path, const struct seal_header *h, const struct keyring *recipients,
    const struct seal_value *value)
{
	char *text = NULL;
	size_t len;
	int status = seal_make(h, recipients->keys, recipients->count, r->signer.keys, value->at, value->len, &text, &len, r->v->err);

	if (status == SEAL_OK)
		status = sealed_write(r->v, path, text, len, true);
	if (status == SEAL_OK && !r->v->quiet)
		fprintf(stderr, "stanch: %s is now version %" PRIu64 " for %zu recipient%s\n", path, h->version, recipients->count,
		    recipients->count == 1 ? "" : "s");
	free(text);
	return status;
}
