/* What a CI job should say of the sealed files of a repository, without any key. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "commands/keyring.h"
#include "commands/remarks.h"
#include "commands/sealed.h"
#include "seal/seal_text.h"

#define DAY 86400
#define NEAR ((int64_t)30 * DAY)

struct linting {
	struct vault *v;
	struct seal_signers *signers;
	struct keyring recipients;      /* none: not asked */
	struct sealed_list files;
	struct remarks remarks;
	int64_t now, near;
	bool unread;
};

/* the sentence behind "PATH: WORD: ", or all of it */
static const char *
sentence(const char *why)
{
	const char *colon = strstr(why, ": ");
	const char *second = colon ? strstr(colon + 2, ": ") : NULL;

	return second ? second + 2 : colon ? colon + 2 : why;
}

static void
look_signer(struct linting *l, const struct sealed *s)
{
	const struct seal_asked asked = { .now = l->now };
	const int r = seal_verify(&s->file, l->signers, &asked, l->v->err);
	const int64_t until = seal_signers_until(l->signers, &s->file.header);
	char date[24];

	if (r != SEAL_OK) {
		const char *colon = strstr(l->v->err->text, ": ");

		remarks_add(&l->remarks, REMARK_ERROR, s->path, seal_status_word((enum seal_status)r), "%s", colon ? colon + 2 : "");
	} else if (until != SEAL_NEVER && until - l->now < l->near) {
		seal_date_format(until, date);
		remarks_add(&l->remarks, REMARK_WARNING, s->path, "signer-ends", "its signer's time ends at %s, and the file's with it; "
		                                                                 "have a current signer seal it again", date);
	}
	l->v->err->text[0] = 0;
}

static void
look_expiry(struct linting *l, const struct sealed *s)
{
	const int64_t expires = s->file.header.expires;
	char date[24];

	if (expires == SEAL_NEVER || expires <= l->now || expires - l->now >= l->near)
		return;
	seal_date_format(expires, date);
	remarks_add(&l->remarks, REMARK_WARNING, s->path, "near-expiry", "it expires at %s; seal a new value before", date);
}

static void
look_scope(struct linting *l, const struct sealed *s)
{
	if (strchr(s->file.header.scope, '*'))
		remarks_add(&l->remarks, REMARK_WARNING, s->path, "scope-wide", "its scope %s has a *, so it may be delivered to many; "
		                                                                "name one workload", s->file.header.scope);
}

static bool
among(const struct keyring *k, const uint8_t id[static SEAL_ID_BYTES])
{
	uint8_t other[SEAL_ID_BYTES];

	for (size_t i = 0; i < k->count; i++) {
		seal_key_id(k->keys + i * SEAL_KEY_BYTES, other);
		if (memcmp(id, other, sizeof other) == 0)
			return true;
	}
	return false;
}

/* recipients that are not listed, and listed ones that can't open it */
static void
look_recipients(struct linting *l, const struct sealed *s)
{
	uint8_t id[SEAL_ID_BYTES];
	size_t found = 0;
	struct buf text;

	if (l->recipients.count == 0)
		return;
	for (unsigned i = 0; i < s->file.recipients; i++) {
		seal_file_recipient(&s->file, i, id);
		if (among(&l->recipients, id)) {
			found++;
			continue;
		}
		buf_init(&text);
		seal_text_add64(&text, id, sizeof id);
		remarks_add(&l->remarks, REMARK_WARNING, s->path, "recipient-stale", "it is sealed for %s, who is not among the recipients; "
		                                                                     "rekey it, and change the value", buf_str(&text));
		buf_done(&text);
	}
	if (found < l->recipients.count)
		remarks_add(&l->remarks, REMARK_NOTE, s->path, "recipient-missing", "%zu of the listed recipients can't open it; rekey it if they should",
		    l->recipients.count - found);
}

static void
look_file(struct linting *l, const struct sealed *s)
{
	if (s->status == SEAL_IO) {
		l->unread = true;
		fprintf(stderr, "stanch lint: %s\n", s->why);
	} else if (s->status != SEAL_OK) {
		remarks_add(&l->remarks, REMARK_ERROR, s->path, seal_status_word((enum seal_status)s->status), "%s", sentence(s->why));
	} else {
		look_signer(l, s);
		look_expiry(l, s);
		look_scope(l, s);
		look_recipients(l, s);
	}
}

/* which of the files the set names, and whether they match; each that does not is told */
static void
look_entries(struct linting *l, const char *path, const struct seal_set *set)
{
	bool *named = calloc(l->files.count + 1, sizeof *named);

	for (size_t i = 0; named && i < set->count; i++) {
		const struct seal_set_entry *e = &set->entries[i];
		bool there = false;

		for (size_t k = 0; k < l->files.count; k++) {
			const struct sealed *s = &l->files.at[k];
			const bool this = s->status == SEAL_OK && strcmp(s->file.header.name, e->name) == 0;
			enum seal_status status = s->file.header.version < e->version ? SEAL_SET_OLDER : SEAL_SET_CHANGED;

			if (!this)
				continue;
			there = named[k] = true;
			if (memcmp(s->file.digest, e->digest, sizeof e->digest) != 0)
				remarks_add(&l->remarks, REMARK_ERROR, s->path, seal_status_word(status), "%s", seal_status_fix(status));
		}
		if (!there)
			remarks_add(&l->remarks, REMARK_ERROR, path, "set-missing", "%s is not there; restore it or make a new set", e->name);
	}
	for (size_t k = 0; named && k < l->files.count; k++)
		if (!named[k] && l->files.at[k].status == SEAL_OK && seal_scope_covers(l->files.at[k].file.header.scope, set->scope))
			remarks_add(&l->remarks, REMARK_ERROR, l->files.at[k].path, "set-extra", "%s", seal_status_fix(SEAL_SET_EXTRA));
	free(named);
}

static int
look_set(struct linting *l, const char *path)
{
	const struct seal_set_asked asked = { .now = l->now };
	struct seal_set set;
	int r = sealed_set(l->v, path, &set);

	if (r == SEAL_IO)
		return r;
	if (r != SEAL_OK) {
		remarks_add(&l->remarks, REMARK_ERROR, path, seal_status_word((enum seal_status)r), "%s", seal_status_fix((enum seal_status)r));
		l->v->err->text[0] = 0;
		return SEAL_OK;
	}
	r = seal_set_check(&set, l->signers, &asked, l->v->err);
	l->v->err->text[0] = 0;
	if (r != SEAL_OK)
		remarks_add(&l->remarks, REMARK_ERROR, path, seal_status_word((enum seal_status)r), "%s", seal_status_fix((enum seal_status)r));
	if (set.expires != SEAL_NEVER && set.expires > l->now && set.expires - l->now < l->near)
		remarks_add(&l->remarks, REMARK_WARNING, path, "near-expiry", "the set expires soon; make a new one before");
	look_entries(l, path, &set);
	seal_set_free(&set);
	return SEAL_OK;
}

static int
prepare(struct linting *l, const struct string_list *words)
{
	struct vault *v = l->v;
	int64_t soon;
	int r = keyring_signers(v, &l->signers);

	if (r == SEAL_OK && (v->to.count || v->recipients.count))
		r = keyring_recipients(v, &l->recipients);
	if (r == SEAL_OK && v->within) {
		r = vault_date(v, v->within, &soon);
		l->near = soon - l->now;
	}
	return r == SEAL_OK ? sealed_gather(v, words->at, words->count, &l->files) : r;
}

static int
lint(struct vault *v, const struct string_list *words)
{
	struct linting l = { .v = v, .now = vault_now(), .near = NEAR };
	enum remark_level worst;
	int r = prepare(&l, words);

	for (size_t i = 0; r == SEAL_OK && i < l.files.count; i++)
		look_file(&l, &l.files.at[i]);
	if (r == SEAL_OK && v->set)
		r = look_set(&l, v->set);
	worst = remarks_worst(&l.remarks);
	if (r == SEAL_OK)
		remarks_print(&l.remarks, v->format, v->quiet);
	if (r == SEAL_OK && !v->quiet)
		fprintf(stderr, "stanch: %zu sealed files, %zu remarks\n", l.files.count, l.remarks.count);
	remarks_done(&l.remarks);
	sealed_list_done(&l.files);
	keyring_free(&l.recipients);
	seal_signers_free(l.signers);
	/* as scan does: 1 found, 3 could not work, 4 clean but not all was read */
	if (r != SEAL_OK)
		return r == SEAL_USAGE ? STATUS_USAGE : STATUS_FAILED;
	return worst >= REMARK_WARNING ? STATUS_FOUND : l.unread ? STATUS_UNREAD : STATUS_NOTHING;
}

#define AT(field) offsetof(struct vault, field)

static const struct option_row rows[] = {
	{ "signers", 's', "FILE", "who may sign what; required", option_text, AT(signers) },
	{ "to", 't', "KEY", "a recipient that each should have", option_list, AT(to) },
	{ "recipients", 'R', "FILE", "the recipients that each should have, one a line", option_list, AT(recipients) },
	{ "set", 0, "FILE", "the set that should name them all", option_text, AT(set) },
	{ "within", 0, "TIME", "what ends within that time is told; default 30d", option_text, AT(within) },
	{ 0 },
};

static int
run(int argc, char **argv)
{
	static const struct option_row *const tables[] = { rows, vault_common, NULL };

	return vault_run(&command_lint, tables, lint, argc, argv);
}

const struct command command_lint = {
	.name = "lint",
	.usage = "lint [OPTION...] --signers FILE FILE|FOLDER...",
	.about = "says what is wrong, or soon will be, with sealed files: text, json, sarif; exit status as scan's",
	.run = run,
};
