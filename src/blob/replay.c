#include "blob/replay.h"

#include <stanch/error.h>

/* adds to what is kept, or gives up keeping */
static void
keep(struct replay *r, struct bytes block)
{
	if (!r->whole || r->inner->seek)
		return;
	if (r->own.len + block.len > r->keep) {
		r->whole = false;
		return;
	}
	buf_add(&r->own, block.at, block.len);
	r->whole = !r->own.failed;
}

static int
replay_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct replay *r = b->state;
	int got;

	if (r->lent.len) {
		*out = r->lent;
		r->lent.len = 0;
		return 1;
	}
	if (r->late.code) {
		*err = r->late;
		r->late.code = 0;
		r->ended = true;
		return -1;
	}
	if (r->ended)
		return 0;
	r->inner->room = b->room;
	r->inner->room_size = b->room_size;
	got = r->inner->read(r->inner, out, err);
	r->ended = got <= 0;
	if (got > 0)
		keep(r, *out);
	return got;
}

static int
replay_seek(struct blob *b, uint64_t offset, struct error *err)
{
	struct replay *r = b->state;

	r->lent.len = 0;
	r->ended = false;
	r->late.code = 0;
	return r->inner->seek(r->inner, offset, err);
}

/* a file reads into the room it is lent: what follows lands right behind, and nothing is copied */
static int
gather_in_room(struct replay *r, size_t want, struct error *err)
{
	struct blob *in = r->inner;
	const size_t room = in->room_size;
	struct bytes block;
	int got = 1;

	while (got > 0 && r->head.len < want && r->head.len < room) {
		in->room = (uint8_t *)(uintptr_t)r->head.at + r->head.len;
		in->room_size = room - r->head.len;
		got = in->read(in, &block, err);
		if (got > 0)
			r->head.len += block.len;
	}
	return got;
}

/* other blobs lend memory of their own, which is copied */
static int
gather(struct replay *r, size_t want, struct error *err)
{
	struct bytes block = r->head;
	int got = 1;

	buf_add(&r->own, block.at, block.len);
	while (r->own.len < want && (got = r->inner->read(r->inner, &block, err)) > 0)
		buf_add(&r->own, block.at, block.len);
	r->head = (struct bytes){ r->own.at, r->own.len };
	return r->own.failed ? error_set(err, ERROR_INTERNAL, "out of memory") : got;
}

int
replay_init(struct replay *r, struct blob *inner, size_t want, uint64_t most, struct error *err)
{
	const uint8_t *room = inner->room;
	int got;

	*r = (struct replay){ .inner = inner, .keep = most, .whole = true };
	r->blob = (struct blob){
		.origin = inner->origin,
		.read = replay_read,
		.seek = inner->seek ? replay_seek : NULL,
		.state = r,
	};
	got = inner->read(inner, &r->head, err);
	if (got > 0 && inner->seek && r->head.at == room)
		got = gather_in_room(r, want, err);
	else if (got > 0)
		got = gather(r, want, err);
	r->lent = r->head;
	r->blob.size = inner->size;
	r->ended = got == 0;
	if (got >= 0)
		return 0;
	if (r->head.len == 0)
		return -1;
	r->late = *err;                 /* after what was read before it */
	return 0;
}

void
replay_done(struct replay *r)
{
	buf_done(&r->own);
}

void
replay_keep_no_more(struct replay *r)
{
	r->whole = false;
}

bool
replay_again(struct replay *r)
{
	struct error err;

	if (r->inner->seek && r->inner->seek(r->inner, 0, &err) == 0) {
		r->lent.len = 0;
		r->ended = false;
		r->late.code = 0;
		return true;
	}
	/* what was kept lies still where it was gathered */
	r->lent = (struct bytes){ r->own.at, r->own.len };
	return r->whole;
}
