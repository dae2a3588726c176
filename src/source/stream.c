#include "source/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "blob/origin.h"
#include "image/images.h"
#include "image/inflate.h"
#include "image/parts.h"
#include "image/store.h"
#include "image/tarhead.h"
#include "source/texts.h"

/* of all manifests and configs of a stream, which are kept until it has ended */
#define KEPT_MOST ((uint64_t)64 << 20)

struct stream {
	struct feed feed;
	struct images *images;
	struct blob outer;              /* taken over */
	struct inflate *inflate;
	struct blob unpacked;           /* the archive, uncompressed */
	struct tarhead tar;
	struct parts parts;
	struct store store;
	uint64_t kept;
	struct bytes head;              /* of the member at hand, looked at already */
	struct blob member;             /* reads it */
	struct held *held;              /* the layer at hand */
	struct texts texts;
	enum { MEMBERS, TEXTS, STRAYS } state;
	size_t stray;
	struct error late;              /* code set: where the archive broke off */
};

static int
unpacked_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct stream *s = b->state;

	return inflate_read(s->inflate, out, err);
}

static int
member_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct stream *s = b->state;

	if (s->head.len) {
		*out = s->head;
		s->head.len = 0;
		return 1;
	}
	return tarhead_read(&s->tar, out, err);
}

static bool
looks_like_json(struct bytes head)
{
	for (size_t i = 0; i < head.len; i++)
		if (head.at[i] != ' ' && head.at[i] != '\n' && head.at[i] != '\t' && head.at[i] != '\r')
			return head.at[i] == '{' || head.at[i] == '[';
	return false;
}

/* a manifest or config, until all that it names has come by */
static int
keep(struct stream *s, struct error *err)
{
	struct parts_entry *e = parts_add(&s->parts, (const char *)s->tar.name.at, NULL);
	struct bytes b = { 0 };
	struct buf all;
	int got;

	buf_init(&all);
	while ((got = member_read(&s->member, &b, err)) > 0)
		buf_add(&all, b.at, b.len);
	if (got == 0 && e) {
		e->kept = (struct bytes){ (const uint8_t *)arena_string(&s->parts.arena, (struct bytes){ all.at, all.len }), all.len };
		s->kept += all.len;
	}
	buf_done(&all);
	if (got == 0 && (!e || !e->kept.at))
		return error_set(err, ERROR_INTERNAL, "out of memory for a manifest");
	return got;
}

static struct feed *
open_layer(struct blob *b, struct error *err)
{
	struct stream *s = b->state;

	return layer_open(&s->held->layer, &s->member, err);
}

static int
hand_layer(struct stream *s, struct blob *b, struct error *err)
{
	const char *name = (const char *)s->tar.name.at;
	struct parts_entry *e = parts_add(&s->parts, name, NULL);

	s->held = e ? images_hold(s->images, e->name) : NULL;
	if (!s->held)
		return error_set(err, ERROR_LIMIT, "it has more parts than are read");
	s->held->layer.other = true;
	s->held->layer.content_name = s->held->name;
	s->held->layer.digest = images_digest(s->images, s->held->name);
	*b = (struct blob){ .origin = &s->held->origin, .open = open_layer, .state = s };
	return 1;
}

/* one member: 1 a blob, 0 nothing to hand out, -1 */
static int
visit(struct stream *s, struct blob *b, struct error *err)
{
	struct tarhead *t = &s->tar;
	int got;

	if (t->type == TARHEAD_LINK && !parts_add(&s->parts, (const char *)t->name.at, (const char *)t->link.at))
		return error_set(err, ERROR_LIMIT, "it has more parts than are read");
	if (t->type != TARHEAD_FILE)
		return 0;
	s->head.len = 0;
	s->member = (struct blob){ .origin = s->outer.origin, .size = t->size, .read = member_read, .state = s };
	got = tarhead_read(t, &s->head, err);
	if (got < 0)
		return -1;
	if (got == 0)
		s->head.len = 0;
	if (t->size <= OCI_MOST && s->kept + t->size <= KEPT_MOST && looks_like_json(s->head))
		return keep(s, err);
	return hand_layer(s, b, err);
}

static int
next_member(struct stream *s, struct blob *b, struct error *err)
{
	int got;

	while ((got = tarhead_next(&s->tar, err)) > 0) {
		got = visit(s, b, err);
		if (got)
			return got;
	}
	return got;
}

static int
kept_open(struct store *store, const struct store_ask *ask, struct blob *b, struct error *err)
{
	struct stream *s = store->state;
	struct parts_entry *e = parts_find(&s->parts, ask->name);

	if (!e || !e->kept.at)
		return 0;
	memory_blob_init(&s->texts.memory, s->outer.origin, e->kept);
	*b = s->texts.memory.blob;
	(void)err;
	return 1;
}

static const char *
kept_name(struct store *store, const char *name)
{
	struct stream *s = store->state;
	struct parts_entry *e = parts_find(&s->parts, name);

	if (e)
		e->used = true;
	return e ? e->name : NULL;
}

static void
load(struct stream *s)
{
	struct images *i = s->images;

	images_load(i, &s->store, NULL);
	if (!i->found)
		images_complain(i, NULL, false, "no manifest says which images it holds");
	if (s->late.code)
		images_complain(i, NULL, false, s->late.text);
	s->state = TEXTS;
}

/* JSON that no manifest named */
static int
next_stray(struct stream *s, struct blob *b)
{
	while (s->stray < s->parts.count) {
		struct parts_entry *e = &s->parts.entry[s->stray++];

		if (e->used || !e->kept.at)
			continue;
		s->texts.image = s->images->root;
		s->texts.part = origin_step(&s->texts.image, ORIGIN_FILE, e->name, 0);
		memory_blob_init(&s->texts.memory, &s->texts.part, e->kept);
		*b = s->texts.memory.blob;
		return 1;
	}
	return 0;
}

static int
next(struct feed *feed, struct blob *b, struct error *err)
{
	struct stream *s = feed->state;
	int got;

	if (s->state == MEMBERS) {
		got = next_member(s, b, &s->late);
		if (got > 0)
			return got;
		if (got == 0)
			s->late.code = 0;
		load(s);
	}
	(void)err;
	got = s->state == TEXTS ? texts_next(&s->texts, s->images, b) : 0;
	if (got)
		return got;
	s->state = STRAYS;
	return next_stray(s, b);
}

static void
stream_free(struct stream *s)
{
	tarhead_done(&s->tar);
	parts_done(&s->parts);
	inflate_free(s->inflate);
	if (s->outer.close)
		s->outer.close(&s->outer);
	free(s);
}

static void
stream_close(struct feed *feed)
{
	(void)feed;                     /* with its blob: layers' names are asked for later */
}

static struct feed *
stream_open(struct blob *b, struct error *err)
{
	struct stream *s = b->state;

	s->inflate = inflate_new(&s->outer, NULL, NULL, s->images->limits, err);
	if (!s->inflate)
		return NULL;
	s->unpacked = (struct blob){ .origin = s->outer.origin, .read = unpacked_read, .state = s };
	tarhead_init(&s->tar, &s->unpacked);
	s->feed = (struct feed){ .next = next, .close = stream_close, .state = s };
	s->store = (struct store){ kept_open, kept_name, NULL, NULL, s };
	return &s->feed;
}

static void
blob_close(struct blob *b)
{
	stream_free(b->state);
}

int
stream_blob(struct blob *b, const struct blob *stream, struct images *images, const struct origin *origin, struct error *err)
{
	struct stream *s = calloc(1, sizeof *s);

	if (!s)
		return error_set(err, ERROR_INTERNAL, "out of memory for an image");
	s->outer = *stream;
	s->images = images;
	parts_init(&s->parts);
	*b = (struct blob){ .origin = origin, .open = stream_open, .close = blob_close, .state = s };
	return 0;
}
