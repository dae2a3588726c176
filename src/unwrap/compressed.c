/* compressed files: one content without a name of its own */
#include <archive.h>
#include <string.h>

#include "base/bytes.h"
#include "base/dictionary.h"
#include "unwrap/gunzip.h"
#include "unwrap/reading.h"
#include "unwrap/unwrap.h"
#include "unwrap/unxz.h"
#include "unwrap/wrappings.h"

/* exactly one filter, so that each step of nesting is a step of the origin and counts */
#define STREAM_KIND(id, code, dictionary) STREAM_KIND_BY(id, code, dictionary, id##_open)

/* the same, where something else opens it first */
#define STREAM_KIND_BY(id, code, dictionary, how) \
	static int \
	id##_support(struct archive *a) \
	{ \
		return one_filter(a, code); \
	} \
	static const struct reading_kind id##_kind = { id##_support, ORIGIN_STREAM, #id, false, false }; \
	static struct feed * \
	id##_open(struct blob *b, struct budget *budget, struct error *err) \
	{ \
		return reading_open(b, budget, &id##_kind, err); \
	} \
	const struct wrapping wrapping_##id = { #id, id##_bid, how, dictionary };

static int
one_filter(struct archive *a, int code)
{
	/* libarchive 3.6 crashes on this one by its code */
	int r = code == ARCHIVE_FILTER_COMPRESS ? archive_read_support_filter_compress(a) : archive_read_append_filter(a, code);

	if (r == ARCHIVE_OK)
		r = archive_read_support_format_raw(a);
	return r == ARCHIVE_OK ? archive_read_support_format_empty(a) : r;
}

static bool
starts(struct bytes head, const char *magic, size_t n)
{
	return head.len >= n && memcmp(head.at, magic, n) == 0;
}

static int
gzip_bid(struct bytes head)
{
	return starts(head, "\x1f\x8b\x08", 3) && head.len >= 10 && (head.at[3] & 0xe0) == 0 ? 90 : 0;
}

static int
xz_bid(struct bytes head)
{
	return starts(head, "\xfd" "7zXZ\0", 6) ? 95 : 0;
}

static int
zstd_bid(struct bytes head)
{
	if (starts(head, "\x28\xb5\x2f\xfd", 4))
		return 90;
	/* a frame to be skipped comes first in some tools' files */
	return head.len >= 4 && (head.at[0] & 0xf0) == 0x50 && memcmp(head.at + 1, "\x2a\x4d\x18", 3) == 0 ? 80 : 0;
}

static int
bzip2_bid(struct bytes head)
{
	return starts(head, "BZh", 3) && head.len >= 14 && memcmp(head.at + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ? 95 : 0;
}

static int
lz4_bid(struct bytes head)
{
	return starts(head, "\x04\x22\x4d\x18", 4) ? 90 : 0;
}

static int
compress_bid(struct bytes head)
{
	return starts(head, "\x1f\x9d", 2) && head.len >= 3 && (head.at[2] & 0x60) == 0 && (head.at[2] & 0x1f) >= 9 &&
	    (head.at[2] & 0x1f) <= 16 ? 60 : 0;
}

/* no magic: properties, a dictionary of a usual size, an unknown or sane length, and the coder's first byte 0 */
static int
lzma_bid(struct bytes head)
{
	uint32_t dictionary;
	uint64_t size;

	if (head.len < 18 || head.at[0] != 0x5d || head.at[13] != 0)
		return 0;
	memcpy(&dictionary, head.at + 1, sizeof dictionary);
	memcpy(&size, head.at + 5, sizeof size);
	/* 2^n, or half as much more */
	if ((dictionary & (dictionary - 1)) != 0)
		dictionary = dictionary % 3 ? 0 : dictionary / 3;
	if (dictionary < 4096 || (dictionary & (dictionary - 1)) != 0)
		return 0;
	return size == UINT64_MAX || size < (uint64_t)1 << 38 ? 50 : 0;
}

static struct feed *quick_gzip_open(struct blob *, struct budget *, struct error *);

STREAM_KIND_BY(gzip, ARCHIVE_FILTER_GZIP, NULL, quick_gzip_open)
STREAM_KIND(zstd, ARCHIVE_FILTER_ZSTD, dictionary_of)
STREAM_KIND(bzip2, ARCHIVE_FILTER_BZIP2, NULL)
STREAM_KIND(lz4, ARCHIVE_FILTER_LZ4, NULL)
STREAM_KIND(lzma, ARCHIVE_FILTER_LZMA, dictionary_of)
STREAM_KIND(compress, ARCHIVE_FILTER_COMPRESS, NULL)

const struct wrapping wrapping_xz = { "xz", xz_bid, unxz_open, dictionary_of };

/* what is large or has a fault is read as a stream, which also tells the fault */
static struct feed *
quick_gzip_open(struct blob *b, struct budget *budget, struct error *err)
{
	struct feed *feed = gunzip_open(b, budget);

	if (feed || (b->seek && b->seek(b, 0, err) < 0))
		return feed;
	return gzip_open(b, budget, err);
}
