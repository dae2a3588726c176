/*
 * compiler.h: Vectorscan's compiler, loaded only where something must be
 * compiled: it is nine megabytes of C++, and a commit hook waits for each
 * library. What scans is linked, and small.
 */
#ifndef MATCH_COMPILER_H
#define MATCH_COMPILER_H

#include <stdbool.h>
#include <stddef.h>

struct error;

struct compiler_job {
	const char *const *text;
	const unsigned *flags, *ids;
	const size_t *lens;
	unsigned count;
	bool avx2;                      /* for a processor that has it */
	bool here;                      /* for this processor */
};

/* Compiles literals into a serialized database, freed by free(). */
int compiler_run(const struct compiler_job *, char **bytes, size_t *len, struct error *);

#endif
