#include "git/entries.h"

#include <string.h>

#include <stanch/error.h>

#include "git/number.h"

#define HEADER 12
/* of an entry: times, device, inode, mode, owner and size, before the object's id */
#define STAT_LEN 40
#define MODE_AT 24

/* flags, and those of version 3 */
#define FLAG_EXTENDED 0x4000u
#define FLAG_NAME 0x0fffu
#define FLAG_INTENT 0x2000u

/* Linux and git know no longer path */
#define PATH_LEN_MAX ((size_t)1 << 16)

static int
damaged(const struct entries *e, struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "entry %u of %u of the index is damaged", (unsigned)e->done + 1, (unsigned)e->count);
}

int
entries_open(struct entries *e, struct bytes all, unsigned id_len, struct error *err)
{
	*e = (struct entries){ .all = all, .id_len = id_len, .at = HEADER };
	if (all.len < HEADER || memcmp(all.at, "DIRC", 4) != 0)
		return error_set(err, ERROR_SYNTAX, "it is no index of git");
	e->version = number_be32(all.at + 4);
	e->count = number_be32(all.at + 8);
	if (e->version < 2 || e->version > 4)
		return error_set(err, ERROR_UNSUPPORTED, "version %u of the index is not known here", e->version);
	if (e->count > (all.len - HEADER) / (STAT_LEN + id_len + 2 + (e->version == 4 ? 2 : 1)))
		return error_set(err, ERROR_TRUNCATED, "the index ends before its %u entries do", (unsigned)e->count);
	return 0;
}

void
entries_done(struct entries *e)
{
	buf_done(&e->path);
}

/* git's numbers of seven bits a byte, each continuation one more than it says */
static bool
take_number(struct bytes all, size_t *at, size_t *n)
{
	uint8_t c;

	*n = 0;
	do {
		if (*at >= all.len || *n > PATH_LEN_MAX)
			return false;
		c = all.at[(*at)++];
		*n = (*n << 7) + (c & 0x7f) + (c & 0x80 ? 1 : 0);
	} while (c & 0x80);
	return true;
}

/* version 4: how many bytes of the last path fall away, and what follows instead, up to a NUL */
static bool
take_path(struct entries *e, size_t at, struct bytes *path)
{
	size_t cut, n;
	const uint8_t *nul;

	if (!take_number(e->all, &at, &cut) || cut > e->path.len)
		return false;
	nul = memchr(e->all.at + at, 0, e->all.len - at);
	n = nul ? (size_t)(nul - (e->all.at + at)) : 0;
	if (!nul || e->path.len - cut + n > PATH_LEN_MAX)
		return false;
	e->path.len -= cut;
	buf_add(&e->path, e->all.at + at, n);
	*path = (struct bytes){ e->path.at, e->path.len };
	e->at = at + n + 1;
	return !e->path.failed;
}

/* versions 2 and 3: the whole path, filled up with NULs to a multiple of eight bytes from the entry's start */
static bool
lend_path(struct entries *e, size_t at, unsigned flags, struct bytes *path)
{
	size_t n = flags & FLAG_NAME, end;

	if (n == FLAG_NAME) {
		const uint8_t *nul = memchr(e->all.at + at, 0, e->all.len - at);

		n = nul ? (size_t)(nul - (e->all.at + at)) : SIZE_MAX;
	}
	if (n > PATH_LEN_MAX || n >= e->all.len - at)
		return false;
	end = e->at + ((at + n - e->at + 8) & ~(size_t)7);
	if (end > e->all.len)
		return false;
	*path = (struct bytes){ e->all.at + at, n };
	e->at = end;
	return true;
}

/* moves on, and gives what a path and flags need; 0 or -1 */
static int
step(struct entries *e, const uint8_t **entry, unsigned *flags, unsigned *more, struct bytes *path, struct error *err)
{
	const size_t fixed = STAT_LEN + e->id_len + 2;
	size_t at = e->at + fixed;

	if (fixed + 2 > e->all.len - e->at)
		return damaged(e, err);
	*entry = e->all.at + e->at;
	*flags = number_be16(*entry + STAT_LEN + e->id_len);
	*more = 0;
	if (*flags & FLAG_EXTENDED) {
		*more = number_be16(*entry + fixed);
		at += 2;
	}
	if (e->version == 4 ? !take_path(e, at, path) : !lend_path(e, at, *flags, path))
		return damaged(e, err);
	e->done++;
	return 0;
}

static int
take(struct entries *e, struct index_entry *out, struct error *err)
{
	const uint8_t *entry;
	unsigned flags, more;

	if (step(e, &entry, &flags, &more, &out->path, err) < 0)
		return -1;
	if (out->path.len && memchr(out->path.at, 0, out->path.len))
		return damaged(e, err);
	out->id = entry + STAT_LEN;
	out->mode = number_be32(entry + MODE_AT);
	out->stage = flags >> 12 & 3;
	out->intent = more & FLAG_INTENT;
	return 1;
}

int
entries_next(struct entries *e, struct index_entry *out, struct error *err)
{
	return e->done == e->count ? 0 : take(e, out, err);
}

int
entries_skip(struct entries *e, uint32_t n, struct index_entry *out, struct error *err)
{
	const uint8_t *entry;
	unsigned flags, more;
	struct bytes path;

	if (n > e->count - e->done)
		return error_set(err, ERROR_SYNTAX, "the index has fewer entries than its tree says");
	for (; n > 1; n--)
		if (step(e, &entry, &flags, &more, &path, err) < 0)
			return -1;
	return take(e, out, err);
}
