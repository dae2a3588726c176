/* compose.c: the services of a compose file. */
#include <stdio.h>
#include <string.h>

#include "audit/view.h"
#include "edit/outline.h"

static bool
list_has(const struct node *list, const char *word)
{
	for (const struct node *i = list ? list->first : NULL; i; i = i->next)
		if (node_is(i, word))
			return true;
	return false;
}

static void
check_rights(const struct view *v, const struct node *s)
{
	static const char *const shared[] = { "network_mode", "pid", "ipc" };
	const struct node *security = node_get(s, "security_opt"), *user = node_get(s, "user");

	if (node_is(node_get(s, "privileged"), "true"))
		view_tell(v, ITEM_PRIVILEGED, node_get(s, "privileged"), "privileged is true");
	for (unsigned i = 0; i < 3; i++)
		if (node_is(node_get(s, shared[i]), "host"))
			view_tell(v, ITEM_HOST_NAMESPACES, node_get(s, shared[i]), "%s is host", shared[i]);
	if (!list_has(node_get(s, "cap_drop"), "ALL") && !list_has(node_get(s, "cap_drop"), "all"))
		view_tell(v, ITEM_DROP_ALL, s, "cap_drop does not hold ALL");
	if (!list_has(security, "no-new-privileges:true") && !list_has(security, "no-new-privileges") && !list_has(security, "no-new-privileges=true"))
		view_tell(v, ITEM_NO_ESCALATION, s, "security_opt does not hold no-new-privileges:true");
	if (list_has(security, "seccomp:unconfined") || list_has(security, "seccomp=unconfined"))
		view_tell(v, ITEM_SECCOMP, security, "seccomp is unconfined");
	if (list_has(security, "apparmor:unconfined") || list_has(security, "apparmor=unconfined"))
		view_tell(v, ITEM_APPARMOR, security, "apparmor is unconfined");
	if (!node_is(node_get(s, "read_only"), "true"))
		view_tell(v, ITEM_READ_ONLY_ROOT, s, "read_only is not true");
	if (!user || node_is(user, "root") || node_is(user, "0") || strncmp(node_text(user), "0:", 2) == 0)
		view_tell(v, ITEM_NON_ROOT, user ? user : s, user ? "user is root" : "no user is named");
}

/* "NAME=value" in a list, or NAME: value in a map */
static void
check_environment(const struct view *v, const struct node *env)
{
	for (const struct node *i = env ? env->first : NULL; i; i = i->next) {
		const char *text = node_text(i), *equals = i->key ? NULL : strchr(text, '=');
		char name[128];

		if (i->key)
			snprintf(name, sizeof name, "%s", node_text(i->key));
		else
			snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - text) : 0, text);
		text = equals ? equals + 1 : i->key ? text : "";
		if (*text && view_is_telling(name))
			view_tell(v, ITEM_SECRET_IN_ENV, i, *text == '$' ? "%s comes from the environment of compose" : "%s is written out", name);
	}
}

static void
check_volumes(const struct view *v, const struct node *volumes)
{
	for (const struct node *i = volumes ? volumes->first : NULL; i; i = i->next) {
		const char *source = i->kind == NODE_MAP ? node_text(node_get(i, "source")) : node_text(i);
		const size_t len = strcspn(source, ":");

		if (len > 5 && strncmp(source + len - 5, ".sock", 5) == 0)
			view_tell(v, ITEM_DOCKER_SOCKET, i, "%.*s is mounted", len < 80 ? (int)len : 80, source);
	}
}

void
compose_check(const struct view *v)
{
	const struct node *services = node_get(v->top, "services");

	for (const struct node *s = services ? services->first : NULL; s; s = s->next) {
		const struct node *image = node_get(s, "image");
		enum item item;
		const char *fault = image && !node_get(s, "build") ? view_image_fault(node_text(image), &item) : NULL;

		if (s->kind != NODE_MAP)
			continue;
		if (fault)
			view_tell(v, item, image, "%s", fault);
		check_rights(v, s);
		check_environment(v, node_get(s, "environment"));
		check_volumes(v, node_get(s, "volumes"));
	}
}
