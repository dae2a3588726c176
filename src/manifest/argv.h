/* argv.h: which words of a command are passwords. */
#ifndef MANIFEST_ARGV_H
#define MANIFEST_ARGV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

#define ARGV_WORDS 512

/* A word of a command; where is the caller's. */
struct word {
	struct bytes text;
	size_t where;
	bool first;             /* a command begins here */
};

/* Cuts a line of a shell into words without their quotes; where is the offset in the line. Returns how many. */
size_t argv_split(struct bytes line, struct word *, size_t most);

/*
 * Calls for each value that an option names: --name=value, --name value,
 * NAME=value, -pVALUE of programs that are known to take it. The value lies in
 * word i from byte `from` to `to`.
 */
void argv_look(const struct word *, size_t count, void (*call)(void *, struct bytes name, const struct word *, size_t from, size_t to), void *arg);

#endif
