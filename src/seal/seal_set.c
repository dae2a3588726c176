/* Sets as text: reading, writing. What they are checked against is in seal_set_verify.c. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "seal/seal_sign.h"
#include "seal/seal_status.h"
#include "seal/seal_text.h"

#define MAGIC "stanch-set/v1"
#define PIN "blake2b-256:"

/* Takes the next line, which must begin so; its rest is the value. */
static bool
read_field(struct bytes *rest, const char *start, struct bytes *value)
{
	struct bytes line;

	if (!seal_text_line(rest, &line) || !bytes_starts(line, start))
		return false;
	*value = bytes_cut(line, strlen(start), line.len);
	return true;
}

static void
copy(char *to, struct bytes b)
{
	memcpy(to, b.at, b.len);
	to[b.len] = 0;
}

/* "NAME VERSION MODE DIGEST MARK" */
static bool
read_entry(struct bytes v, struct seal_set_entry *e)
{
	struct bytes name = { 0 }, version = { 0 }, mode = { 0 }, digest = { 0 }, mark = { 0 };

	if (!seal_text_word(&v, &name) || !seal_text_word(&v, &version) || !seal_text_word(&v, &mode) || !seal_text_word(&v, &digest) ||
	    !seal_text_word(&v, &mark) || v.len)
		return false;
	if (!seal_text_name(name) || !seal_text_number(version, &e->version) || !seal_text_mode(mode, &e->mode) ||
	    !seal_text_base64(digest, e->digest, sizeof e->digest))
		return false;
	copy(e->name, name);
	e->marked = !bytes_equal(mark, bytes_of("-"));
	return !e->marked || seal_text_base64(mark, e->mark, sizeof e->mark);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct seal_set_entry *)a)->name, ((const struct seal_set_entry *)b)->name);
}

/* whether a folder of this name is itself a name of the set */
static bool
conflicts(const struct seal_set *set, const struct seal_set_entry *e)
{
	struct seal_set_entry folder = *e;

	for (char *slash; (slash = strrchr(folder.name, '/'));) {
		*slash = 0;
		if (bsearch(&folder, set->entries, set->count, sizeof folder, by_name))
			return true;
	}
	return false;
}

static enum seal_status
read_entries(struct bytes *rest, struct seal_set *set, uint64_t count)
{
	struct bytes v;

	if (count < 1 || count > SEAL_SET_FILES_MAX)
		return SEAL_SET_SIZE;
	set->entries = calloc(count, sizeof *set->entries);
	if (!set->entries)
		return SEAL_IO;
	for (; set->count < count; set->count++) {
		struct seal_set_entry *e = &set->entries[set->count];
		const int order = !read_field(rest, "= ", &v) || !read_entry(v, e) ? -2 : set->count ? by_name(e, e - 1) : 1;

		if (order == -2 || order == 0)
			return order ? SEAL_SET_SYNTAX : SEAL_SET_DUPLICATE;
		if (order < 0)
			return SEAL_SET_ORDER;
	}
	for (size_t i = 0; i < set->count; i++)
		if (conflicts(set, &set->entries[i]))
			return SEAL_SET_CONFLICT;
	return SEAL_OK;
}

/* the lines before the entries; *count is how many they say there are */
static bool
read_head(struct bytes *rest, struct seal_set *set, uint64_t *count)
{
	struct bytes v;

	if (!read_field(rest, "scope: ", &v) || !seal_text_scope(v, false))
		return false;
	copy(set->scope, v);
	if (!read_field(rest, "epoch: ", &v) || !seal_text_number(v, &set->epoch))
		return false;
	if (!read_field(rest, "expires: ", &v) || !seal_date_parse((const char *)v.at, v.len, &set->expires))
		return false;
	if (!read_field(rest, "files: ", &v))
		return false;
	*count = 0;
	return seal_text_number(v, count) || bytes_equal(v, bytes_of("0"));
}

static enum seal_status
read_set(const char *text, size_t len, struct seal_set *set)
{
	struct bytes rest = { (const uint8_t *)text, len }, v;
	enum seal_status s;
	uint64_t count;

	if (len > SEAL_LIST_MAX)
		return SEAL_SET_SIZE;
	if (!seal_text_is_ascii(rest) || !seal_text_is_lined(rest))
		return SEAL_SET_SYNTAX;
	if (!seal_text_line(&rest, &v) || !bytes_equal(v, bytes_of(MAGIC)))
		return bytes_starts(v, "stanch-set/v") ? SEAL_UNSUPPORTED : SEAL_SET_SYNTAX;
	if (!read_head(&rest, set, &count))
		return SEAL_SET_SYNTAX;
	s = read_entries(&rest, set, count);
	if (s != SEAL_OK)
		return s;
	if (!read_field(&rest, "from: ", &v))
		return SEAL_SET_SYNTAX;
	s = seal_text_sender(v, set->from);
	if (s != SEAL_OK)
		return s == SEAL_KEY_WEAK ? s : SEAL_SET_SYNTAX;
	seal_sign_hash(text, len - rest.len, NULL, 0, set->signed_hash);
	if (!read_field(&rest, "sig: ", &v) || !seal_text_base64(v, set->signature, sizeof set->signature) || rest.len)
		return SEAL_SET_SYNTAX;
	return SEAL_OK;
}

enum seal_status
seal_set_parse(const char *text, size_t len, struct seal_set *out, struct error *err)
{
	struct seal_set set = { 0 };
	const enum seal_status s = read_set(text, len, &set);

	if (s != SEAL_OK) {
		seal_set_free(&set);
		return s == SEAL_IO ? seal_status_memory(err) : seal_status_refuse(err, s, NULL);
	}
	crypto_generichash(set.pin, sizeof set.pin, (const uint8_t *)text, len, NULL, 0);
	*out = set;
	return SEAL_OK;
}

void
seal_set_free(struct seal_set *set)
{
	free(set->entries);
	set->entries = NULL;
	set->count = 0;
}

void
seal_set_pin_format(const uint8_t pin[SEAL_DIGEST_BYTES], char text[SEAL_PIN_TEXT_MAX])
{
	strcpy(text, PIN);
	sodium_bin2hex(text + sizeof PIN - 1, SEAL_PIN_TEXT_MAX - (sizeof PIN - 1), pin, SEAL_DIGEST_BYTES);
}

enum seal_status
seal_set_pin_parse(const char *text, uint8_t pin[SEAL_DIGEST_BYTES], struct error *err)
{
	const char *hex = text + sizeof PIN - 1, *end;
	uint8_t raw[SEAL_DIGEST_BYTES];
	size_t len;

	if (strncmp(text, PIN, sizeof PIN - 1) != 0 || strspn(hex, "0123456789abcdef") != 64 || hex[64] ||
	    sodium_hex2bin(raw, sizeof raw, hex, 64, NULL, &len, &end) != 0 || len != sizeof raw)
		return seal_status_refuse(err, SEAL_USAGE, "a pin is " PIN " and 64 digits of lower-case hex");
	memcpy(pin, raw, sizeof raw);
	return SEAL_OK;
}

/* adds the mark of entry i, or "-": each mark stands once */
static void
add_mark(struct buf *out, struct seal_set_entry *entries, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (entries[k].marked && memcmp(entries[k].mark, entries[i].mark, SEAL_MARK_BYTES) == 0)
			entries[i].marked = false;
	if (entries[i].marked)
		seal_text_add64(out, entries[i].mark, SEAL_MARK_BYTES);
	else
		buf_addc(out, '-');
}

static void
add_entries(struct buf *out, struct seal_set_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_addf(out, "= %s %llu 0%o ", entries[i].name, (unsigned long long)entries[i].version, entries[i].mode);
		seal_text_add64(out, entries[i].digest, SEAL_DIGEST_BYTES);
		buf_addc(out, ' ');
		add_mark(out, entries, i);
		buf_addc(out, '\n');
	}
}

static void
add_set(struct buf *out, const struct seal_set *set, const uint8_t seed[static SEAL_KEY_BYTES])
{
	uint8_t from[SEAL_KEY_BYTES], hash[SEAL_SIGN_HASH], signature[SEAL_SIGNATURE_BYTES];
	char expires[24];

	seal_date_format(set->expires, expires);
	buf_addf(out, MAGIC "\nscope: %s\nepoch: %llu\nexpires: %s\nfiles: %zu\n", set->scope, (unsigned long long)set->epoch, expires,
	    set->count);
	add_entries(out, set->entries, set->count);
	seal_key_public(SEAL_KEY_SIGNER, seed, from);
	buf_adds(out, "from: ed25519 ");
	seal_text_add64(out, from, sizeof from);
	buf_addc(out, '\n');
	seal_sign_hash((const char *)out->at, out->len, NULL, 0, hash);
	seal_sign_make(SEAL_SIGN_SET, hash, seed, signature);
	buf_adds(out, "sig: ");
	seal_text_add64(out, signature, sizeof signature);
	buf_addc(out, '\n');
}

/* the entries of files, sorted, each with its mark */
static enum seal_status
fill(struct seal_set *set, const struct seal_file *files, const struct seal_value *values, const uint8_t *mark_key)
{
	uint8_t key[SEAL_KEY_BYTES];

	if (mark_key)
		seal_mark_derive(mark_key, set->scope, set->epoch, key);
	for (size_t i = 0; i < set->count; i++) {
		struct seal_set_entry *e = &set->entries[i];

		if (!seal_scope_covers(files[i].header.scope, set->scope))
			return SEAL_SCOPE_MISMATCH;
		strcpy(e->name, files[i].header.name);
		e->version = files[i].header.version;
		e->mode = files[i].header.mode;
		memcpy(e->digest, files[i].digest, sizeof e->digest);
		e->marked = mark_key && values && seal_mark_make(key, values[i].at, values[i].len, e->mark);
	}
	sodium_memzero(key, sizeof key);
	qsort(set->entries, set->count, sizeof *set->entries, by_name);
	for (size_t i = 0; i < set->count; i++) {
		if (i && by_name(&set->entries[i - 1], &set->entries[i]) == 0)
			return SEAL_SET_DUPLICATE;
		if (conflicts(set, &set->entries[i]))
			return SEAL_SET_CONFLICT;
	}
	return SEAL_OK;
}

enum seal_status
seal_set_make(const char *scope, uint64_t epoch, int64_t expires, const struct seal_file *files, size_t count,
    const struct seal_value *values, const uint8_t *mark_key, const uint8_t signer[SEAL_KEY_BYTES], char **text, size_t *len,
    struct error *err)
{
	struct seal_set set = { .epoch = epoch, .expires = expires, .count = count };
	struct buf out;
	enum seal_status s;

	if (!seal_text_scope(bytes_of(scope), false))
		return seal_status_refuse(err, SEAL_SCOPE, "a set's scope has no *");
	if (count < 1 || count > SEAL_SET_FILES_MAX || epoch < 1 || epoch > SEAL_VERSION_MAX)
		return seal_status_refuse(err, epoch < 1 || epoch > SEAL_VERSION_MAX ? SEAL_VERSION : SEAL_SET_SIZE, NULL);
	strcpy(set.scope, scope);
	set.entries = calloc(count, sizeof *set.entries);
	if (!set.entries)
		return seal_status_memory(err);
	buf_init(&out);
	s = fill(&set, files, values, mark_key);
	if (s == SEAL_OK)
		add_set(&out, &set, signer);
	seal_set_free(&set);
	*len = out.len;
	if (s == SEAL_OK)
		*text = buf_steal(&out);
	buf_done(&out);
	if (s != SEAL_OK)
		return seal_status_refuse(err, s, NULL);
	return *text ? SEAL_OK : seal_status_memory(err);
}
