/*
 * jsonout.h: writes JSON as it comes, commas included. The caller keeps opens
 * and closes balanced; objects get a key before each value.
 */
#ifndef REPORT_JSONOUT_H
#define REPORT_JSONOUT_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

struct jsonout {
	struct buf *out;        /* borrowed */
	bool more;              /* a value stands before: the next one needs a comma */
};

void jsonout_open(struct jsonout *, char bracket);      /* '{' or '[' */
void jsonout_close(struct jsonout *, char bracket);     /* '}' or ']' */
void jsonout_key(struct jsonout *, const char *);

void jsonout_text(struct jsonout *, const char *);
void jsonout_number(struct jsonout *, uint64_t);
void jsonout_bool(struct jsonout *, bool);

/* with so many digits behind the point, in any locale; what is no number at least 0 is 0 */
void jsonout_decimal(struct jsonout *, double, unsigned digits);

/* Key and value at once; a member whose text is NULL is left out. */
void jsonout_member(struct jsonout *, const char *key, const char *text);
void jsonout_count(struct jsonout *, const char *key, uint64_t);

/* "key": { "text": text }, as SARIF has its messages */
void jsonout_wrapped(struct jsonout *, const char *key, const char *text);

/* Key and the text of a buffer, which is then freed; its failure is passed on. */
void jsonout_take(struct jsonout *, const char *key, struct buf *text);

#endif
