/* readers.h: readers of one store for several threads, lent to whoever needs one. */
#ifndef GIT_READERS_H
#define GIT_READERS_H

#include <stdint.h>

struct error;
struct reader;
struct readers;
struct store;

/* For objects up to max bytes; each reader keeps about `room` bytes for later. The store must outlive it. */
struct readers *readers_new(const struct store *, uint64_t max, uint64_t room, struct error *);

/* All that were lent must be back. */
void readers_free(struct readers *);

/* A reader that nobody else has until readers_back; on any thread. NULL with error. */
struct reader *readers_lend(struct readers *, struct error *);
void readers_back(struct readers *, struct reader *);

#endif
