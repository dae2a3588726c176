#include "base/rare.h"

#include <stdlib.h>
#include <string.h>

#include <bzlib.h>
#include <lzma.h>

#include <stanch/error.h>

#include "base/dictionary.h"

/* what xz needs beside a dictionary */
#define XZ_BESIDE ((uint64_t)2 << 20)

struct rare {
	bool xz;
	uint64_t memory;                /* that xz may take: a later block may ask for more than the first one did */
	lzma_stream lzma;
	bz_stream bzip2;
};

const char *
rare_kind(struct bytes head)
{
	if (head.len >= 6 && memcmp(head.at, "\xfd" "7zXZ\0", 6) == 0)
		return "xz";
	if (head.len >= 10 && memcmp(head.at, "BZh", 3) == 0 && memcmp(head.at + 4, "1AY&SY", 6) == 0)
		return "bzip2";
	return NULL;
}

/* again for each stream: both libraries end with one */
static int
begin(struct rare *r)
{
	if (r->xz)
		return lzma_stream_decoder(&r->lzma, r->memory, 0) == LZMA_OK ? 0 : -1;
	BZ2_bzDecompressEnd(&r->bzip2);
	return BZ2_bzDecompressInit(&r->bzip2, 0, 0) == BZ_OK ? 0 : -1;
}

struct rare *
rare_new(const char *kind, uint64_t dictionary)
{
	struct rare *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->xz = strcmp(kind, "xz") == 0;
	r->memory = XZ_BESIDE + (dictionary < DICTIONARY_SMALL ? DICTIONARY_SMALL : dictionary < DICTIONARY_MOST ? dictionary : DICTIONARY_MOST);
	r->lzma = (lzma_stream)LZMA_STREAM_INIT;
	if (begin(r) == 0)
		return r;
	rare_free(r);
	return NULL;
}

void
rare_free(struct rare *r)
{
	if (!r)
		return;
	lzma_end(&r->lzma);
	BZ2_bzDecompressEnd(&r->bzip2);
	free(r);
}

static int
step_xz(struct rare *r, struct bytes *in, uint8_t *room, size_t size, size_t *out, bool *ended, struct error *err)
{
	lzma_ret got;

	r->lzma.next_in = in->at;
	r->lzma.avail_in = in->len;
	r->lzma.next_out = room + *out;
	r->lzma.avail_out = size - *out;
	got = lzma_code(&r->lzma, LZMA_RUN);
	*in = bytes_cut(*in, in->len - r->lzma.avail_in, in->len);
	*out = size - r->lzma.avail_out;
	*ended = got == LZMA_STREAM_END;
	if (got == LZMA_MEMLIMIT_ERROR)
		return error_set(err, ERROR_LIMIT, "its xz stream wants more than %u MiB to be unpacked", (unsigned)(r->memory >> 20));
	if (got != LZMA_OK && got != LZMA_STREAM_END && got != LZMA_BUF_ERROR)
		return error_set(err, ERROR_SYNTAX, "its xz stream is broken");
	return 0;
}

static int
step_bzip2(struct rare *r, struct bytes *in, uint8_t *room, size_t size, size_t *out, bool *ended, struct error *err)
{
	int got;

	r->bzip2.next_in = (char *)(uintptr_t)in->at;
	r->bzip2.avail_in = (unsigned)in->len;
	r->bzip2.next_out = (char *)room + *out;
	r->bzip2.avail_out = (unsigned)(size - *out);
	got = BZ2_bzDecompress(&r->bzip2);
	*in = bytes_cut(*in, in->len - r->bzip2.avail_in, in->len);
	*out = size - r->bzip2.avail_out;
	*ended = got == BZ_STREAM_END;
	if (got != BZ_OK && got != BZ_STREAM_END)
		return error_set(err, ERROR_SYNTAX, "its bzip2 stream is broken");
	return 0;
}

int
rare_step(struct rare *r, struct bytes *in, uint8_t *room, size_t size, size_t *out, bool *ended, struct error *err)
{
	const int got = (r->xz ? step_xz : step_bzip2)(r, in, room, size, out, ended, err);

	if (got == 0 && *ended && begin(r) < 0)
		return error_set(err, ERROR_INTERNAL, "out of memory for a layer");
	return got;
}
