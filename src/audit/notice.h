/* notice.h: findings of the checklist, made. */
#ifndef AUDIT_NOTICE_H
#define AUDIT_NOTICE_H

#include <stddef.h>
#include <stdarg.h>

#include <stanch/finding.h>

#include "audit/items.h"

struct arena;
struct view;

/*
 * Fills a finding at a stretch of the view's text; all its strings, and its
 * way, live in the arena. -1 when memory ran out.
 */
int notice_make(struct finding *, const struct view *, enum item, size_t at, size_t len, const char *path, struct arena *, const char *fmt, ...)
	__attribute__((format(printf, 8, 9)));
int notice_vmake(struct finding *, const struct view *, enum item, size_t at, size_t len, const char *path, struct arena *, const char *fmt,
	va_list);

#endif
