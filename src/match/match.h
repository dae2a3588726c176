/*
 * match.h: finds hits in windows. A matcher is const and shared by all threads;
 * each thread has a scratch of its own.
 */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct assign;
struct error;
struct literals;
struct matcher;
struct rule;
struct rules;
struct scratch;
struct window;

/* What was met at an anchor: enough to look there again. */
struct met {
	uint32_t literal;               /* MET_FORM: an encoded form alone */
	uint8_t len, encodings;         /* of a form */
};

#define MET_FORM UINT32_MAX

/* A rule that matched; its bytes are borrowed from the window. */
struct hit {
	const struct rule *rule;
	const struct window *window;
	size_t anchor;                  /* in the window's text: where the anchor begins */
	size_t at;                      /* where the secret begins */
	struct bytes secret;
	const struct assign *assign;    /* of an assignment, else NULL; gone after the call */
	size_t value;                   /* which of its values */
	bool paired;                    /* a companion, found beside its pair */
	bool telling;                   /* keyed: a word such as key or token stands near */
	struct met met;
};

/* An encoded form was seen. */
struct form_hit {
	const struct window *window;
	size_t at, len;                 /* in the window's text */
	unsigned encodings;             /* bit i: decode_list(i) */
	struct met met;
};

/*
 * What comes of an anchor depends on no more text than this to either side of
 * it, unless a call says so: a hit on MATCH_HIT bytes around it, an encoded form
 * on its stretch, an anchor that `far` is called for on as many as it says.
 */
#define MATCH_NEAR ((size_t)768)
#define MATCH_HIT ((size_t)13312)

/* What a scan of a window tells; the pointers are the caller's. */
struct match_calls {
	/* true: the hit counts, and its companions are looked for */
	bool (*hit)(void *, const struct hit *);
	void (*form)(void *, const struct form_hit *);
	/* NULL, or: what a comment to stanch begins with stands in the window's text */
	void (*comment)(void *, size_t at);
	/* NULL, or: what comes of this anchor depends on text up to `reach` bytes behind it; before hits are told */
	void (*far)(void *, const struct met *, size_t anchor, size_t reach);
	void *arg;
};

/*
 * A matcher for rules and their literals; both must outlive it. NULL when
 * memory ran out.
 */
struct matcher *matcher_new(const struct rules *, const struct literals *, struct error *);
void matcher_free(struct matcher *);

struct scratch *scratch_new(struct matcher *, struct error *);
void scratch_free(struct scratch *);

/*
 * Scans what the window owns; calls are made in the order of their anchors.
 * -1 when a pattern reached a limit of PCRE2 somewhere: all else was told.
 */
int match_window(struct scratch *, const struct window *, const struct match_calls *, struct error *);

/* Looks again at an anchor that was met before, wherever it stands in this window's text. */
int match_again(struct scratch *, const struct window *, const struct met *, size_t anchor, const struct match_calls *, struct error *);

#endif
