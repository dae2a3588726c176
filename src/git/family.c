#include "git/family.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "git/object.h"
#include "git/oid.h"

int
family_init(struct family *f, const struct forest *forest, struct reader *reader, uint64_t max, struct error *err)
{
	*f = (struct family){ .forest = forest, .reader = reader, .max = max };
	return inflate_init(&f->inflater, err);
}

static void
pop(struct family *f)
{
	struct family_frame *top = &f->frame[--f->depth];

	f->alive -= top->len;
	free(top->text);
}

void
family_done(struct family *f)
{
	while (f->depth)
		pop(f);
	inflate_done(&f->inflater);
	free(f->frame);
	free(f->delta);
}

/* takes over text */
static int
push(struct family *f, uint32_t node, uint8_t *text, size_t len, struct error *err)
{
	if (f->depth == f->cap) {
		const size_t cap = f->cap ? f->cap * 2 : 32;
		struct family_frame *more = realloc(f->frame, cap * sizeof *more);

		if (!more) {
			free(text);
			return error_set(err, ERROR_INTERNAL, "out of memory");
		}
		f->frame = more;
		f->cap = cap;
	}
	f->frame[f->depth++] = (struct family_frame){ node, forest_first(f->forest, node), text, len };
	f->alive += len;
	return 0;
}

static uint8_t *
room_for(const struct family *f, uint64_t size, struct error *err)
{
	uint8_t *text;

	if (size > f->max || f->alive + size > FAMILY_ALIVE_MAX) {
		error_set(err, ERROR_LIMIT, "an object of %llu bytes is larger than is held in memory", (unsigned long long)size);
		return NULL;
	}
	text = malloc(size + 1);
	if (!text)
		error_set(err, ERROR_INTERNAL, "out of memory");
	return text;
}

static int
read_delta(struct family *f, uint32_t node, const struct pack_entry *e, struct error *err)
{
	const struct bytes in = forest_data(f->forest, node, e);

	if (e->size > f->max || inflate_plausible(e->size, in.len, err) < 0)
		return e->size > f->max ? error_set(err, ERROR_LIMIT, "a delta is larger than is held in memory") : -1;
	if (e->size > f->delta_cap || (f->delta_cap > (1 << 20) && e->size < f->delta_cap / 8)) {
		free(f->delta);
		f->delta_cap = e->size + 4096;
		f->delta = malloc(f->delta_cap);
		if (!f->delta) {
			f->delta_cap = 0;
			return error_set(err, ERROR_INTERNAL, "out of memory");
		}
	}
	f->delta_len = e->size;
	return inflate_exact(&f->inflater, in, f->delta, e->size, NULL, err);
}

/* the object that a delta makes of base */
static uint8_t *
make(struct family *f, struct bytes base, size_t *len, struct error *err)
{
	const struct bytes text = { f->delta, f->delta_len };
	struct delta d;
	uint8_t *out;

	if (delta_init(&d, text, err) < 0 || !(out = room_for(f, d.size, err)))
		return NULL;
	*len = d.size;
	if (delta_apply(text, base, out, d.size, err) == 0)
		return out;
	free(out);
	return NULL;
}

/* a root whose base lies in another pack */
static uint8_t *
make_elsewhere(struct family *f, uint32_t node, const struct pack_entry *e, size_t *len, enum object_type *type, struct error *err)
{
	const struct oid id = oid_of(e->base_id, f->forest->pack->index.hash);
	const struct object *base = object_read(f->reader, &id, err);
	uint8_t *text = NULL;

	if (!base)
		return NULL;
	*type = base->type;
	if (read_delta(f, node, e, err) == 0)
		text = make(f, base->text, len, err);
	object_drop(f->reader, base);
	return text;
}

int
family_begin(struct family *f, uint32_t root, struct family_member *m, struct error *err)
{
	struct pack_entry e;
	struct bytes in;
	uint8_t *text;
	size_t len;

	while (f->depth)
		pop(f);
	*m = (struct family_member){ .node = root, .base = -1 };
	if (pack_entry(f->forest->pack, f->forest->offset[root], &e, err) < 0)
		return -1;
	in = forest_data(f->forest, root, &e);
	m->type = e.type;
	if (e.type == OBJECT_REF_DELTA) {
		text = make_elsewhere(f, root, &e, &len, &m->type, err);
	} else {
		len = e.size;
		text = inflate_plausible(e.size, in.len, err) < 0 ? NULL : room_for(f, e.size, err);
		if (text && inflate_exact(&f->inflater, in, text, e.size, NULL, err) < 0) {
			free(text);
			text = NULL;
		}
	}
	if (!text || push(f, root, text, len, err) < 0)
		return -1;
	m->text = (struct bytes){ text, len };
	return 0;
}

/* makes the child of the frame at the top; the last one takes its base's place */
static int
next_child(struct family *f, struct family_member *m, struct error *err)
{
	struct family_frame *top = &f->frame[f->depth - 1];
	const uint32_t node = top->next;
	struct pack_entry e;
	uint8_t *text;
	size_t len;

	top->next = forest_after(f->forest, top->node, node);
	m->node = node;
	m->base = (int)f->depth - 1;
	if (pack_entry(f->forest->pack, f->forest->offset[node], &e, err) < 0 || read_delta(f, node, &e, err) < 0)
		return -1;
	text = make(f, (struct bytes){ top->text, top->len }, &len, err);
	if (!text)
		return -1;
	if (top->next == FOREST_NONE)
		pop(f);
	if (push(f, node, text, len, err) < 0)
		return -1;
	m->place = f->depth - 1;
	m->text = (struct bytes){ text, len };
	m->delta = (struct bytes){ f->delta, f->delta_len };
	return 1;
}

int
family_next(struct family *f, struct family_member *m, struct error *err)
{
	*m = (struct family_member){ .base = -1 };
	while (f->depth && f->frame[f->depth - 1].next == FOREST_NONE)
		pop(f);
	return f->depth ? next_child(f, m, err) : 0;
}
