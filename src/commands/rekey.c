/* New recipients, a new data key, a new signature; the value stays. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "commands/keyring.h"
#include "commands/sealed.h"
#include "commands/renew.h"
#include "seal/seal_text.h"

/* tells which ids of the old file are in no recipient of the new one */
static void
tell_removed(const struct sealed *s, const struct keyring *recipients)
{
	for (unsigned i = 0; i < s->file.recipients; i++) {
		uint8_t id[SEAL_ID_BYTES], other[SEAL_ID_BYTES];
		bool kept = false;
		struct buf text;

		seal_file_recipient(&s->file, i, id);
		for (size_t k = 0; k < recipients->count; k++) {
			seal_key_id(recipients->keys + k * SEAL_KEY_BYTES, other);
			kept |= memcmp(id, other, sizeof id) == 0;
		}
		if (kept)
			continue;
		buf_init(&text);
		seal_text_add64(&text, id, sizeof id);
		fprintf(stderr, "%s: recipient %s was removed, but knows the value: change it\n", s->path, buf_str(&text));
		buf_done(&text);
	}
}

static int
rekey_one(struct renew *r, const char *path)
{
	struct seal_value value = { 0 };
	struct sealed s = { 0 };
	struct seal_header h;
	int status = renew_open(r, path, &s, &value);

	if (status == SEAL_OK) {
		h = s.file.header;
		status = renew_header(r, &s.file.header, &h);
	}
	if (status == SEAL_OK)
		status = renew_write(r, path, &h, &r->recipients, &value);
	if (status == SEAL_OK)
		tell_removed(&s, &r->recipients);
	seal_value_free(&value);
	sealed_done(&s);
	return status;
}

static int
rekey(struct vault *v, const struct string_list *words)
{
	struct renew r = { .v = v };
	struct sealed_list l = { 0 };
	int status = renew_init(&r);

	if (status == SEAL_OK)
		status = keyring_recipients(v, &r.recipients);
	if (status == SEAL_OK)
		status = sealed_gather(v, words->at, words->count, &l);
	/* all must be readable before the first is written */
	for (size_t i = 0; status == SEAL_OK && i < l.count; i++)
		if (l.at[i].status != SEAL_OK) {
			memcpy(v->err->text, l.at[i].why, sizeof l.at[i].why);
			status = l.at[i].status;
		}
	for (size_t i = 0; status == SEAL_OK && i < l.count; i++)
		status = rekey_one(&r, l.at[i].path);
	sealed_list_done(&l);
	renew_done(&r);
	return status;
}

static int
run(int argc, char **argv)
{
	static const struct option_row *const tables[] = { renew_rows, vault_keys, vault_common, NULL };

	return vault_run(&command_rekey, tables, rekey, argc, argv);
}

const struct command command_rekey = {
	.name = "rekey",
	.usage = "rekey [OPTION...] --signers FILE --recipients FILE FILE...",
	.about = "seals the same values anew for exactly these recipients; may narrow scope, mode and expiry, never widen them",
	.run = run,
};
