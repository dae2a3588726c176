/* source.h: turns what the user named into blobs. */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* folders that one source opens files beneath */
#define SOURCE_ROOTS 40
#define SOURCE_NAMES_KEY 16

struct built;
struct error;
struct feed;
struct limits;

/* What may be asked of the source of what is about to be committed, or pushed. */
struct staged_options {
	const char *pushed;             /* what git tells a hook of a push on its standard input: scans the commits that come by it, not the
					 * index; or NULL */
	const char *remote;             /* pre-push: the remote that it goes to */
	const char *const *paths;       /* only these and what lies in them (see paths.h, sorted); NULL: all. A file that is named but did
					 * not change counts whole */
	size_t count;
	bool whole;                     /* findings count in lines that are not new, too */
};

/* What may be asked of a repository's history; each may be NULL. */
struct git_options {
	const char *since;              /* only what came with commits that this one does not lead to */
	const char *range;              /* "A..B": only what came with commits that B leads to and A does not */
	const char *unreachable;        /* "yes" (default), "no", "only": objects that no ref and no reflog reaches */
	const char *state;              /* a file that keeps the ids of what was scanned, so that it is not scanned again */
	const char *rules_id;           /* by which a state's rules are known again */
};

/* What a user may ask of all sources; borrowed by the feed until it is closed. */
struct source_options {
	const char *const *include, *const *exclude;    /* NULL-ended globs, or NULL */
	bool gitignore;                 /* leave out what .gitignore files name */
	bool one_file_system;
	bool git_folders;               /* look into .git too */
	const struct staged_options *staged;    /* or NULL */
	const struct git_options *git;  /* or NULL */
	const char *platform;           /* of images: only this one, "linux/arm64"; or NULL */
	const struct built *built;      /* of images: the Dockerfile whose lines are told; or NULL */
	const struct limits *limits;
	const uint8_t *names_key;       /* of images, SOURCE_NAMES_KEY bytes: names in layers are hashed with it; NULL: drawn anew */
	bool plain_http;                /* registries elsewhere than on this machine may be asked without TLS */
	unsigned jobs;                  /* threads that a source may use of its own; 0: one a core */
	uint64_t skipped;               /* counted by the feed: links, FIFOs, sockets, devices */
};

struct source {
	const char *name, *about;
	const char *prefix;             /* forces it: "env:"; or NULL */
	/* whether a target without prefix is its own: 0 no, else how sure */
	int (*bid)(const char *target);
	/* the target, without the prefix; NULL when it can't be opened */
	struct feed *(*open)(const char *target, struct source_options *, struct error *);
	/* writes at most max descriptors of folders beneath which the feed will open files, and returns how many: for the
	 * sandbox; NULL: it will open none */
	size_t (*roots)(const struct feed *, int *fds, size_t max);
};

/* The source of a target, and the target without its prefix in *rest. */
const struct source *source_find(const char *target, const char **rest);

/* the i-th source there is, NULL past the last */
const struct source *source_list(unsigned i);

#endif
