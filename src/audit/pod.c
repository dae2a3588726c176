/* pod.c: workloads, by the Pod Security Standards (baseline and restricted, word for word) and what goes beyond them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "audit/view.h"
#include "edit/outline.h"
#include "inject/workload.h"

static bool
is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

static bool
is_true(const struct node *n)
{
	return node_is(n, "true");
}

/* a container's own setting, else the pod's */
static const struct node *
setting(const struct node *container, const struct node *pod, const char *key)
{
	const struct node *own = node_get(node_get(container, "securityContext"), key);

	return own && !node_empty(own) ? own : node_get(node_get(pod, "securityContext"), key);
}

static void
check_user(const struct view *v, const struct node *c, const struct node *pod)
{
	const struct node *user = setting(c, pod, "runAsUser"), *non_root = setting(c, pod, "runAsNonRoot");

	if (user && strtol(node_text(user), NULL, 0) == 0)
		view_tell(v, ITEM_NON_ROOT, user, "runAsUser is 0");
	else if (!is_true(non_root))
		view_tell(v, ITEM_NON_ROOT, non_root ? non_root : c, "runAsNonRoot is not true");
}

static void
check_capabilities(const struct view *v, const struct node *c)
{
	const struct node *capabilities = node_find(c, "securityContext/capabilities");
	const struct node *drop = node_get(capabilities, "drop"), *add = node_get(capabilities, "add");
	bool all = false;

	for (const struct node *i = drop ? drop->first : NULL; i; i = i->next)
		all |= strcasecmp(node_text(i), "ALL") == 0;
	if (!all)
		view_tell(v, ITEM_DROP_ALL, drop ? drop : c, "capabilities.drop does not hold ALL");
	for (const struct node *i = add ? add->first : NULL; i; i = i->next)
		if (!node_is(i, "NET_BIND_SERVICE"))
			view_tell(v, ITEM_DROP_ALL, i, "%.40s is added", node_text(i));
}

static void
check_profiles(const struct view *v, const struct node *c, const struct node *pod)
{
	const struct node *seccomp = node_get(setting(c, pod, "seccompProfile"), "type");
	const struct node *apparmor = node_get(setting(c, pod, "appArmorProfile"), "type");

	if (!node_is(seccomp, "RuntimeDefault") && !node_is(seccomp, "Localhost"))
		view_tell(v, ITEM_SECCOMP, seccomp ? seccomp : c, "seccompProfile is neither RuntimeDefault nor Localhost");
	if (node_is(apparmor, "Unconfined"))
		view_tell(v, ITEM_APPARMOR, apparmor, "appArmorProfile is Unconfined");
}

static void
check_resources(const struct view *v, const struct node *c)
{
	static const char *const needed[] = { "limits/cpu", "limits/memory", "requests/cpu", "requests/memory" };
	const struct node *resources = node_get(c, "resources");

	for (unsigned i = 0; i < 4; i++) {
		const struct node *n = resources ? node_find(resources, needed[i]) : NULL;
		/* a request that is not written is the limit */
		const bool implied = i >= 2 && resources && node_find(resources, needed[i - 2]);

		if (!n && !implied) {
			view_tell(v, ITEM_LIMITS, resources ? resources : c, "resources lacks %s", needed[i]);
			return;
		}
	}
}

static void
check_env(const struct view *v, const struct node *c)
{
	const struct node *env = node_get(c, "env"), *from = node_get(c, "envFrom");

	for (const struct node *i = env ? env->first : NULL; i; i = i->next) {
		const char *name = node_text(node_get(i, "name")), *value = node_text(node_get(i, "value"));

		if (node_find(i, "valueFrom/secretKeyRef"))
			view_tell(v, ITEM_SECRET_IN_ENV, i, "%.80s comes from a Secret", name);
		else if (*value && strncmp(value, "$(", 2) != 0 && view_is_telling(name))
			view_tell(v, ITEM_SECRET_IN_ENV, i, "%.80s is written out", name);
	}
	for (const struct node *i = from ? from->first : NULL; i; i = i->next)
		if (node_get(i, "secretRef"))
			view_tell(v, ITEM_SECRET_IN_ENV, i, "all keys of the Secret %.80s become variables", node_text(node_find(i, "secretRef/name")));
}

static void
check_ports(const struct view *v, const struct node *c)
{
	const struct node *ports = node_get(c, "ports");

	for (const struct node *i = ports ? ports->first : NULL; i; i = i->next) {
		const struct node *port = node_get(i, "hostPort");

		if (port && !node_empty(port) && !node_is(port, "0"))
			view_tell(v, ITEM_HOST_PORT, port, "hostPort is %.10s", node_text(port));
	}
}

/* what Linux alone has */
static void
check_linux(const struct view *v, const struct node *c, const struct node *pod)
{
	const struct node *security = node_get(c, "securityContext"), *escalation = node_get(security, "allowPrivilegeEscalation");

	if (is_true(node_get(security, "privileged")))
		view_tell(v, ITEM_PRIVILEGED, node_get(security, "privileged"), "privileged is true");
	if (!node_is(escalation, "false"))
		view_tell(v, ITEM_NO_ESCALATION, escalation ? escalation : c, "allowPrivilegeEscalation is not false");
	check_capabilities(v, c);
	check_profiles(v, c, pod);
	if (node_get(security, "procMount") && !node_is(node_get(security, "procMount"), "Default"))
		view_tell(v, ITEM_PROC_MOUNT, node_get(security, "procMount"), "procMount is not Default");
}

static void
check_container(const struct view *v, const struct node *c, const struct node *pod, bool windows)
{
	const struct node *image = node_get(c, "image");
	enum item item;
	const char *fault = image ? view_image_fault(node_text(image), &item) : NULL;

	if (fault)
		view_tell(v, item, image, "%s", fault);
	check_user(v, c, pod);
	if (!windows) {
		check_linux(v, c, pod);
		if (!is_true(node_find(c, "securityContext/readOnlyRootFilesystem")))
			view_tell(v, ITEM_READ_ONLY_ROOT, c, "readOnlyRootFilesystem is not true");
	}
	check_env(v, c);
	check_ports(v, c);
}

static void
check_probes(const struct view *v, const struct node *c)
{
	static const char *const forever[] = { "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", NULL };

	if (v->kind && is_one_of(v->kind, forever) && !node_get(c, "readinessProbe") && !node_get(c, "livenessProbe"))
		view_tell(v, ITEM_HEALTHCHECK, c, "neither livenessProbe nor readinessProbe");
}

static void
check_containers(const struct view *v, const struct node *pod)
{
	static const char *const lists[] = { "initContainers", "containers", "ephemeralContainers" };
	const bool windows = node_is(node_find(pod, "os/name"), "windows");

	for (unsigned l = 0; l < 3; l++) {
		const struct node *list = node_get(pod, lists[l]);

		for (const struct node *c = list ? list->first : NULL; c; c = c->next) {
			if (c->kind != NODE_MAP)
				continue;
			check_container(v, c, pod, windows);
			if (l < 2)
				check_resources(v, c);
			if (l == 1)
				check_probes(v, c);
		}
	}
}

static void
check_volume(const struct view *v, const struct node *volume)
{
	static const char *const restricted[] = { "name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
		"projected", "secret", NULL };
	const struct node *path = node_find(volume, "hostPath/path");
	const size_t len = strlen(node_text(path));
	const char *end = node_text(path) + (len > 5 ? len - 5 : 0);

	if (path && strcmp(end, ".sock") == 0)
		view_tell(v, ITEM_DOCKER_SOCKET, path, "%.80s is mounted", node_text(path));
	for (const struct node *i = volume->first; i; i = i->next) {
		if (node_is(i->key, "hostPath"))
			view_tell(v, ITEM_HOST_PATH, i, "%.80s of the host", node_text(path));
		else if (!is_one_of(node_text(i->key), restricted))
			view_tell(v, ITEM_VOLUME_TYPES, i, "%.40s", node_text(i->key));
	}
}

static void
check_sysctls(const struct view *v, const struct node *pod)
{
	static const char *const safe[] = { "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
		"net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
		"net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", NULL };
	const struct node *list = node_find(pod, "securityContext/sysctls");

	for (const struct node *i = list ? list->first : NULL; i; i = i->next)
		if (!is_one_of(node_text(node_get(i, "name")), safe))
			view_tell(v, ITEM_SYSCTLS, i, "%.80s is not among the safe ones", node_text(node_get(i, "name")));
}

static void
check_annotations(const struct view *v, const struct node *pod)
{
	static const char prefix[] = "container.apparmor.security.beta.kubernetes.io/";
	const struct node *list = node_find(pod->parent, "metadata/annotations");

	for (const struct node *i = list && list->kind == NODE_MAP ? list->first : NULL; i; i = i->next)
		if (strncmp(node_text(i->key), prefix, sizeof prefix - 1) == 0 && node_is(i, "unconfined"))
			view_tell(v, ITEM_APPARMOR, i, "unconfined");
}

void
pod_check(const struct view *v, const struct workload *w)
{
	static const char *const shared[] = { "hostNetwork", "hostPID", "hostIPC" };
	const struct node *pod = w->pod, *volumes = node_get(pod, "volumes"), *token = node_get(pod, "automountServiceAccountToken");

	check_containers(v, pod);
	for (unsigned i = 0; i < 3; i++)
		if (is_true(node_get(pod, shared[i])))
			view_tell(v, ITEM_HOST_NAMESPACES, node_get(pod, shared[i]), "%s is true", shared[i]);
	for (const struct node *i = volumes ? volumes->first : NULL; i; i = i->next)
		check_volume(v, i);
	check_sysctls(v, pod);
	check_annotations(v, pod);
	if (!node_is(token, "false"))
		view_tell(v, ITEM_TOKEN_AUTOMOUNT, token ? token : pod, "automountServiceAccountToken is not false");
}
