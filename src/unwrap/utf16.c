/* UTF-16 and UTF-32 text, handed out as UTF-8: lines stay what they are */
#include <stdlib.h>
#include <string.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/bytes.h"
#include "blob/origin.h"
#include "unwrap/unwrap.h"
#include "unwrap/wrappings.h"

#define ROOM ((size_t)48 << 10)
/* without a mark at its start, this much of a text must look like it */
#define SAMPLE ((size_t)512)
#define SAMPLE_MIN ((size_t)64)

struct wide {
	struct feed feed;
	struct blob *blob;
	struct budget *budget;
	unsigned size;                  /* of a unit: 2 or 4 */
	bool big;
	bool handed;
	struct origin origin;
	uint64_t in, out;
	struct bytes block;             /* of the blob beneath, not yet converted */
	uint8_t part[4];                /* a unit that a border of blocks split */
	unsigned part_len;
	uint32_t high;                  /* a surrogate that waits for its other half */
	bool begun;
	uint8_t text[ROOM + 8];
	size_t len;
};

static void
put(struct wide *w, uint32_t c)
{
	uint8_t *t = w->text + w->len;

	if (c < 0x80) {
		t[0] = (uint8_t)c;
		w->len += 1;
	} else if (c < 0x800) {
		t[0] = (uint8_t)(0xc0 | c >> 6);
		t[1] = (uint8_t)(0x80 | (c & 0x3f));
		w->len += 2;
	} else if (c < 0x10000) {
		t[0] = (uint8_t)(0xe0 | c >> 12);
		t[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		t[2] = (uint8_t)(0x80 | (c & 0x3f));
		w->len += 3;
	} else {
		t[0] = (uint8_t)(0xf0 | c >> 18);
		t[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
		t[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		t[3] = (uint8_t)(0x80 | (c & 0x3f));
		w->len += 4;
	}
}

/* one unit; what is no character becomes U+FFFD */
static void
unit(struct wide *w, uint32_t u)
{
	if (!w->begun) {
		w->begun = true;
		if (u == 0xfeff)
			return;
	}
	if (w->high) {
		const uint32_t high = w->high;

		w->high = 0;
		if (u >= 0xdc00 && u < 0xe000) {
			put(w, 0x10000 + ((high - 0xd800) << 10) + (u - 0xdc00));
			return;
		}
		put(w, 0xfffd);
	}
	if (w->size == 2 && u >= 0xd800 && u < 0xdc00)
		w->high = u;
	else
		put(w, u > 0x10ffff || (u >= 0xd800 && u < 0xe000) ? 0xfffd : u);
}

static uint32_t
value(const struct wide *w, const uint8_t *b)
{
	if (w->size == 2)
		return w->big ? (uint32_t)b[0] << 8 | b[1] : (uint32_t)b[1] << 8 | b[0];
	return w->big ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
	    : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

/* a run of ASCII at the front of the block, which is what most text is */
static void
convert_ascii(struct wide *w)
{
	const unsigned size = w->size, text_at = w->big ? size - 1 : 0;
	const uint8_t *at = w->block.at, *const end = at + w->block.len / size * size;

	while (at < end && w->len < ROOM) {
		const uint32_t u = value(w, at);

		if (u >= 0x80)
			break;
		w->text[w->len++] = at[text_at];
		at += size;
	}
	w->block = bytes_cut(w->block, (size_t)(at - w->block.at), w->block.len);
}

/* converts what there is of the block, as far as there is room */
static void
convert(struct wide *w)
{
	while (w->block.len && w->len < ROOM) {
		if (w->begun && !w->part_len && !w->high)
			convert_ascii(w);
		if (!w->block.len || w->len >= ROOM)
			break;
		w->part[w->part_len++] = *w->block.at;
		w->block = bytes_cut(w->block, 1, w->block.len);
		if (w->part_len == w->size) {
			unit(w, value(w, w->part));
			w->part_len = 0;
		}
	}
}

static int
wide_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct wide *w = b->state;
	int got = 1;

	w->len = 0;
	while (w->len < ROOM && got > 0) {
		if (w->block.len == 0) {
			if (w->len >= ROOM / 2)
				break;
			got = w->blob->read(w->blob, &w->block, err);
			if (got < 0)
				return -1;
			if (got == 0)
				break;
			w->in += w->block.len;
		}
		convert(w);
	}
	w->out += w->len;
	*out = (struct bytes){ w->text, w->len };
	if (budget_take(w->budget, w->len, w->in, w->out, err) < 0)
		return -1;
	return w->len > 0;
}

static int
next(struct feed *feed, struct blob *b, struct error *err)
{
	struct wide *w = feed->state;

	(void)err;
	if (w->handed)
		return 0;
	w->handed = true;
	*b = (struct blob){ .origin = &w->origin, .read = wide_read, .state = w };
	return 1;
}

static void
wide_close(struct feed *feed)
{
	free(feed->state);
}

static struct feed *
wide_open(struct blob *blob, struct budget *budget, unsigned size, bool big, const char *name, struct error *err)
{
	struct wide *w = malloc(sizeof *w);

	if (!w) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	memset(w, 0, offsetof(struct wide, text));
	w->len = 0;
	w->blob = blob;
	w->budget = budget;
	w->size = size;
	w->big = big;
	w->origin = origin_step(blob->origin, ORIGIN_STREAM, name, 0);
	w->feed = (struct feed){ .next = next, .close = wide_close, .state = w };
	return &w->feed;
}

/* of the sample's units, nearly all must be ASCII: one byte text, the others NUL */
static bool
looks_wide(struct bytes head, unsigned size, unsigned text_at)
{
	const size_t n = (head.len < SAMPLE ? head.len : SAMPLE) / size;
	size_t good = 0;

	if (n * size < SAMPLE_MIN || !memchr(head.at, 0, 4))
		return false;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *u = head.at + i * size;
		bool ok = (u[text_at] >= ' ' && u[text_at] < 0x7f) || u[text_at] == '\n' || u[text_at] == '\r' || u[text_at] == '\t';

		for (unsigned k = 0; k < size; k++)
			ok &= k == text_at || u[k] == 0;
		good += ok;
	}
	return good * 10 >= n * 9;
}

static bool
starts(struct bytes head, const char *magic, size_t n)
{
	return head.len >= n && memcmp(head.at, magic, n) == 0;
}

/* a mark alone is two bytes that chance makes, too: what follows it must be text, not control characters and private ones */
static bool
reads_wide(struct bytes head, bool big)
{
	const size_t n = (head.len < SAMPLE ? head.len : SAMPLE) / 2;
	size_t bad = 0;

	for (size_t i = 1; i < n; i++) {
		const uint8_t *u = head.at + 2 * i;
		const unsigned c = big ? (unsigned)u[0] << 8 | u[1] : (unsigned)u[1] << 8 | u[0];

		bad += (c < ' ' && !(c >= '\t' && c <= '\r') && c != 0x1b) || (c >= 0xe000 && c < 0xf900) || c >= 0xfff0;
	}
	return n > 1 && bad * 20 <= n;
}

static int
utf16le_bid(struct bytes head)
{
	if (starts(head, "\xff\xfe", 2) && reads_wide(head, false))
		return 60;
	return looks_wide(head, 2, 0) ? 50 : 0;
}

static int
utf16be_bid(struct bytes head)
{
	if (starts(head, "\xfe\xff", 2) && reads_wide(head, true))
		return 60;
	return looks_wide(head, 2, 1) ? 50 : 0;
}

static int
utf32le_bid(struct bytes head)
{
	return starts(head, "\xff\xfe\0\0", 4) || looks_wide(head, 4, 0) ? 70 : 0;
}

static int
utf32be_bid(struct bytes head)
{
	return starts(head, "\0\0\xfe\xff", 4) || looks_wide(head, 4, 3) ? 70 : 0;
}

#define WIDE(id, label, size, big) \
	static struct feed * \
	id##_open(struct blob *b, struct budget *budget, struct error *err) \
	{ \
		return wide_open(b, budget, size, big, label, err); \
	} \
	const struct wrapping wrapping_##id = { label, id##_bid, id##_open, NULL };

WIDE(utf16le, "utf-16le", 2, false)
WIDE(utf16be, "utf-16be", 2, true)
WIDE(utf32le, "utf-32le", 4, false)
WIDE(utf32be, "utf-32be", 4, true)
