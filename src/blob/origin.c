#include "blob/origin.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

static const char *const step_names[] = {
	[ORIGIN_TARGET] = "target",
	[ORIGIN_FILE] = "file",
	[ORIGIN_MEMBER] = "member",
	[ORIGIN_STREAM] = "stream",
	[ORIGIN_DECODED] = "decoded",
	[ORIGIN_VARIABLE] = "variable",
	[ORIGIN_COMMIT] = "commit",
	[ORIGIN_OBJECT] = "object",
	[ORIGIN_IMAGE] = "image",
	[ORIGIN_LAYER] = "layer",
};

const char *
origin_step_name(enum origin_step step)
{
	return step_names[step];
}

struct origin
origin_step(const struct origin *parent, enum origin_step step, const char *name, uint64_t offset)
{
	return (struct origin){
		.parent = parent,
		.step = step,
		.depth = parent ? parent->depth + 1 : 0,
		.name = name,
		.offset = offset,
	};
}

static const struct attribute *
copy_attributes(const struct attribute *from, struct arena *arena)
{
	struct attribute *copy;
	size_t n = 0;

	while (from[n].name)
		n++;
	copy = arena_new(arena, (n + 1) * sizeof *copy);
	for (size_t i = 0; copy && i < n; i++) {
		copy[i].name = arena_string(arena, bytes_of(from[i].name));
		copy[i].value = arena_string(arena, bytes_of(from[i].value));
		if (!copy[i].name || !copy[i].value)
			return NULL;
	}
	return copy;
}

const struct origin *
origin_copy(const struct origin *from, struct arena *arena)
{
	struct origin *copy = arena_new(arena, sizeof *copy);

	if (!copy)
		return NULL;
	*copy = *from;
	copy->name = arena_string(arena, bytes_of(from->name));
	if (!copy->name || (from->attributes && !(copy->attributes = copy_attributes(from->attributes, arena))))
		return NULL;
	if (from->parent) {
		copy->parent = origin_copy(from->parent, arena);
		if (!copy->parent)
			return NULL;
	}
	return copy;
}

static bool
same_attributes(const struct attribute *a, const struct attribute *b)
{
	if (!a || !b)
		return a == b;
	for (; a->name && b->name; a++, b++)
		if (strcmp(a->name, b->name) != 0 || strcmp(a->value, b->value) != 0)
			return false;
	return !a->name && !b->name;
}

bool
origin_same(const struct origin *a, const struct origin *b)
{
	for (; a && b && a != b; a = a->parent, b = b->parent)
		if (a->step != b->step || a->depth != b->depth || a->offset != b->offset || strcmp(a->name, b->name) != 0 ||
		    !same_attributes(a->attributes, b->attributes))
			return false;
	return a == b;
}

const char *
origin_attribute(const struct origin *o, const char *name)
{
	for (const struct attribute *a = o->attributes; a && a->name; a++)
		if (strcmp(a->name, name) == 0)
			return a->value;
	return NULL;
}

void
origin_file(const struct origin *o, struct buf *out)
{
	if (o->parent)
		origin_file(o->parent, out);
	switch (o->step) {
	case ORIGIN_STREAM:
	case ORIGIN_DECODED:
	case ORIGIN_TARGET:
	case ORIGIN_IMAGE:
	case ORIGIN_LAYER:
	case ORIGIN_COMMIT:
		return;
	case ORIGIN_MEMBER:
	case ORIGIN_VARIABLE:
		buf_adds(out, out->len ? "!" : "");
		break;
	default:
		buf_adds(out, out->len ? "/" : "");
	}
	buf_adds(out, o->name);
}
