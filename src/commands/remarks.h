/* remarks.h: what is wrong with which sealed file, as text, JSON or SARIF. */
#ifndef COMMANDS_REMARKS_H
#define COMMANDS_REMARKS_H

#include <stddef.h>

enum remark_level { REMARK_OK, REMARK_NOTE, REMARK_WARNING, REMARK_ERROR };

/* A remark; all texts are its own. */
struct remark {
	char *path, *word, *text;
	enum remark_level level;
};

struct remarks {
	struct remark *at;
	size_t count;
	int failed;                     /* memory ran out: not all are here */
};

void remarks_add(struct remarks *, enum remark_level, const char *path, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void remarks_done(struct remarks *);

/* the worst level of all */
enum remark_level remarks_worst(const struct remarks *);

/* Prints them on standard output: "text" (or NULL), "json" or "sarif"; quiet leaves out in text what is ok. */
void remarks_print(const struct remarks *, const char *format, int quiet);

#endif
