/* accounts.c: who and what they know, a line: pgbouncer, pppd, Postfix, strongSwan, FreeRADIUS. */
#include "manifest/formats.h"

#include <ctype.h>
#include <string.h>

#include "manifest/manifest.h"
#include "manifest/passfile.h"
#include "manifest/text.h"
#include "manifest/tree.h"

#define WORDS 8

struct words {
	struct {
		size_t from, to;
		bool quoted;
	} word[WORDS];
	size_t count;
};

/* Which of a line's words is the password; WORDS: it has none. */
typedef size_t finder(struct bytes text, const struct words *);

static void
split(struct bytes text, size_t at, size_t end, struct words *w)
{
	w->count = 0;
	while ((at = text_blanks(text, at)) < end && w->count < WORDS && text.at[at] != '#') {
		const bool quoted = text.at[at] == '"';
		bool exact;
		size_t to = at;

		if (quoted)
			to = text_quote(text, at, end, &exact);
		else
			while (to < end && !isspace(text.at[to]))
				to++;
		w->word[w->count].from = at + quoted;
		w->word[w->count].to = to;
		w->word[w->count++].quoted = quoted;
		at = to + quoted;
	}
}

static struct bytes
word(struct bytes text, const struct words *w, size_t i)
{
	return i < w->count ? bytes_cut(text, w->word[i].from, w->word[i].to) : (struct bytes){ 0 };
}

static bool
one_of(struct bytes b, const char *const *list)
{
	for (; *list; list++)
		if (bytes_equal(b, bytes_of(*list)))
			return true;
	return false;
}

/* "user" "password" */
static size_t
in_userlist(struct bytes text, const struct words *w)
{
	(void)text;
	return w->count > 1 && w->word[0].quoted && w->word[1].quoted ? 1 : WORDS;
}

/* client server secret addresses */
static size_t
in_chap(struct bytes text, const struct words *w)
{
	const struct bytes secret = word(text, w, 2);

	return secret.len && secret.at[0] != '*' && secret.at[0] != '@' ? 2 : WORDS;
}

/* host user:password */
static size_t
in_sasl(struct bytes text, const struct words *w)
{
	const struct bytes pair = word(text, w, 1);

	return pair.len && memchr(pair.at, ':', pair.len) ? 1 : WORDS;
}

/* who : KIND "secret" */
static size_t
in_ipsec(struct bytes text, const struct words *w)
{
	static const char *const kinds[] = { "PSK", "EAP", "XAUTH", "NTLM", "PIN", NULL };

	for (size_t i = 0; i + 2 < w->count; i++)
		if (bytes_equal(word(text, w, i), bytes_of(":")) && one_of(word(text, w, i + 1), kinds) && w->word[i + 2].quoted)
			return i + 2;
	return WORDS;
}

/* user Cleartext-Password := "password" */
static size_t
in_radius(struct bytes text, const struct words *w)
{
	static const char *const names[] = { "Cleartext-Password", "User-Password", NULL }, *const signs[] = { ":=", "==", NULL };

	return one_of(word(text, w, 1), names) && one_of(word(text, w, 2), signs) && w->count > 3 && w->word[3].quoted ? 3 : WORDS;
}

/* the password of a line of text[at, end), without the user before it */
static bool
find(struct bytes text, size_t at, size_t end, finder *in, size_t *from, size_t *to)
{
	struct words w;
	const uint8_t *colon;
	size_t i;

	split(text, at, text_trim(text, at, end), &w);
	if ((i = in(text, &w)) == WORDS)
		return false;
	*from = w.word[i].from;
	*to = w.word[i].to;
	colon = in == in_sasl ? memchr(text.at + *from, ':', *to - *from) : NULL;
	if (colon)
		*from = (size_t)(colon - text.at) + 1;
	return true;
}

static void
read(struct tree *t, finder *in)
{
	const uint32_t list = passfile_list(t);
	size_t from, to;

	for (size_t at = 0; list && at < t->text.len; at = text_line_end(t->text, at) + 1) {
		const size_t end = text_line_end(t->text, at);

		if (!find(t->text, at, end, in, &from, &to) || from == to)
			continue;
		if (!passfile_add(t, list, at, end, at, from, from, to))
			return;
		t->node[t->count - 1].flags |= TREE_PASSWORD;
	}
}

static int
bid(struct bytes head, bool named, finder *in)
{
	size_t from, to;

	for (size_t at = 0; named && at < head.len; at = text_line_end(head, at) + 1)
		if (find(head, at, text_line_end(head, at), in, &from, &to))
			return 66;
	return 0;
}

static int
userlist_bid(struct bytes head, const char *file)
{
	return bid(head, file && strcasestr(file, "userlist"), in_userlist);
}

static void
userlist_read(struct tree *t)
{
	read(t, in_userlist);
}

static int
chap_bid(struct bytes head, const char *file)
{
	return bid(head, text_named(file, "chap-secrets") || text_named(file, "pap-secrets"), in_chap);
}

static void
chap_read(struct tree *t)
{
	read(t, in_chap);
}

static int
sasl_bid(struct bytes head, const char *file)
{
	return bid(head, text_named(file, "sasl_passwd") || text_named(file, "sasl/passwd") || text_named(file, "relay_passwd"), in_sasl);
}

static void
sasl_read(struct tree *t)
{
	read(t, in_sasl);
}

static int
ipsec_bid(struct bytes head, const char *file)
{
	return bid(head, text_named(file, ".secrets"), in_ipsec);
}

static void
ipsec_read(struct tree *t)
{
	read(t, in_ipsec);
}

static int
radius_bid(struct bytes head, const char *file)
{
	(void)file;
	return bid(head, bytes_find(head, bytes_of("-Password ")) < head.len, in_radius);
}

static void
radius_read(struct tree *t)
{
	read(t, in_radius);
}

const struct manifest_format format_userlist = { .name = "userlist", .bid = userlist_bid, .read = userlist_read };
const struct manifest_format format_chap = { .name = "chap-secrets", .bid = chap_bid, .read = chap_read };
const struct manifest_format format_sasl = { .name = "sasl_passwd", .bid = sasl_bid, .read = sasl_read };
const struct manifest_format format_ipsec = { .name = "ipsec.secrets", .bid = ipsec_bid, .read = ipsec_read };
const struct manifest_format format_radius = { .name = "radius users", .bid = radius_bid, .read = radius_read };
