/* lives.h: the findings of a family of versions, each once: by rule, mark and path. */
#ifndef SCAN_LIVES_H
#define SCAN_LIVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct finding;
struct found;
struct life;
struct rule;

struct lives {
	struct found **slot;
	size_t slots, count;
};

void lives_done(struct lives *);

/* The finding of a rule with that mark in the file of that name (as origin_file names it), or NULL. */
struct found *lives_find(const struct lives *, const struct rule *, const uint8_t *mark, const char *file);

/* Adds one that is not there; false when memory ran out. */
bool lives_add(struct lives *, struct found *);

/* Joins what is known of how long a secret was there. True: the one that is added came first, so its place is the one to tell. */
bool lives_join(struct life *, const struct life *added);

#endif
