#include "image/layer.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/buf.h"
#include "base/limits.h"
#include "blob/memory.h"
#include "blob/origin.h"
#include "image/inflate.h"
#include "image/tarhead.h"

#define WHITEOUT ".wh."
#define OPAQUE ".wh..wh..opq"

struct reading {
	struct feed feed;
	struct layer *layer;
	struct inflate *inflate;
	struct archive *archive;        /* NULL: it is no archive, or its rest is handed out as it is */
	struct bytes lent;              /* the block that libarchive has */
	uint64_t given;                 /* bytes that it was given, that block's too */
	struct error late;              /* code set: of the stream beneath; or of the archive, told after the rest */
	uint64_t entries;
	enum { BEGIN, MEMBERS, REST, END } state;
	locale_t locale;                /* in which libarchive turns names into UTF-8 */
	struct buf name, room;          /* of the member at hand */
	struct origin origin, inner;
	struct error odd;               /* code set: told when the member at hand ends */
	struct buf text;                /* of an attribute or a link */
	struct memory_blob memory;
	char *about;                    /* what that text is: "link target", "attribute user.x" */
	struct archive_entry *attributes;       /* the entry whose attributes are still to be handed out */
};

static la_ssize_t
on_read(struct archive *a, void *arg, const void **block)
{
	struct reading *r = arg;
	struct bytes b;
	const int got = inflate_read(r->inflate, &b, &r->late);

	errno = 0;                      /* see next_entry */
	if (got < 0) {
		archive_set_error(a, EIO, "%s", r->late.text);
		return -1;
	}
	r->lent = got ? b : (struct bytes){ 0 };
	r->given += r->lent.len;
	*block = r->lent.at;
	return (la_ssize_t)r->lent.len;
}

static int
complain(struct reading *r, struct error *err)
{
	const char *why = archive_error_string(r->archive);

	if (r->late.code) {
		*err = r->late;
		return -1;
	}
	if (why && strcasestr(why, "truncated"))
		return error_set(err, ERROR_TRUNCATED, "its tar ends too early");
	/* libarchive calls it an internal error when a header broke it before its content is asked for */
	return error_set(err, ERROR_SYNTAX, "its tar is broken: %.80s", why && !strstr(why, "INTERNAL") ? why : "a header does not fit what follows it");
}

static int
member_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct reading *r = b->state;
	const void *block;
	la_int64_t offset;
	size_t len;
	int got;

	do {
		block = NULL;
		len = 0;
		got = archive_read_data_block(r->archive, &block, &len, &offset);
	} while (got == ARCHIVE_RETRY || (got == ARCHIVE_OK && len == 0));
	if (got < ARCHIVE_WARN)
		return complain(r, err);
	if (got == ARCHIVE_WARN)
		complain(r, &r->odd);
	if (got != ARCHIVE_EOF && len) {
		*out = (struct bytes){ block, len };
		return 1;
	}
	if (!r->odd.code)
		return 0;
	*err = r->odd;
	r->odd.code = 0;
	return -1;
}

static int
rest_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct reading *r = b->state;

	return inflate_read(r->inflate, out, err);
}

/* what is behind a broken header, or a layer that is no archive, as it lies there */
static int
hand_rest(struct reading *r, struct blob *b, const char *name)
{
	r->origin = origin_step(r->layer->origin, ORIGIN_FILE, name, 0);
	*b = (struct blob){ .origin = &r->origin, .read = rest_read, .state = r };
	r->state = REST;
	return 1;
}

/* a text that belongs to a path: not in the file, but as easily pulled out */
static int
hand_text(struct reading *r, struct blob *b)
{
	r->inner = origin_step(&r->origin, ORIGIN_MEMBER, r->about, 0);
	memory_blob_init(&r->memory, &r->inner, (struct bytes){ r->text.at, r->text.len });
	*b = r->memory.blob;
	return 1;
}

/* "etc/.wh.passwd" takes etc/passwd away, ".wh..wh..opq" all that lower layers have in its folder */
static bool
note_whiteout(struct reading *r, struct bytes path)
{
	struct bytes base = path, target;
	char *room;

	for (size_t i = 0; i < path.len; i++)
		if (path.at[i] == '/')
			base = bytes_cut(path, i + 1, path.len);
	if (!bytes_starts(base, WHITEOUT))
		return false;
	if (bytes_equal(base, bytes_of(OPAQUE))) {
		target = bytes_cut(path, 0, path.len > base.len ? path.len - base.len - 1 : 0);
		names_add(&r->layer->names, NAMES_OPAQUE, target, r->layer->key);
		return true;
	}
	base = bytes_cut(base, strlen(WHITEOUT), base.len);
	if (base.len == 0 || bytes_equal(base, bytes_of(".")) || bytes_equal(base, bytes_of(".."))) {
		error_set(&r->odd, ERROR_SYNTAX, "it wants to take its own folder away, as no builder does");
		return true;
	}
	/* AUFS keeps its own files so named */
	if (bytes_starts(base, WHITEOUT))
		return true;
	room = malloc(path.len);
	if (!room)
		return true;
	target = bytes_cut(path, 0, path.len - base.len - strlen(WHITEOUT));
	memcpy(room, path.at, target.len);
	memcpy(room + target.len, base.at, base.len);
	names_add(&r->layer->names, NAMES_WHITEOUT, (struct bytes){ (uint8_t *)room, target.len + base.len }, r->layer->key);
	free(room);
	return true;
}

/* the path of an entry, cleaned, as the name of its origin; false when memory ran out */
static bool
name_entry(struct reading *r, struct archive_entry *entry)
{
	const char *raw = archive_entry_pathname(entry);
	struct bytes path;
	bool odd;

	if (!raw || !*raw)
		raw = archive_entry_pathname_utf8(entry);
	path = bytes_of(raw && *raw ? raw : "?");
	r->name.len = 0;
	r->odd.code = 0;
	if (!buf_room(&r->name, path.len + 1))
		return false;
	r->name.len = names_clean(path, (char *)r->name.at, &odd).len;
	if (odd)
		error_set(&r->odd, ERROR_SYNTAX, "its name leads out of the layer");
	if (r->name.len == 0)
		buf_adds(&r->name, ".");
	r->origin = origin_step(r->layer->origin, ORIGIN_FILE, buf_str(&r->name), 0);
	return !r->name.failed;
}

static bool
name_text(struct reading *r, const char *what, const char *name)
{
	free(r->about);
	r->about = NULL;
	if (asprintf(&r->about, "%s%s%.100s", what, *name ? " " : "", name) < 0)
		r->about = NULL;
	return r->about;
}

/* the next attribute of the entry at hand that is text: 1 handed out, 0 no more, -1 */
static int
hand_attribute(struct reading *r, struct blob *b, struct error *err)
{
	const char *name;
	const void *value;
	size_t size;

	while (r->attributes && archive_entry_xattr_next(r->attributes, &name, &value, &size) == ARCHIVE_OK) {
		if (size == 0 || strcmp(name, "security.capability") == 0)
			continue;
		r->text.len = 0;
		buf_addf(&r->text, "%s=", name);
		buf_add(&r->text, value, size);
		if (r->text.failed || !name_text(r, "attribute", name))
			return error_set(err, ERROR_INTERNAL, "out of memory for an attribute");
		return hand_text(r, b);
	}
	r->attributes = NULL;
	return 0;
}

static int
hand_target(struct reading *r, struct archive_entry *entry, struct blob *b, struct error *err)
{
	const char *target = archive_entry_symlink(entry);

	r->text.len = 0;
	buf_adds(&r->text, target ? target : "");
	if (r->text.failed || !name_text(r, "link target", ""))
		return error_set(err, ERROR_INTERNAL, "out of memory for a link");
	return hand_text(r, b);
}

/* an entry without content whose name is odd: nothing to read, but to be told */
static int
hand_oddity(struct reading *r, struct blob *b)
{
	*b = (struct blob){ .origin = &r->origin, .read = member_read, .state = r };
	return 1;
}

/* overlayfs marks what it takes away by a device 0:0, and an emptied folder by an attribute; some builders save that */
static bool
is_overlay_whiteout(struct archive_entry *entry)
{
	return archive_entry_filetype(entry) == AE_IFCHR && archive_entry_rdevmajor(entry) == 0 && archive_entry_rdevminor(entry) == 0;
}

static void
note(struct reading *r, struct archive_entry *entry)
{
	const struct bytes path = { r->name.at, r->name.len };
	const bool folder = archive_entry_filetype(entry) == AE_IFDIR;
	struct layer *l = r->layer;

	if (is_overlay_whiteout(entry))
		names_add(&l->names, NAMES_WHITEOUT, path, l->key);
	else if (!note_whiteout(r, path))
		names_add(&l->names, folder ? NAMES_FOLDER : NAMES_FILE, path, l->key);
}

static bool
has_content(struct archive_entry *entry)
{
	const unsigned type = archive_entry_filetype(entry);

	return (type == AE_IFREG || type == 0) && (!archive_entry_hardlink(entry) || archive_entry_size(entry) > 0);
}

/* one entry: 1 a blob, 0 nothing in it, -1 */
static int
visit(struct reading *r, struct archive_entry *entry, struct blob *b, struct error *err)
{
	if (++r->entries > r->layer->limits->members)
		return error_set(err, ERROR_LIMIT, "it has more than %" PRIu64 " files (--max-members)", r->layer->limits->members);
	if (!name_entry(r, entry))
		return error_set(err, ERROR_INTERNAL, "out of memory for a name");
	note(r, entry);
	if (archive_entry_xattr_reset(entry) > 0)
		r->attributes = entry;
	if (has_content(entry)) {
		const la_int64_t size = archive_entry_size(entry);

		*b = (struct blob){ .origin = &r->origin, .size = size > 0 ? (uint64_t)size : 0, .read = member_read, .state = r };
		return 1;
	}
	if (archive_entry_filetype(entry) == AE_IFLNK)
		return hand_target(r, entry, b, err);
	return r->odd.code ? hand_oddity(r, b) : 0;
}

/*
 * libarchive turns names into the thread's character set, so that has to be
 * UTF-8. When one can't be turned while errno says ENOMEM, it ends the process:
 * so nothing that went before may have left it there.
 */
static int
next_entry(struct reading *r, struct blob *b, struct error *err)
{
	const locale_t old = r->locale ? uselocale(r->locale) : (locale_t)0;
	struct archive_entry *entry;
	int got, ret = 0;

	do {
		r->attributes = NULL;
		errno = 0;
		got = archive_read_next_header(r->archive, &entry);
		errno = 0;
		/* "again" is what libarchive says of a damaged header: it would look for the next one, past all between */
		if (got == ARCHIVE_EOF || got < ARCHIVE_WARN)
			break;
		ret = visit(r, entry, b, err);
	} while (ret == 0);
	if (old)
		uselocale(old);
	if (ret)
		return ret;
	return got == ARCHIVE_EOF ? 0 : complain(r, err);
}

/* all is handed out: the digests decide whether it was what it should be */
static int
end(struct reading *r, struct error *err)
{
	r->state = END;
	if (r->late.code) {
		*err = r->late;
		r->late.code = 0;
		return -1;
	}
	if (inflate_end(r->inflate, r->layer->content, err) < 0)
		return -1;
	r->layer->whole = true;
	r->layer->broken = false;
	return 0;
}

/* what libarchive has not used of the block it was given */
static struct bytes
unused(const struct reading *r)
{
	const int64_t used = archive_filter_bytes(r->archive, 0);
	const uint64_t behind = used >= 0 && (uint64_t)used < r->given ? r->given - (uint64_t)used : 0;

	return behind < r->lent.len ? bytes_cut(r->lent, r->lent.len - (size_t)behind, r->lent.len) : r->lent;
}

/* a broken archive: what failed is told when its rest, if the stream still goes on, was read as it lies there */
static int
break_off(struct reading *r, struct blob *b, struct error *err)
{
	struct bytes block;
	struct error again;

	if (err->code == ERROR_LIMIT || r->late.code) {
		r->state = END;
		return -1;
	}
	r->late = *err;
	block = unused(r);
	if (block.len == 0 && inflate_read(r->inflate, &block, &again) <= 0)
		return end(r, err);
	inflate_unread(r->inflate, block);
	return hand_rest(r, b, "(behind what is broken)");
}

static int
begin(struct reading *r, struct blob *b, struct error *err)
{
	struct bytes block = { 0 };
	const int got = inflate_read(r->inflate, &block, err);
	struct archive *a;

	r->layer->broken = true;
	if (got < 0) {
		r->state = END;
		return -1;
	}
	if (got)
		inflate_unread(r->inflate, block);
	if (block.len && !tarhead_is(block))
		return hand_rest(r, b, r->layer->content_name ? r->layer->content_name : "(content)");
	a = r->archive = archive_read_new();
	if (!a || archive_read_support_format_tar(a) != ARCHIVE_OK || archive_read_support_format_empty(a) != ARCHIVE_OK ||
	    archive_read_set_format_option(a, "tar", "read_concatenated_archives", "1") != ARCHIVE_OK)
		return error_set(err, ERROR_INTERNAL, "out of memory for a layer");
	archive_read_set_read_callback(a, on_read);
	archive_read_set_callback_data(a, r);
	r->state = MEMBERS;
	return archive_read_open1(a) < ARCHIVE_WARN ? complain(r, err) : 0;
}

static int
next(struct feed *feed, struct blob *b, struct error *err)
{
	struct reading *r = feed->state;
	int got = 0;

	if (r->state == BEGIN && (got = begin(r, b, err)) > 0)
		return got;
	if (r->state == MEMBERS && got == 0)
		got = hand_attribute(r, b, err);
	if (r->state == MEMBERS && got == 0)
		got = next_entry(r, b, err);
	if (got > 0)
		return got;
	if (got < 0)
		return r->state == MEMBERS ? break_off(r, b, err) : -1;
	if (r->state == REST && !r->layer->other && !r->late.code && r->entries == 0 && !r->archive)
		error_set(&r->late, ERROR_SYNTAX, "it is no tar, though it is said to be a layer of files");
	return r->state == END ? 0 : end(r, err);
}

static void
layer_close(struct feed *feed)
{
	struct reading *r = feed->state;

	names_end(&r->layer->names);
	archive_read_free(r->archive);
	inflate_free(r->inflate);
	if (r->locale)
		freelocale(r->locale);
	buf_done(&r->name);
	buf_done(&r->text);
	free(r->about);
	free(r);
}

struct feed *
layer_open(struct layer *layer, struct blob *blob, struct error *err)
{
	struct reading *r = calloc(1, sizeof *r);

	if (!r) {
		error_set(err, ERROR_INTERNAL, "out of memory for a layer");
		return NULL;
	}
	r->layer = layer;
	r->feed = (struct feed){ .next = next, .close = layer_close, .state = r };
	r->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	r->inflate = inflate_new(blob, layer->digest, layer->diff_id, layer->limits, err);
	if (r->inflate) {
		inflate_patient(r->inflate);
		return &r->feed;
	}
	layer_close(&r->feed);
	return NULL;
}

bool
layer_same(const struct layer *l, struct blob *blob)
{
	char content[DIGEST_TEXT];
	struct error err;
	struct inflate *f = inflate_new(blob, l->digest, l->diff_id, l->limits, &err);
	const bool same = f && inflate_end(f, content, &err) == 0;

	inflate_free(f);
	return same;
}

bool
layer_save(void *layer, struct buf *out)
{
	const struct layer *l = layer;

	if (!l->whole || l->names.failed)
		return false;
	buf_add(out, l->content, sizeof l->content);
	buf_add(out, l->names.hash, l->names.count * sizeof *l->names.hash);
	return true;
}

bool
layer_load(void *layer, struct bytes text)
{
	struct layer *l = layer;

	if (text.len < sizeof l->content || !names_load(&l->names, bytes_cut(text, sizeof l->content, text.len)))
		return false;
	memcpy(l->content, text.at, sizeof l->content);
	l->content[sizeof l->content - 1] = 0;
	l->whole = true;
	return true;
}
