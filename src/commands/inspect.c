/* What a sealed file or a set says of itself, without any key: nothing of it is verified. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/io.h"
#include "commands/sealed.h"
#include "report/jsonout.h"
#include "report/quote.h"
#include "seal/seal_text.h"

static void
add_id(struct buf *out, const struct seal_file *f, unsigned i)
{
	uint8_t id[SEAL_ID_BYTES];

	seal_file_recipient(f, i, id);
	seal_text_add64(out, id, sizeof id);
}

static void
add_octal(struct buf *out, unsigned mode)
{
	buf_addf(out, "0%o", mode);
}

static void
file_text(const struct sealed *s, struct buf *out)
{
	const struct seal_header *h = &s->file.header;
	char expires[24];

	seal_date_format(h->expires, expires);
	buf_adds(out, "unverified: ");
	quote_visible(out, bytes_of(s->path));
	buf_addf(out, "\n  name:      %s\n  scope:     %s\n  version:   %" PRIu64 "\n  expires:   %s\n  mode:      0%o\n",
	    h->name, h->scope, h->version, expires, h->mode);
	buf_adds(out, "  from:      ed25519 ");
	seal_text_add64(out, h->from, sizeof h->from);
	for (unsigned i = 0; i < s->file.recipients; i++) {
		buf_adds(out, "\n  recipient: ");
		add_id(out, &s->file, i);
	}
	buf_addf(out, "\n  size:      at most %zu bytes\n", s->file.padded_len - 1);
}

static void
file_json(const struct sealed *s, struct jsonout *j)
{
	const struct seal_header *h = &s->file.header;
	struct buf text;
	char expires[24];

	seal_date_format(h->expires, expires);
	jsonout_open(j, '{');
	jsonout_key(j, "verified");
	jsonout_bool(j, false);
	jsonout_member(j, "file", s->path);
	jsonout_member(j, "name", h->name);
	jsonout_member(j, "scope", h->scope);
	jsonout_count(j, "version", h->version);
	jsonout_member(j, "expires", expires);
	buf_init(&text);
	add_octal(&text, h->mode);
	jsonout_take(j, "mode", &text);
	buf_init(&text);
	seal_text_add64(&text, h->from, sizeof h->from);
	jsonout_take(j, "from", &text);
	jsonout_key(j, "recipients");
	jsonout_open(j, '[');
	for (unsigned i = 0; i < s->file.recipients; i++) {
		buf_init(&text);
		add_id(&text, &s->file, i);
		jsonout_text(j, buf_str(&text));
		buf_done(&text);
	}
	jsonout_close(j, ']');
	jsonout_count(j, "size_at_most", s->file.padded_len - 1);
	jsonout_close(j, '}');
}

static void
set_text(const char *path, const struct seal_set *set, struct buf *out)
{
	char expires[24], pin[SEAL_PIN_TEXT_MAX];

	seal_date_format(set->expires, expires);
	seal_set_pin_format(set->pin, pin);
	buf_adds(out, "unverified: ");
	quote_visible(out, bytes_of(path));
	buf_addf(out, "\n  set for:   %s\n  epoch:     %" PRIu64 "\n  expires:   %s\n  from:      ed25519 ", set->scope,
	    set->epoch, expires);
	seal_text_add64(out, set->from, sizeof set->from);
	buf_addf(out, "\n  pin:       %s\n", pin);
	for (size_t i = 0; i < set->count; i++)
		buf_addf(out, "  file:      %s version %" PRIu64 " mode 0%o%s\n", set->entries[i].name, set->entries[i].version,
		    set->entries[i].mode, set->entries[i].marked ? " marked" : "");
}

static void
set_json(const char *path, const struct seal_set *set, struct jsonout *j)
{
	char expires[24], pin[SEAL_PIN_TEXT_MAX];

	seal_date_format(set->expires, expires);
	seal_set_pin_format(set->pin, pin);
	jsonout_open(j, '{');
	jsonout_key(j, "verified");
	jsonout_bool(j, false);
	jsonout_member(j, "file", path);
	jsonout_member(j, "set_scope", set->scope);
	jsonout_count(j, "epoch", set->epoch);
	jsonout_member(j, "expires", expires);
	jsonout_member(j, "pin", pin);
	jsonout_key(j, "files");
	jsonout_open(j, '[');
	for (size_t i = 0; i < set->count; i++) {
		jsonout_open(j, '{');
		jsonout_member(j, "name", set->entries[i].name);
		jsonout_count(j, "version", set->entries[i].version);
		jsonout_key(j, "marked");
		jsonout_bool(j, set->entries[i].marked);
		jsonout_close(j, '}');
	}
	jsonout_close(j, ']');
	jsonout_close(j, '}');
}

static bool
is_set(const struct sealed *s)
{
	return bytes_starts((struct bytes){ s->text.at, s->text.len }, "stanch-set/v");
}

/* one file, as text or as an element of the list */
static int
show(struct vault *v, const struct sealed *s, struct buf *out, struct jsonout *j)
{
	struct seal_set set;
	int r = s->status;

	if (is_set(s)) {
		r = seal_set_parse((const char *)s->text.at, s->text.len, &set, v->err);
		if (r != SEAL_OK)
			return vault_refuse(v, s->path, r);
		if (vault_json(v))
			set_json(s->path, &set, j);
		else
			set_text(s->path, &set, out);
		seal_set_free(&set);
		return r;
	}
	if (r != SEAL_OK)
		fprintf(stderr, "%s\n", s->why);
	else if (vault_json(v))
		file_json(s, j);
	else
		file_text(s, out);
	return r;
}

static int
inspect(struct vault *v, const struct string_list *words)
{
	struct sealed_list l;
	struct buf out;
	struct jsonout j = { .out = &out };
	int r = sealed_gather(v, words->at, words->count, &l);

	buf_init(&out);
	if (vault_json(v))
		jsonout_open(&j, '[');
	for (size_t i = 0; i < l.count; i++) {
		const int one = show(v, &l.at[i], &out, &j);

		r = r == SEAL_OK ? one : r;
		/* git shows what a broken file holds by its own means */
		if (one != SEAL_OK && v->textconv)
			buf_addf(&out, "%s is no sealed file that can be read\n", l.at[i].path);
	}
	if (vault_json(v)) {
		jsonout_close(&j, ']');
		buf_addc(&out, '\n');
	}
	fputs(buf_str(&out), stdout);
	buf_done(&out);
	sealed_list_done(&l);
	return v->textconv ? SEAL_OK : r;
}

static const struct option_row rows[] = {
	{ "textconv", 0, NULL, "for git: a file that can't be read is no failure", option_flag, offsetof(struct vault, textconv) },
	{ 0 },
};

static int
run(int argc, char **argv)
{
	static const struct option_row *const tables[] = { rows, vault_common, NULL };

	return vault_run(&command_inspect, tables, inspect, argc, argv);
}

const struct command command_inspect = {
	.name = "inspect",
	.usage = "inspect [OPTION...] FILE...",
	.about = "shows what sealed files and sets say of themselves, unverified",
	.run = run,
};
