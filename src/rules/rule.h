/* rule.h: what to look for. Rules are const once loaded; scanning never writes them. */
#ifndef RULES_RULE_H
#define RULES_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <stanch/finding.h>

enum rule_kind {
	RULE_TOKEN,             /* a shape of its own, anchored at a literal */
	RULE_KEYED,             /* no shape; the vendor's word next to it tells */
	RULE_ASSIGNMENT,        /* the anchor is a word inside a key's name */
	RULE_COMPANION,         /* looked for only near a finding of another rule */
};

struct rule {
	const char *id, *about, *vendor, *docs, *advice;
	enum severity severity;
	enum rule_kind kind;
	enum confidence confidence;     /* the most it gets without a checksum */
	const char *const *anchors;     /* NULL-ended literals */
	bool nocase;
	bool before_set;                /* before[] holds a look-behind class */
	uint32_t before[8];             /* bytes that may not stand before: a 256-bit set */
	const char *before_pattern;     /* a longer look-behind, as a regex; or NULL */
	bool lead_set;
	uint32_t lead[8];               /* class of the bytes that stand directly before the anchor */
	uint16_t lead_min, lead_max;
	const char *pattern;            /* PCRE2, anchored; or NULL */
	bool charset_set;
	uint32_t charset[8];            /* keyed, companion: bytes of the value */
	uint16_t length_min, length_max;        /* 0, 0: any */
	uint16_t within;                /* keyed: bytes after the anchor that are searched */
	bool exclusive;                 /* token: what begins with an anchor is this or nothing */
	const char *const *names;       /* NULL-ended: lower-case ends of names that hold nothing else; or NULL */
	bool telling;                   /* keyed: a word such as key or token must be near */
	bool uuid;                      /* keyed: charset is `uuid` */
	bool binary;                    /* also in binaries */
	bool item;                      /* of the checklist of stanch audit: not searched for */
	const char *checksum;           /* name of a validator, or NULL */
	double entropy;                 /* least bits a character, 0: any */
	const char *near_rule;          /* companion: the other rule's id */
	uint16_t near_lines;
	const char *const *paths;       /* NULL-ended globs, or NULL */
	const char *const *examples, *const *counterexamples;   /* NULL-ended, with their ~; may be NULL */
	const char *file;               /* where it was written, for messages */
	unsigned line;
	bool runs;                      /* what it matches holds a run (run.h), which ends right before the anchor ... */
	uint32_t run_from;              /* ... or begins at most so many bytes behind its beginning (keyed: its end) */
	uint32_t reach;                 /* most bytes a match can span after the anchor's start */
};

/* A set of rules, in the order of their ids. */
struct rules {
	const struct rule *const *rule;
	size_t count;
	void *memory;                   /* what rules_free frees; NULL for the built-in set */
};

static inline bool
rule_set_has(const uint32_t set[static 8], uint8_t c)
{
	return set[c >> 5] >> (c & 31) & 1;
}

#endif
