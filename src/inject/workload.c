#include "inject/workload.h"

#include <string.h>

#include "edit/outline.h"

static struct node *
pod_of(const struct node *top)
{
	static const char *const templates[] = { "spec/template/spec", "spec/jobTemplate/spec/template/spec", "template/spec" };
	struct node *pod;

	if (node_is(node_get(top, "kind"), "Pod"))
		return node_get(top, "spec");
	for (unsigned i = 0; i < sizeof templates / sizeof templates[0]; i++)
		if ((pod = node_find(top, templates[i])) && node_get(pod, "containers"))
			return pod;
	return NULL;
}

static struct node *
items_of(const struct node *top)
{
	const char *kind = node_text(node_get(top, "kind"));
	const size_t len = strlen(kind);
	struct node *items = node_get(top, "items");

	return len >= 4 && strcmp(kind + len - 4, "List") == 0 && items && items->kind == NODE_SEQ ? items : NULL;
}

static int
visit(struct node *top, int (*call)(void *, const struct workload *, struct error *), void *arg, struct error *err, unsigned depth)
{
	struct node *items = items_of(top);
	struct workload w = { .top = top, .kind = node_text(node_get(top, "kind")), .name = node_text(node_find(top, "metadata/name")),
		.namespace = node_text(node_find(top, "metadata/namespace")) };

	for (struct node *i = items && depth < 4 ? items->first : NULL; i; i = i->next)
		if (visit(i, call, arg, err, depth + 1) < 0)
			return -1;
	w.pod = items || !*w.kind ? NULL : pod_of(top);
	return w.pod && w.pod->kind == NODE_MAP ? call(arg, &w, err) : 0;
}

int
workload_each(const struct outline *t, int (*call)(void *, const struct workload *, struct error *), void *arg, struct error *err)
{
	for (size_t i = 0; i < t->count; i++)
		if (visit(t->docs[i], call, arg, err, 0) < 0)
			return -1;
	return 0;
}

struct node *
workload_list(const struct outline *t)
{
	return t->count == 1 ? items_of(t->docs[0]) : NULL;
}

bool
workload_is_krm(const struct outline *t)
{
	return t->count == 1 && node_is(node_get(t->docs[0], "kind"), "ResourceList");
}
