#include "deliver/round.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/secret.h"
#include "deliver/channel.h"
#include "deliver/environ.h"
#include "deliver/folder.h"
#include "deliver/generation.h"
#include "deliver/identity.h"
#include "deliver/handover.h"
#include "deliver/notes.h"
#include "deliver/arguments.h"
#include "deliver/places.h"
#include "deliver/publish.h"
#include "deliver/template.h"

/* all that one round works on; everything is given back at its end */
struct round {
	const struct arguments *o;
	const struct places *p;
	struct round_state *state;
	int channel;
	struct seal_signers *signers;
	struct buf signers_text, set_text;
	struct seal_set set;
	struct folder folder;
	size_t *which;                  /* set entry to file */
	uint8_t *keys;
	size_t key_count;
	struct seal_value *values;      /* one for each entry; empty where it was not asked for */
	struct item *items;
	size_t item_count, secret_count;        /* secrets come first, then what templates became */
	uint8_t **filled;               /* of templates */
	struct auditlog log;
};

/* puts the word in front of a failure of the system's or the caller's making */
static enum seal_status
failed(struct error *err)
{
	error_wrap(err, "%s", err->code == ERROR_USAGE ? "usage" : "io");
	return err->code == ERROR_USAGE ? SEAL_USAGE : SEAL_IO;
}

static enum seal_status
memory(struct error *err)
{
	error_set(err, ERROR_INTERNAL, "out of memory");
	return failed(err);
}

static enum seal_status
refuse(struct error *err, enum seal_status s, const char *name)
{
	error_set(err, ERROR_SYNTAX, "%s: %.100s: %s", seal_status_word(s), name, seal_status_fix(s));
	return s;
}

static enum seal_status
read_text(const struct where *w, size_t max, struct buf *out, struct error *err)
{
	int fd __attribute__((cleanup(io_close))) = places_read(w, err);

	return fd < 0 || io_read_fd(fd, w->shown, max, out, err) < 0 ? failed(err) : SEAL_OK;
}

/* a file's failure, with the name under which the caller knows it */
static enum seal_status
of_file(enum seal_status s, const struct where *w, struct error *err)
{
	if (s != SEAL_OK)
		error_wrap(err, "%.60s", w->shown);
	return s;
}

static enum seal_status
read_signers(struct round *r, struct error *err)
{
	struct buf *text = &r->signers_text;
	const enum seal_status s = read_text(&r->p->signers, SEAL_LIST_MAX, text, err);

	if (s != SEAL_OK)
		return s;
	return of_file(seal_signers_parse((const char *)text->at, text->len, &r->signers, err), &r->p->signers, err);
}

static enum seal_status
read_pin(struct round *r, uint8_t pin[static SEAL_DIGEST_BYTES], struct error *err)
{
	struct buf text = { 0 };
	enum seal_status s = read_text(&r->p->pin, 4096, &text, err);

	if (s == SEAL_OK) {
		buf_str(&text);
		if (text.len && text.at[text.len - 1] == '\n')
			text.at[text.len - 1] = '\0';
		s = of_file(seal_set_pin_parse(buf_str(&text), pin, err), &r->p->pin, err);
	}
	buf_done(&text);
	return s;
}

/* what is asked of the set: the options, and never below what was delivered before */
static enum seal_status
make_asked(struct round *r, struct seal_set_asked *asked, uint8_t pin[static SEAL_DIGEST_BYTES], struct error *err)
{
	const struct arguments *o = r->o;

	*asked = (struct seal_set_asked){ .scope = o->scope, .now = r->state->now, .min_epoch = o->min_epoch, .floors = o->floors,
		.floor_count = o->floor_count };
	if (r->state->epoch > asked->min_epoch)
		asked->min_epoch = r->state->epoch;
	if (o->pinned)
		memcpy(pin, o->pin, SEAL_DIGEST_BYTES);
	asked->pin = o->pinned || r->p->pin.dir >= 0 ? pin : NULL;
	return r->p->pin.dir >= 0 ? read_pin(r, pin, err) : SEAL_OK;
}

static enum seal_status
verify_files(struct round *r, const struct seal_set_asked *asked, struct error *err)
{
	size_t bad = SIZE_MAX;
	enum seal_status s = folder_read(&r->folder, r->p->sealed, err);

	if (s == SEAL_OK)
		s = folder_parse(&r->folder, err);
	if (s != SEAL_OK)
		return s;
	r->which = calloc(r->set.count, sizeof *r->which);
	if (!r->which)
		return memory(err);
	s = seal_set_verify(&r->set, r->folder.files, r->folder.count, r->signers, asked, r->which, &bad, err);
	if (s != SEAL_OK && bad < r->folder.count)
		error_wrap(err, "%.60s", r->folder.at[bad].path);
	return s;
}

/* everything that needs no private key, in the order of sealed.md */
static enum seal_status
verify(struct round *r, struct error *err)
{
	uint8_t pin[SEAL_DIGEST_BYTES];
	struct seal_set_asked asked;
	enum seal_status s = read_signers(r, err);

	if (s == SEAL_OK)
		s = make_asked(r, &asked, pin, err);
	if (s == SEAL_OK)
		s = read_text(&r->p->set, SEAL_LIST_MAX, &r->set_text, err);
	if (s == SEAL_OK)
		s = of_file(seal_set_parse((const char *)r->set_text.at, r->set_text.len, &r->set, err), &r->p->set, err);
	if (s == SEAL_OK)
		s = of_file(seal_set_check(&r->set, r->signers, &asked, err), &r->p->set, err);
	return s == SEAL_OK ? verify_files(r, &asked, err) : s;
}

static bool
is_asked_for(const struct arguments *o, const char *name)
{
	for (size_t i = 0; i < o->name_count; i++)
		if (strcmp(o->names[i], name) == 0)
			return true;
	return o->name_count == 0;
}

static const struct seal_file *
file_of(const struct round *r, size_t entry)
{
	return &r->folder.files[r->which[entry]];
}

static bool
is_in_set(const struct round *r, const char *name)
{
	for (size_t i = 0; i < r->set.count; i++)
		if (strcmp(r->set.entries[i].name, name) == 0)
			return is_asked_for(r->o, name);
	return false;
}

/* whatever the options name must be there */
static enum seal_status
check_names(const struct round *r, struct error *err)
{
	const struct arguments *o = r->o;

	for (size_t i = 0; i < o->name_count; i++)
		if (!is_in_set(r, o->names[i]))
			return refuse(err, SEAL_NAME_MISMATCH, o->names[i]);
	for (size_t i = 0; i < o->env_count; i++)
		if (!is_in_set(r, o->envs[i].name))
			return refuse(err, SEAL_NAME_MISMATCH, o->envs[i].name);
	for (size_t i = 0; i < o->grant_count; i++)
		if (o->grants[i].name && !is_in_set(r, o->grants[i].name))
			return refuse(err, SEAL_NAME_MISMATCH, o->grants[i].name);
	return SEAL_OK;
}

/* judged from lengths alone, before anything is decrypted */
static enum seal_status
check_sizes(const struct round *r, struct error *err)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < r->set.count; i++)
		if (is_asked_for(r->o, r->set.entries[i].name))
			sum += file_of(r, i)->padded_len;
	if (sum <= r->o->max_bytes)
		return SEAL_OK;
	error_set(err, ERROR_LIMIT, "plaintext-size: all secrets together are %" PRIu64 " bytes, above --max-bytes %" PRIu64, sum, r->o->max_bytes);
	return SEAL_PLAINTEXT_SIZE;
}

/* a reader beside the owner is a bit of the group, which the secret's ceiling must have */
static enum seal_status
check_grants(const struct round *r, const struct seal_header *h, struct error *err)
{
	for (size_t i = 0; i < r->o->grant_count; i++) {
		const struct grant *g = &r->o->grants[i];

		if ((g->name && strcmp(g->name, h->name) != 0) || h->mode & 0040)
			continue;
		error_set(err, ERROR_SYNTAX, "widening: %.100s is sealed with mode %04o, which lets nobody but its owner read; seal it with mode 0440 or leave out --grant",
			h->name, h->mode);
		return SEAL_WIDENING;
	}
	return SEAL_OK;
}

/* when this secret, or its signer's right to it, ends */
static void
note_end(struct round *r, const struct seal_file *file)
{
	const int64_t until = seal_signers_until(r->signers, &file->header);

	if (file->header.expires < r->state->expires)
		r->state->expires = file->header.expires;
	if (until > 0 && until < r->state->expires)
		r->state->expires = until;
}

static enum seal_status
open_one(struct round *r, size_t i, bool *unlocked, struct error *err)
{
	const struct seal_file *file = file_of(r, i);
	const struct seal_asked asked = { .name = r->set.entries[i].name, .scope = r->o->scope, .now = r->state->now };
	struct seal_value *value = &r->values[i];
	enum seal_status s = check_grants(r, &file->header, err);

	if (s == SEAL_OK)
		s = seal_open(file, r->signers, &asked, r->keys, r->key_count, value, err);
	if (s != SEAL_OK) {
		error_wrap(err, "%.60s", r->folder.at[r->which[i]].path);
		return s;
	}
	if (!secret_is_locked(value->at, value->len ? value->len : 1))
		*unlocked = true;
	note_end(r, file);
	r->items[r->item_count++] = (struct item){ file->header.name, value->at, value->len, file->header.mode & r->o->mode };
	return SEAL_OK;
}

static enum seal_status
open_all(struct round *r, struct error *err)
{
	const size_t most = r->set.count + r->p->template_count;
	enum seal_status s = identity_read(r->o, r->p, &r->keys, &r->key_count, err);
	bool unlocked = false;

	if (s != SEAL_OK)
		return s;
	r->values = calloc(r->set.count, sizeof *r->values);
	r->items = calloc(most, sizeof *r->items);
	if (!r->values || !r->items)
		return memory(err);
	r->state->expires = r->set.expires;
	for (size_t i = 0; s == SEAL_OK && i < r->set.count; i++)
		if (is_asked_for(r->o, r->set.entries[i].name))
			s = open_one(r, i, &unlocked, err);
	r->secret_count = r->item_count;
	if (s == SEAL_OK && unlocked && notes_lack(r->o, "memory could not be locked against swapping; raise RLIMIT_MEMLOCK", err) < 0)
		s = failed(err);
	return s;
}

static bool
is_conflict(const char *a, const char *b)
{
	const size_t n = strlen(a), m = strlen(b);

	return strncmp(a, b, n < m ? n : m) == 0 && (n == m || (n < m ? b[n] : a[m]) == '/');
}

static enum seal_status
fill_one(struct round *r, size_t i, struct error *err)
{
	const struct template_from *t = &r->o->templates[i];
	struct item *item = &r->items[r->item_count];
	struct buf text = { 0 };
	enum seal_status s = read_text(&r->p->templates[i], TEMPLATE_MAX, &text, err);

	for (size_t k = 0; s == SEAL_OK && k < r->item_count; k++)
		if (is_conflict(t->name, r->items[k].name))
			s = refuse(err, SEAL_SET_CONFLICT, t->name);
	*item = (struct item){ .name = t->name, .mode = r->o->mode };
	if (s == SEAL_OK && template_fill((const char *)text.at, text.len, r->items, r->secret_count, &r->filled[i], &item->len, &item->mode, err) < 0) {
		error_wrap(err, "usage: the template %.60s", t->source);
		s = SEAL_USAGE;
	}
	item->at = r->filled[i];
	r->item_count += s == SEAL_OK;
	buf_done(&text);
	return s;
}

static enum seal_status
fill_templates(struct round *r, struct error *err)
{
	enum seal_status s = SEAL_OK;

	if (r->p->template_count == 0)
		return s;
	r->filled = calloc(r->p->template_count, sizeof *r->filled);
	if (!r->filled)
		return memory(err);
	for (size_t i = 0; s == SEAL_OK && i < r->p->template_count; i++)
		s = fill_one(r, i, err);
	return s;
}

/* two secrets that would be one variable are found before anything is published */
static enum seal_status
check_variables(const struct round *r, struct error *err)
{
	char a[ENVIRON_NAME_MAX], b[ENVIRON_NAME_MAX];

	for (size_t i = 0; r->o->program && i < r->item_count; i++) {
		environ_name(r->items[i].name, "_FILE", a);
		for (size_t k = 0; k < i; k++) {
			environ_name(r->items[k].name, "_FILE", b);
			if (strcmp(a, b) != 0)
				continue;
			error_set(err, ERROR_USAGE, "usage: %.80s and %.80s would both be the variable %.60s; rename one of them", r->items[k].name,
				r->items[i].name, a);
			return SEAL_USAGE;
		}
	}
	return SEAL_OK;
}

/* the audit log is taken up for as long as the round lasts */
static enum seal_status
begin_log(struct round *r, struct error *err)
{
	bool torn;

	auditlog_init(&r->log, STDERR_FILENO);
	if (r->p->audit >= 0) {
		if (auditlog_resume(&r->log, r->p->audit, &torn, err) < 0)
			return failed(err);
		if (torn)
			notes_say(r->o, "the audit log ended in half a line, which was removed");
		return SEAL_OK;
	}
	r->log.seq = r->state->seq;
	memcpy(r->log.last, r->state->last, sizeof r->log.last);
	return SEAL_OK;
}

static enum seal_status
log_event(struct round *r, const struct auditlog_event *e, struct error *err)
{
	const int done = auditlog_add(&r->log, e, r->state->now, err);

	r->state->seq = r->log.seq;
	memcpy(r->state->last, r->log.last, sizeof r->state->last);
	return done < 0 ? failed(err) : SEAL_OK;
}

/* before anything is published: an opening that is not told did not happen */
static enum seal_status
log_opened(struct round *r, const char *pin, struct error *err)
{
	char signer[sodium_base64_ENCODED_LEN(SEAL_KEY_BYTES, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
	enum seal_status s = SEAL_OK;

	for (size_t i = 0; s == SEAL_OK && i < r->set.count; i++) {
		const struct seal_header *h = &file_of(r, i)->header;

		if (!is_asked_for(r->o, h->name))
			continue;
		sodium_bin2base64(signer, sizeof signer, h->from, sizeof h->from, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
		s = log_event(r, &(struct auditlog_event){ .what = "opened", .name = h->name, .version = h->version, .signer = signer, .set = pin }, err);
	}
	return s;
}

static enum seal_status
send(const struct round *r, enum round_message kind, const char *name, int fd, struct error *err)
{
	struct channel_message m = { .kind = kind };

	snprintf(m.name, sizeof m.name, "%s", name);
	if (channel_send(r->channel, &m, fd) == 0)
		return SEAL_OK;
	error_set(err, errno, "hand %.100s over:", name);
	return failed(err);
}

static enum seal_status
send_memfd(const struct round *r, enum round_message kind, const struct item *item, struct error *err)
{
	int fd __attribute__((cleanup(io_close))) = handover_memfd(item->name, item->at, item->len, err);

	return fd < 0 ? failed(err) : send(r, kind, item->name, fd, err);
}

static bool
is_variable(const struct arguments *o, const char *name)
{
	for (size_t i = 0; i < o->env_count; i++)
		if (strcmp(o->envs[i].name, name) == 0)
			return true;
	return false;
}

/* what the program is to be told, one message each; it starts only once */
static enum seal_status
hand_over(const struct round *r, struct error *err)
{
	enum seal_status s = SEAL_OK;

	for (size_t i = 0; s == SEAL_OK && r->o->program && !r->state->delivered && i < r->item_count; i++) {
		const struct item *item = &r->items[i];

		if (is_variable(r->o, item->name))
			s = send_memfd(r, ROUND_VALUE, item, err);
		else if (r->o->fds)
			s = send_memfd(r, ROUND_FD, item, err);
		else
			s = send(r, ROUND_PATH, item->name, -1, err);
	}
	return s;
}

/* files, but for what goes as a variable only */
static enum seal_status
publish(struct round *r, const char *pin, struct error *err)
{
	struct contents c = { .items = r->items, .grants = r->o->grants, .grant_count = r->o->grant_count };
	enum publish_result result;

	for (size_t i = 0; i < r->item_count; i++)
		if (!is_variable(r->o, r->items[i].name))
			r->items[c.count++] = r->items[i];
	result = publish_run(r->p->target, &c, r->set.epoch, r->o->grace, err);
	if (result == PUBLISH_FAILED)
		return failed(err);
	r->state->changed = result == PUBLISH_NEW;
	return log_event(r, &(struct auditlog_event){ .what = result == PUBLISH_NEW ? "published" : "unchanged", .scope = r->o->scope, .set = pin,
		.epoch = r->set.epoch }, err);
}

static enum seal_status
deliver(struct round *r, enum round_kind kind, struct error *err)
{
	char pin[SEAL_PIN_TEXT_MAX];
	enum seal_status s = verify(r, err);

	if (s != SEAL_OK)
		return s;
	if (kind == ROUND_LOOK && r->state->delivered && memcmp(r->state->set, r->set.pin, sizeof r->set.pin) == 0)
		return SEAL_OK;
	seal_set_pin_format(r->set.pin, pin);
	s = check_names(r, err);
	if (s == SEAL_OK)
		s = check_sizes(r, err);
	if (s == SEAL_OK)
		s = open_all(r, err);
	if (s == SEAL_OK)
		s = fill_templates(r, err);
	if (s == SEAL_OK)
		s = check_variables(r, err);
	if (s == SEAL_OK)
		s = log_opened(r, pin, err);
	if (s == SEAL_OK)
		s = hand_over(r, err);
	if (s == SEAL_OK && !r->o->fds)
		s = publish(r, pin, err);
	if (s != SEAL_OK)
		return s;
	r->state->delivered = true;
	r->state->epoch = r->set.epoch;
	memcpy(r->state->set, r->set.pin, sizeof r->set.pin);
	return s;
}

static enum seal_status
remove_all(struct round *r, struct error *err)
{
	const enum seal_status s = log_event(r, &(struct auditlog_event){ .what = "removed", .scope = r->o->scope, .epoch = r->state->epoch }, err);

	if (s != SEAL_OK)
		return s;
	return publish_withdraw(r->p->target, err) < 0 ? failed(err) : SEAL_OK;
}

static void
release(struct round *r)
{
	for (size_t i = 0; r->values && i < r->set.count; i++)
		if (r->values[i].at)
			seal_value_free(&r->values[i]);
	for (size_t i = 0; r->filled && i < r->p->template_count; i++)
		secret_free(r->filled[i]);
	secret_free(r->keys);
	free(r->values);
	free(r->filled);
	free(r->items);
	free(r->which);
	folder_done(&r->folder);
	seal_set_free(&r->set);
	seal_signers_free(r->signers);
	buf_done(&r->signers_text);
	buf_done(&r->set_text);
}

static enum seal_status
run(struct round *r, enum round_kind kind, struct error *err)
{
	struct error ignored;
	enum seal_status s;

	if (kind == ROUND_SWEEP) {
		r->state->waiting = publish_sweep(r->p->target, r->o->grace);
		return SEAL_OK;
	}
	s = begin_log(r, err);
	if (s != SEAL_OK)
		return s;
	s = kind == ROUND_REMOVE ? remove_all(r, err) : deliver(r, kind, err);
	if (s != SEAL_OK)
		log_event(r, &(struct auditlog_event){ .what = "refused", .scope = r->o->scope, .status = seal_status_word(s) }, &ignored);
	return s;
}

enum seal_status
round_run(enum round_kind kind, const struct arguments *o, const struct places *p, int channel, struct round_state *state, struct error *err)
{
	struct round r = { .o = o, .p = p, .state = state, .channel = channel };
	const time_t now = time(NULL);
	enum seal_status s;

	if (now > state->now)
		state->now = now;
	state->changed = false;
	s = run(&r, kind, err);
	release(&r);
	return s;
}
