#include "scan/lives.h"

#include <stdlib.h>
#include <string.h>

#include <stanch/finding.h>

#include "base/buf.h"
#include "blob/origin.h"
#include "scan/job.h"

void
lives_done(struct lives *t)
{
	free(t->slot);
	*t = (struct lives){ 0 };
}

/* a mark is a hash already */
static size_t
start(const uint8_t *mark)
{
	uint64_t h;

	memcpy(&h, mark, sizeof h);
	return (size_t)h;
}

static bool
is_file(const struct origin *o, const char *file)
{
	struct buf name;
	bool same;

	buf_init(&name);
	origin_file(o, &name);
	same = strcmp(buf_str(&name), file) == 0;
	buf_done(&name);
	return same;
}

struct found *
lives_find(const struct lives *t, const struct rule *rule, const uint8_t *mark, const char *file)
{
	for (size_t i = start(mark); t->slots && t->slot[i & (t->slots - 1)]; i++) {
		struct found *f = t->slot[i & (t->slots - 1)];

		if (f->finding.rule == rule && memcmp(f->finding.mark, mark, MARK_BYTES) == 0 && is_file(f->finding.origin, file))
			return f;
	}
	return NULL;
}

static void
put(struct lives *t, struct found *f)
{
	size_t i = start(f->finding.mark);

	while (t->slot[i & (t->slots - 1)])
		i++;
	t->slot[i & (t->slots - 1)] = f;
}

bool
lives_add(struct lives *t, struct found *f)
{
	if (t->count * 2 >= t->slots) {
		struct lives more = { .slots = t->slots ? t->slots * 2 : 64, .count = t->count };

		more.slot = calloc(more.slots, sizeof *more.slot);
		if (!more.slot)
			return false;
		for (size_t i = 0; i < t->slots; i++)
			if (t->slot[i])
				put(&more, t->slot[i]);
		free(t->slot);
		*t = more;
	}
	put(t, f);
	t->count++;
	return true;
}

bool
lives_join(struct life *l, const struct life *added)
{
	const bool first = added->brought && (!l->brought || added->brought < l->brought);

	if (added->brought && l->brought)
		l->removed = l->removed && added->removed ? (l->removed > added->removed ? l->removed : added->removed) : 0;
	else if (added->brought)
		l->removed = added->removed;
	if (first)
		l->brought = added->brought;
	l->versions += added->versions;
	return first;
}
