#include "inject/variable.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "edit/change.h"
#include "edit/outline.h"
#include "inject/plan.h"

/* db/password: DB_PASSWORD_FILE, as stanch-init says it too */
static void
name_of(struct buf *b, const char *secret)
{
	if (isdigit((unsigned char)*secret))
		buf_addc(b, '_');
	for (; *secret; secret++)
		buf_addc(b, strchr("/.-", *secret) ? '_' : (char)toupper((unsigned char)*secret));
	buf_adds(b, "_FILE");
}

static json_t *
pair(const struct plan *p, const char *name, const char *secret)
{
	char *path = plan_path(p, secret);
	json_t *v = path ? json_pack("{s:s, s:s}", "name", name, "value", path) : NULL;

	free(path);
	return v;
}

static int
lack(struct error *err)
{
	return error_set(err, ERROR_INTERNAL, "out of memory");
}

/* one variable for one secret, unless something has its name */
static int
add_known(struct change *c, const struct node *env, const struct plan *p, const char *secret, json_t *items, json_t *taken, struct error *err)
{
	struct node *there;
	struct buf name;
	int r = 0;

	buf_init(&name);
	name_of(&name, secret);
	there = node_named(env, buf_str(&name));
	if (there) {
		/* remembered as nothing to put back, so that it is not taken for ours */
		const char *path = node_path(&c->tree->arena, c->top, there);

		if (!path || json_object_set_new(c->was, path, json_null()) < 0)
			r = lack(err);
	} else if (!json_object_get(taken, buf_str(&name))) {
		if (json_array_append_new(items, pair(p, buf_str(&name), secret)) < 0)
			r = lack(err);
	}
	buf_done(&name);
	return r;
}

static void
tell(const struct change *c, const struct plan *p, const struct node *n, const char *name, const char *what)
{
	char sentence[400];

	snprintf(sentence, sizeof sentence, "%s:%zu: %.100s %s", c->tree->file, outline_line(c->tree, n->start), name, what);
	if (p->note)
		p->note(p->arg, sentence);
}

/* one `valueFrom: secretKeyRef` */
static int
turn(struct change *c, const struct node *env, const struct node *item, const struct node *ref, const struct plan *p, json_t *taken,
    struct error *err)
{
	const char *name = node_text(node_get(item, "name"));
	char *secret = plan_name_of(p, node_text(node_get(ref, "name")), node_text(node_get(ref, "key")));
	struct buf path, file;
	json_t *value = NULL;
	int r = 0;

	buf_init(&path);
	buf_init(&file);
	buf_addf(&file, "%s_FILE", name);
	if (!secret || !*name)
		tell(c, p, item, name, "stays an environment variable: no sealed file is named as its Secret and key");
	else if (node_named(env, buf_str(&file)))
		tell(c, p, item, name, "stays an environment variable: its _FILE variable is there already");
	else if (!(value = pair(p, buf_str(&file), secret)) || json_object_set_new(taken, buf_str(&file), json_true()) < 0)
		r = lack(err);
	else {
		const char *outer = node_path(&c->tree->arena, c->top, env);

		buf_addf(&path, "%s/%s", outer ? outer : "", buf_str(&file));
		r = outer ? change_replace(c, item, value, buf_str(&path), err) : lack(err);
	}
	json_decref(value);
	buf_done(&path);
	buf_done(&file);
	free(secret);
	return r;
}

static int
turn_all(struct change *c, const struct node *container, const struct plan *p, json_t *taken, struct error *err)
{
	const struct node *env = node_get(container, "env"), *from = node_get(container, "envFrom");

	for (const struct node *i = env && env->kind == NODE_SEQ ? env->first : NULL; i; i = i->next) {
		const struct node *ref = node_find(i, "valueFrom/secretKeyRef");

		if (ref && turn(c, env, i, ref, p, taken, err) < 0)
			return -1;
	}
	for (const struct node *i = from && from->kind == NODE_SEQ ? from->first : NULL; i; i = i->next)
		if (node_get(i, "secretRef"))
			tell(c, p, i, "envFrom", "stays: which variables its Secret makes can't be told from here");
	return 0;
}

int
variable_add(struct change *c, const struct node *container, const struct plan *p, struct error *err)
{
	json_t *items = json_array(), *taken = json_object();
	int r = items && taken ? 0 : lack(err);

	if (r == 0 && p->files_for_env)
		r = turn_all(c, container, p, taken, err);
	for (const char *const *n = p->names; r == 0 && n && *n; n++)
		r = add_known(c, node_get(container, "env"), p, *n, items, taken, err);
	if (r == 0)
		r = change_add_items(c, container, NULL, "env", items, false, err);
	json_decref(items);
	json_decref(taken);
	return r;
}
