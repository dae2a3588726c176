/* What a commit says of itself, put into the way of each finding. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/finding.h>

#include "base/arena.h"
#include "base/buf.h"
#include "blob/origin.h"
#include "git/commit.h"
#include "git/object.h"
#include "source/git.h"

#define ATTRIBUTES 10
#define SUBJECT_MAX 120

/* Attributes as they gather. */
struct saying {
	struct attribute *list;
	size_t count;
	struct arena *arena;
	bool failed;
};

static void
say(struct saying *s, const char *name, struct bytes value)
{
	const char *copy = arena_string(s->arena, value);

	if (!copy) {
		s->failed = true;
		return;
	}
	s->list[s->count++] = (struct attribute){ name, copy };
}

static void
say_number(struct saying *s, const char *name, uint32_t n)
{
	char text[16];

	snprintf(text, sizeof text, "%u", n);
	say(s, name, bytes_of(text));
}

static struct bytes
subject_of(struct bytes message)
{
	size_t n = 0;

	while (message.len && (*message.at == '\n' || *message.at == '\r'))
		message = bytes_cut(message, 1, message.len);
	while (n < message.len && message.at[n] != '\n' && message.at[n] != '\r' && n < SUBJECT_MAX)
		n++;
	return bytes_cut(message, 0, n);
}

static void
say_author(struct saying *s, const struct commit *c)
{
	struct buf who;

	buf_init(&who);
	buf_add(&who, c->author.name.at, c->author.name.len);
	if (c->author.mail.len) {
		buf_adds(&who, " <");
		buf_add(&who, c->author.mail.at, c->author.mail.len);
		buf_adds(&who, ">");
	}
	say(s, "author", (struct bytes){ who.at, who.len });
	s->failed |= who.failed;
	buf_done(&who);
}

/* a finding in the commit's own text must not be told a second time, as its subject */
static int
say_commit(struct git_source *g, uint32_t rank, bool own_text, struct saying *s, struct error *err)
{
	const struct oid id = catalog_id(&g->catalog, g->commits.node[rank].number);
	const struct object *o = object_read(g->reader, &id, err);
	char date[COMMIT_DATE];
	struct commit c;
	int r;

	if (!o)
		return -1;
	r = commit_parse(o->text, g->store.hash, &c, err);
	if (r == 0) {
		commit_date(&c.author, date);
		if (!own_text)
			say_author(s, &c);
		say(s, "date", bytes_of(date));
		if (!own_text)
			say(s, "subject", subject_of(c.message));
	}
	object_drop(g->reader, o);
	return r;
}

static void
say_removal(struct git_source *g, uint32_t rank, struct saying *s)
{
	const struct oid id = catalog_id(&g->catalog, g->commits.node[rank].number);
	char hex[OID_HEX], date[COMMIT_DATE];
	struct error err;
	const struct object *o;
	struct commit c;

	oid_hex(&id, 2 * g->store.hash, hex);
	say(s, "removed_by", bytes_of(hex));
	o = object_read(g->reader, &id, &err);
	if (o && commit_parse(o->text, g->store.hash, &c, &err) == 0) {
		commit_date(&c.author, date);
		say(s, "removed_date", bytes_of(date));
	}
	object_drop(g->reader, o);
}

static void
say_state(uint8_t state, struct saying *s)
{
	if (state != COMMIT_REACHABLE)
		say(s, "state", bytes_of(state == COMMIT_LOGGED ? "only a reflog reaches it" : "unreachable"));
}

/* a copy of the way in which `commit` stands behind the target; without a commit its attributes go to the first step */
static const struct origin *
put_in(const struct origin *o, struct origin *commit, struct arena *arena)
{
	struct origin *copy = arena_new(arena, sizeof *copy);

	if (!copy)
		return NULL;
	*copy = *o;
	if (!o->parent->parent && !commit->name) {
		copy->attributes = commit->attributes;
		copy->depth--;
	} else if (!o->parent->parent) {
		commit->parent = o->parent;
		commit->depth = o->parent->depth + 1;
		copy->parent = commit;
	} else if (!(copy->parent = put_in(o->parent, commit, arena))) {
		return NULL;
	}
	copy->depth++;
	return copy;
}

static const struct origin *
outermost(const struct origin *o)
{
	while (o->parent && o->parent->parent)
		o = o->parent;
	return o;
}

/* the state of the object itself: another commit may reach it than the one that brought it */
static uint8_t
state_of(const struct git_source *g, const struct origin *o, uint32_t rank)
{
	const char *hex = origin_attribute(o, "object");
	struct oid id;
	uint32_t number = CATALOG_NONE;

	if (hex && oid_parse(bytes_of(hex), g->store.hash, &id))
		number = catalog_find(&g->catalog, &id);
	if (number == CATALOG_NONE || !g->history.object[number].brought)
		return rank ? g->commits.node[rank].state : COMMIT_UNREACHABLE;
	return g->history.object[number].state;
}

/* what could not be read to its end is no work done */
static void
forget(struct git_source *g, const struct origin *o)
{
	const char *hex = NULL;
	struct oid id;

	for (; o && !hex; o = o->parent)
		hex = origin_attribute(o, "object");
	if (g->state && hex && oid_parse(bytes_of(hex), g->store.hash, &id))
		git_state_forget(g->state, catalog_find(&g->catalog, &id));
}

int
git_settle(struct feed *feed, struct finding *f, struct arena *arena, struct error *err)
{
	struct git_source *g = feed->state;
	/* ranks of lives begin at 2: see LIFE_BEFORE */
	const uint32_t rank = f->life.brought ? f->life.brought - 1 : 0, removed = f->life.removed ? f->life.removed - 1 : 0;
	struct saying s = { arena_new(arena, (ATTRIBUTES + 1) * sizeof(struct attribute)), 0, arena, false };
	const struct origin *first = outermost(f->origin);
	struct origin *commit = arena_new(arena, sizeof *commit);
	char hex[OID_HEX] = "";
	struct oid id;
	int r = 0;

	if (!f->rule)
		forget(g, f->origin);
	if (!f->rule || !f->origin->parent)
		return 1;
	if (!s.list || !commit)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	if (rank) {
		id = catalog_id(&g->catalog, g->commits.node[rank].number);
		oid_hex(&id, 2 * g->store.hash, hex);
		r = say_commit(g, rank, first->step == ORIGIN_OBJECT, &s, err);
		if (removed)
			say_removal(g, removed, &s);
		if (f->life.versions > 1)
			say_number(&s, "versions", f->life.versions);
	}
	say_state(state_of(g, first, rank), &s);
	if (!rank && origin_attribute(first, "object"))
		say(&s, "object", bytes_of(origin_attribute(first, "object")));
	*commit = (struct origin){ .step = ORIGIN_COMMIT, .name = rank ? arena_string(arena, bytes_of(hex)) : NULL, .attributes = s.list };
	f->origin = put_in(f->origin, commit, arena);
	if (!f->origin || (rank && !commit->name) || s.failed)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	return r < 0 ? -1 : 1;
}
