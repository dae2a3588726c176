/* workflow.c: what CI runs: GitHub, GitLab, CircleCI, Tekton and others that write their commands out. */
#include <ctype.h>
#include <string.h>

#include "audit/view.h"
#include "edit/outline.h"

/* What was met in one file. */
struct met {
	const struct node *build;
	bool scan;
};

static bool
has_any(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strstr(text, *words))
			return true;
	return false;
}

static void
look(struct met *m, const struct node *n)
{
	static const char *const builds[] = { "docker build", "docker buildx build", "docker push", "podman build", "buildah bud", "buildah build",
		"docker/build-push-action", "kaniko/executor", "docker compose build", "docker-compose build", NULL };
	static const char *const scans[] = { "stanch scan", "trivy", "grype", "snyk", "docker scout", "clair", "anchore", "dockle", "sysdig",
		"wiz", "twistlock", "prisma", NULL };

	if (n->kind == NODE_SCALAR) {
		if (!m->build && has_any(node_text(n), builds))
			m->build = n;
		m->scan |= has_any(node_text(n), scans);
	}
	for (const struct node *i = n->first; i; i = i->next)
		look(m, i);
}

/* an action runs with the rights of the workflow, and its tags can be moved */
static void
check_uses(const struct view *v, const struct node *n)
{
	const char *text = node_text(n), *at = strchr(text, '@');
	size_t hex = 0;

	if (n->key && node_is(n->key, "uses") && n->kind == NODE_SCALAR && strncmp(text, "./", 2) != 0) {
		if (strncmp(text, "docker://", 9) == 0)
			at = strstr(text, "@sha256:");
		else
			while (at && isxdigit((unsigned char)at[1 + hex]))
				hex++;
		if (!at || (strncmp(text, "docker://", 9) != 0 && (hex < 40 || at[1 + hex])))
			view_tell(v, ITEM_PINNED_DIGEST, n, "the action is named by a tag or branch, not by its commit");
	}
	for (const struct node *i = n->first; i; i = i->next)
		check_uses(v, i);
}

void
workflow_check(const struct view *v)
{
	struct met m = { 0 };

	look(&m, v->top);
	if (m.build && !m.scan)
		view_tell(v, ITEM_SCANNED_IN_CI, m.build, "an image is built here, and nothing looks at it");
	check_uses(v, v->top);
}
