/*
 * memo.h: what came of blobs that are the same wherever they are met, as layers
 * of images are, so that each is scanned once: in this run, and with a folder
 * in later ones, too.
 *
 * Results are kept as one run of bytes that ends in a keyed hash of all before
 * it and of what they are results of, so that nobody without the mark key can
 * make or change one.
 */
#ifndef SCAN_MEMO_H
#define SCAN_MEMO_H

#include <stddef.h>
#include <stdint.h>

#include <stanch/blob.h>

struct error;
struct gather;
struct job;
struct memos;
struct rules;

/* What results depend on beside the blob. */
struct memo_terms {
	const uint8_t *mark_key;        /* MARK_KEY_BYTES, borrowed */
	const struct rules *rules;      /* in which findings have theirs, borrowed */
	const char *id;                 /* of rules, options, version */
	int folder;                     /* where results are kept between runs, or -1; borrowed */
	bool in_memory;                 /* they are kept for this run */
};

/* NULL when memory ran out. */
struct memos *memos_new(const struct memo_terms *);
void memos_free(struct memos *);

/*
 * A job that is done, with what is known of the blob, whose maker is given back its part of it; NULL: it is to be
 * scanned. Without a folder the blob is read first, to see that it is what its id says.
 */
struct job *memos_job(struct memos *, struct blob *);

/* What came of one blob. */
struct memo_result {
	const struct blob_memo *memo;
	unsigned depth;                 /* of the blob's origin */
	uint64_t files, bytes, allowed;
	const struct gather *gather;
	size_t from;                    /* its findings are the gathered from here on */
};

/* Keeps it, if all of it was read. */
void memos_keep(struct memos *, const struct memo_result *);

/* How many blobs were known, how many results were not by this key or broken, and errno of the first that could not be written. */
struct memo_counts {
	uint64_t known, refused;
	int failed;
};
struct memo_counts memos_counts(const struct memos *);

#endif
