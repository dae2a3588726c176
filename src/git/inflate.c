#include "git/inflate.h"

#include <libdeflate.h>
#include <zlib.h>

#include <stanch/error.h>

/* deflate's best is 1032 to 1 */
#define RATIO 1032

int
inflate_init(struct inflater *i, struct error *err)
{
	i->decompressor = libdeflate_alloc_decompressor();
	return i->decompressor ? 0 : error_set(err, ERROR_INTERNAL, "out of memory");
}

void
inflate_done(struct inflater *i)
{
	if (i->decompressor)
		libdeflate_free_decompressor(i->decompressor);
	i->decompressor = NULL;
}

int
inflate_plausible(uint64_t size, uint64_t in, struct error *err)
{
	if (size / RATIO <= in)
		return 0;
	return error_set(err, ERROR_SYNTAX, "the object claims more bytes than its compressed ones can hold");
}

int
inflate_exact(struct inflater *i, struct bytes in, uint8_t *out, size_t size, size_t *used, struct error *err)
{
	size_t read, written;

	/* the size of the result is checked below: one that is not wanted exactly says how far it got */
	if (libdeflate_zlib_decompress_ex(i->decompressor, in.at, in.len, out, size, &read, &written) != LIBDEFLATE_SUCCESS ||
		written != size)
		return error_set(err, ERROR_SYNTAX, "its compressed bytes are damaged, or not of the size that they should be");
	if (used)
		*used = read;
	return 0;
}

int
inflate_head(struct bytes in, uint8_t *out, size_t size, struct error *err)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in.at, .avail_in = in.len < UINT32_MAX ? (uInt)in.len : UINT32_MAX, .next_out = out, .avail_out = (uInt)size };
	int r;

	if (inflateInit(&z) != Z_OK)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	r = inflate(&z, Z_SYNC_FLUSH);
	inflateEnd(&z);
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return error_set(err, ERROR_SYNTAX, "its compressed bytes are damaged");
	return (int)(size - z.avail_out);
}
