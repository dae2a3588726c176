/*
 * unwrap.h: what hid blobs in a blob. A wrapping bids on the first bytes of a
 * blob, never on its name; the highest bid opens it as a feed of what is inside.
 */
#ifndef UNWRAP_UNWRAP_H
#define UNWRAP_UNWRAP_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct blob;
struct bytes;
struct error;
struct feed;
struct limits;

/* how many first bytes a bid may want to see: ISO 9660 has its magic at 32769 */
#define UNWRAP_HEAD 34816

/* What all wrappings of one file draw on together. */
struct budget {
	const struct limits *limits;
	uint64_t size;                  /* of the file; 0: not known */
	uint64_t unwrapped;             /* bytes handed out so far */
	uint64_t deadline;              /* CLOCK_MONOTONIC nanoseconds, 0: none */
	unsigned bombs;                 /* wrappings that reached the ratio; the file is given up after a few */
};

struct wrapping {
	const char *name;               /* as in origins: "gzip", "zip", "utf-16le" */
	/* 0: not ours; else how sure, 1 to 100 */
	int (*bid)(struct bytes head);
	/*
	 * Opens blob, which stands at its start; the feed reads from it and must be
	 * closed before it. Members are handed out as soon as they are met; a member
	 * that can't be read fails in its own read(), and the feed goes on where the
	 * format allows. Reaching a limit fails with ERROR_LIMIT, a locked archive or
	 * member with ERROR_ENCRYPTED, an early end with ERROR_TRUNCATED.
	 */
	struct feed *(*open)(struct blob *, struct budget *, struct error *);
	uint64_t (*dictionary)(struct bytes head);      /* how much memory it looks back into, base/dictionary.h; NULL: little */
};

/* What a file of that size (0: not known) may draw on, from now on. */
struct budget budget_begin(const struct limits *, uint64_t size);

/* The wrapping that bids highest on these first bytes, or NULL when this is plain. */
const struct wrapping *unwrap_bid(struct bytes head);

/*
 * Opens blob, which begins with head, as that. *large: the size of its
 * dictionary, if that is a large one, which unwrap_done gives back when the
 * feed was closed.
 */
struct feed *unwrap_open(const struct wrapping *, struct bytes head, struct blob *, struct budget *, uint64_t *large, struct error *);
void unwrap_done(uint64_t large);

/* the i-th wrapping there is, NULL past the last */
const struct wrapping *unwrap_list(size_t i);

/* Counts n bytes that a wrapping handed out, of `in` bytes read and `out` handed out by itself;
 * -1 with ERROR_LIMIT when a limit of the budget is reached, naming it and its option. */
int budget_take(struct budget *, uint64_t n, uint64_t in, uint64_t out, struct error *);

#endif
