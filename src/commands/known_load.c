#include "commands/known_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/secret.h"
#include "commands/keyring.h"
#include "commands/sealed.h"
#include "commands/settings.h"

/* What is needed on the way. */
struct loading {
	struct vault v;
	struct seal_signers *signers;
	struct seal_set set;
	struct sealed_list list;
	struct seal_file *files;        /* those of the list that the set names */
	size_t file_count;
	struct known *known;
	size_t total, left_out;
};

static const struct seal_set_entry *
entry_of(const struct seal_set *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->entries[i].name, name) == 0)
			return &set->entries[i];
	return NULL;
}

/* beside the set, in its folder and beneath; other sealed files may lie there too */
static int
find_files(struct loading *l, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	const char *const here[] = { folder };
	int r = folder ? sealed_gather(&l->v, here, 1, &l->list) : SEAL_IO;

	free(folder);
	l->files = r == SEAL_OK ? calloc(l->list.count + 1, sizeof *l->files) : NULL;
	for (size_t i = 0; l->files && i < l->list.count; i++)
		if (l->list.at[i].status == SEAL_OK && entry_of(&l->set, l->list.at[i].file.header.name))
			l->files[l->file_count++] = l->list.at[i].file;
	return r == SEAL_OK && !l->files ? SEAL_IO : r;
}

static int
verify(struct loading *l, size_t *which)
{
	const struct seal_set_asked asked = { .now = vault_now() };
	size_t bad;

	return seal_set_verify(&l->set, l->files, l->file_count, l->signers, &asked, which, &bad, l->v.err);
}

static int
open_values(struct loading *l)
{
	const struct seal_asked asked = { .scope = l->set.scope, .now = vault_now() };
	size_t *which = calloc(l->set.count + 1, sizeof *which);
	struct keyring identities = { 0 };
	int r = which ? keyring_identities(&l->v, &identities) : SEAL_IO;

	if (r == SEAL_OK)
		r = verify(l, which);
	for (size_t i = 0; r == SEAL_OK && i < l->set.count; i++) {
		struct seal_value value = { 0 };
		int added;

		r = seal_open(&l->files[which[i]], l->signers, &asked, identities.keys, identities.count, &value, l->v.err);
		if (r != SEAL_OK) {
			error_wrap(l->v.err, "%s", l->set.entries[i].name);
			break;
		}
		added = known_add(l->known, l->set.entries[i].name, (struct bytes){ value.at, value.len }, l->v.err);
		l->left_out += added == 0;
		r = added < 0 ? SEAL_IO : SEAL_OK;
		seal_value_free(&value);
	}
	keyring_free(&identities);
	free(which);
	return r;
}

static int
take_marks(struct loading *l)
{
	const struct seal_set_asked asked = { .now = vault_now() };
	struct keyring key = { 0 };
	uint8_t derived[SEAL_KEY_BYTES];
	size_t marked = 0;
	int r = keyring_mark_key(&l->v, &key);

	if (r == SEAL_OK)
		r = seal_set_check(&l->set, l->signers, &asked, l->v.err);
	if (r == SEAL_OK)
		seal_mark_derive(key.keys, l->set.scope, l->set.epoch, derived);
	for (size_t i = 0; r == SEAL_OK && i < l->set.count; i++)
		if (l->set.entries[i].marked) {
			marked++;
			r = known_add_mark(l->known, l->set.entries[i].name, l->set.entries[i].mark, derived, l->v.err) < 0 ? SEAL_IO : SEAL_OK;
		}
	if (r == SEAL_OK && marked == 0)
		r = vault_usage(&l->v, "--known: the set has no marks; make it with --mark-key, or say --identity");
	l->left_out += l->set.count - marked;
	keyring_free(&key);
	return r;
}

/* one set; what it needed is given back */
static int
load_set(struct loading *l, const char *path)
{
	int r = sealed_set(&l->v, path, &l->set);

	if (r == SEAL_OK && l->v.identities.count)
		r = find_files(l, path);
	if (r == SEAL_OK)
		r = l->v.identities.count ? open_values(l) : take_marks(l);
	if (r > SEAL_IO && strncmp(l->v.err->text, path, strlen(path)) != 0)
		error_wrap(l->v.err, "%s", path);
	l->total += l->set.count;
	seal_set_free(&l->set);
	sealed_list_done(&l->list);
	free(l->files);
	l->files = NULL;
	l->file_count = 0;
	return r;
}

static int
load(struct loading *l, const struct settings *s)
{
	int r = SEAL_OK;

	if (!s->identities.count && !s->mark_key)
		return vault_usage(&l->v, "--known: say --identity FILE, or --mark-key FILE for the set's marks");
	r = keyring_signers(&l->v, &l->signers);
	for (size_t i = 0; r == SEAL_OK && i < s->known.count; i++)
		r = load_set(l, s->known.at[i]);
	if (r == SEAL_OK && known_build(l->known, l->v.err) < 0)
		r = SEAL_IO;
	if (r == SEAL_OK && l->left_out)
		fprintf(stderr, "stanch: %zu of %zu known values are %s, so they are not looked for\n", l->left_out, l->total,
		    s->identities.count ? "shorter than 8 bytes" : "without a mark");
	return r;
}

int
known_load(const struct settings *s, struct known **out, struct error *err)
{
	struct loading l = { .v = { .err = err, .signers = s->signers, .identities = s->identities, .mark_key = s->mark_key } };
	int r;

	secret_guard_process();
	if (seal_init() < 0)
		return error_set(err, ERROR_INTERNAL, "libsodium can't be used on this machine");
	l.known = known_new(err);
	if (!l.known)
		return -1;
	r = load(&l, s);
	seal_signers_free(l.signers);
	if (r == SEAL_OK) {
		*out = l.known;
		return 0;
	}
	known_free(l.known);
	err->code = r == SEAL_USAGE ? ERROR_USAGE : ERROR_INTERNAL;
	return -1;
}
