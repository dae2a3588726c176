/* isal.h: ISA-L's gzip, three times as fast as zlib's, loaded where it is installed. */
#ifndef IMAGE_ISAL_H
#define IMAGE_ISAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct isal;

/* Loads the library once; without it isal_new says NULL. */
void isal_load(void);

struct isal *isal_new(void);
void isal_free(struct isal *);

/* Unpacks from in (which moves on) to room[*out, size); *ended when a gzip stream's checked end was met. -1: it is broken. */
int isal_step(struct isal *, struct bytes *in, uint8_t *room, size_t size, size_t *out, bool *ended);

#endif
