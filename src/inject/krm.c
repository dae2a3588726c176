#include "inject/krm.h"

#include <stanch/error.h>

#include "edit/outline.h"
#include "inject/workload.h"

static int
options_of(const struct node *config, int (*call)(void *, const char *, const char *, struct error *), void *arg, struct error *err)
{
	const struct node *data = node_get(config, "data");

	data = data ? data : node_get(config, "spec");
	for (const struct node *v = data && data->kind == NODE_MAP ? data->first : NULL; v; v = v->next) {
		if (v->kind == NODE_SEQ) {
			for (const struct node *i = v->first; i; i = i->next)
				if (call(arg, node_text(v->key), node_text(i), err) < 0)
					return -1;
		} else if (call(arg, node_text(v->key), node_text(v), err) < 0) {
			return -1;
		}
	}
	return 0;
}

int
krm_options(struct bytes text, const char *file, int (*call)(void *, const char *, const char *, struct error *), void *arg, struct error *err)
{
	struct outline t;
	int r = outline_parse(&t, text, file, err);

	if (r == 0 && workload_is_krm(&t)) {
		r = options_of(node_get(t.docs[0], "functionConfig"), call, arg, err);
		if (r < 0)
			error_wrap(err, "%s: functionConfig", file);
		r = r < 0 ? -1 : 1;
	}
	outline_done(&t);
	return r;
}
