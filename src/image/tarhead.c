#include "image/tarhead.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#define BLOCK ((size_t)512)
/* a name that a header of its own holds, or several in a pax header */
#define NAME_MOST ((size_t)64 << 10)
#define PAX_MOST ((size_t)1 << 20)

static bool
all_zero(const uint8_t *b)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (b[i])
			return false;
	return true;
}

/* a header's checksum counts its own field as blanks */
static bool
sum_fits(const uint8_t *b)
{
	char field[9] = { 0 };
	char *end;
	long sum = 0, said;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : b[i];
	memcpy(field, b + 148, 8);
	said = strtol(field, &end, 8);
	return end != field && said == sum;
}

bool
tarhead_is(struct bytes block)
{
	return block.len >= BLOCK && (sum_fits(block.at) || all_zero(block.at));
}

void
tarhead_init(struct tarhead *t, struct blob *blob)
{
	*t = (struct tarhead){ .blob = blob };
}

void
tarhead_done(struct tarhead *t)
{
	buf_done(&t->name);
	buf_done(&t->link);
}

static int
fill(struct tarhead *t, struct error *err)
{
	int got = 1;

	while (t->have.len == 0 && !t->ended) {
		got = t->blob->read(t->blob, &t->have, err);
		if (got < 0)
			return -1;
		t->ended = got == 0;
		if (t->ended)
			t->have.len = 0;
	}
	return t->have.len > 0;
}

static struct bytes
use(struct tarhead *t, uint64_t most)
{
	const struct bytes b = bytes_cut(t->have, 0, most < t->have.len ? (size_t)most : t->have.len);

	t->have = bytes_cut(t->have, b.len, t->have.len);
	t->at += b.len;
	return b;
}

/* goes n bytes on: by seeking where that can be done and is worth it */
static int
skip(struct tarhead *t, uint64_t n, struct error *err)
{
	while (n) {
		if (n > t->have.len && t->blob->seek) {
			t->at += n;
			t->have.len = 0;
			t->ended = false;
			if (t->blob->size && t->at > t->blob->size)
				return error_set(err, ERROR_TRUNCATED, "the archive ends too early");
			return t->blob->seek(t->blob, t->at, err);
		}
		if (fill(t, err) <= 0)
			return t->ended ? error_set(err, ERROR_TRUNCATED, "the archive ends too early") : -1;
		n -= use(t, n).len;
	}
	return 0;
}

/* exactly n bytes to a place: 1, 0 when there are none at all, -1 */
static int
take(struct tarhead *t, uint8_t *to, size_t n, struct error *err)
{
	size_t done = 0;

	while (done < n) {
		const int got = fill(t, err);
		struct bytes b;

		if (got < 0)
			return -1;
		if (got == 0)
			return done ? error_set(err, ERROR_TRUNCATED, "the archive ends too early") : 0;
		b = use(t, n - done);
		memcpy(to + done, b.at, b.len);
		done += b.len;
	}
	return 1;
}

/* octal digits, or a binary number with its first bit set */
static bool
number(const uint8_t *field, size_t n, uint64_t *out)
{
	uint64_t v = 0;

	if (field[0] & 0x80) {
		for (size_t i = 1; i < n; i++) {
			if (v >> 55)
				return false;
			v = v << 8 | field[i];
		}
		*out = v;
		return (field[0] & 0x7f) == 0;
	}
	for (size_t i = 0; i < n && field[i]; i++) {
		if (field[i] == ' ')
			continue;
		if (field[i] < '0' || field[i] > '7' || v >> 60)
			return false;
		v = v << 3 | (uint64_t)(field[i] - '0');
	}
	*out = v;
	return v < (uint64_t)1 << 62;
}

/* the content of a header's header */
static int
take_text(struct tarhead *t, uint64_t size, size_t most, struct buf *out, struct error *err)
{
	uint8_t *room;

	if (size > most)
		return error_set(err, ERROR_LIMIT, "a name of %" PRIu64 " bytes is longer than any image needs", size);
	out->len = 0;
	room = buf_room(out, (size_t)size + 1);
	if (!room)
		return error_set(err, ERROR_INTERNAL, "out of memory for a name");
	if (size && take(t, room, (size_t)size, err) <= 0)
		return error_set(err, ERROR_TRUNCATED, "the archive ends too early");
	room[size] = 0;
	out->len = (size_t)size;
	return skip(t, (BLOCK - size % BLOCK) % BLOCK, err);
}

static void
set(struct buf *out, struct bytes value)
{
	out->len = 0;
	buf_add(out, value.at, value.len);
	buf_str(out);
}

/* "LEN KEY=VALUE\n" records: of these the path, the link and the size matter */
static bool
parse_pax(struct tarhead *t, struct bytes pax, bool *sized)
{
	while (pax.len) {
		char *end;
		const unsigned long n = strtoul((const char *)pax.at, &end, 10);
		const size_t head = (size_t)(end - (const char *)pax.at) + 1;
		struct bytes record;

		if (end == (const char *)pax.at || *end != ' ' || n <= head || n > pax.len || pax.at[n - 1] != '\n')
			return false;
		record = bytes_cut(pax, head, n - 1);
		pax = bytes_cut(pax, n, pax.len);
		if (bytes_starts(record, "path=")) {
			set(&t->name, bytes_cut(record, 5, record.len));
		} else if (bytes_starts(record, "linkpath=")) {
			set(&t->link, bytes_cut(record, 9, record.len));
		} else if (bytes_starts(record, "size=")) {
			t->size = strtoull((const char *)record.at + 5, NULL, 10);
			*sized = t->size < (uint64_t)1 << 62;
		}
	}
	return true;
}

static void
own_name(struct tarhead *t, const uint8_t *h)
{
	const bool ustar = memcmp(h + 257, "ustar", 6) == 0;

	t->name.len = 0;
	if (ustar && h[345]) {
		buf_add(&t->name, h + 345, strnlen((const char *)h + 345, 155));
		buf_addc(&t->name, '/');
	}
	buf_add(&t->name, h, strnlen((const char *)h, 100));
	buf_str(&t->name);
}

/* the header of a member, after those that lengthen its name */
static int
finish(struct tarhead *t, const uint8_t *h, bool sized, struct error *err)
{
	uint64_t size;

	if (!number(h + 124, 12, &size))
		return error_set(err, ERROR_SYNTAX, "a size in the archive is no number");
	if (t->name.len == 0)
		own_name(t, h);
	if (t->link.len == 0)
		set(&t->link, (struct bytes){ h + 157, strnlen((const char *)h + 157, 100) });
	if (!sized)
		t->size = size;
	t->type = h[156] == '0' || h[156] == 0 || h[156] == '7' ? TARHEAD_FILE : h[156] == '1' || h[156] == '2' ? TARHEAD_LINK
	    : TARHEAD_OTHER;
	if (t->type == TARHEAD_LINK || h[156] == '5')
		t->size = 0;
	t->start = t->at;
	t->left = t->size;
	t->padding = (BLOCK - t->size % BLOCK) % BLOCK;
	return t->name.failed || t->link.failed ? error_set(err, ERROR_INTERNAL, "out of memory for a name") : 1;
}

/* a header that says more of the next one: 1 it was one, 0 it is the member's own, -1 */
static int
take_extra(struct tarhead *t, const uint8_t *h, bool *sized, struct error *err)
{
	struct buf pax = { 0 };
	uint64_t size;
	bool ok;

	if (!strchr("xgLK", h[156]) || h[156] == 0)
		return 0;
	if (!number(h + 124, 12, &size))
		return error_set(err, ERROR_SYNTAX, "a size in the archive is no number");
	if (h[156] == 'L' || h[156] == 'K') {
		struct buf *to = h[156] == 'L' ? &t->name : &t->link;

		if (take_text(t, size, NAME_MOST, to, err) < 0)
			return -1;
		to->len = strlen((const char *)to->at);
		return 1;
	}
	ok = take_text(t, size, PAX_MOST, &pax, err) == 0;
	if (ok && h[156] == 'x' && !parse_pax(t, (struct bytes){ pax.at, pax.len }, sized)) {
		error_set(err, ERROR_SYNTAX, "a pax header in the archive is broken");
		ok = false;
	}
	buf_done(&pax);
	return ok ? 1 : -1;
}

int
tarhead_next(struct tarhead *t, struct error *err)
{
	uint8_t h[BLOCK];
	bool sized = false;
	int got;

	if (skip(t, t->left + t->padding, err) < 0)
		return -1;
	t->left = t->padding = 0;
	t->name.len = t->link.len = 0;
	for (;;) {
		got = take(t, h, BLOCK, err);
		if (got <= 0)
			return got;
		if (all_zero(h))        /* an end, behind which another archive may stand */
			continue;
		if (!sum_fits(h))
			return error_set(err, ERROR_SYNTAX, "the archive is broken: a header's checksum is wrong");
		got = take_extra(t, h, &sized, err);
		if (got <= 0)
			return got < 0 ? -1 : finish(t, h, sized, err);
	}
}

int
tarhead_read(struct tarhead *t, struct bytes *out, struct error *err)
{
	const int got = t->left ? fill(t, err) : 0;

	if (got < 0)
		return -1;
	if (got == 0)
		return t->left ? error_set(err, ERROR_TRUNCATED, "the archive ends too early") : 0;
	*out = use(t, t->left);
	t->left -= out->len;
	return 1;
}

int
tarhead_speaks(const char *name)
{
	static const char hex[] = "0123456789abcdef";

	if (strncmp(name, "./", 2) == 0)
		name += 2;
	if (strcmp(name, "oci-layout") == 0 || strncmp(name, "blobs/sha256", 12) == 0 || strncmp(name, "blobs/sha512", 12) == 0)
		return 2;
	if (strncmp(name, "sha256:", 7) == 0)
		name += 7;
	if (strspn(name, hex) == 64 && (name[64] == '/' || name[64] == '.' || name[64] == 0))
		return 2;
	return strcmp(name, "manifest.json") == 0 || strcmp(name, "index.json") == 0 || strcmp(name, "repositories") == 0 ||
	    strcmp(name, "blobs/") == 0;
}
