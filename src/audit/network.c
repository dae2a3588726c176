#include "audit/network.h"

#include <string.h>

#include "audit/notice.h"
#include "audit/view.h"
#include "edit/outline.h"
#include "inject/workload.h"

enum direction { INGRESS, EGRESS };

static const char *const directions[] = { "Ingress", "Egress" };

/* A label, or a condition on one. */
struct label {
	const char *key, *value;        /* value NULL: any */
	bool negated;                   /* must not be */
	const struct label *next;       /* all must hold; in `either` one */
	const struct label *either;
};

struct network_pod {
	const char *space;
	const struct label *labels;
	struct finding open[2];         /* told when no policy selects it for that direction */
	bool covered[2];
	struct network_pod *next;
};

struct network_policy {
	const char *space;
	const struct label *selector;
	bool types[2], strange, used;   /* strange: its selector is not understood, so it may select anything */
	struct finding dangling;
	struct network_policy *next;
};

static const char *
keep(struct network *n, const char *s)
{
	const char *copy = arena_string(n->arena, bytes_of(s));

	n->failed |= !copy;
	return copy ? copy : "";
}

static struct label *
add_label(struct network *n, const struct label **list, const char *key, const char *value, bool negated)
{
	struct label *l = arena_new(n->arena, sizeof *l);

	if (!l) {
		n->failed = true;
		return NULL;
	}
	*l = (struct label){ keep(n, key), value ? keep(n, value) : NULL, negated, *list, NULL };
	*list = l;
	return l;
}

static const struct label *
labels_of(struct network *n, const struct node *map)
{
	const struct label *list = NULL;

	for (const struct node *i = map && map->kind == NODE_MAP ? map->first : NULL; i; i = i->next)
		add_label(n, &list, node_text(i->key), node_text(i), false);
	return list;
}

static void
add_expression(struct network *n, struct network_policy *p, const struct node *e)
{
	const char *key = node_text(node_get(e, "key"));
	const struct node *op = node_get(e, "operator"), *values = node_get(e, "values");
	const struct label *either = NULL;
	struct label *l;

	if (node_is(op, "Exists") || node_is(op, "DoesNotExist")) {
		add_label(n, &p->selector, key, NULL, node_is(op, "DoesNotExist"));
		return;
	}
	if (!node_is(op, "In") && !node_is(op, "NotIn")) {
		p->strange = true;
		return;
	}
	for (const struct node *i = values ? values->first : NULL; i; i = i->next)
		add_label(n, &either, key, node_text(i), false);
	l = add_label(n, &p->selector, key, NULL, node_is(op, "NotIn"));
	if (l)
		l->either = either;
}

static bool
has_label(const struct label *pod, const struct label *want)
{
	for (; pod; pod = pod->next)
		if (strcmp(pod->key, want->key) == 0 && (!want->value || strcmp(pod->value, want->value) == 0))
			return true;
	return false;
}

static bool
holds(const struct label *pod, const struct label *want)
{
	bool found = !want->either && has_label(pod, want);

	for (const struct label *e = want->either; e && !found; e = e->next)
		found = has_label(pod, e);
	return found != want->negated;
}

static bool
selects(const struct network_policy *policy, const struct network_pod *pod)
{
	if (strcmp(policy->space, pod->space) != 0)
		return false;
	for (const struct label *l = policy->selector; l; l = l->next)
		if (!holds(pod->labels, l))
			return false;
	return true;
}

void
network_add_pod(struct network *n, const struct view *v, const struct workload *w)
{
	struct network_pod *pod = arena_new(n->arena, sizeof *pod);
	const struct node *holder = w->pod->parent;

	if (!pod) {
		n->failed = true;
		return;
	}
	pod->space = keep(n, *w->namespace ? w->namespace : "default");
	pod->labels = labels_of(n, node_find(holder, "metadata/labels"));
	for (int d = 0; d < 2; d++)
		if (notice_make(&pod->open[d], v, ITEM_DEFAULT_DENY, w->top->start, 0, "", n->arena, "no NetworkPolicy selects it for %s", directions[d]) < 0)
			n->failed = true;
	pod->next = n->pods;
	n->pods = pod;
}

static void
check_everything(const struct view *v)
{
	static const char *const lists[] = { "ingress", "egress" };

	for (unsigned i = 0; i < 2; i++) {
		const struct node *rules = node_get(node_get(v->top, "spec"), lists[i]);

		for (const struct node *r = rules ? rules->first : NULL; r; r = r->next)
			if (node_empty(r))
				view_tell(v, ITEM_POLICY_TARGETS, r, "an empty rule allows all %s", lists[i]);
	}
}

void
network_add_policy(struct network *n, const struct view *v)
{
	const struct node *spec = node_get(v->top, "spec"), *selector = node_get(spec, "podSelector"), *types = node_get(spec, "policyTypes");
	const struct node *expressions = node_get(selector, "matchExpressions");
	struct network_policy *p = arena_new(n->arena, sizeof *p);

	if (!p) {
		n->failed = true;
		return;
	}
	p->space = keep(n, v->namespace && *v->namespace ? v->namespace : "default");
	p->selector = labels_of(n, node_get(selector, "matchLabels"));
	for (const struct node *i = expressions ? expressions->first : NULL; i; i = i->next)
		add_expression(n, p, i);
	p->types[INGRESS] = !types;
	p->types[EGRESS] = !types && node_get(spec, "egress");
	for (const struct node *i = types ? types->first : NULL; i; i = i->next)
		for (int d = 0; d < 2; d++)
			p->types[d] |= node_is(i, directions[d]);
	if (notice_make(&p->dangling, v, ITEM_POLICY_TARGETS, v->top->start, 0, "", n->arena, "its podSelector selects none of the pods of its namespace") < 0)
		n->failed = true;
	p->next = n->policies;
	n->policies = p;
	check_everything(v);
}

static bool
has_pods(const struct network *n, const char *space)
{
	for (const struct network_pod *pod = n->pods; pod; pod = pod->next)
		if (strcmp(pod->space, space) == 0)
			return true;
	return false;
}

/* what was put in front stands in the order of the texts again */
static void
turn(struct network *n)
{
	struct network_pod *pods = NULL;
	struct network_policy *policies = NULL;

	for (struct network_pod *p = n->pods, *next; p; p = next) {
		next = p->next;
		p->next = pods;
		pods = p;
	}
	for (struct network_policy *p = n->policies, *next; p; p = next) {
		next = p->next;
		p->next = policies;
		policies = p;
	}
	n->pods = pods;
	n->policies = policies;
}

void
network_judge(struct network *n, void (*call)(void *, const struct finding *), void *arg)
{
	turn(n);
	for (struct network_policy *p = n->policies; p; p = p->next)
		for (struct network_pod *pod = n->pods; pod; pod = pod->next)
			if (p->strange ? strcmp(p->space, pod->space) == 0 : selects(p, pod)) {
				p->used = true;
				for (int d = 0; d < 2; d++)
					pod->covered[d] |= p->types[d];
			}
	/* without any policy it is said once: they may lie elsewhere */
	for (const struct network_pod *pod = n->pods; pod; pod = pod->next)
		for (int d = 0; d < 2 && (n->policies || (pod == n->pods && d == 0)); d++)
			if (!pod->covered[d])
				call(arg, &pod->open[d]);
	for (const struct network_policy *p = n->policies; p; p = p->next)
		if (!p->used && p->selector && has_pods(n, p->space))
			call(arg, &p->dangling);
}
