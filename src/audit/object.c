/* object.c: objects that hold values: Secret, ConfigMap. */
#include <string.h>

#include "audit/view.h"
#include "edit/outline.h"

static bool
is_reference(const char *value)
{
	/* filled in later, by whoever applies it */
	return strncmp(value, "${", 2) == 0 || strncmp(value, "$(", 2) == 0 || strncmp(value, "<", 1) == 0;
}

static void
check_secret(const struct view *v)
{
	static const char *const fields[] = { "data", "stringData" };

	/* SOPS encrypts in place, and a token's data are the cluster's to write */
	if (node_get(v->top, "sops") || node_is(node_get(v->top, "type"), "kubernetes.io/service-account-token"))
		return;
	for (unsigned i = 0; i < 2; i++) {
		const struct node *data = node_get(v->top, fields[i]);

		for (const struct node *n = data && data->kind == NODE_MAP ? data->first : NULL; n; n = n->next)
			if (*node_text(n) && !is_reference(node_text(n)) && strncmp(node_text(n), "ENC[", 4) != 0) {
				view_tell(v, ITEM_SECRET_PLAIN_IN_GIT, data, "%s holds values", fields[i]);
				break;
			}
	}
}

static void
check_config_map(const struct view *v)
{
	const struct node *data = node_get(v->top, "data");

	for (const struct node *n = data && data->kind == NODE_MAP ? data->first : NULL; n; n = n->next)
		if (*node_text(n) && !is_reference(node_text(n)) && !strchr(node_text(n), '\n') && view_is_telling(node_text(n->key)))
			view_tell(v, ITEM_SECRET_IN_CONFIGMAP, n, "%.80s is written out", node_text(n->key));
}

void
object_check(const struct view *v)
{
	if (node_is(node_get(v->top, "kind"), "Secret"))
		check_secret(v);
	else if (node_is(node_get(v->top, "kind"), "ConfigMap"))
		check_config_map(v);
}
