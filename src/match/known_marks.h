/* known_marks.h: values of which only marks are known: what stands by itself is hashed and looked up. */
#ifndef MATCH_KNOWN_MARKS_H
#define MATCH_KNOWN_MARKS_H

#include <stdbool.h>
#include <stdint.h>

#include "match/known.h"

struct known_marks;

/* key: 32 bytes, under which all marks were made; NULL when memory ran out */
struct known_marks *known_marks_new(const uint8_t key[static 32]);
void known_marks_free(struct known_marks *);
bool known_marks_add(struct known_marks *, const char *name, const uint8_t mark[static 16]);
void known_marks_build(struct known_marks *);

/* Tests tokens, lines, what is assigned in a line, PEM blocks, and with whole the text itself. */
void known_marks_window(const struct known_marks *, const struct window *, bool whole, void (*call)(void *, const struct known_hit *), void *arg);

#endif
