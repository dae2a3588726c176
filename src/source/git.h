/* git.h: what the files of the git source share: git.c opens and lists, git_versions.c reads, git_settle.c explains. */
#ifndef SOURCE_GIT_H
#define SOURCE_GIT_H

#include <stanch/blob.h>
#include <stanch/error.h>

#include "git/catalog.h"
#include "git/commits.h"
#include "git/history.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/store.h"

struct arena;
struct finding;
struct reader;
struct source_options;

#define GIT_LARGE ((uint64_t)32 << 20)       /* what no delta is based on and is larger is streamed */
#define GIT_MEMORY_MAX ((uint64_t)512 << 20) /* as git's own core.bigFileThreshold: larger files have no deltas */
#define GIT_READER_ROOM ((uint64_t)4 << 20)

/* Roots of families, or loose objects, that one job reads. */
struct git_unit {
	uint32_t pack;     /* GIT_LOOSE */
	uint32_t from, to; /* of forest.root, or of catalog.loose */
	bool stream;       /* it is one large object */
	uint64_t cost;     /* about how many bytes come out */
};

#define GIT_LOOSE UINT32_MAX
#define GIT_PAIRS (UINT32_MAX - 1)   /* of history.pair: what took another's place */
#define GIT_COMMITS (UINT32_MAX - 2) /* ranks of commits that are selected */
#define GIT_TAGS (UINT32_MAX - 3)    /* of refs: the tags of those commits */

struct git_source {
	struct feed feed;
	struct source_options *options;
	struct repository *repo;
	struct store store;
	struct catalog catalog;
	struct commits commits;
	struct refs refs;
	struct history history;
	struct reader *reader; /* of the thread that drains the feed */
	struct origin target;
	bool bundle; /* the repository is one: its refs are known from the start */
	bool prepared, ended;
	bool ranged;             /* only some commits were asked for */
	struct git_state *state; /* what was scanned before; or NULL */
	struct git_unit *unit;   /* the most costly first */
	size_t units, cap, next;
	struct error note[8]; /* what makes the history incomplete */
	size_t notes, told;
};

/* Makes blob the versions of a unit; read on any thread. */
int git_versions_blob(struct git_source *, const struct git_unit *, struct blob *, struct error *);

/* Makes blob one large object, which is inflated as it is read. */
int git_stream_blob(struct git_source *, const struct git_unit *, struct blob *, struct error *);

/* The origin of an object and the paths that it had, for whoever holds the room; attributes say its id. */
struct git_naming {
	struct origin origin;
	struct attribute attribute[2];
	char id[OID_HEX];
	const char *also[HISTORY_ALSO_MAX + 1];
	struct life life;
	bool unwanted; /* left out by --include, --exclude or --unreachable */
};
void git_name(const struct git_source *, uint32_t number, enum object_type, struct git_naming *);

/*
 * Opens the state file, which is made if it is not there, and reads it later, at
 * git_state_read: what it names and the catalog holds is done. A file that is
 * damaged, or of other rules, is as good as none.
 */
struct git_state *git_state_open(const char *path, const char *rules_id, struct error *);
int git_state_read(struct git_state *, const struct catalog *, struct error *);
bool git_state_has(const struct git_state *, uint32_t number);
/* It must be scanned again next time. */
void git_state_forget(struct git_state *, uint32_t number);
/* Writes the ids of all that the catalog holds, but for what was to be forgotten. */
int git_state_write(struct git_state *, struct error *);
void git_state_free(struct git_state *);

/* Feed's settle: puts the commit into the finding's way. */
int git_settle(struct feed *, struct finding *, struct arena *, struct error *);

#endif
