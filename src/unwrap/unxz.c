#include "unwrap/unxz.h"

#include <stdlib.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/bytes.h"
#include "base/dictionary.h"
#include "base/rare.h"
#include "blob/origin.h"
#include "unwrap/unwrap.h"

#define ROOM ((size_t)256 << 10)

struct unxz {
	struct feed feed;
	struct blob *blob;              /* read from */
	struct budget *budget;
	struct origin origin;
	struct rare *rare;              /* from its first bytes on */
	struct bytes in;                /* of the block read last, what is not yet used */
	uint64_t read, out;             /* bytes */
	bool told, ended;
	bool within;                    /* a stream, not between two */
	struct error late;              /* code set: it failed */
	uint8_t room[ROOM];
};

/* the next block from beneath; 0 at the end */
static int
fill(struct unxz *u)
{
	int got = 1;

	while (got > 0 && u->in.len == 0) {
		if (budget_take(u->budget, 0, 0, 0, &u->late) < 0)
			return -1;
		got = u->blob->read(u->blob, &u->in, &u->late);
		if (got > 0)
			u->read += u->in.len;
		else
			u->in.len = 0;
	}
	if (got > 0 && !u->rare && !(u->rare = rare_new("xz", dictionary_of(u->in))))
		return error_set(&u->late, ERROR_INTERNAL, "out of memory for xz");
	return got;
}

/* what may follow a stream: another one, or zeros that pad it */
static int
between(struct unxz *u)
{
	while (u->in.len && u->in.at[0] == 0)
		u->in = bytes_cut(u->in, 1, u->in.len);
	if (u->in.len && u->in.at[0] != 0xfd)
		return error_set(&u->late, ERROR_SYNTAX, "something else follows the compressed data");
	u->within = u->in.len > 0;
	return 0;
}

static int
end(struct unxz *u)
{
	u->ended = true;
	return u->within ? error_set(&u->late, ERROR_TRUNCATED, "compressed data ends too early") : 0;
}

/* unpacks some more; 1, or 0 at the end, or -1 with what is wrong in late */
static int
step(struct unxz *u, size_t *out)
{
	bool stream_ended = false;
	const int got = fill(u);

	if (got <= 0)
		return got < 0 ? -1 : end(u);
	if (!u->within && between(u) < 0)
		return -1;
	if (u->in.len && rare_step(u->rare, &u->in, u->room, ROOM, out, &stream_ended, &u->late) < 0)
		return -1;
	u->within &= !stream_ended;
	return 1;
}

static int
member_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct unxz *u = b->state;
	size_t n = 0;
	int got = 1;

	while (got > 0 && n < ROOM && !u->late.code && !u->ended)
		got = step(u, &n);
	u->out += n;
	if (n && budget_take(u->budget, n, u->read, u->out, &u->late) == 0) {
		*out = (struct bytes){ u->room, n };
		return 1;
	}
	if (!u->late.code)
		return 0;
	*err = u->late;
	return -1;
}

static int
unxz_next(struct feed *feed, struct blob *b, struct error *err)
{
	struct unxz *u = feed->state;

	if (u->late.code) {
		*err = u->late;
		return -1;
	}
	if (u->told)
		return 0;
	u->told = true;
	*b = (struct blob){ .origin = &u->origin, .read = member_read, .state = u };
	return 1;
}

static void
unxz_close(struct feed *feed)
{
	struct unxz *u = feed->state;

	rare_free(u->rare);
	free(u);
}

struct feed *
unxz_open(struct blob *b, struct budget *budget, struct error *err)
{
	struct unxz *u = malloc(sizeof *u);

	if (!u) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	/* not all of it: the room is written before it is read */
	u->blob = b;
	u->budget = budget;
	u->origin = origin_step(b->origin, ORIGIN_STREAM, "xz", 0);
	u->rare = NULL;
	u->in = (struct bytes){ 0 };
	u->read = u->out = 0;
	u->told = u->ended = u->within = false;
	u->late.code = 0;
	u->feed = (struct feed){ .next = unxz_next, .close = unxz_close, .state = u };
	return &u->feed;
}
