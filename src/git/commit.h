/* commit.h: commits and annotated tags, parsed; everything is borrowed from the object's text. */
#ifndef GIT_COMMIT_H
#define GIT_COMMIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "git/oid.h"
#include "git/pack.h"

struct error;

/* "Name <mail> 1700000000 +0100" */
struct signature {
	struct bytes name, mail;
	int64_t seconds; /* since 1970; 0 when it is damaged */
	int zone;        /* minutes east of UTC */
};

struct commit {
	struct oid tree;
	struct bytes parents; /* the lines "parent ID" */
	struct signature author, committer;
	struct bytes message;
	unsigned hash;
};

int commit_parse(struct bytes text, unsigned hash, struct commit *, struct error *);

/* The next parent: 1, 0 no more. */
int commit_parent(struct commit *, struct oid *);

struct tag {
	struct oid object;
	enum object_type type;
	struct bytes name;
	struct signature tagger; /* empty: old tags have none */
	struct bytes message;
};

int commit_parse_tag(struct bytes text, unsigned hash, struct tag *, struct error *);

/* A time in ISO 8601 with its zone, as "2024-01-31T12:00:00+01:00": at least COMMIT_DATE bytes. */
#define COMMIT_DATE 40
void commit_date(const struct signature *, char *out);

#endif
