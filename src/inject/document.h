/* document.h: objects of our own beside those of a manifest. */
#ifndef INJECT_DOCUMENT_H
#define INJECT_DOCUMENT_H

#include <jansson.h>

struct buf;
struct edits;
struct error;
struct plan;
struct outline;

/* Adds the plan's config maps for each of the namespaces (keys of an object), as items of a List or as documents. */
int document_add(struct outline *, struct edits *, const struct plan *, const json_t *spaces, struct error *);

/* Takes them out. */
int document_remove(struct outline *, struct edits *, struct error *);

/* Writes them as a manifest of its own. */
int document_write(struct buf *, const struct plan *, const char *space, struct error *);

#endif
