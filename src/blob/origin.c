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

const struct origin *
origin_copy(const struct origin *from, struct arena *arena)
{
	struct origin *copy = arena_new(arena, sizeof *copy);

	if (!copy)
		return NULL;
	*copy = *from;
	copy->name = arena_string(arena, bytes_of(from->name));
	if (!copy->name)
		return NULL;
	if (from->parent) {
		copy->parent = origin_copy(from->parent, arena);
		if (!copy->parent)
			return NULL;
	}
	return copy;
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
