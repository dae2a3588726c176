/* view.h: one text under audit, and how a check tells what does not hold in it. */
#ifndef AUDIT_VIEW_H
#define AUDIT_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "audit/audit.h"
#include "audit/items.h"
#include "base/arena.h"

struct node;
struct outline;
struct workload;

struct view {
	struct audit *audit;
	const struct origin *origin;
	const char *path;               /* of the file */
	struct bytes text;
	struct outline *outline;        /* of YAML and JSON, else NULL */
	const struct node *top;         /* the object that paths begin in */
	const char *kind, *namespace, *name;    /* of that object, or NULL */
};

/* an item does not hold at a node (the object itself for NULL); the sentence says what is wrong */
void view_tell(const struct view *, enum item, const struct node *, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* the same at a stretch of text */
void view_tell_at(const struct view *, enum item, size_t at, size_t len, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/* whether a name promises a secret: DB_PASSWORD, not DB_PASSWORD_FILE */
bool view_is_telling(const char *name);

/* an image reference: whether its digest, its tag is there; NULL: nothing wrong */
const char *view_image_fault(const char *reference, enum item *);

/* the checks, each a file */
void pod_check(const struct view *, const struct workload *);
void object_check(const struct view *);
void compose_check(const struct view *);
void workflow_check(const struct view *);
void dockerfile_check(const struct view *);

#endif
