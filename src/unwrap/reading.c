#include "unwrap/reading.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
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

/* What libarchive may want in one piece. A header that promises a longer name than any would have all behind it read into memory. */
#define AHEAD ((uint64_t)16 << 20)

struct reading {
	struct feed feed;
	const struct reading_kind *kind;
	struct archive *archive;
	struct blob *blob;              /* what libarchive reads from */
	struct budget *budget;
	uint64_t in, top;               /* bytes read, again or not; where the furthest of them ended */
	uint64_t out, entries;          /* bytes handed out; members met */
	uint64_t at;                    /* where reading stands */
	uint8_t tail[4];                /* the last bytes read */
	struct bytes lent;              /* the block that libarchive has, which ends at `at` */
	struct error late;              /* code set: of the blob beneath, or a limit; the feed ends with it */
	struct origin origin;
	char *name;                     /* of the member at hand */
	bool locked;                    /* that member is encrypted */
	bool ended;                     /* the only content of a stream was read to its end */
	bool streaming;                 /* must not seek: what is found by seeking was broken */
	locale_t locale;                /* in which libarchive turns names into UTF-8; or 0 */
	struct error odd;               /* code set: a part of the member at hand could not be read */
	struct memory_blob spooled;
	struct buf spool;
};

static void
keep_tail(struct reading *r, struct bytes b)
{
	const size_t n = b.len < sizeof r->tail ? b.len : sizeof r->tail;

	memmove(r->tail, r->tail + n, sizeof r->tail - n);
	memcpy(r->tail + sizeof r->tail - n, b.at + b.len - n, n);
}

/* When a name can't be converted while errno says ENOMEM, libarchive ends the process: so nothing that went before may have left it there. */
static void
forget_errno(void)
{
	errno = 0;
}

static const char *
what_of(const struct reading *r)
{
	return r->kind->step == ORIGIN_STREAM ? "compressed data" : "the archive";
}

/* the bytes read that nothing has used yet */
static uint64_t
unused(const struct reading *r)
{
	const int64_t used = archive_filter_bytes(r->archive, -1);

	return used >= 0 && (uint64_t)used < r->at ? r->at - (uint64_t)used : 0;
}

static int
may_read(struct reading *r)
{
	if (budget_take(r->budget, 0, 0, 0, &r->late) < 0)
		return -1;
	if (unused(r) > AHEAD)
		return error_set(&r->late, ERROR_SYNTAX, "%s is broken: it promises a name or a table larger than 16 MiB", what_of(r));
	return 1;
}

static la_ssize_t
on_read(struct archive *a, void *arg, const void **block)
{
	struct reading *r = arg;
	struct bytes b = { 0 };
	int got = may_read(r);

	while (got > 0 && b.len == 0)
		got = r->blob->read(r->blob, &b, &r->late);
	forget_errno();
	if (got < 0) {
		archive_set_error(a, EIO, "%s", r->late.text);
		return -1;
	}
	r->lent = got ? b : (struct bytes){ 0 };
	if (got == 0)
		return 0;
	keep_tail(r, b);
	r->in += b.len;
	r->at += b.len;
	if (r->top < r->at)
		r->top = r->at;
	*block = b.at;
	return (la_ssize_t)b.len;
}

/* bytes read, each once: members that share their bytes must not pay for a bomb */
static uint64_t
paid(const struct reading *r)
{
	return r->in < r->top ? r->in : r->top;
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
	r->lent = (struct bytes){ 0 };
	forget_errno();
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
	if (strcasestr(why, "encrypt") || strcasestr(why, "passphrase") || strcasestr(why, "crypto"))
		return error_set(err, ERROR_ENCRYPTED, "%s is encrypted", what);
	if (archive_errno(r->archive) == ENOMEM)
		return error_set(err, ENOMEM, "%s needs too much memory", what);
	if (strcasestr(why, "truncated") || strcasestr(why, "unexpected end") || strcasestr(why, "premature"))
		return error_set(err, ERROR_TRUNCATED, "%s ends too early", what);
	if (strcasestr(why, "unsupported") || strcasestr(why, "not supported"))
		return error_set(err, ERROR_UNSUPPORTED, "%s can't be read: %.80s", what, why);
	if (strcasestr(why, "unrecognized"))
		return error_set(err, ERROR_SYNTAX, "%s is broken at its start", what);
	return error_set(err, ERROR_SYNTAX, "%s is broken: %.80s", what, why);
}

/* a limit ends all: skipping the rest of a bomb would unpack it too */
static int
take(struct reading *r, size_t n, struct error *err)
{
	r->out += n;
	if (budget_take(r->budget, n, paid(r), r->out, &r->late) == 0)
		return 0;
	*err = r->late;
	return -1;
}

static const char *
content_of(const struct reading *r)
{
	return r->kind->step == ORIGIN_STREAM ? "compressed data" : "it";
}

/* what stands behind compressed data; zeros are only padding */
static bool
more_behind(struct reading *r, struct error *err)
{
	const uint64_t behind = unused(r);
	struct bytes b = r->lent;

	if (b.len > behind)
		b = bytes_cut(b, b.len - (size_t)behind, b.len);
	do {
		for (size_t i = 0; i < b.len; i++)
			if (b.at[i])
				return true;
	} while (r->blob->read(r->blob, &b, err) > 0);
	return false;
}

/* the end of a member; what was odd in its middle is told here, after all that could be read */
static int
member_end(struct reading *r, struct error *err)
{
	r->ended = r->kind->step == ORIGIN_STREAM;
	if (r->ended && more_behind(r, err))
		error_set(&r->late, ERROR_SYNTAX, "something else follows the compressed data");
	if (r->ended && r->late.code)
		*err = r->late;
	else if (r->odd.code)
		*err = r->odd;
	else
		return 0;
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
	if (r->ended)
		return member_end(r, err);
	do {
		block = NULL;
		len = 0;
		got = archive_read_data_block(r->archive, &block, &len, &offset);
	} while (got == ARCHIVE_RETRY || (got == ARCHIVE_OK && len == 0));
	if (got == ARCHIVE_EOF)
		return member_end(r, err);
	if (got < ARCHIVE_WARN)
		return complain(r, content_of(r), err);
	if (got == ARCHIVE_WARN)
		complain(r, content_of(r), &r->odd);
	if (len == 0)
		return member_end(r, err);
	*out = (struct bytes){ block, len };
	return take(r, len, err) < 0 ? -1 : 1;
}

static const char *
name_of(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	if (!name || !*name)
		name = archive_entry_pathname_utf8(entry);
	return name && *name ? name : "?";
}

static int
hand_out(struct reading *r, struct archive_entry *entry, struct blob *b, struct error *err)
{
	const bool stream = r->kind->step == ORIGIN_STREAM;

	free(r->name);
	r->name = strdup(stream ? r->kind->name : name_of(entry));
	if (!r->name)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	r->odd.code = 0;
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
	return budget_take(r->budget, 0, paid(r), r->out, err);
}

/* whether there is content: folders and devices have none, links at most where the format puts a file's data into its last name */
static bool
has_content(const struct reading *r, struct archive_entry *entry)
{
	const unsigned type = archive_entry_filetype(entry);

	if (r->kind->step == ORIGIN_STREAM)
		return true;
	return (type == AE_IFREG || type == 0) && (!archive_entry_hardlink(entry) || archive_entry_size(entry) > 0);
}

static int start(struct reading *, struct error *);

/* what a directory at the end says of an archive was wrong: from the front, then, as far as that goes */
static bool
start_again(struct reading *r)
{
	struct error err;

	if (r->streaming || !r->kind->streams || !r->blob->seek || r->entries || r->late.code == ERROR_LIMIT)
		return false;
	if (r->blob->seek(r->blob, 0, &err) < 0)
		return false;
	archive_read_free(r->archive);
	r->archive = NULL;
	r->streaming = true;
	r->late.code = 0;
	r->at = 0;
	return start(r, &err) == 0;
}

/* libarchive turns names into the thread's character set, so that has to be UTF-8 */
static int
next_header(struct reading *r, struct archive_entry **entry)
{
	const locale_t old = r->locale ? uselocale(r->locale) : (locale_t)0;
	int got;

	forget_errno();
	got = archive_read_next_header(r->archive, entry);
	forget_errno();
	/* what it says of a damaged header: it would look for the next one, past all between */
	if (got == ARCHIVE_RETRY)
		got = ARCHIVE_FAILED;
	if (old)
		uselocale(old);
	return got;
}

/* nothing came out: libarchive says so, too, of gzip that breaks off within its last eight bytes, the end of which is the length */
static int
hollow(struct reading *r, struct error *err)
{
	r->ended = true;
	if (strcmp(r->kind->name, "gzip") != 0)
		return 0;
	return error_set(err, ERROR_TRUNCATED, "compressed data ends too early");
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
		if (r->ended)
			return 0;
		got = next_header(r, &entry);
		if (got < ARCHIVE_WARN && start_again(r))
			continue;
		if (got == ARCHIVE_EOF && r->kind->step == ORIGIN_STREAM && r->tail[0] | r->tail[1] | r->tail[2] | r->tail[3])
			return hollow(r, err);
		if (got == ARCHIVE_EOF)
			return 0;
		if (got < ARCHIVE_WARN)
			return r->archive ? complain(r, what_of(r), err) : error_set(err, ERROR_SYNTAX, "the archive is broken");
		if (count_entry(r, err) < 0)
			return -1;
		if (has_content(r, entry)) {
			const locale_t old = r->locale ? uselocale(r->locale) : (locale_t)0;

			got = hand_out(r, entry, b, err);
			if (old)
				uselocale(old);
			return got;
		}
	}
}

static void
reading_close(struct feed *feed)
{
	struct reading *r = feed->state;

	archive_read_free(r->archive);
	if (r->locale)
		freelocale(r->locale);
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
	/* a warning would mean that libarchive wants to run a program for it */
	if (r->kind->support(a) != ARCHIVE_OK)
		return error_set(err, ERROR_UNSUPPORTED, "%s can't be read: this libarchive has no library for it", what_of(r));
	archive_read_set_read_callback(a, on_read);
	archive_read_set_callback_data(a, r);
	if (r->blob->seek && r->blob->size && !r->streaming)
		archive_read_set_seek_callback(a, on_seek);
	if (archive_read_open1(a) < ARCHIVE_WARN)
		return complain(r, what_of(r), err);
	/* what fails before its first byte would pass for empty */
	if (r->kind->step == ORIGIN_STREAM && (r->late.code || archive_error_string(a)))
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
	if (kind->step == ORIGIN_MEMBER)
		r->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	r->feed = (struct feed){ .next = next, .close = reading_close, .state = r };
	if (start(r, err) == 0)
		return &r->feed;
	reading_close(&r->feed);
	return NULL;
}
