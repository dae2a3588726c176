/* blob.h: bytes to be read once, and the way they came. */
#ifndef STANCH_BLOB_H
#define STANCH_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct bytes;
struct error;
struct feed;
struct finding;

/* What a source knows of a step beside its name. */
struct attribute {
	const char *name, *value;       /* name: lower case and underscores, as in reports; NULL ends a list */
};

/* One step of the way bytes came to us; the whole way is the parent chain. */
struct origin {
	const struct origin *parent;    /* NULL at a root */
	enum origin_step {
		ORIGIN_TARGET,          /* what the user named */
		ORIGIN_FILE,            /* a file: its path as a person would open it */
		ORIGIN_MEMBER,          /* came out of an archive */
		ORIGIN_STREAM,          /* was compressed as a whole, or UTF-16; name is the wrapping's */
		ORIGIN_DECODED,         /* was encoded text; name is the encoding's, offset where it stood */
		ORIGIN_VARIABLE,        /* an environment variable */
		ORIGIN_COMMIT,
		ORIGIN_OBJECT,
		ORIGIN_IMAGE,
		ORIGIN_LAYER,
	} step;
	unsigned depth;                 /* steps from the root, so limits need no counter */
	const char *name;               /* UTF-8 where the source had it; else raw bytes */
	uint64_t offset;                /* where in the parent it starts */
	const struct attribute *attributes;     /* a layer's digest, a commit's author, ...; or NULL */
};

/* The word that reports use for a step: "file", "member", ... */
const char *origin_step_name(enum origin_step);

/* the rank of all that came before what was asked for: a secret that was there before is not told */
#define LIFE_BEFORE 1

/* When a text was to be seen, in the ranks from 2 on that its source gave to its changes: of a history, commits, parents first. */
struct life {
	uint32_t brought;               /* by which change, the first where there are several; 0: it is in no history */
	uint32_t removed;               /* by which change, the last; 0: it is still there */
	uint32_t versions;              /* how many texts hold it; 0: it is of no history */
};

/* A stretch of a version that is as in the one that it was made of. */
struct copied {
	size_t to, from, len;
};

/* One of several texts that were made of each other. */
struct version {
	const struct origin *origin;    /* as of a blob */
	const char *const *also;        /* other paths that it had; NULL-ended, or NULL */
	struct version_text {
		const uint8_t *at;
		size_t len;
	} text;                         /* whole, until the next one */
	struct life life;
	bool known;                     /* scanned elsewhere: only what is made of it is wanted */
	unsigned place;                 /* a small number: what is known of it may be kept under it for those made of it */
	int base;                       /* the place of the one that it was made of, which may be its own; or -1 */
	const struct copied *copies;    /* in the order of `to`, which do not overlap there */
	size_t copy_count;
};

/* Hands out versions, each after the one that it was made of. */
struct versions {
	/* 1 a version, 0 no more, -1: the one of that origin can't be read; call again */
	int (*next)(struct versions *, struct version *, struct error *);
	void *state;
};

struct blob;

/*
 * By what a blob that opens is known again, with what its maker keeps of it
 * beside what was found. It and the blob's origin live until the feed is closed.
 */
struct blob_memo {
	const char *id;                 /* the same only for the same bytes: their digest */
	bool (*save)(void *state, struct buf *);        /* adds what load() takes; false: it was not read to its end */
	bool (*load)(void *state, struct bytes);        /* instead of reading; false: it is not what save() wrote */
	bool (*same)(struct blob *);    /* reads it without looking into it: whether its bytes are those of the id */
	void *state;
};

/* A stream of bytes, read once. */
struct blob {
	const struct origin *origin;
	uint64_t size;                  /* once read from, as far as known, else 0: a hint, never trusted */
	/* Lends the next block until the next call: 1 a block, 0 the end, -1 a failure. */
	int (*read)(struct blob *, struct bytes *, struct error *);
	/* Goes to a place in the stream, 0 or -1; NULL when it can only be read once. */
	int (*seek)(struct blob *, uint64_t offset, struct error *);
	/*
	 * NULL: it is read. Otherwise it is not: this opens it, on any thread, as a feed of the blobs that it holds, each a
	 * file of its own. The feed is closed before the blob is.
	 */
	struct feed *(*open)(struct blob *, struct error *);
	/* Gives it back. NULL: it lives until its feed's next() or close(); otherwise until here, on any thread. */
	void (*close)(struct blob *);
	uint8_t *room;                  /* the reader's: where read() may put a block, or NULL */
	size_t room_size;
	const struct blob_memo *memo;   /* of one with open(); or NULL */
	struct versions *versions;      /* NULL; or what is to be asked instead of read() */
	struct life life;
	void *state;                    /* the maker's */
};

/* Hands out blobs one at a time, each filled in whole. */
struct feed {
	/* 1 a blob, 0 no more, -1 a failure: the feed ends there. */
	int (*next)(struct feed *, struct blob *, struct error *);
	void (*close)(struct feed *);
	/*
	 * NULL: findings are told as they come. Otherwise they are held until the feed has ended, and this is called for
	 * each, on the thread that drains the feed, to add what is known only now: it may change the finding's origin
	 * (what that points to lies in the arena or lives until close). 1: it is told, 0: it is left out, -1: a failure,
	 * which is told beside the finding. A finding without a rule stands for something that could not be read.
	 * The same secret in several places is then told once, at its first, with the others as its places.
	 */
	int (*settle)(struct feed *, struct finding *, struct arena *, struct error *);
	void *state;
};

#endif
