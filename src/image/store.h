/* store.h: where the parts of an image lie: an archive, a folder, a registry. */
#ifndef IMAGE_STORE_H
#define IMAGE_STORE_H

#include <stdbool.h>
#include <stdint.h>

struct blob;
struct error;
struct parts;

/* Which part is asked for. */
struct store_ask {
	const char *name;
	uint64_t size;                  /* what it should have, or 0 */
	bool manifest;                  /* a manifest or an index, which registries keep apart */
};

struct store {
	/*
	 * Opens a part, named by its digest or by its path, as a blob that has close() and may be read on any thread: 1,
	 * 0 when it is not there, -1 a failure.
	 */
	int (*open)(struct store *, const struct store_ask *, struct blob *, struct error *);
	/* The one name of a part that may have several, or NULL when it is not there. */
	const char *(*name)(struct store *, const char *name);
	void (*close)(struct store *);
	struct parts *parts;            /* all that it holds, where that can be listed; else NULL */
	void *state;
};

#endif
