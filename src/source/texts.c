#include "source/texts.h"

#include <stdio.h>

#include <stanch/error.h>

#include "blob/origin.h"
#include "image/images.h"

static int
problem_read(struct blob *b, struct bytes *out, struct error *err)
{
	const struct images_problem *p = b->state;

	(void)out;
	return error_set(err, ERROR_SYNTAX, "%s", p->why);
}

static void
hand_text(struct texts *t, const struct images *s, const struct images_text *text, struct blob *b)
{
	snprintf(t->number, sizeof t->number, "%zu", text->image);
	t->image = s->root;
	t->image.name = t->number;
	t->part = origin_step(&t->image, ORIGIN_FILE, text->part, 0);
	t->piece = origin_step(&t->part, ORIGIN_MEMBER, text->name, 0);
	memory_blob_init(&t->memory, &t->piece, text->text);
	*b = t->memory.blob;
}

static void
hand_problem(struct texts *t, const struct images *s, const struct images_problem *p, struct blob *b)
{
	t->image = s->root;
	if (p->name)
		t->part = origin_step(&t->image, p->layer ? ORIGIN_LAYER : ORIGIN_FILE, p->name, 0);
	*b = (struct blob){
		.origin = p->name ? &t->part : &t->image,
		.read = problem_read,
		.state = (void *)(uintptr_t)p,
	};
}

int
texts_next(struct texts *t, struct images *s, struct blob *b)
{
	if (t->text < s->texts) {
		hand_text(t, s, &s->text[t->text++], b);
		return 1;
	}
	if (t->problem < s->problems) {
		hand_problem(t, s, &s->problem[t->problem++], b);
		return 1;
	}
	return 0;
}
