/*
 * scan.h: from targets to findings.
 *
 * A scan reads everything its targets hold and tells each finding and each
 * blob that it could not read, in an order that depends only on what is read,
 * never on the number of threads. All calls are made on the caller's thread.
 */
#ifndef STANCH_SCAN_H
#define STANCH_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <stanch/finding.h>

struct error;
struct known;
struct limits;
struct literals;
struct rules;
struct source_options;

#define MARK_KEY_BYTES 32

/* A hit and what became of it, for `explain`. */
struct trace {
	const struct rule *rule;
	const char *file;
	uint64_t line, column;
	size_t length;
	const char *preview, *verdict, *why;
	enum confidence confidence;
	unsigned evidence;
	double entropy;
};

struct scan_progress {
	uint64_t files, bytes, findings;
};

struct scan_calls {
	void (*finding)(void *, const struct finding *);
	void (*unread)(void *, const struct unread *);
	void (*trace)(void *, const struct trace *);            /* may be NULL; then needs jobs = 1 */
	void (*safe)(void *, const struct safe *);              /* may be NULL */
	void (*idle)(void *, const struct idle_comment *);      /* may be NULL; not of histories and images */
	void (*progress)(void *, const struct scan_progress *); /* may be NULL */
	void *arg;
};

struct scan_options {
	const struct rules *rules;
	const struct literals *literals;        /* of these rules */
	const struct limits *limits;
	unsigned jobs;                          /* threads; 0: one a core */
	enum confidence min_confidence;         /* weaker findings are not told */
	bool show_secrets;
	bool sandbox;                           /* give up what the scan doesn't need, for good */
	const uint8_t *mark_key;                /* MARK_KEY_BYTES, or NULL: drawn anew */
	struct source_options *source;
	const struct known *known;              /* values that are found exactly, or NULL */
	const char *cache;                      /* a folder that keeps what came of layers for later runs, or NULL; needs mark_key */
	const char *rules_id;                   /* of all that decides over findings: by it a cache's results are known again */
};

struct scan_result {
	uint64_t files, bytes, findings, unread;
	uint64_t allowed;                       /* hits that a comment allowed */
	uint64_t cached, refused;               /* layers that were known already; results in the cache that are not by this key */
	int cache_failed;                       /* errno of what could not be written to the cache, or 0 */
};

/*
 * Scans the targets. -1 when a target can't be opened or the scan can't work at
 * all; what can't be read within a target is told, counted, and no failure.
 */
int scan_run(const struct scan_options *, const char *const *targets, size_t count, const struct scan_calls *,
	struct scan_result *, struct error *);

#endif
