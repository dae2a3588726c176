/* RPM: a header before a compressed cpio, read in two steps, so that what the cpio asks for meets its bound, too */
#include <archive.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/bytes.h"
#include "unwrap/reading.h"
#include "unwrap/unwrap.h"
#include "unwrap/wrappings.h"

struct package {
	struct feed feed;
	struct feed *outer, *inner;
	struct blob payload;            /* the cpio, unpacked */
};

static int
rpm_bid(struct bytes head)
{
	return head.len >= 4 && memcmp(head.at, "\xed\xab\xee\xdb", 4) == 0 ? 90 : 0;
}

static int
payload_support(struct archive *a)
{
	static int (*const filters[])(struct archive *) = {
		archive_read_support_filter_rpm, archive_read_support_filter_gzip, archive_read_support_filter_xz,
		archive_read_support_filter_lzma, archive_read_support_filter_zstd, archive_read_support_filter_bzip2,
	};

	for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++)
		if (filters[i](a) != ARCHIVE_OK)
			return ARCHIVE_WARN;
	return archive_read_support_format_raw(a);
}

static int
cpio_support(struct archive *a)
{
	return archive_read_support_format_cpio(a);
}

static int
package_next(struct feed *feed, struct blob *b, struct error *err)
{
	struct package *p = feed->state;

	return p->inner->next(p->inner, b, err);
}

static void
package_close(struct feed *feed)
{
	struct package *p = feed->state;

	if (p->inner)
		p->inner->close(p->inner);
	if (p->outer)
		p->outer->close(p->outer);
	free(p);
}

static struct feed *
rpm_open(struct blob *b, struct budget *budget, struct error *err)
{
	static const struct reading_kind payload = { payload_support, ORIGIN_STREAM, "payload", false, false };
	static const struct reading_kind cpio = { cpio_support, ORIGIN_MEMBER, NULL, false, false };
	struct package *p = calloc(1, sizeof *p);
	int got = -1;

	if (!p) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	p->feed = (struct feed){ .next = package_next, .close = package_close, .state = p };
	p->outer = reading_open(b, budget, &payload, err);
	if (p->outer)
		got = p->outer->next(p->outer, &p->payload, err);
	if (got == 0)
		error_set(err, ERROR_TRUNCATED, "the archive ends too early");
	if (got > 0) {
		/* people know a package's files, not the cpio around them */
		p->payload.origin = b->origin;
		p->inner = reading_open(&p->payload, budget, &cpio, err);
	}
	if (p->inner)
		return &p->feed;
	package_close(&p->feed);
	return NULL;
}

const struct wrapping wrapping_rpm = { "rpm", rpm_bid, rpm_open, NULL };
