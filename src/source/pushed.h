/* pushed.h: what a push brings, from what git tells its hooks. */
#ifndef SOURCE_PUSHED_H
#define SOURCE_PUSHED_H

#include <stddef.h>

#include "git/oid.h"

struct error;
struct repository;

/* What commits are reached from, and what was there before. */
struct pushed {
	struct oid *of, *without;
	size_t ofs, withouts;
};

/*
 * Reads the lines that git gives to pre-receive ("OLD NEW REF"; where git
 * holds what is new apart, all refs of this repository were there before) or to pre-push ("REF ID REF ID"; what is
 * known of the remote was there before). Deleted refs bring nothing.
 */
int pushed_read(struct pushed *, const char *lines, const char *remote, const struct repository *, struct error *);
void pushed_done(struct pushed *);

#endif
