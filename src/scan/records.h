/*
 * records.h: what a scan of one version of a text found out, so that a version
 * made of it need be scanned only where it is new. A record stands for each
 * anchor whose outcome may be needed again, with the stretch of text that the
 * outcome depends on: where a version copies that stretch whole, the record
 * holds there, too; where it copies the anchor but not the stretch, the anchor
 * must be looked at again.
 */
#ifndef SCAN_RECORDS_H
#define SCAN_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <stanch/finding.h>

#include "base/bytes.h"
#include "match/match.h"
#include "scan/keep.h"

struct arena;
struct copied;
struct encoding;
struct found;

/* A finding inside of what a stretch was decoded to, and where it lies in the stretch. */
struct decoded {
	struct decoded *next;
	struct found *told;          /* as it is told, of all that are the same */
	const struct origin *origin; /* its own way */
	size_t from, to;
};

struct record {
	size_t lo, hi;  /* what it depends on */
	size_t anchor;  /* where its anchor begins */
	struct met met; /* what was met there */
	enum record_kind {
		RECORD_HIT,     /* kept holds the hit, before overlaps were settled */
		RECORD_STRETCH, /* an encoded stretch; decoded lists what was in it */
		RECORD_ANCHOR,  /* nothing came of it, as long as the text around is the same */
	} kind;
	struct kept kept;
	uint8_t mark[MARK_BYTES]; /* of a hit, once it was told */
	bool marked;
	const struct encoding *encoding; /* of a stretch, or of an anchor in one */
	size_t at, len;                  /* of the stretch */
	size_t known;                    /* its encoding's, for joins */
	struct decoded *decoded;
};

/* The records of one version, in the order of their anchors. */
struct records {
	struct record *record;
	size_t count, cap;
	size_t len;    /* of the text */
	unsigned kind; /* versions of different kinds know nothing of each other */
	uint64_t named; /* a hash of the path that it had: by head and path it was seen to be no manifest, if usable */
	bool usable;
};

void records_done(struct records *);
void records_clear(struct records *);

/* Adds a record; NULL when memory ran out. */
struct record *records_add(struct records *, const struct record *);
void records_sort(struct records *);

/* Stretches of a text that are to be scanned. */
struct ranges {
	struct range {
		size_t from, to;
	} * range;
	size_t count, cap;
	bool failed;
};

void ranges_done(struct ranges *);
void ranges_add(struct ranges *, size_t from, size_t to);

/* Sorts them and joins what touches. */
void ranges_join(struct ranges *);

/*
 * Lists where a version of len bytes is new, made of one of base_len bytes by
 * these copies: what was inserted and where stretches meet that did not meet in
 * the base, each with `margin` bytes to either side.
 */
void ranges_new(struct ranges *, size_t len, size_t base_len, const struct copied *, size_t count, size_t margin);

/* Anchors to be looked at again. */
struct again {
	struct again_at {
		size_t anchor;
		struct met met;
	} * at;
	size_t count, cap;
};

void again_done(struct again *);

/*
 * Carries the records of base over to out along the copies, but for those whose
 * anchors are in the ranges (which are joined); lists in again, anew, the anchors
 * that must be looked at again. False when memory ran out.
 */
bool records_carry(const struct records *base, struct records *out, const struct copied *, size_t count, size_t len, const struct ranges *,
	struct again *);

#endif
