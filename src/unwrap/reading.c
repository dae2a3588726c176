#include "unwrap/reading.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "blob/memory.h"
#include "blob/origin.h"
#include "unwrap/unwrap.h"

struct reading {
	struct feed feed;
	const struct reading_kind *kind;
	struct archive *archive;
	struct blob *blob;              /* what libarchive reads from */
	struct budget *budget;
	uint64_t in, out, at, entries;  /* bytes read, handed out; where reading stands; members met */
	struct error late;              /* code set: of the blob beneath, or a limit; the feed ends with it */
	struct origin origin;
	char *name;                     /* of the member at hand */
	bool locked;                    /* that member is encrypted */
	struct memory_blob spooled;
	struct buf spool;
};

static la_ssize_t
on_read(struct archive *a, void *arg, const void **block)
{
	struct reading *r = arg;
	struct bytes b;
	const int got = r->blob->read(r->blob, &b, &r->late);

	if (got < 0) {
		archive_set_error(a, EIO, "%s", r->late.text);
		return -1;
	}
	if (got == 0)
		return 0;
	r->in += b.len;
	r->at += b.len;
	*block = b.at;
	return (la_ssize_t)b.len;
}

static la_int64_t
on_seek(struct archive *a, void *arg, la_int64_t offset, int whence)
{
	struct reading *r = arg;
	const int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (int64_t)r->at : (int64_t)r->blob->size;
	int64_t to;

	if (__builtin_add_overflow(base, offset, &to) || to < 0 || r->blob->seek(r->blob, (uint64_t)to, &r->late) < 0) {
		archive_set_error(a, EINVAL, "it points outside itself");
		return ARCHIVE_FATAL;
	}
	r->at = (uint64_t)to;
	return to;
}

/* libarchive's failure in our words; it is hostile text's, so only known words decide */
static int
complain(struct reading *r, const char *what, struct error *err)
{
	const char *why = archive_error_string(r->archive);

	if (r->late.code) {
		*err = r->late;
		return -1;
	}
	if (!why)
		why = "it is broken";
	if (strcasestr(why, "encrypt") || strcasestr(why, "passphrase"))
		return error_set(err, ERROR_ENCRYPTED, "%s is encrypted", what);
	if (strcasestr(why, "truncated") || strcasestr(why, "unexpected end") || strcasestr(why, "premature"))
		return error_set(err, ERROR_TRUNCATED, "%s ends too early", what);
	if (strcasestr(why, "unsupported") || strcasestr(why, "not supported"))
		return error_set(err, ERROR_UNSUPPORTED, "%s can't be read: %.80s", what, why);
	return error_set(err, ERROR_SYNTAX, "%s is broken: %.80s", what, why);
}

static const char *
what_of(const struct reading *r)
{
	return r->kind->step == ORIGIN_STREAM ? "compressed data" : "the archive";
}

/* a limit ends all: skipping the rest of a bomb would unpack it too */
static int
take(struct reading *r, size_t n, struct error *err)
{
	r->out += n;
	if (budget_take(r->budget, n, r->in, r->out, &r->late) == 0)
		return 0;
	*err = r->late;
	return -1;
}

static int
member_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct reading *r = b->state;
	const void *block;
	la_int64_t offset;
	size_t len;
	int got;

	if (r->locked)
		return error_set(err, ERROR_ENCRYPTED, "it is encrypted");
	do
		got = archive_read_data_block(r->archive, &block, &len, &offset);
	while (got == ARCHIVE_RETRY || (got == ARCHIVE_OK && len == 0));
	if (got == ARCHIVE_EOF)
		return 0;
	if (got < ARCHIVE_WARN)
		return complain(r, r->kind->step == ORIGIN_STREAM ? "compressed data" : "it", err);
	*out = (struct bytes){ block, len };
	return take(r, len, err) < 0 ? -1 : 1;
}

static const char *
name_of(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	if (!name)
		name = archive_entry_pathname_utf8(entry);
	return name ? name : "?";
}

static int
hand_out(struct reading *r, struct archive_entry *entry, struct blob *b, struct error *err)
{
	const bool stream = r->kind->step == ORIGIN_STREAM;

	free(r->name);
	r->name = strdup(stream ? r->kind->name : name_of(entry));
	if (!r->name)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	r->locked = archive_entry_is_data_encrypted(entry) > 0;
	r->origin = origin_step(r->blob->origin, r->kind->step, r->name, 0);
	*b = (struct blob){
		.origin = &r->origin,
		.size = archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0 ? (uint64_t)archive_entry_size(entry) : 0,
		.read = member_read,
		.state = r,
	};
	return 1;
}

/* each header counts, also of what has no content */
static int
count_entry(struct reading *r, struct error *err)
{
	if (++r->entries > r->budget->limits->entries)
		return error_set(err, ERROR_LIMIT, "it has more than %" PRIu64 " members (--max-entries)", r->budget->limits->entries);
	return budget_take(r->budget, 0, r->in, r->out, err);
}

static int
next(struct feed *feed, struct blob *b, struct error *err)
{
	struct reading *r = feed->state;
	struct archive_entry *entry;

	for (;;) {
		int got;

		if (r->late.code) {
			*err = r->late;
			return -1;
		}
		got = archive_read_next_header(r->archive, &entry);
		if (got == ARCHIVE_EOF)
			return 0;
		if (got == ARCHIVE_RETRY)
			continue;
		if (got < ARCHIVE_WARN)
			return complain(r, what_of(r), err);
		if (count_entry(r, err) < 0)
			return -1;
		/* folders, links and devices hold nothing; a stream's only entry has no type */
		if (r->kind->step == ORIGIN_STREAM || (archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry)))
			return hand_out(r, entry, b, err);
	}
}

static void
reading_close(struct feed *feed)
{
	struct reading *r = feed->state;

	archive_read_free(r->archive);
	buf_done(&r->spool);
	free(r->name);
	free(r);
}

/* reads all of a stream into memory, so that it can be sought in */
static int
spool(struct reading *r, struct error *err)
{
	const uint64_t most = r->budget->limits->spool;
	struct bytes b;
	int got;

	while ((got = r->blob->read(r->blob, &b, err)) > 0) {
		if (r->spool.len + b.len > most)
			return error_set(err, ERROR_LIMIT, "it must be read in any order and is larger than %" PRIu64
			    " bytes, too large to keep (--max-spool)", most);
		buf_add(&r->spool, b.at, b.len);
	}
	if (got < 0 || r->spool.failed)
		return got < 0 ? -1 : error_set(err, ERROR_INTERNAL, "out of memory");
	memory_blob_init(&r->spooled, r->blob->origin, (struct bytes){ r->spool.at, r->spool.len });
	r->blob = &r->spooled.blob;
	return 0;
}

static int
start(struct reading *r, struct error *err)
{
	struct archive *a = r->archive = archive_read_new();

	if (!a)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	if (r->kind->seeks && !r->blob->seek && spool(r, err) < 0)
		return -1;
	if (r->kind->support(a) < ARCHIVE_WARN)
		return complain(r, what_of(r), err);
	archive_read_set_read_callback(a, on_read);
	archive_read_set_callback_data(a, r);
	if (r->blob->seek && r->blob->size)
		archive_read_set_seek_callback(a, on_seek);
	if (archive_read_open1(a) < ARCHIVE_WARN)
		return complain(r, what_of(r), err);
	return 0;
}

struct feed *
reading_open(struct blob *blob, struct budget *budget, const struct reading_kind *kind, struct error *err)
{
	struct reading *r = calloc(1, sizeof *r);

	if (!r) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	r->kind = kind;
	r->blob = blob;
	r->budget = budget;
	r->feed = (struct feed){ .next = next, .close = reading_close, .state = r };
	if (start(r, err) == 0)
		return &r->feed;
	reading_close(&r->feed);
	return NULL;
}
