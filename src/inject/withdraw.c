#include "inject/withdraw.h"

#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "edit/change.h"
#include "edit/outline.h"
#include "inject/compose.h"
#include "inject/document.h"
#include "inject/inject.h"
#include "inject/plan.h"
#include "inject/workload.h"

struct taking {
	struct outline tree;
	struct edits edits;
	struct injected *count;
};

static void
mark(const struct node *seq, const char *name)
{
	struct node *n = node_named(seq, name);

	if (n)
		n->gone = true;
}

/* the folder of the opened files, from the container's --to; NULL when it has none */
static const char *
target_of(const struct node *container)
{
	const struct node *args = node_get(container, "args");

	for (const struct node *i = args ? args->first : NULL; i; i = i->next)
		if (strncmp(node_text(i), "--to=", 5) == 0)
			return node_text(i) + 5;
	return NULL;
}

/* variables that name a file beneath the target, unless they were there before */
static void
mark_variables(const struct change *c, const struct node *container, const char *to)
{
	const struct node *env = node_get(container, "env");
	const size_t len = strlen(to);

	for (struct node *i = env && env->kind == NODE_SEQ ? env->first : NULL; i; i = i->next) {
		const char *value = node_text(node_get(i, "value")), *name = node_text(node_get(i, "name"));
		const size_t n = strlen(name);
		const char *path = node_path(&c->tree->arena, c->top, i);

		if (n > 5 && strcmp(name + n - 5, "_FILE") == 0 && strncmp(value, to, len) == 0 && value[len] == '/' && path &&
		    !json_object_get(c->was, path))
			i->gone = true;
	}
}

static void
mark_container(const struct change *c, const struct node *container, const char *to)
{
	mark(node_get(container, "volumeMounts"), PLAN_SECRETS);
	if (to)
		mark_variables(c, container, to);
}

static int
read_note(struct change *c, const struct node *note, struct error *err)
{
	json_error_t why;
	json_t *was = json_loads(node_text(note), JSON_REJECT_DUPLICATES, &why);

	if (!json_is_object(was)) {
		json_decref(was);
		return error_set(err, ERROR_SYNTAX, "%s:%zu: the annotation " PLAN_NOTE " is not as stanch inject wrote it", c->tree->file,
		    outline_line(c->tree, note->start));
	}
	json_decref(c->was);
	c->was = was;
	return 0;
}

static int
take_one(void *arg, const struct workload *w, struct error *err)
{
	static const char *const lists[] = { "containers", "initContainers" };
	struct taking *t = arg;
	struct node *note = node_get(node_find(w->top, "metadata/annotations"), PLAN_NOTE);
	const struct node *containers;
	const char *to;
	struct change c;
	int r;

	if (!note)
		return 0;
	if (change_init(&c, &t->tree, w->top, &t->edits, err) < 0)
		return -1;
	r = read_note(&c, note, err);
	note->gone = true;
	to = target_of(node_named(node_get(w->pod, "initContainers"), PLAN_INIT));
	for (unsigned l = 0; r == 0 && l < 2; l++) {
		containers = node_get(w->pod, lists[l]);
		for (const struct node *i = containers ? containers->first : NULL; i; i = i->next)
			mark_container(&c, i, to);
	}
	mark(node_get(w->pod, "initContainers"), PLAN_INIT);
	mark(node_get(w->pod, "volumes"), PLAN_SECRETS);
	mark(node_get(w->pod, "volumes"), PLAN_SEALED);
	mark(node_get(w->pod, "volumes"), PLAN_SIGNERS);
	mark(node_get(w->pod, "volumes"), PLAN_IDENTITY);
	if (r == 0)
		r = change_take_back(&c, err);
	change_done(&c);
	t->count->workloads++;
	return r;
}

int
withdraw(struct bytes text, const char *file, struct buf *out, struct injected *count, struct error *err)
{
	struct taking t = { .count = count };
	int r = outline_parse(&t.tree, text, file, err);

	if (r == 0 && compose_is(&t.tree))
		r = compose_remove(&t.tree, &t.edits, count, err);
	else if (r == 0)
		r = workload_each(&t.tree, take_one, &t, err);
	if (r == 0)
		r = document_remove(&t.tree, &t.edits, err);
	if (r == 0)
		r = edits_apply(&t.edits, text, out, err);
	edits_done(&t.edits);
	outline_done(&t.tree);
	return r;
}
