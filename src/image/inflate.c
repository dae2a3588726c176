#include "image/inflate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#include <zstd.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/dictionary.h"
#include "base/limits.h"
#include "base/rare.h"
#include "image/digest.h"
#include "image/isal.h"

#define ROOM ((size_t)256 << 10)
/* what may come out before the ratio is looked at: zstd makes very little of a large log, and bombs are larger yet */
#define RATIO_FREE ((uint64_t)1 << 30)

#define TAR_BLOCK 512
#define TAR_RECORD 20                   /* blocks, as tar pads by default */

struct inflate {
	struct blob *blob;
	const char *digest, *diff_id;
	const struct limits *limits;
	enum { UNKNOWN, PLAIN, GZIP, ISAL, ZSTD, RARE } kind;
	const char *rare_kind;
	bool patient;                   /* it may wait for a large dictionary */
	uint64_t large;                 /* the one that it has */
	uint8_t first;                  /* with which each compressed stream begins, zstd aside */
	struct digest in_digest, out_digest;
	struct bytes in;                /* of the block read last, what is not yet used */
	bool in_ended;
	bool frame;                     /* within a compressed stream, not between two */
	uint64_t read, out;             /* bytes */
	struct bytes again;             /* given back */
	struct error late;              /* code set: it failed */
	z_stream z;
	struct isal *isal;
	ZSTD_DStream *zstd;
	struct rare *rare;
	uint8_t *room;                  /* what comes out */
	uint8_t *blob_room;             /* where a file is read to */
};

void
inflate_prepare(void)
{
	isal_load();
}

struct inflate *
inflate_new(struct blob *blob, const char *digest, const char *diff_id, const struct limits *limits, struct error *err)
{
	struct inflate *f = calloc(1, sizeof *f);

	if (f) {
		f->blob = blob;
		f->digest = digest;
		f->diff_id = diff_id;
		f->limits = limits;
		f->blob_room = malloc(ROOM);
		f->room = malloc(ROOM);
		digest_init(&f->in_digest, digest);
		digest_init(&f->out_digest, diff_id);
	}
	if (f && f->blob_room && f->room)
		return f;
	error_set(err, ERROR_INTERNAL, "out of memory for a layer");
	inflate_free(f);
	return NULL;
}

void
inflate_patient(struct inflate *f)
{
	f->patient = true;
}

void
inflate_free(struct inflate *f)
{
	if (!f)
		return;
	if (f->kind == GZIP)
		inflateEnd(&f->z);
	isal_free(f->isal);
	rare_free(f->rare);
	ZSTD_freeDStream(f->zstd);
	if (f->large)
		dictionary_give(f->large);
	free(f->room);
	free(f->blob_room);
	free(f);
}

const char *
inflate_kind(const struct inflate *f)
{
	return f->kind == GZIP || f->kind == ISAL ? "gzip" : f->kind == ZSTD ? "zstd" : f->rare_kind;
}

/* the next block from beneath: 1, 0 the end, -1 */
static int
fill(struct inflate *f, struct error *err)
{
	int got = 1;

	while (f->in.len == 0 && !f->in_ended) {
		f->blob->room = f->blob_room;
		f->blob->room_size = ROOM;
		got = f->blob->read(f->blob, &f->in, err);
		if (got < 0)
			return -1;
		f->in_ended = got == 0;
		if (got == 0)
			f->in.len = 0;
		f->read += f->in.len;
		if (f->in.len && (f->digest || f->kind != PLAIN))
			digest_add(&f->in_digest, f->in);
	}
	return f->in.len > 0;
}

static bool
is_zstd(const uint8_t *m)
{
	return memcmp(m, "\x28\xb5\x2f\xfd", 4) == 0 || ((m[0] & 0xf0) == 0x50 && memcmp(m + 1, "\x2a\x4d\x18", 3) == 0);
}

static int
begin_gzip(struct inflate *f, struct error *err)
{
	f->isal = isal_new();
	f->kind = f->isal ? ISAL : GZIP;
	if (!f->isal && inflateInit2(&f->z, 15 + 16) != Z_OK) {
		f->kind = PLAIN;
		return error_set(err, ERROR_INTERNAL, "out of memory for gzip");
	}
	return 0;
}

/* memory for a large dictionary is waited for, before any is taken; how large it is */
static uint64_t
wait_for_memory(struct inflate *f)
{
	const uint64_t size = dictionary_of(f->in);

	/* what wants more than is given of any is refused later */
	if (size > DICTIONARY_SMALL && f->patient)
		dictionary_take(f->large = size < DICTIONARY_MOST ? size : DICTIONARY_MOST);
	return size;
}

/* by its first bytes, whatever its media type says */
static int
begin(struct inflate *f, struct error *err)
{
	const int got = fill(f, err);

	if (got < 0)
		return -1;
	f->kind = PLAIN;
	if (f->in.len < 4)
		return 0;
	f->first = f->in.at[0];
	if (f->in.at[0] == 0x1f && f->in.at[1] == 0x8b)
		return begin_gzip(f, err);
	if (is_zstd(f->in.at)) {
		wait_for_memory(f);
		f->zstd = ZSTD_createDStream();
		f->kind = ZSTD;
		return f->zstd ? 0 : error_set(err, ERROR_INTERNAL, "out of memory for zstd");
	}
	f->rare_kind = rare_kind(f->in);
	if (f->rare_kind) {
		f->rare = rare_new(f->rare_kind, wait_for_memory(f));
		f->kind = RARE;
		return f->rare ? 0 : error_set(err, ERROR_INTERNAL, "out of memory for %s", f->rare_kind);
	}
	return 0;
}

static int
count_out(struct inflate *f, size_t n, struct error *err)
{
	const uint64_t ratio = f->limits->ratio ? f->limits->ratio : 1;

	f->out += n;
	if (f->out > f->limits->unwrapped)
		return error_set(err, ERROR_LIMIT, "more than %" PRIu64 " bytes came out of it (--max-unwrapped)", f->limits->unwrapped);
	if (f->out > RATIO_FREE && f->out / ratio > f->read)
		return error_set(err, ERROR_LIMIT, "it hands out more than %" PRIu64 " bytes for each one read (--max-ratio)",
		    f->limits->ratio);
	return 0;
}

static int
step_zlib(struct inflate *f, size_t *out, struct error *err)
{
	int r;

	f->z.next_in = (Bytef *)(uintptr_t)f->in.at;
	f->z.avail_in = (uInt)f->in.len;
	f->z.next_out = f->room + *out;
	f->z.avail_out = (uInt)(ROOM - *out);
	r = inflate(&f->z, Z_NO_FLUSH);
	f->in = bytes_cut(f->in, f->in.len - f->z.avail_in, f->in.len);
	*out = ROOM - f->z.avail_out;
	if (r == Z_STREAM_END) {
		f->frame = false;
		inflateReset(&f->z);
	} else if (r != Z_OK && r != Z_BUF_ERROR) {
		return error_set(err, ERROR_SYNTAX, "its gzip stream is broken");
	}
	return 0;
}

static int
step_zstd(struct inflate *f, size_t *out, struct error *err)
{
	ZSTD_inBuffer in = { f->in.at, f->in.len, 0 };
	ZSTD_outBuffer to = { f->room, ROOM, *out };
	const size_t r = ZSTD_decompressStream(f->zstd, &to, &in);

	f->in = bytes_cut(f->in, in.pos, f->in.len);
	*out = to.pos;
	if (ZSTD_isError(r))
		return error_set(err, ERROR_SYNTAX, "its zstd stream is broken: %s", ZSTD_getErrorName(r));
	f->frame = r != 0;
	return 0;
}

static int
step_isal(struct inflate *f, size_t *out, struct error *err)
{
	bool ended = false;

	if (isal_step(f->isal, &f->in, f->room, ROOM, out, &ended) < 0)
		return error_set(err, ERROR_SYNTAX, "its gzip stream is broken");
	f->frame = !ended;
	return 0;
}

static int
step_rare(struct inflate *f, size_t *out, struct error *err)
{
	bool ended = false;

	if (rare_step(f->rare, &f->in, f->room, ROOM, out, &ended, err) < 0)
		return -1;
	f->frame = !ended;
	return 0;
}

/* what may follow a compressed stream: another one, or zeros that pad it */
static int
between(struct inflate *f, struct error *err)
{
	const bool zstd = f->kind == ZSTD;

	if (f->in.at[0] == 0) {
		while (f->in.len && f->in.at[0] == 0)
			f->in = bytes_cut(f->in, 1, f->in.len);
		return 0;
	}
	if (f->out && !zstd && f->in.at[0] != f->first)
		return error_set(err, ERROR_SYNTAX, "something else follows its compressed data");
	f->frame = true;
	return 1;
}

static int
step(struct inflate *f, size_t *out, struct error *err)
{
	switch (f->kind) {
	case ZSTD:
		return step_zstd(f, out, err);
	case ISAL:
		return step_isal(f, out, err);
	case RARE:
		return step_rare(f, out, err);
	default:
		return step_zlib(f, out, err);
	}
}

/* no more comes from beneath: what is still held back; 1 go on, 0 that was all, -1 */
static int
last_step(struct inflate *f, size_t *out, struct error *err)
{
	const size_t before = *out;

	if (!f->frame)
		return 0;
	if (step(f, out, err) < 0)
		return -1;
	if (f->frame && *out == before)
		return before ? 0 : error_set(err, ERROR_TRUNCATED, "its compressed data ends too early");
	return 1;
}

/* compressed bytes until the room is full or they end */
static int
unpack(struct inflate *f, struct bytes *block, struct error *err)
{
	size_t out = 0;
	int more = 1;

	while (more > 0 && out < ROOM) {
		const int got = fill(f, err);

		if (got < 0)
			return -1;
		if (got == 0)
			more = last_step(f, &out, err);
		else if (f->frame || (more = between(f, err)) > 0)
			more = step(f, &out, err) < 0 ? -1 : 1;
		else if (more == 0)
			more = 1;
	}
	if (more < 0)
		return -1;
	*block = (struct bytes){ f->room, out };
	digest_add(&f->out_digest, *block);
	return count_out(f, out, err) < 0 ? -1 : out > 0;
}

/* what could be unpacked before a failure is handed out before it */
static int
read_on(struct inflate *f, struct bytes *block, struct error *err)
{
	int got;

	if (f->kind == UNKNOWN && begin(f, err) < 0)
		return -1;
	if (f->kind != PLAIN)
		return unpack(f, block, err);
	got = fill(f, err);
	if (got <= 0)
		return got;
	*block = f->in;
	f->in.len = 0;
	if (!f->digest)
		digest_add(&f->out_digest, *block);
	return count_out(f, block->len, err) < 0 ? -1 : 1;
}

int
inflate_read(struct inflate *f, struct bytes *block, struct error *err)
{
	int got;

	if (f->again.len) {
		*block = f->again;
		f->again.len = 0;
		return 1;
	}
	if (!f->late.code) {
		got = read_on(f, block, &f->late);
		if (got >= 0)
			return got;
	}
	*err = f->late;
	return -1;
}

void
inflate_unread(struct inflate *f, struct bytes b)
{
	f->again = b;
}

static int
compare(const char *what, const char *own, const char *said, struct error *err)
{
	if (!said || strcmp(own, said) == 0)
		return 0;
	return error_set(err, ERROR_SYNTAX, "its %s is %.24s..., not %.24s... as the image says", what, own, said);
}

/*
 * The digest of what came out; zstd:chunked leaves out zeros that pad a tar to
 * its last record, so where it fits with so many back, it is that content.
 */
static void
end_out(struct inflate *f, char *out)
{
	static const uint8_t zeros[TAR_BLOCK];
	struct digest padded = f->out_digest;
	char text[DIGEST_TEXT];

	digest_end(&f->out_digest, out);
	for (unsigned i = 0; f->kind == ZSTD && f->diff_id && i < TAR_RECORD && strcmp(out, f->diff_id) != 0; i++) {
		struct digest now;

		digest_add(&padded, (struct bytes){ zeros, sizeof zeros });
		now = padded;
		digest_end(&now, text);
		if (strcmp(text, f->diff_id) == 0)
			memcpy(out, text, sizeof text);
	}
}

int
inflate_end(struct inflate *f, char *out, struct error *err)
{
	char in[DIGEST_TEXT], *own_out = out;
	struct bytes block;
	int got;

	while ((got = inflate_read(f, &block, err)) > 0)
		;
	if (got < 0)
		return -1;
	if (f->kind == PLAIN) {         /* both sides are one: whichever was asked for was made */
		digest_end(f->digest ? &f->in_digest : &f->out_digest, own_out);
		if (compare("digest", own_out, f->digest, err) < 0)
			return -1;
		return f->digest && f->diff_id && strcmp(f->digest, f->diff_id) == 0 ? 0 : compare("digest", own_out, f->diff_id, err);
	}
	digest_end(&f->in_digest, in);
	end_out(f, own_out);
	if (compare("digest", in, f->digest, err) < 0)
		return -1;
	return compare("content's digest", own_out, f->diff_id, err);
}
