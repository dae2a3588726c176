/* kubernetes.c: numbers and names as in the generated.proto files of k8s.io/api and k8s.io/apimachinery */
#include "decode/kubernetes.h"

#include <string.h>

#define MESSAGE(name, ...) \
	static const struct kubernetes_field name##_fields[] = { __VA_ARGS__ }; \
	static const struct kubernetes_message name = { name##_fields, sizeof name##_fields / sizeof name##_fields[0] }

MESSAGE(meta, { 1, KUBERNETES_TEXT, "name", NULL }, { 3, KUBERNETES_TEXT, "namespace", NULL }, { 11, KUBERNETES_MAP, "labels", NULL },
	{ 12, KUBERNETES_MAP, "annotations", NULL });

#define METADATA { 1, KUBERNETES_MESSAGE, "metadata", &meta }

MESSAGE(secret, METADATA, { 2, KUBERNETES_BYTES_MAP, "data", NULL }, { 3, KUBERNETES_TEXT, "type", NULL },
	{ 4, KUBERNETES_MAP, "stringData", NULL });
MESSAGE(config_map, METADATA, { 2, KUBERNETES_MAP, "data", NULL }, { 3, KUBERNETES_BYTES_MAP, "binaryData", NULL });

MESSAGE(variable, { 1, KUBERNETES_TEXT, "name", NULL }, { 2, KUBERNETES_TEXT, "value", NULL });
MESSAGE(exec, { 1, KUBERNETES_TEXTS, "command", NULL });
MESSAGE(http_get, { 1, KUBERNETES_TEXT, "path", NULL }, { 3, KUBERNETES_TEXT, "host", NULL },
	{ 5, KUBERNETES_MESSAGES, "httpHeaders", &variable });
MESSAGE(handler, { 1, KUBERNETES_MESSAGE, "exec", &exec }, { 2, KUBERNETES_MESSAGE, "httpGet", &http_get });
MESSAGE(probe, { 1, KUBERNETES_INLINE, "", &handler });
MESSAGE(lifecycle, { 1, KUBERNETES_MESSAGE, "postStart", &handler }, { 2, KUBERNETES_MESSAGE, "preStop", &handler });
MESSAGE(container, { 1, KUBERNETES_TEXT, "name", NULL }, { 2, KUBERNETES_TEXT, "image", NULL },
	{ 3, KUBERNETES_TEXTS, "command", NULL }, { 4, KUBERNETES_TEXTS, "args", NULL }, { 7, KUBERNETES_MESSAGES, "env", &variable },
	{ 10, KUBERNETES_MESSAGE, "livenessProbe", &probe }, { 11, KUBERNETES_MESSAGE, "readinessProbe", &probe },
	{ 12, KUBERNETES_MESSAGE, "lifecycle", &lifecycle }, { 22, KUBERNETES_MESSAGE, "startupProbe", &probe });
MESSAGE(ephemeral, { 1, KUBERNETES_INLINE, "", &container });
MESSAGE(pod_spec, { 2, KUBERNETES_MESSAGES, "containers", &container }, { 20, KUBERNETES_MESSAGES, "initContainers", &container },
	{ 34, KUBERNETES_MESSAGES, "ephemeralContainers", &ephemeral });
MESSAGE(pod, METADATA, { 2, KUBERNETES_MESSAGE, "spec", &pod_spec });

#define WORKLOAD(name, number) \
	MESSAGE(name##_spec, { number, KUBERNETES_MESSAGE, "template", &pod }); \
	MESSAGE(name, METADATA, { 2, KUBERNETES_MESSAGE, "spec", &name##_spec })

WORKLOAD(deployment, 3);
WORKLOAD(daemon_set, 2);
WORKLOAD(job, 6);
MESSAGE(pod_template, METADATA, { 2, KUBERNETES_MESSAGE, "template", &pod });
MESSAGE(cron_spec, { 5, KUBERNETES_MESSAGE, "jobTemplate", &job });
MESSAGE(cron_job, METADATA, { 2, KUBERNETES_MESSAGE, "spec", &cron_spec });

/* a name behind its field's tag and its length, which is one of these bytes, and before the next field's tag */
#define SIGN(length, name) "\x12" length name "\x12"

const char *const kubernetes_signs[] = {
	SIGN("\x06", "Secret"),
	SIGN("\x09", "ConfigMap"),
	SIGN("\x03", "Pod"),
	SIGN("\x0a", "Deployment"),
	SIGN("\x0a", "ReplicaSet"),
	SIGN("\x0b", "StatefulSet"),
	SIGN("\x15", "ReplicationController"),
	SIGN("\x09", "DaemonSet"),
	SIGN("\x03", "Job"),
	SIGN("\x07", "CronJob"),
	SIGN("\x0b", "PodTemplate"),
	NULL,
};

/* in the same order */
static const struct kubernetes_message *const messages[] = {
	&secret, &config_map, &pod, &deployment, &deployment, &deployment, &deployment, &daemon_set, &job, &cron_job, &pod_template,
};

const struct kubernetes_message *
kubernetes_kind(struct bytes kind)
{
	for (size_t i = 0; kubernetes_signs[i]; i++) {
		const char *name = kubernetes_signs[i] + 2;

		if (strlen(name) == kind.len + 1 && memcmp(name, kind.at, kind.len) == 0)
			return messages[i];
	}
	return NULL;
}

const struct kubernetes_field *
kubernetes_field(const struct kubernetes_message *m, unsigned number)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->field[i].number == number)
			return &m->field[i];
	return NULL;
}
