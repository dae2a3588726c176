/* rare.h: xz and bzip2 as streams, within the memory of base/dictionary.h: files, and the few layers that are compressed with them. */
#ifndef BASE_RARE_H
#define BASE_RARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct error;
struct rare;

/* "xz" or "bzip2" by the first bytes, or NULL. */
const char *rare_kind(struct bytes head);

/* For that kind, with a dictionary of that size at most (base/dictionary.h); NULL when memory ran out. */
struct rare *rare_new(const char *kind, uint64_t dictionary);
void rare_free(struct rare *);

/* Unpacks from in (which moves on) to room[*out, size); *ended when a stream's checked end was met, after which another may begin. */
int rare_step(struct rare *, struct bytes *in, uint8_t *room, size_t size, size_t *out, bool *ended, struct error *);

#endif
