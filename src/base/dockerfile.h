/* dockerfile.h: a Dockerfile as instructions with their places. */
#ifndef BASE_DOCKERFILE_H
#define BASE_DOCKERFILE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/bytes.h"

/* One instruction, its lines joined and its comments taken out. */
struct instruction {
	char word[16];                  /* upper case: "FROM" */
	const char *rest;               /* what follows, flags included */
	const char *heredoc;            /* the text of its here-documents, or "" */
	size_t at, end;                 /* in the file, to the end of its last line */
	unsigned stage;                 /* from 1; 0 before the first FROM */
	struct instruction *next;
};

struct dockerfile {
	struct arena arena;
	struct instruction *first;
	unsigned stages;
};

/* Reads the text; -1 when memory ran out. What is no instruction is kept as a word of its own. */
int dockerfile_read(struct dockerfile *, struct bytes text);
void dockerfile_done(struct dockerfile *);

/* The i-th word of a text, from 0, as bytes of it; empty past the last. */
struct bytes dockerfile_word(const char *text, unsigned i);

/* The value of a flag such as "--from=", or empty. */
struct bytes dockerfile_flag(const struct instruction *, const char *flag);

/* Its i-th word that is no flag. */
struct bytes dockerfile_argument(const struct instruction *, unsigned i);

#endif
