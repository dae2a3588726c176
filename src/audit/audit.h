/*
 * audit.h: the container-security checklist over Dockerfiles, Kubernetes
 * manifests, compose files and CI workflows. What does not hold is told as a
 * finding whose rule is the item; its id is a word and stays for ever.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct audit;
struct error;
struct finding;
struct origin;
struct rules;

/* called for what does not hold; the finding lives until it returns */
typedef void audit_call(void *arg, const struct finding *);

/* NULL when memory ran out */
struct audit *audit_new(audit_call *, void *arg);
void audit_free(struct audit *);

/* whether a file of that name is looked at in a folder */
bool audit_wants(const char *name);

/*
 * Looks at one text; path is where it lies, for its .dockerignore. 1 looked at,
 * 0 nothing that the list speaks of, -1.
 */
int audit_text(struct audit *, const struct origin *, const char *path, struct bytes text, struct error *);

/* What can only be said of all texts together: which pods no policy selects. -1 when memory ran out at any time. */
int audit_end(struct audit *, struct error *);

/* findings that a comment allowed */
uint64_t audit_allowed(const struct audit *);

/* the items, by id */
const struct rules *audit_items(void);

/* what other linters call the i-th item */
const char *audit_others(size_t i);

#endif
