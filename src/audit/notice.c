#include "audit/notice.h"

#include <stdio.h>
#include <string.h>

#include "audit/view.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/mark.h"
#include "blob/origin.h"
#include "rules/rule.h"

#define EXCERPT_MAX 200

/* an item whose line may hold a secret shows no line */
static bool
is_shown(enum item item)
{
	return item != ITEM_BAKED_SECRET && item != ITEM_SECRET_IN_ENV && item != ITEM_SECRET_IN_CONFIGMAP && item != ITEM_SECRET_PLAIN_IN_GIT &&
	    item != ITEM_BUILD_SECRET;
}

static size_t
line_start(struct bytes text, size_t at)
{
	while (at > 0 && text.at[at - 1] != '\n')
		at--;
	return at;
}

/* characters of UTF-16 up to a place, from 1 */
static uint64_t
column16(struct bytes line)
{
	uint64_t n = 1;

	for (size_t i = 0; i < line.len; i++)
		n += (line.at[i] & 0xc0) != 0x80 ? 1 + (line.at[i] >= 0xf0) : 0;
	return n;
}

static void
place(struct finding *f, struct bytes text, size_t at, size_t len)
{
	const size_t start = line_start(text, at), end = at + len, last = line_start(text, end);

	f->offset = at;
	f->line = bytes_lines(bytes_cut(text, 0, at)) + 1;
	f->column = at - start + 1;
	f->column16 = column16(bytes_cut(text, start, at));
	f->end_line = f->line + bytes_lines(bytes_cut(text, at, end));
	f->end_column = end - last + 1;
	f->end_column16 = column16(bytes_cut(text, last, end));
	f->length = len;
}

static void
show(struct finding *f, struct bytes text, size_t at, size_t len, struct arena *arena)
{
	const size_t start = line_start(text, at);
	const uint8_t *lf = memchr(text.at + start, '\n', text.len - start);
	struct bytes line = bytes_cut(text, start, lf ? (size_t)(lf - text.at) : text.len);
	char *copy;

	while (line.len && (line.at[line.len - 1] == '\r' || line.at[line.len - 1] == ' '))
		line.len--;
	if (line.len > EXCERPT_MAX || at - start > line.len)
		return;
	copy = arena_string(arena, line);
	for (size_t i = 0; copy && i < line.len; i++)
		if ((unsigned char)copy[i] < ' ')
			copy[i] = ' ';
	f->excerpt = copy;
	f->excerpt_at = at - start;
	f->excerpt_len = len < line.len - f->excerpt_at ? len : line.len - f->excerpt_at;
}

static const char *
keep(struct arena *arena, const char *s, int *failed)
{
	const char *copy = s && *s ? arena_string(arena, bytes_of(s)) : NULL;

	*failed |= s && *s && !copy;
	return copy;
}

int
notice_vmake(struct finding *f, const struct view *v, enum item item, size_t at, size_t len, const char *path, struct arena *arena,
    const char *fmt, va_list args)
{
	const struct rule *rule = items_rule(item);
	char why[400];
	int failed = 0;

	vsnprintf(why, sizeof why, fmt, args);
	at = at > v->text.len ? v->text.len : at;
	len = len > v->text.len - at ? v->text.len - at : len;
	*f = (struct finding){ .rule = rule, .origin = origin_copy(v->origin, arena), .confidence = CONFIDENCE_CERTAIN,
		.evidence = EVIDENCE_STRUCTURE };
	place(f, v->text, at, len);
	if (is_shown(item) && v->text.len)
		show(f, v->text, at, len, arena);
	f->why = keep(arena, why, &failed);
	f->path = keep(arena, path, &failed);
	f->object_kind = keep(arena, v->kind, &failed);
	f->object_namespace = keep(arena, v->namespace, &failed);
	f->object_name = keep(arena, v->name, &failed);
	snprintf(f->preview, sizeof f->preview, "%s", rule->id);
	mark_id(f->id, FINDING_ID_CHARS, (struct bytes[]){ bytes_of(rule->id), bytes_of(v->path), bytes_of(path ? path : ""),
	    bytes_of(v->kind ? v->kind : ""), bytes_of(v->name ? v->name : ""), bytes_of(why) }, 6);
	/* nothing secret is known by it: the same item at the same place is */
	for (unsigned i = 0; i < MARK_BYTES; i++)
		sscanf(f->id + 2 * i, "%2hhx", &f->mark[i]);
	return failed || !f->origin ? -1 : 0;
}

int
notice_make(struct finding *f, const struct view *v, enum item item, size_t at, size_t len, const char *path, struct arena *arena,
    const char *fmt, ...)
{
	va_list args;
	int r;

	va_start(args, fmt);
	r = notice_vmake(f, v, item, at, len, path, arena, fmt, args);
	va_end(args);
	return r;
}
