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
};

/* An encoded form was seen. */
struct form_hit {
	const struct window *window;
	size_t at, len;                 /* in the window's text */
	unsigned encodings;             /* bit i: decode_list(i) */
};

/* What a scan of a window tells; the pointers are the caller's. */
struct match_calls {
	/* true: the hit counts, and its companions are looked for */
	bool (*hit)(void *, const struct hit *);
	void (*form)(void *, const struct form_hit *);
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

#endif
