/* The whole history of a git repository: every blob, commit and tag that its object store holds. */
#include "source/git.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/glob.h"
#include "blob/origin.h"
#include "git/bundle.h"
#include "git/loose.h"
#include "git/object.h"
#include "git/rev.h"
#include "source/file.h"
#include "source/source.h"

#define UNIT_COST ((uint64_t)4 << 20) /* families are read together until so many bytes come out */
#define LOOSE_UNIT 128

static void
note(struct git_source *g, int code, const char *text)
{
	if (g->notes < sizeof g->note / sizeof g->note[0])
		error_set(&g->note[g->notes++], code, "%s", text);
}

static void
note_count(struct git_source *g, uint64_t count, const char *what)
{
	char text[200];

	if (!count)
		return;
	snprintf(text, sizeof text, "%llu %s", (unsigned long long)count, what);
	note(g, ERROR_TRUNCATED, text);
}

/* what is known now to be incomplete; what can't be read is told where it is met */
static void
note_all(struct git_source *g, size_t damaged)
{
	uint64_t unrooted = 0;

	if (g->repo->shallow)
		note(g, ERROR_TRUNCATED, "the clone is shallow: what came before is not here (git fetch --unshallow)");
	if (g->repo->partial && g->bundle)
		note(g, ERROR_TRUNCATED, "the bundle builds on commits that are not in it");
	else if (g->repo->partial)
		note(g, ERROR_TRUNCATED, "the clone is partial: objects that were left out are not here");
	else
		note_count(g, g->history.missing, "files of the history are missing from the object store");
	if (g->repo->refs_unread)
		note(g, ERROR_UNSUPPORTED, "refs are kept in a form that is not read: what is reachable is not known");
	if (g->repo->missing)
		note(g, ERROR_TRUNCATED, g->repo->missing);
	if (g->store.unread)
		note(g, ERROR_SYNTAX, g->store.unread);
	for (size_t i = 0; i < g->store.packs; i++)
		unrooted += g->catalog.forest[i].unrooted;
	note_count(g, unrooted, "objects are deltas of each other, or damaged");
	note_count(g, g->commits.unread, "commits are damaged");
	if (!g->repo->partial)
		note_count(g, g->commits.missing, "commits of the history are missing from the object store");
	note_count(g, damaged, "refs or reflogs are damaged");
	if (g->history.unread)
		note(g, g->history.why.code, g->history.why.text);
	if (g->history.unnamed)
		note(g, ERROR_LIMIT, "the history has more paths than are kept: some findings have none");
}

static int
add_unit(struct git_source *g, struct git_unit unit, struct error *err)
{
	if (g->units == g->cap) {
		const size_t cap = g->cap ? g->cap * 2 : 64;
		struct git_unit *more = realloc(g->unit, cap * sizeof *more);

		if (!more)
			return error_set(err, ERROR_INTERNAL, "out of memory");
		g->unit = more;
		g->cap = cap;
	}
	g->unit[g->units++] = unit;
	return 0;
}

/* a root that can't be parsed is handed out, too, so that it is told */
static bool
wanted(const struct pack_entry *e)
{
	return e->type != OBJECT_TREE;
}

static int
list_pack(struct git_source *g, uint32_t pack, struct error *err)
{
	const struct forest *f = &g->catalog.forest[pack];
	struct git_unit unit = { .pack = pack };
	struct error ignored;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < f->roots; i++) {
		struct pack_entry e;
		const uint32_t weight = f->weight[f->root[i]];
		uint64_t cost = 1;

		if (pack_entry(f->pack, f->offset[f->root[i]], &e, &ignored) == 0) {
			if (!wanted(&e))
				continue;
			cost = (e.size + 1) * weight;
			if (e.type == OBJECT_BLOB && weight == 1 && e.size > GIT_LARGE) {
				r = add_unit(g, (struct git_unit){ pack, i, i + 1, true, e.size }, err);
				continue;
			}
		}
		if (unit.to && unit.cost + cost > UNIT_COST) {
			r = add_unit(g, unit, err);
			unit = (struct git_unit){ .pack = pack };
		}
		unit.from = unit.to ? unit.from : i;
		unit.to = i + 1;
		unit.cost += cost;
	}
	return r == 0 && unit.to ? add_unit(g, unit, err) : r;
}

static int
list_loose(struct git_source *g, struct error *err)
{
	const struct catalog *c = &g->catalog;
	const uint32_t count = (uint32_t)c->loose_count;
	struct error ignored;
	enum object_type type;
	uint64_t size;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < count; i += LOOSE_UNIT)
		r = add_unit(g, (struct git_unit){ GIT_LOOSE, i, count - i > LOOSE_UNIT ? i + LOOSE_UNIT : count, false, UNIT_COST }, err);
	for (uint32_t i = 0; r == 0 && i < count; i++)
		if (loose_stat(c->store, c->loose[i].folder, &c->loose[i].id, &type, &size, &ignored) == 0 && size > GIT_LARGE &&
			type == OBJECT_BLOB)
			r = add_unit(g, (struct git_unit){ GIT_LOOSE, i, i + 1, true, size }, err);
	return r;
}

static int
by_cost(const void *a, const void *b)
{
	const struct git_unit *x = a, *y = b;

	if (x->cost != y->cost)
		return x->cost > y->cost ? -1 : 1;
	if (x->pack != y->pack)
		return x->pack < y->pack ? -1 : 1;
	return x->from != y->from ? (x->from < y->from ? -1 : 1) : x->stream - y->stream;
}

/* what the commits that were asked for brought, each with what it took the place of; and their own texts and tags */
static int
list_range(struct git_source *g, struct error *err)
{
	const uint32_t pairs = g->history.pairs < GIT_TAGS ? (uint32_t)g->history.pairs : GIT_TAGS - 1;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < pairs; i += LOOSE_UNIT)
		r = add_unit(g, (struct git_unit){ GIT_PAIRS, i, pairs - i > LOOSE_UNIT ? i + LOOSE_UNIT : pairs, false, UNIT_COST }, err);
	if (r == 0)
		r = add_unit(g, (struct git_unit){ GIT_COMMITS, 1, g->commits.count + 1, false, UNIT_COST }, err);
	if (r == 0 && g->refs.count)
		r = add_unit(g, (struct git_unit){ GIT_TAGS, 0, (uint32_t)g->refs.count, false, UNIT_COST }, err);
	return r;
}

static int
list_units(struct git_source *g, struct error *err)
{
	int r = 0;

	if (g->ranged)
		return list_range(g, err);
	for (size_t i = 0; r == 0 && i < g->store.packs; i++)
		r = list_pack(g, (uint32_t)i, err);
	if (r == 0)
		r = list_loose(g, err);
	if (g->units > 1)
		qsort(g->unit, g->units, sizeof *g->unit, by_cost);
	return r;
}

/* the rank of the commit that a word names */
static int
rank_of(struct git_source *g, const char *word, uint32_t *rank, struct error *err)
{
	struct oid id;

	if (rev_commit(g->repo, &g->store, g->reader, word, &id, err) < 0)
		return -1;
	*rank = commits_peel(&g->commits, g->reader, &id);
	return *rank ? 0 : error_set(err, ENOENT, "'%.100s' names no commit here", word);
}

/* what refs and HEADs name */
static int
all_tips(struct git_source *g, uint32_t **tips, size_t *count, struct error *err)
{
	*tips = malloc((g->refs.count + 1) * sizeof **tips);
	if (!*tips)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	for (size_t i = 0; i < g->refs.count; i++) {
		const uint32_t rank = g->refs.ref[i].kind == REF_LOG ? 0 : commits_peel(&g->commits, g->reader, &g->refs.ref[i].id);

		if (rank)
			(*tips)[(*count)++] = rank;
	}
	return 0;
}

/* "A..B", "A..", "..B" or "B"; what is left out is HEAD, but for the A of "B" */
static int
select_range(struct git_source *g, const char *range, struct error *err)
{
	const char *dots = strstr(range, "..");
	char *from = strndup(range, dots ? (size_t)(dots - range) : 0);
	const char *to = dots ? dots + 2 : range;
	uint32_t a = 0, b = 0;
	int r = from ? 0 : error_set(err, ERROR_INTERNAL, "out of memory");

	if (r == 0 && (*to == '.' || strstr(to, "..")))
		r = error_set(err, ERROR_USAGE, "--range %s: must be A..B", range);
	if (r == 0 && dots)
		r = rank_of(g, *from ? from : "HEAD", &a, err);
	if (r == 0)
		r = rank_of(g, *to ? to : "HEAD", &b, err);
	free(from);
	return r < 0 ? -1 : commits_select(&g->commits, &b, 1, &a, a != 0, err);
}

static int
select_commits(struct git_source *g, struct error *err)
{
	const struct git_options *o = g->options->git;
	uint32_t *tips = NULL, since;
	size_t count = 0;
	int r;

	if (!o || (!o->since && !o->range))
		return 0;
	g->ranged = true;
	if (o->range)
		return o->since ? error_set(err, ERROR_USAGE, "--since and --range: only one of them") : select_range(g, o->range, err);
	r = rank_of(g, o->since, &since, err);
	if (r == 0)
		r = all_tips(g, &tips, &count, err);
	if (r == 0)
		r = commits_select(&g->commits, tips, count, &since, 1, err);
	free(tips);
	return r;
}

/* tags, and whatever else a ref names directly */
static void
mark_named(struct git_source *g)
{
	for (size_t i = 0; i < g->refs.count; i++) {
		const uint32_t number = catalog_find(&g->catalog, &g->refs.ref[i].id);
		const uint8_t state = g->refs.ref[i].kind == REF_LOG ? COMMIT_LOGGED : COMMIT_REACHABLE;

		if (number != CATALOG_NONE && g->history.object[number].state < state)
			g->history.object[number].state = state;
	}
}

static int
prepare(struct git_source *g, struct error *err)
{
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct history_options options = { .threads = g->options->jobs ? g->options->jobs : cores > 0 ? (unsigned)cores
		                                                                                      : 1 };
	size_t damaged = 0;

	g->reader = reader_new(&g->store, GIT_MEMORY_MAX, GIT_READER_ROOM, err);
	if (!g->reader || catalog_build(&g->catalog, &g->store, options.threads, err) < 0 ||
		commits_read(&g->commits, &g->catalog, g->repo, g->reader, err) < 0 ||
		(!g->bundle && refs_read(&g->refs, g->repo, &damaged, err) < 0) ||
		commits_reach(&g->commits, &g->refs, g->reader, err) < 0 || select_commits(g, err) < 0)
		return -1;
	options.selected = g->ranged;
	if (history_walk(&g->history, &g->catalog, &g->commits, &options, err) < 0 || history_mark_live(&g->history, &g->refs, err) < 0 ||
		(g->state && git_state_read(g->state, &g->catalog, err) < 0) || list_units(g, err) < 0)
		return -1;
	mark_named(g);
	note_all(g, damaged);
	return 0;
}

static int
git_next(struct feed *feed, struct blob *b, struct error *err)
{
	struct git_source *g = feed->state;
	const struct git_unit *unit;

	if (!g->prepared && prepare(g, err) < 0)
		return error_wrap(err, "%s", g->repo->path);
	g->prepared = true;
	if (g->told < g->notes)
		return file_blob_failed(b, g->repo->path, &g->note[g->told++], err) < 0 ? -1 : 1;
	g->ended = g->next == g->units;
	if (g->ended)
		return 0;
	unit = &g->unit[g->next++];
	return (unit->stream ? git_stream_blob : git_versions_blob)(g, unit, b, err) < 0 ? -1 : 1;
}

static void
git_close(struct feed *feed)
{
	struct git_source *g = feed->state;
	struct error ignored;

	/* what could not be written is scanned again */
	if (g->state && g->ended)
		git_state_write(g->state, &ignored);
	git_state_free(g->state);
	if (g->history.object)
		history_done(&g->history);
	refs_done(&g->refs);
	commits_done(&g->commits);
	if (g->catalog.store)
		catalog_done(&g->catalog);
	reader_free(g->reader);
	store_close(&g->store);
	repository_close(g->repo);
	free(g->unit);
	free(g);
}

static int
open_state(struct git_source *g, struct error *err)
{
	const struct git_options *o = g->options->git;

	if (o && o->unreachable && strcmp(o->unreachable, "yes") != 0 && strcmp(o->unreachable, "no") != 0 && strcmp(o->unreachable, "only") != 0)
		return error_set(err, ERROR_USAGE, "--unreachable %s: is none of yes, no, only", o->unreachable);
	if (!o || !o->state)
		return 0;
	if (o->since || o->range || (o->unreachable && strcmp(o->unreachable, "yes") != 0))
		return error_set(err, ERROR_USAGE, "--state: keeps a scan of all, not with --since, --range or --unreachable");
	g->state = git_state_open(o->state, o->rules_id ? o->rules_id : "", err);
	return g->state ? 0 : -1;
}

static int
open_repository(struct git_source *g, const char *path, struct error *err)
{
	struct bundle b;
	const int r = bundle_open(&b, path, err);

	if (r < 0)
		return error_wrap(err, "%s", path);
	if (r == 0) {
		g->repo = repository_open(path, err);
		return g->repo ? store_open(&g->store, g->repo, err) : -1;
	}
	g->bundle = true;
	g->repo = b.repo;
	g->refs = b.refs;
	g->store = (struct store){ .hash = b.repo->hash };
	return store_add(&g->store, b.pack, err);
}

static struct feed *
git_open(const char *target, struct source_options *options, struct error *err)
{
	struct git_source *g = calloc(1, sizeof *g);

	if (!g) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	g->options = options;
	if (open_repository(g, *target ? target : ".", err) < 0 || open_state(g, err) < 0) {
		refs_done(&g->refs);
		store_close(&g->store);
		repository_close(g->repo);
		free(g);
		return NULL;
	}
	g->target = origin_step(NULL, ORIGIN_TARGET, g->repo->path, 0);
	g->feed = (struct feed){ git_next, git_close, git_settle, g };
	return &g->feed;
}

static int
git_bid(const char *target)
{
	(void)target;
	return 0; /* a folder with a repository in it is taken for its files, unless it is asked for as git: */
}

static size_t
git_roots(const struct feed *feed, int *fds, size_t max)
{
	const struct git_source *g = feed->state;

	return repository_roots(g->repo, fds, max);
}

const struct source source_git = {
	.name = "git",
	.about = "git:REPO : the whole history of a git repository",
	.prefix = "git:",
	.bid = git_bid,
	.open = git_open,
	.roots = git_roots,
};
