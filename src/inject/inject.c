#include "inject/inject.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "edit/change.h"
#include "edit/outline.h"
#include "inject/compose.h"
#include "inject/document.h"
#include "inject/plan.h"
#include "inject/variable.h"
#include "inject/withdraw.h"
#include "inject/workload.h"

/* What adding works on. */
struct adding {
	struct outline tree;
	struct edits edits;
	const struct plan *plan;
	struct injected *count;
	json_t *spaces;         /* namespaces that get config maps */
};

static bool
is_in(const char *const *list, const char *word)
{
	for (; *list; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

/* "api" or "deployment/api" */
static bool
is_wanted(const struct plan *p, const struct workload *w)
{
	if (!p->only)
		return true;
	for (const char *const *o = p->only; *o; o++) {
		const char *slash = strchr(*o, '/');

		if (strcmp(slash ? slash + 1 : *o, w->name) == 0 &&
		    (!slash || ((size_t)(slash - *o) == strlen(w->kind) && strncasecmp(*o, w->kind, strlen(w->kind)) == 0)))
			return true;
	}
	return false;
}

static bool
is_chosen(const struct plan *p, const struct node *container, bool init)
{
	const char *name = node_text(node_get(container, "name"));

	return container->kind == NODE_MAP && strcmp(name, PLAN_INIT) != 0 && (p->containers ? is_in(p->containers, name) : !init);
}

/* what carries our names and was not put there by us */
static int
check_free(const struct adding *a, const struct workload *w, struct error *err)
{
	static const char *const volumes[] = { PLAN_SECRETS, PLAN_SEALED, PLAN_SIGNERS, PLAN_IDENTITY };
	const struct node *taken = node_named(node_get(w->pod, "initContainers"), PLAN_INIT);

	for (unsigned i = 0; !taken && i < 4; i++)
		taken = node_named(node_get(w->pod, "volumes"), volumes[i]);
	return taken ? error_set(err, ERROR_SYNTAX, "%s:%zu: %s is there already and was not put there by stanch inject; take it out first", a->tree.file,
	    outline_line(&a->tree, taken->start), node_text(node_get(taken, "name"))) : 0;
}

/* users that read the files; those that can't be told are noted */
struct readers {
	unsigned uid[32];
	size_t count;
	bool unknown;
};

static void
add_reader(struct readers *r, const struct node *container, const struct node *pod, const struct plan *p)
{
	const struct node *user = node_find(container, "securityContext/runAsUser");
	char *end;
	unsigned long uid;

	user = user ? user : node_find(pod, "securityContext/runAsUser");
	uid = p->uid != PLAN_ANYONE ? p->uid : strtoul(node_text(user), &end, 10);
	if (p->uid == PLAN_ANYONE && (!isdigit((unsigned char)*node_text(user)) || *end || uid >= PLAN_ANYONE)) {
		r->unknown = true;
		return;
	}
	for (size_t i = 0; i < r->count; i++)
		if (r->uid[i] == uid)
			return;
	/* root reads what it likes */
	if (uid && r->count < sizeof r->uid / sizeof r->uid[0])
		r->uid[r->count++] = (unsigned)uid;
}

static void
tell(const struct adding *a, const struct workload *w, const char *what)
{
	char sentence[400];

	snprintf(sentence, sizeof sentence, "%s:%zu: %s %s: %s", a->tree.file, outline_line(&a->tree, w->top->start), w->kind, w->name, what);
	if (a->plan->note)
		a->plan->note(a->plan->arg, sentence);
}

static int
add_container(struct adding *a, struct change *c, const struct workload *w, const struct readers *r, struct error *err)
{
	const struct node *containers = node_get(w->pod, "containers");
	const bool one = r->count == 1 && !r->unknown;
	json_t *items = json_pack("[o]", plan_container(a->plan, one ? r->uid[0] : PLAN_USER, r->uid, one ? 0 : r->count));
	json_t *volumes = plan_volumes(a->plan);
	int done = -1;

	if (!items || !volumes)
		error_set(err, ERROR_INTERNAL, "out of memory");
	else
		done = change_add_items(c, w->pod, containers, "initContainers", items, true, err);
	if (done == 0)
		done = change_add_items(c, w->pod, containers, "volumes", volumes, false, err);
	json_decref(items);
	json_decref(volumes);
	return done;
}

/* mounts and variables of the chosen ones in a list of containers */
static int
add_consumers(struct adding *a, struct change *c, const struct workload *w, const char *list, struct readers *r, unsigned *chosen,
    struct error *err)
{
	const struct node *containers = node_get(w->pod, list);
	json_t *mounts = plan_mounts(a->plan);
	int done = mounts ? 0 : error_set(err, ERROR_INTERNAL, "out of memory");

	for (const struct node *i = containers ? containers->first : NULL; done == 0 && i; i = i->next) {
		if (!is_chosen(a->plan, i, strcmp(list, "initContainers") == 0))
			continue;
		++*chosen;
		add_reader(r, i, w->pod, a->plan);
		done = change_add_items(c, i, NULL, "volumeMounts", mounts, false, err);
		if (done == 0)
			done = variable_add(c, i, a->plan, err);
	}
	json_decref(mounts);
	return done;
}

static int
add_note(struct change *c, const struct workload *w, struct error *err)
{
	const struct node *metadata = node_get(w->top, "metadata"), *annotations = node_get(metadata, "annotations");
	json_t *pair = json_object();
	char *record;
	int r = 0;

	/* what filling the annotations replaces must stand in the annotation itself */
	if (annotations && node_empty(annotations))
		r = change_foresee(c, annotations, err);
	record = json_object_size(c->was) ? json_dumps(c->was, JSON_COMPACT) : strdup("{}");
	if (!pair || !record || json_object_set_new(pair, PLAN_NOTE, json_string(record)) < 0)
		r = error_set(err, ERROR_INTERNAL, "out of memory");
	else if (r == 0 && (!metadata || !metadata->first))
		r = error_set(err, ERROR_SYNTAX, "%s:%zu: the object has no metadata", c->tree->file, outline_line(c->tree, w->top->start));
	else if (r == 0)
		r = change_add_pairs(c, metadata, NULL, "annotations", pair, err);
	free(record);
	json_decref(pair);
	return r;
}

static void
tell_readers(const struct adding *a, const struct workload *w, const struct readers *r)
{
	const struct node *token = node_get(w->pod, "automountServiceAccountToken");

	if (r->unknown)
		tell(a, w, "a container has no runAsUser, so who will read the files is not known; say --uid N or set runAsUser");
	if ((strncmp(a->plan->to, "/run/secrets/", 13) == 0 || strncmp(a->plan->to, "/var/run/secrets/", 17) == 0) && !node_is(token, "false"))
		tell(a, w, "the service account's token is mounted beneath /run/secrets, too; use another --to, or automountServiceAccountToken: false");
}

static int
add_one(void *arg, const struct workload *w, struct error *err)
{
	struct adding *a = arg;
	struct readers readers = { 0 };
	struct change c;
	unsigned chosen = 0;
	int r;

	if (!is_wanted(a->plan, w)) {
		a->count->others++;
		return 0;
	}
	if (!a->plan->image)
		return error_set(err, ERROR_USAGE, "say which image holds stanch-init: --image REFERENCE@sha256:DIGEST");
	if (check_free(a, w, err) < 0 || change_init(&c, &a->tree, w->top, &a->edits, err) < 0)
		return -1;
	r = add_consumers(a, &c, w, "containers", &readers, &chosen, err);
	if (r == 0)
		r = add_consumers(a, &c, w, "initContainers", &readers, &chosen, err);
	if (r == 0 && !chosen)
		r = error_set(err, ERROR_USAGE, "%s:%zu: %s %s has no such container", a->tree.file, outline_line(&a->tree, w->top->start), w->kind, w->name);
	if (r == 0)
		r = add_container(a, &c, w, &readers, err);
	if (r == 0)
		r = add_note(&c, w, err);
	change_done(&c);
	if (r == 0 && json_object_set_new(a->spaces, w->namespace, json_true()) < 0)
		r = error_set(err, ERROR_INTERNAL, "out of memory");
	if (r == 0) {
		tell_readers(a, w, &readers);
		a->count->workloads++;
	}
	return r;
}

/* adds to a text that holds nothing of ours */
static int
add_fresh(struct bytes text, const char *file, const struct plan *plan, struct buf *out, struct injected *count, struct error *err)
{
	struct adding a = { .plan = plan, .count = count, .spaces = json_object() };
	int r = outline_parse(&a.tree, text, file, err);

	if (r == 0 && compose_is(&a.tree))
		r = compose_add(&a.tree, &a.edits, plan, count, err);
	else if (r == 0)
		r = a.spaces ? workload_each(&a.tree, add_one, &a, err) : error_set(err, ERROR_INTERNAL, "out of memory");
	if (r == 0 && !plan->emit_apart)
		r = document_add(&a.tree, &a.edits, plan, a.spaces, err);
	if (r == 0)
		r = edits_apply(&a.edits, text, out, err);
	json_decref(a.spaces);
	edits_done(&a.edits);
	outline_done(&a.tree);
	return r;
}

/* what can't be taken out again is not put in */
static int
prove(struct bytes before, struct bytes after, const char *file, struct error *err)
{
	struct injected ignored = { 0 };
	struct buf back;
	int r;

	buf_init(&back);
	r = withdraw(after, file, &back, &ignored, err);
	if (r == 0 && !bytes_equal((struct bytes){ back.at, back.len }, before))
		r = error_set(err, ERROR_UNSUPPORTED, "%s: is written in a way that could not be changed back exactly, so it was left as it is", file);
	buf_done(&back);
	return r;
}

int
inject_add(struct bytes text, const char *file, const struct plan *plan, struct buf *out, struct injected *count, struct error *err)
{
	struct injected before = { 0 };
	struct buf bare;
	int r;

	buf_init(&bare);
	r = withdraw(text, file, &bare, &before, err);
	if (r == 0)
		r = add_fresh((struct bytes){ bare.at, bare.len }, file, plan, out, count, err);
	if (r == 0)
		r = prove((struct bytes){ bare.at, bare.len }, (struct bytes){ out->at, out->len }, file, err);
	buf_done(&bare);
	return r;
}

int
inject_remove(struct bytes text, const char *file, struct buf *out, struct injected *count, struct error *err)
{
	return withdraw(text, file, out, count, err);
}
