#include "git/commit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <stanch/error.h>

/* the next line of b, without its break */
static struct bytes
take_line(struct bytes *b)
{
	const uint8_t *lf = b->len ? memchr(b->at, '\n', b->len) : NULL;
	const struct bytes line = bytes_cut(*b, 0, lf ? (size_t)(lf - b->at) : b->len);

	*b = bytes_cut(*b, line.len + 1, b->len);
	return line;
}

/* what follows a line's first word, if that is the one */
static bool
field(struct bytes line, const char *word, struct bytes *out)
{
	const size_t n = strlen(word);

	if (!bytes_starts(line, word) || line.len <= n || line.at[n] != ' ')
		return false;
	*out = bytes_cut(line, n + 1, line.len);
	return true;
}

static int64_t
number(struct bytes *b)
{
	int64_t n = 0;

	while (b->len && *b->at >= '0' && *b->at <= '9' && n < INT64_MAX / 20) {
		n = n * 10 + (*b->at - '0');
		*b = bytes_cut(*b, 1, b->len);
	}
	return n;
}

static struct signature
signature_of(struct bytes b)
{
	const uint8_t *open = b.len ? memchr(b.at, '<', b.len) : NULL, *close = b.len ? memrchr(b.at, '>', b.len) : NULL;
	struct signature s = { .name = b };
	struct bytes rest;
	int zone, sign;

	if (!open || !close || close < open)
		return s;
	s.name = (struct bytes){ b.at, (size_t)(open - b.at) };
	while (s.name.len && s.name.at[s.name.len - 1] == ' ')
		s.name.len--;
	s.mail = (struct bytes){ open + 1, (size_t)(close - open - 1) };
	rest = bytes_cut(b, (size_t)(close - b.at) + 2, b.len);
	s.seconds = number(&rest);
	if (rest.len < 6 || (rest.at[1] != '+' && rest.at[1] != '-'))
		return s;
	sign = rest.at[1] == '-' ? -1 : 1;
	rest = bytes_cut(rest, 2, 6);
	zone = (int)number(&rest);
	s.zone = sign * (zone / 100 * 60 + zone % 100);
	return s;
}

int
commit_parse(struct bytes text, unsigned hash, struct commit *c, struct error *err)
{
	struct bytes line, value;

	*c = (struct commit){ .hash = hash };
	line = take_line(&text);
	if (!field(line, "tree", &value) || !oid_parse(value, hash, &c->tree))
		return error_set(err, ERROR_SYNTAX, "a commit is damaged");
	c->parents = (struct bytes){ text.at, 0 };
	while (bytes_starts(text, "parent ")) {
		c->parents.len += take_line(&text).len + 1;
	}
	while (text.len && (line = take_line(&text)).len) {
		if (field(line, "author", &value))
			c->author = signature_of(value);
		else if (field(line, "committer", &value))
			c->committer = signature_of(value);
	}
	c->message = text;
	return 0;
}

int
commit_parent(struct commit *c, struct oid *out)
{
	struct bytes value;

	while (c->parents.len)
		if (field(take_line(&c->parents), "parent", &value) && oid_parse(value, c->hash, out))
			return 1;
	return 0;
}

static enum object_type
type_of(struct bytes b)
{
	static const struct {
		const char *name;
		enum object_type type;
	} types[] = {
		{ "commit", OBJECT_COMMIT },
		{ "tree", OBJECT_TREE },
		{ "blob", OBJECT_BLOB },
		{ "tag", OBJECT_TAG },
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (bytes_equal(b, bytes_of(types[i].name)))
			return types[i].type;
	return OBJECT_NONE;
}

int
commit_parse_tag(struct bytes text, unsigned hash, struct tag *t, struct error *err)
{
	struct bytes line, value;

	*t = (struct tag){ 0 };
	line = take_line(&text);
	if (!field(line, "object", &value) || !oid_parse(value, hash, &t->object))
		return error_set(err, ERROR_SYNTAX, "a tag is damaged");
	while (text.len && (line = take_line(&text)).len) {
		if (field(line, "type", &value))
			t->type = type_of(value);
		else if (field(line, "tag", &value))
			t->name = value;
		else if (field(line, "tagger", &value))
			t->tagger = signature_of(value);
	}
	t->message = text;
	return t->type == OBJECT_NONE ? error_set(err, ERROR_SYNTAX, "a tag is damaged") : 0;
}

void
commit_date(const struct signature *s, char *out)
{
	const int zone = s->zone > -24 * 60 && s->zone < 24 * 60 ? s->zone : 0, away = zone < 0 ? -zone : zone;
	const time_t local = s->seconds < INT64_C(253402300800) ? (time_t)s->seconds + zone * 60 : 0;
	struct tm tm;
	size_t n;

	gmtime_r(&local, &tm);
	n = strftime(out, COMMIT_DATE - 8, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, 8, "%c%02d:%02d", zone < 0 ? '-' : '+', away / 60 % 24, away % 60);
}
