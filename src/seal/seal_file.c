/* The parser of sealed files: one cause has one reason, whatever else is wrong. */
#include "seal/seal_file.h"

#include <sodium.h>
#include <string.h>

#include "base/buf.h"
#include "seal/seal_status.h"
#include "seal/seal_text.h"

enum field { NAME, SCOPE, VERSION, EXPIRES, MODE, FROM, STANZA, MAC, SIG, FIELDS };

static const char *const starts[FIELDS] = { "name: ", "scope: ", "version: ", "expires: ", "mode: ", "from: ", "-> ", "--- ", "sig: " };

/* Where the parser stands. */
struct reader {
	struct seal_file *file;
	struct bytes rest;              /* after the line */
	unsigned line;
	uint8_t last_id[SEAL_ID_BYTES];
	unsigned stanzas;
};

static size_t
offset(const struct reader *r)
{
	return r->file->len - r->rest.len;
}

/* which field a line is, or FIELDS */
static enum field
field_of(struct bytes line)
{
	enum field f = 0;

	while (f < FIELDS && !bytes_starts(line, starts[f]))
		f++;
	return f;
}

static bool
occurs(struct bytes rest, enum field f)
{
	struct bytes line;

	while (seal_text_line(&rest, &line))
		if (field_of(line) == f)
			return true;
	return false;
}

/* why this line is not the awaited field */
static enum seal_status
misplaced(const struct reader *r, struct bytes line, enum field awaited)
{
	const enum field f = field_of(line);

	if (f < awaited || (f == STANZA && r->stanzas))
		return SEAL_FIELD_DUPLICATE;
	if (awaited == STANZA && f == MAC)
		return SEAL_STANZA_COUNT;
	if (!occurs(r->rest, awaited))
		return SEAL_FIELD_MISSING;
	return f == FIELDS ? SEAL_FIELD_UNKNOWN : SEAL_FIELD_ORDER;
}

static void
copy(char *to, struct bytes b)
{
	memcpy(to, b.at, b.len);
	to[b.len] = 0;
}

/* a stanza's line after "-> " */
static enum seal_status
read_stanza(struct reader *r, struct bytes b)
{
	struct bytes type = { 0 }, id = { 0 }, body = { 0 };
	uint8_t raw[SEAL_ID_BYTES], wrap[SEAL_WRAP];
	int order;

	if (++r->stanzas > SEAL_RECIPIENTS_MAX)
		return SEAL_STANZA_COUNT;
	if (!seal_text_word(&b, &type) || !bytes_equal(type, bytes_of("x25519-seal")))
		return SEAL_STANZA_TYPE;
	if (!seal_text_word(&b, &id) || !seal_text_word(&b, &body) || b.len)
		return SEAL_STANZA;
	if (!seal_text_base64(id, raw, sizeof raw) || !seal_text_base64(body, wrap, sizeof wrap))
		return SEAL_BASE64;
	order = r->stanzas > 1 ? memcmp(raw, r->last_id, sizeof raw) : 1;
	memcpy(r->last_id, raw, sizeof raw);
	if (order == 0)
		return SEAL_STANZA_DUPLICATE;
	return order < 0 ? SEAL_STANZA_ORDER : SEAL_OK;
}

static enum seal_status
read_value(struct reader *r, enum field f, struct bytes v)
{
	struct seal_header *h = &r->file->header;
	uint8_t raw[SEAL_SIGNATURE_BYTES];

	switch (f) {
	case NAME:
		if (!seal_text_name(v))
			return SEAL_NAME;
		copy(h->name, v);
		return SEAL_OK;
	case SCOPE:
		if (!seal_text_scope(v, true))
			return SEAL_SCOPE;
		copy(h->scope, v);
		return SEAL_OK;
	case VERSION:
		return seal_text_number(v, &h->version) ? SEAL_OK : SEAL_VERSION;
	case EXPIRES:
		return seal_date_parse((const char *)v.at, v.len, &h->expires) ? SEAL_OK : SEAL_EXPIRES;
	case MODE:
		return seal_text_mode(v, &h->mode) ? SEAL_OK : SEAL_MODE;
	case FROM:
		r->file->bound_len = offset(r);
		return seal_text_sender(v, h->from);
	case STANZA:
		return read_stanza(r, v);
	case MAC:
		r->file->header_len = offset(r);
		return seal_text_base64(v, raw, 32) ? SEAL_OK : SEAL_BASE64;
	default:
		r->file->payload_at = offset(r);
		return seal_text_base64(v, raw, sizeof raw) ? SEAL_OK : SEAL_BASE64;
	}
}

/* reads lines until this field is behind us; stanzas may be many */
static enum seal_status
read_field(struct reader *r, enum field awaited)
{
	for (;;) {
		const struct bytes before = r->rest;
		struct bytes line;
		enum seal_status s;

		if (!seal_text_line(&r->rest, &line))
			return SEAL_FIELD_MISSING;
		if (field_of(line) != awaited) {
			if (awaited == STANZA && r->stanzas) {
				r->rest = before;
				return SEAL_OK;
			}
			r->line++;
			return misplaced(r, line, awaited);
		}
		r->line++;
		if (awaited == MAC)
			r->file->mac_at = (size_t)((const char *)line.at - r->file->text);
		s = read_value(r, awaited, bytes_cut(line, strlen(starts[awaited]), line.len));
		if (s != SEAL_OK || awaited != STANZA)
			return s;
	}
}

/* base64 of that many characters, in its one proper form */
static bool
is_base64(struct bytes b, size_t chars)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t value[256];
	uint8_t last = 0;

	memset(value, 0xff, sizeof value);
	for (uint8_t i = 0; i < 64; i++)
		value[(uint8_t)digits[i]] = i;
	for (size_t i = 0; i < b.len; i++) {
		if (b.at[i] == '\n')
			continue;
		last = value[b.at[i]];
		if (last == 0xff)
			return false;
	}
	return chars % 4 == 0 || (chars % 4 == 2 && (last & 15) == 0) || (chars % 4 == 3 && (last & 3) == 0);
}

size_t
seal_file_raw_len(size_t padded)
{
	return SEAL_STREAM_HEADER + padded + SEAL_CHUNK_OVER * ((padded + SEAL_CHUNK - 1) / SEAL_CHUNK);
}

/* the padded length that gives so many raw bytes, or 0 */
static size_t
padded_of(size_t raw)
{
	const size_t body = raw > SEAL_STREAM_HEADER ? raw - SEAL_STREAM_HEADER : 0;
	const size_t chunks = (body + SEAL_CHUNK + SEAL_CHUNK_OVER - 1) / (SEAL_CHUNK + SEAL_CHUNK_OVER);
	const size_t padded = body > chunks * SEAL_CHUNK_OVER ? body - chunks * SEAL_CHUNK_OVER : 0;

	if (padded % SEAL_PAD || padded > SEAL_VALUE_MAX + SEAL_PAD || seal_file_raw_len(padded) != raw)
		return 0;
	return padded;
}

static enum seal_status
read_payload(struct reader *r)
{
	const struct bytes text = r->rest;
	const size_t lines = bytes_lines(text), chars = text.len - lines;
	struct bytes line;

	if (lines == 0)
		return SEAL_PAYLOAD;
	while (seal_text_line(&r->rest, &line)) {
		r->line++;
		if (line.len > SEAL_LINE_CHARS || (r->rest.len && line.len < SEAL_LINE_CHARS))
			return SEAL_PAYLOAD;
	}
	if (!is_base64(text, chars))
		return SEAL_BASE64;
	r->file->padded_len = padded_of(chars / 4 * 3 + (chars % 4 ? chars % 4 - 1 : 0));
	return r->file->padded_len ? SEAL_OK : SEAL_PAYLOAD;
}

static enum seal_status
read_all(struct reader *r)
{
	enum seal_status s = SEAL_OK;
	struct bytes line;

	if (r->file->len > SEAL_FILE_MAX)
		return SEAL_SIZE;
	if (!seal_text_is_ascii(r->rest))
		return SEAL_ENCODING;
	if (!seal_text_is_lined(r->rest))
		return SEAL_LINE;
	r->line = 1;
	seal_text_line(&r->rest, &line);
	if (!bytes_equal(line, bytes_of(SEAL_FILE_MAGIC)))
		return bytes_starts(line, "stanch-sealed/v") ? SEAL_UNSUPPORTED : SEAL_MAGIC;
	for (enum field f = NAME; s == SEAL_OK && f < FIELDS; f++)
		s = read_field(r, f);
	return s == SEAL_OK ? read_payload(r) : s;
}

enum seal_status
seal_file_parse(const char *text, size_t len, struct seal_file *out, struct error *err)
{
	struct seal_file file = { .text = text, .len = len };
	struct reader r = { .file = &file, .rest = { (const uint8_t *)text, len } };
	const enum seal_status s = read_all(&r);

	if (s != SEAL_OK && r.line)
		return seal_status_refuse(err, s, "line %u", r.line);
	if (s != SEAL_OK)
		return seal_status_refuse(err, s, NULL);
	file.recipients = r.stanzas;
	crypto_generichash(file.digest, sizeof file.digest, (const uint8_t *)text, len, NULL, 0);
	*out = file;
	return SEAL_OK;
}

/* one base64 field of a file that was parsed */
static void
decode(const struct seal_file *f, size_t at, uint8_t *out, size_t n)
{
	if (!seal_text_base64((struct bytes){ (const uint8_t *)f->text + at, (n * 4 + 2) / 3 }, out, n))
		sodium_memzero(out, n);
}

/* stanzas are lines of one length */
#define STANZA_LINE (sizeof SEAL_STANZA_START - 1 + 11 + 1 + 150 + 1)

static size_t
stanza_at(const struct seal_file *f, unsigned i)
{
	return f->bound_len + i * STANZA_LINE + sizeof SEAL_STANZA_START - 1;
}

void
seal_file_recipient(const struct seal_file *f, unsigned i, uint8_t id[static SEAL_ID_BYTES])
{
	decode(f, stanza_at(f, i), id, SEAL_ID_BYTES);
}

void
seal_file_wrap(const struct seal_file *f, unsigned i, uint8_t body[static SEAL_WRAP])
{
	decode(f, stanza_at(f, i) + 12, body, SEAL_WRAP);
}

void
seal_file_mac(const struct seal_file *f, uint8_t mac[static 32])
{
	decode(f, f->mac_at + 4, mac, 32);
}

void
seal_file_signature(const struct seal_file *f, uint8_t signature[static SEAL_SIGNATURE_BYTES])
{
	decode(f, f->header_len + 5, signature, SEAL_SIGNATURE_BYTES);
}

void
seal_file_add_bound(struct buf *out, const struct seal_header *h)
{
	char expires[24];

	seal_date_format(h->expires, expires);
	buf_addf(out, SEAL_FILE_MAGIC "\nname: %s\nscope: %s\nversion: %llu\nexpires: %s\nmode: 0%o\nfrom: ed25519 ", h->name, h->scope,
	    (unsigned long long)h->version, expires, h->mode);
	seal_text_add64(out, h->from, SEAL_KEY_BYTES);
	buf_addc(out, '\n');
}
