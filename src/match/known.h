/*
 * known.h: values that are known beforehand, found exactly wherever they stand:
 * plain, in base64 at any of its three alignments and in both alphabets, hex,
 * percent-encoded or escaped as in JSON. Built once, const from then on. The
 * values and their forms lie in guarded memory.
 */
#ifndef MATCH_KNOWN_H
#define MATCH_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct error;
struct known;
struct rule;
struct window;

/* a shorter value would be met by chance */
#define KNOWN_SHORTEST 8

/* What findings of known values are of. */
extern const struct rule known_rule;

/* Where one was found, in the window's text. */
struct known_hit {
	const struct window *window;
	size_t at, len;
	const char *name;               /* of the value */
	struct bytes value;             /* itself; empty when only its mark is known */
	const char *why;                /* one static phrase */
};

/* NULL when memory ran out. */
struct known *known_new(struct error *);
void known_free(struct known *);

/* Adds a value, both are copied: 1, 0 when it is too short to be looked for, -1. Of a very long one its first 16 KiB count. */
int known_add(struct known *, const char *name, struct bytes value, struct error *);

/* Adds the mark of a value that isn't known itself; key: of all marks, 32 bytes. */
int known_add_mark(struct known *, const char *name, const uint8_t mark[static 16], const uint8_t key[static 32], struct error *);

/* After the last value: makes what the search needs. */
int known_build(struct known *, struct error *);

/* Calls for each place in what the window owns; whole: the window is text that was decoded, and itself may be a value. */
void known_window(const struct known *, const struct window *, bool whole, void (*call)(void *, const struct known_hit *), void *arg);

#endif
