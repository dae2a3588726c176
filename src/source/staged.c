#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stanch/blob.h>
#include <stanch/error.h>
#include <stanch/finding.h>

#include "base/glob.h"
#include "blob/origin.h"
#include "git/checkout.h"
#include "git/commit.h"
#include "git/entries.h"
#include "git/object.h"
#include "git/range.h"
#include "git/readers.h"
#include "git/repository.h"
#include "git/rev.h"
#include "git/staging.h"
#include "git/store.h"
#include "source/file.h"
#include "source/object.h"
#include "source/paths.h"
#include "source/pushed.h"
#include "source/source.h"
#include "source/touched.h"

/* Objects that are larger are told as unread: git keeps each whole, and so must its reader. */
#define OBJECT_BYTES ((uint64_t)1 << 30)
/* what a reader keeps for deltas to come */
#define READER_ROOM ((uint64_t)16 << 20)

/* tags of tags that are followed */
#define TAG_DEPTH 8

/* The index, or a commit that is pushed, beside its parents. */
struct step {
	struct oid commit, tree;        /* zero for the index */
	struct origin origin;           /* of a commit; name is NULL for the index */
	struct attribute attribute[3];  /* author, date, the end */
	char hex[OID_HEX], date[COMMIT_DATE];
	char *author;
	struct oid trees[STAGING_PARENTS];      /* of the parents */
	size_t parents;
	struct staging *staging;
	struct touched *touched;        /* NULL where all is new */
};

/* An annotated tag that is pushed. */
struct tagged {
	struct oid id;
	char hex[OID_HEX];
	struct origin origin;
};

struct staged_source {
	struct feed feed;
	struct source_options *options;
	struct staged_options asked;
	struct checkout checkout;
	struct store store;
	struct readers *readers;        /* for blobs, on any thread */
	struct reader *reader;          /* this thread's */
	struct step **step;
	size_t steps, at;               /* at: the one at hand */
	bool begun;
	struct tagged *tag;
	size_t tags, tag_at;
	struct oid *seen;               /* a table of the blobs of commits that were handed out; zero is free */
	size_t seen_count, seen_slots;
	struct file_root *lfs;          /* where Git LFS keeps what its pointers stand for */
	struct blob waiting;            /* read: one to come after the one handed out */
};

/* an exclusion of a folder leaves out all in it */
static bool
excluded(const struct source_options *o, const char *path)
{
	char part[4096];
	const char *slash = path;

	if (!o->exclude || !*o->exclude)
		return false;
	if (glob_any(o->exclude, path))
		return true;
	while ((slash = strchr(slash, '/'))) {
		const size_t n = (size_t)(slash++ - path);

		if (n >= sizeof part)
			break;
		memcpy(part, path, n);
		part[n] = 0;
		if (glob_any(o->exclude, part))
			return true;
	}
	return false;
}

/* of a folder, whether anything in it is; its path ends in a slash, but the root's */
static bool
wanted(void *arg, const char *path, bool folder, bool *even)
{
	const struct staged_options *o = &((const struct staged_source *)arg)->asked;

	*even = folder ? paths_below(o->paths, o->count, path) : paths_have(o->paths, o->count, path);
	return *even || paths_cover(o->paths, o->count, path);
}

static void
gone(void *arg, const char *path, uint32_t mode, const struct oid *id)
{
	const struct staged_source *s = arg;

	touched_gone(s->step[s->at]->touched, path, mode, id);
}

static void
step_free(struct step *one)
{
	if (!one)
		return;
	staging_free(one->staging);
	touched_free(one->touched);
	free(one->author);
	free(one);
}

static int
list_steps(struct staged_source *s, const struct oid *commits, size_t count, struct error *err)
{
	s->step = calloc(count + 1, sizeof *s->step);
	for (size_t i = 0; s->step && i < count; i++) {
		s->step[i] = calloc(1, sizeof **s->step);
		if (!s->step[i])
			break;
		/* oldest first, so that a secret is told of the commit that brought it */
		if (commits)
			s->step[i]->commit = commits[count - 1 - i];
		s->steps++;
	}
	return s->step && s->steps == count ? 0 : error_set(err, ERROR_INTERNAL, "out of memory");
}

static bool
listed(const struct oid *list, size_t count, const struct oid *id)
{
	size_t i = 0;

	while (i < count && !oid_equal(&list[i], id))
		i++;
	return i < count;
}

/* what a tag that is pushed says, and a tag that it is of */
static int
list_tags(struct staged_source *s, const struct pushed *p, struct error *err)
{
	const unsigned hash = s->checkout.repository->hash;

	s->tag = calloc(p->ofs * TAG_DEPTH + 1, sizeof *s->tag);
	if (!s->tag)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	for (size_t i = 0; i < p->ofs; i++) {
		struct oid id = p->of[i];

		for (unsigned n = 0; n < TAG_DEPTH && !listed(p->without, p->withouts, &id); n++) {
			const struct object *o = object_read(s->reader, &id, err);
			const bool is = o && o->type == OBJECT_TAG;
			struct tag tag;
			const int r = !o || (is && commit_parse_tag(o->text, hash, &tag, err) < 0) ? -1 : 0;

			object_drop(s->reader, o);
			if (r < 0)
				return -1;
			if (!is)
				break;
			s->tag[s->tags++].id = id;
			id = tag.object;
		}
	}
	return 0;
}

static int
open_tag(struct staged_source *s, struct tagged *t, struct blob *b, struct error *err)
{
	const struct object *o = object_read(s->reader, &t->id, err);
	int r;

	oid_hex(&t->id, 2 * s->checkout.repository->hash, t->hex);
	t->origin = origin_step(NULL, ORIGIN_OBJECT, t->hex, 0);
	r = o ? object_blob_text(b, o->text, &t->origin, err) : error_wrap(err, "read tag %.12s", t->hex);
	object_drop(s->reader, o);
	return r;
}

/* the commits that a push brings */
static int
list_pushed(struct staged_source *s, struct error *err)
{
	const struct repository *repo = s->checkout.repository;
	struct pushed pushed;
	struct range range;
	int r;

	if (pushed_read(&pushed, s->asked.pushed, s->asked.remote, repo, err) < 0)
		return -1;
	r = range_walk(&range, s->reader, repo->hash, repo->shallow, pushed.of, pushed.ofs, pushed.without, pushed.withouts, err);
	if (r == 0)
		r = list_steps(s, range.commit, range.count, err);
	if (r == 0 && !s->asked.paths)
		r = list_tags(s, &pushed, err);
	range_done(&range);
	pushed_done(&pushed);
	return r;
}

/* what may be hostile is read from here on, which is after the sandbox was entered */
static int
begin(struct staged_source *s, struct error *err)
{
	s->begun = true;
	if (s->asked.pushed)
		return list_pushed(s, err);
	return checkout_read(&s->checkout, err) < 0 ? -1 : list_steps(s, NULL, 1, err);
}

/* the trees of parents; one that is not here, as in a shallow clone, leaves what it had as new */
static int
add_parent(struct staged_source *s, struct step *one, const struct oid *commit, bool needed, struct error *err)
{
	if (one->parents == STAGING_PARENTS)
		return 0;
	if (rev_tree(s->reader, s->checkout.repository->hash, commit, &one->trees[one->parents], err) == 0)
		one->parents++;
	else if (needed)
		return -1;
	return 0;
}

static int
open_index(struct staged_source *s, struct step *one, struct error *err)
{
	for (size_t i = 0; i < s->checkout.parents; i++)
		if (add_parent(s, one, &s->checkout.parent[i], i == 0, err) < 0)
			return error_wrap(err, "read HEAD");
	return 0;
}

static int
open_commit(struct staged_source *s, struct step *one, struct error *err)
{
	const unsigned hash = s->checkout.repository->hash;
	const struct object *o = object_read(s->reader, &one->commit, err);
	struct commit c;
	struct oid parent;
	int r = o ? commit_parse(o->text, hash, &c, err) : -1;

	oid_hex(&one->commit, 2 * hash, one->hex);
	if (r == 0) {
		one->tree = c.tree;
		commit_date(&c.author, one->date);
		one->author = strndup((const char *)c.author.name.at, c.author.name.len);
		one->attribute[0] = (struct attribute){ "author", one->author ? one->author : "" };
		one->attribute[1] = (struct attribute){ "date", one->date };
		one->origin = origin_step(NULL, ORIGIN_COMMIT, one->hex, 0);
		one->origin.attributes = one->attribute;
		/* what is said of it is pushed, too */
		if (c.message.len && !s->asked.paths)
			r = object_blob_text(&s->waiting, c.message, &one->origin, err);
	}
	while (r == 0 && commit_parent(&c, &parent) > 0)
		r = add_parent(s, one, &parent, !s->checkout.repository->shallow, err);
	object_drop(s->reader, o);
	return r < 0 ? error_wrap(err, "read commit %.12s", one->hex) : 0;
}

static int
open_step(struct staged_source *s, struct step *one, struct error *err)
{
	struct staging_options o = { .reader = s->reader, .hash = s->checkout.repository->hash, .parent = one->trees, .arg = s };

	if ((s->asked.pushed ? open_commit(s, one, err) : open_index(s, one, err)) < 0)
		return -1;
	if (!s->asked.whole && one->parents && !(one->touched = touched_new(s->reader, o.hash, err)))
		return -1;
	o.parents = one->parents;
	o.index = s->asked.pushed ? NULL : s->checkout.index;
	o.tree = s->asked.pushed ? &one->tree : NULL;
	o.wanted = s->asked.paths ? wanted : NULL;
	o.gone = one->touched ? gone : NULL;
	one->staging = staging_new(&o, err);
	return one->staging ? 0 : -1;
}

/* whether a blob of a commit was handed out for another one: 1, 0 not (now it is), -1 */
static int
seen(struct staged_source *s, const struct oid *id, struct error *err)
{
	uint64_t h;
	size_t i;

	if (s->seen_count * 2 >= s->seen_slots) {
		struct oid *const old = s->seen;
		const size_t n = s->seen_slots;

		s->seen_slots = n ? 2 * n : 256;
		s->seen = calloc(s->seen_slots, sizeof *s->seen);
		if (!s->seen) {
			s->seen = old;
			s->seen_slots = n;
			return error_set(err, ERROR_INTERNAL, "out of memory");
		}
		s->seen_count = 0;
		for (i = 0; i < n; i++)
			if (!oid_is_zero(&old[i]) && seen(s, &old[i], err) < 0)
				return -1;
		free(old);
	}
	memcpy(&h, id->at, sizeof h);
	for (i = (size_t)h & (s->seen_slots - 1); !oid_is_zero(&s->seen[i]); i = (i + 1) & (s->seen_slots - 1))
		if (oid_equal(&s->seen[i], id))
			return 1;
	s->seen[i] = *id;
	s->seen_count++;
	return 0;
}

static const struct origin *
commit_of(const struct staged_source *s)
{
	const struct origin *o = &s->step[s->at]->origin;

	return o->name ? o : NULL;
}

/* what a Git LFS pointer stands for comes after it */
static int
follow_lfs(struct staged_source *s, const struct staged *one, struct error *err)
{
	const struct object *o;
	enum object_type type;
	struct error passing;           /* of the blob itself, which will tell it */
	uint64_t size;
	int r;

	if (!s->lfs || object_stat(s->reader, &one->id, &type, &size, &passing) < 0 || type != OBJECT_BLOB || size >= OBJECT_LFS_MAX)
		return 0;
	o = object_read(s->reader, &one->id, &passing);
	r = o ? object_blob_lfs(&s->waiting, s->lfs, o->text, commit_of(s), one->path, err) : 0;
	object_drop(s->reader, o);
	return r < 0 ? -1 : 0;
}

/* 1 a blob, 0 it is left out, -1 */
static int
hand_out(struct staged_source *s, const struct staged *one, struct blob *b, struct error *err)
{
	static const struct error conflict = { ERROR_UNSUPPORTED, "it is in conflict: resolve it and `git add` it" };
	struct touched *touched = s->step[s->at]->touched;
	int r;

	if ((one->mode & MODE_KIND) == MODE_SUBMODULE) {
		s->options->skipped++;
		return 0;
	}
	if (excluded(s->options, one->path) || (s->options->include && *s->options->include && !glob_any(s->options->include, one->path)))
		return 0;
	if (one->conflict)
		return file_blob_failed(b, one->path, &conflict, err) < 0 ? -1 : 1;
	if (s->asked.pushed && (r = seen(s, &one->id, err)) != 0)
		return r < 0 ? -1 : 0;
	if (touched && touched_add(touched, one, err) < 0)
		return -1;
	if ((one->mode & MODE_KIND) == MODE_FILE && follow_lfs(s, one, err) < 0)
		return -1;
	return object_blob(b, s->readers, &one->id, commit_of(s), one->path, err) < 0 ? -1 : 1;
}

static bool
take_waiting(struct staged_source *s, struct blob *b)
{
	const bool there = s->waiting.read;

	if (there)
		*b = s->waiting;
	s->waiting = (struct blob){ 0 };
	return there;
}

static int
next(struct feed *feed, struct blob *b, struct error *err)
{
	struct staged_source *s = feed->state;
	struct staged one;
	int r;

	if (take_waiting(s, b))
		return 1;
	if (!s->begun && begin(s, err) < 0)
		return -1;
	if (s->tag_at < s->tags)
		return open_tag(s, &s->tag[s->tag_at++], b, err) < 0 ? -1 : 1;
	for (; s->at < s->steps; s->at++) {
		struct step *step = s->step[s->at];

		if (!step->staging) {
			if (open_step(s, step, err) < 0)
				return -1;
			if (take_waiting(s, b))
				return 1;
		}
		while ((r = staging_next(step->staging, &one, err)) > 0)
			if ((r = hand_out(s, &one, b, err)) != 0)
				return r;
		if (r < 0)
			return -1;
		staging_free(step->staging);
		step->staging = NULL;
	}
	return 0;
}

/* which lines of a step are new; NULL: all */
static struct touched *
touched_of(const struct staged_source *s, const struct origin *file)
{
	const struct origin *commit = file->parent;
	size_t i = 0;

	while (commit && i < s->steps && strcmp(s->step[i]->hex, commit->name) != 0)
		i++;
	return i < s->steps ? s->step[i]->touched : NULL;
}

/* a finding counts in lines that are new; what lies in an archive, or has no lines, wherever anything is */
static int
settle(struct feed *feed, struct finding *f, struct arena *arena, struct error *err)
{
	const struct staged_source *s = feed->state;
	const struct origin *file = f->origin, *first = NULL;
	struct touched *touched;
	uint64_t line = f->line;

	(void)arena;
	for (; file->parent && file->step != ORIGIN_FILE; file = file->parent)
		first = file;
	touched = touched_of(s, file);
	if (!f->rule || file->step != ORIGIN_FILE || !touched)
		return 1;
	if (first && first->step != ORIGIN_DECODED)
		line = 0;
	/* a pointer's lines are not those of what it stands for */
	return touched_has(touched, file->name, origin_attribute(file, OBJECT_LFS) ? 0 : line, f->end_line, err);
}

static void
staged_close(struct feed *feed)
{
	struct staged_source *s = feed->state;

	if (s->waiting.close)
		s->waiting.close(&s->waiting);
	for (size_t i = 0; i < s->steps; i++)
		step_free(s->step[i]);
	free(s->step);
	free(s->tag);
	free(s->seen);
	reader_free(s->reader);
	readers_free(s->readers);
	store_close(&s->store);
	checkout_close(&s->checkout);
	file_root_free(s->lfs);
	free(s);
}

static int
open_all(struct staged_source *s, const char *target, struct error *err)
{
	int fd;

	if (checkout_open(&s->checkout, target, err) < 0 || store_open(&s->store, s->checkout.repository, err) < 0)
		return -1;
	fd = fcntl(s->checkout.repository->common, F_DUPFD_CLOEXEC, 3);
	s->lfs = fd < 0 ? NULL : file_root_new(fd);
	s->readers = readers_new(&s->store, OBJECT_BYTES, READER_ROOM, err);
	s->reader = s->readers ? reader_new(&s->store, OBJECT_BYTES, READER_ROOM, err) : NULL;
	return s->reader ? 0 : -1;
}

static struct feed *
staged_open(const char *target, struct source_options *options, struct error *err)
{
	struct staged_source *s = calloc(1, sizeof *s);

	if (!s) {
		error_set(err, ERROR_INTERNAL, "out of memory opening %s", target);
		return NULL;
	}
	s->options = options;
	if (options->staged)
		s->asked = *options->staged;
	s->feed = (struct feed){ .next = next, .close = staged_close, .settle = s->asked.whole ? NULL : settle, .state = s };
	if (open_all(s, target, err) == 0)
		return &s->feed;
	staged_close(&s->feed);
	return NULL;
}

static size_t
staged_roots(const struct feed *feed, int *fds, size_t max)
{
	const struct staged_source *s = feed->state;

	return repository_roots(s->checkout.repository, fds, max);
}

static int
staged_bid(const char *target)
{
	(void)target;
	return 0;
}

const struct source source_staged = {
	.name = "staged",
	.about = "staged:[DIR] : what the index of a git repository would commit",
	.prefix = "staged:",
	.bid = staged_bid,
	.open = staged_open,
	.roots = staged_roots,
};
