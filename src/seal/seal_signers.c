#include "seal/seal_signers.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "seal/seal_status.h"
#include "seal/seal_text.h"

/* A line, as views of the copied text. */
struct line {
	enum kind { ALLOWED, REVOKED_SIGNER, REVOKED_RECIPIENT } kind;
	uint8_t key[SEAL_KEY_BYTES];
	uint8_t id[SEAL_ID_BYTES];      /* of a revoked recipient */
	struct bytes scope, name;
	unsigned may;
	int64_t not_before, not_after;
};

struct seal_signers {
	struct line *lines;
	size_t count;
	char text[];
};

/* words of a line that may occur once */
enum seen { SEEN_SCOPE = 1, SEEN_NAME = 2, SEEN_MAY = 4, SEEN_BEFORE = 8, SEEN_AFTER = 16 };

static bool
read_may(struct bytes v, unsigned *may)
{
	if (bytes_equal(v, bytes_of("seal")))
		*may = SEAL_MAY_SEAL;
	else if (bytes_equal(v, bytes_of("set")))
		*may = SEAL_MAY_SET;
	else if (bytes_equal(v, bytes_of("seal,set")))
		*may = SEAL_MAY_SEAL | SEAL_MAY_SET;
	else
		return false;
	return true;
}

static bool
read_date(struct bytes v, int64_t *seconds)
{
	return !bytes_equal(v, bytes_of("never")) && seal_date_parse((const char *)v.at, v.len, seconds);
}

/* "key=value"; 0 when it is no such word, or is wrong */
static unsigned
read_condition(struct line *l, struct bytes word)
{
	static const struct {
		const char *start;
		enum seen seen;
	} words[] = { { "scope=", SEEN_SCOPE }, { "name=", SEEN_NAME }, { "may=", SEEN_MAY }, { "not-before=", SEEN_BEFORE },
		{ "not-after=", SEEN_AFTER } };
	size_t i = 0;
	struct bytes v;
	bool ok;

	while (i < 5 && !bytes_starts(word, words[i].start))
		i++;
	if (i == 5)
		return 0;
	v = bytes_cut(word, strlen(words[i].start), word.len);
	switch (words[i].seen) {
	case SEEN_SCOPE:
		l->scope = v;
		ok = seal_text_scope(v, true);
		break;
	case SEEN_NAME:
		l->name = v;
		ok = seal_text_pattern(v);
		break;
	case SEEN_MAY:
		ok = read_may(v, &l->may);
		break;
	case SEEN_BEFORE:
		ok = read_date(v, &l->not_before);
		break;
	default:
		ok = read_date(v, &l->not_after);
	}
	return ok ? words[i].seen : 0;
}

/* the rest of a line that lists a signer */
static bool
read_allowed(struct line *l, struct bytes rest)
{
	unsigned seen = 0;
	struct bytes word;

	l->kind = ALLOWED;
	l->may = SEAL_MAY_SEAL;
	l->not_before = INT64_MIN;
	l->not_after = SEAL_NEVER;
	if (!seal_text_word(&rest, &word) || !seal_text_base64(word, l->key, sizeof l->key) || !seal_key_is_sound(SEAL_KEY_VERIFIER, l->key))
		return false;
	while (seal_text_word(&rest, &word)) {
		const unsigned one = read_condition(l, word);

		if (!one || seen & one)
			return false;
		seen |= one;
	}
	return (seen & (SEEN_SCOPE | SEEN_NAME)) == (SEEN_SCOPE | SEEN_NAME) && l->not_before < l->not_after;
}

static bool
read_revoked(struct line *l, struct bytes rest)
{
	struct bytes type = { 0 }, key = { 0 };
	bool signer;

	if (!seal_text_word(&rest, &type) || !seal_text_word(&rest, &key) || rest.len || !seal_text_base64(key, l->key, sizeof l->key))
		return false;
	signer = bytes_equal(type, bytes_of("ed25519"));
	if (!signer && !bytes_equal(type, bytes_of("x25519")))
		return false;
	l->kind = signer ? REVOKED_SIGNER : REVOKED_RECIPIENT;
	seal_key_id(l->key, l->id);
	return seal_key_is_sound(signer ? SEAL_KEY_VERIFIER : SEAL_KEY_RECIPIENT, l->key);
}

static bool
read_line(struct line *l, struct bytes text)
{
	struct bytes word;

	/* " # " begins a comment; a space at an edge is no separator */
	text = bytes_cut(text, 0, bytes_find(text, bytes_of(" # ")));
	if (text.len == 0 || text.at[text.len - 1] == ' ' || !seal_text_word(&text, &word))
		return false;
	if (bytes_equal(word, bytes_of("ed25519")))
		return read_allowed(l, text);
	return bytes_equal(word, bytes_of("revoked")) && read_revoked(l, text);
}

/* fills in the lines; 0, or the number of a bad one */
static size_t
read_lines(struct seal_signers *s, size_t len)
{
	struct bytes rest = { (const uint8_t *)s->text, len }, line;
	size_t n = 0;

	while (rest.len) {
		n++;
		if (!seal_text_line(&rest, &line) || !seal_text_is_ascii(line))
			return n;
		if (line.len == 0 || line.at[0] == '#')
			continue;
		if (!read_line(&s->lines[s->count], line))
			return n;
		s->count++;
	}
	return 0;
}

enum seal_status
seal_signers_parse(const char *text, size_t len, struct seal_signers **out, struct error *err)
{
	const size_t lines = bytes_lines((struct bytes){ (const uint8_t *)text, len }) + 1;
	struct seal_signers *s;
	size_t bad;

	if (len > SEAL_LIST_MAX)
		return seal_status_refuse(err, SEAL_SIGNERS, "larger than 1 MiB");
	s = calloc(1, sizeof *s + len + 1);
	if (s)
		s->lines = calloc(lines, sizeof *s->lines);
	if (!s || !s->lines) {
		seal_signers_free(s);
		return seal_status_memory(err);
	}
	if (len)
		memcpy(s->text, text, len);
	bad = read_lines(s, len);
	if (bad) {
		seal_signers_free(s);
		return seal_status_refuse(err, SEAL_SIGNERS, "line %zu", bad);
	}
	*out = s;
	return SEAL_OK;
}

void
seal_signers_free(struct seal_signers *s)
{
	if (s)
		free(s->lines);
	free(s);
}

bool
seal_signers_revoked_id(const struct seal_signers *s, const uint8_t id[static SEAL_ID_BYTES])
{
	for (size_t i = 0; i < s->count; i++)
		if (s->lines[i].kind == REVOKED_RECIPIENT && memcmp(s->lines[i].id, id, SEAL_ID_BYTES) == 0)
			return true;
	return false;
}

/* how many of the questions a line answers with yes, in their order */
static unsigned
answers(const struct line *l, enum seal_may may, const char *scope, const char *name, int64_t now)
{
	if (!(l->may & may))
		return 0;
	if (!seal_text_covers(l->scope, bytes_of(scope)))
		return 1;
	if (name && !seal_text_matches(l->name, bytes_of(name)))
		return 2;
	return now >= l->not_before && now < l->not_after ? 4 : 3;
}

enum seal_status
seal_signers_judge(const struct seal_signers *s, const uint8_t key[static SEAL_KEY_BYTES], enum seal_may may, const char *scope,
    const char *name, int64_t now)
{
	static const enum seal_status status[] = { SEAL_SIGNER_MAY, SEAL_SIGNER_SCOPE, SEAL_SIGNER_NAME, SEAL_SIGNER_TIME, SEAL_OK };
	unsigned most = 0;
	bool listed = false;

	for (size_t i = 0; i < s->count; i++) {
		const struct line *l = &s->lines[i];

		if (l->kind == REVOKED_RECIPIENT || memcmp(l->key, key, SEAL_KEY_BYTES) != 0)
			continue;
		if (l->kind == REVOKED_SIGNER)
			return SEAL_SIGNER_REVOKED;
		listed = true;
		most = answers(l, may, scope, name, now) > most ? answers(l, may, scope, name, now) : most;
	}
	return listed ? status[most] : SEAL_SIGNER_UNKNOWN;
}

int64_t
seal_signers_until(const struct seal_signers *s, const struct seal_header *h)
{
	int64_t until = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct line *l = &s->lines[i];

		if (l->kind == ALLOWED && memcmp(l->key, h->from, SEAL_KEY_BYTES) == 0 && l->not_after > until &&
		    answers(l, SEAL_MAY_SEAL, h->scope, h->name, l->not_after - 1) == 4)
			until = l->not_after;
	}
	return until;
}
