#include "audit/items.h"

#include "audit/audit.h"
#include "rules/rule.h"

#define ROW(id_, severity_, about_, advice_) \
	{ .id = id_, .about = about_, .advice = advice_, .severity = SEVERITY_##severity_, .item = true, .confidence = CONFIDENCE_CERTAIN }

static const struct rule rules[ITEMS] = {
	[ITEM_APPARMOR] = ROW("apparmor", HIGH, "AppArmor is switched off", "take the unconfined profile out, or name a profile of your own"),
	[ITEM_BAKED_SECRET] = ROW("baked-secret", CRITICAL, "a secret is baked into the image",
	    "take it out and change it: every layer and the history keep it; deliver it as a file at run time (stanch inject)"),
	[ITEM_BASE_MINIMAL] = ROW("base-minimal", LOW, "the final image is built on a full distribution",
	    "build in one stage and copy what runs into distroless, scratch or a slim base"),
	[ITEM_BUILD_SECRET] = ROW("build-secret", HIGH, "a secret reaches the build as an argument, which the history keeps",
	    "RUN --mount=type=secret,id=NAME, and docker build --secret id=NAME,src=FILE"),
	[ITEM_COPY_ALL] = ROW("copy-all", MEDIUM, "the whole context is copied into the final image",
	    "copy what is needed by name, or write a .dockerignore that leaves out .git, .env and keys"),
	[ITEM_DEFAULT_DENY] = ROW("default-deny", MEDIUM, "a pod may talk to anyone",
	    "add a NetworkPolicy with podSelector {} and policyTypes [Ingress, Egress] to its namespace, then allow what is needed"),
	[ITEM_DOCKER_SOCKET] = ROW("docker-socket", CRITICAL, "the container runtime's socket is mounted, which is root on the host",
	    "take the mount out; build images rootless, ask the API for the rest"),
	[ITEM_DROP_ALL] = ROW("drop-all", MEDIUM, "capabilities are not dropped", "capabilities: {drop: [ALL]}, and add NET_BIND_SERVICE at most"),
	[ITEM_HEALTHCHECK] = ROW("healthcheck", INFO, "nothing says whether it works", "write a HEALTHCHECK, or livenessProbe and readinessProbe"),
	[ITEM_HOST_NAMESPACES] = ROW("host-namespaces", HIGH, "it shares a namespace of the host", "take hostNetwork, hostPID and hostIPC out"),
	[ITEM_HOST_PATH] = ROW("host-path", HIGH, "a folder of the host is mounted", "use a volume of its own: emptyDir, persistentVolumeClaim, csi"),
	[ITEM_HOST_PORT] = ROW("host-port", MEDIUM, "it takes a port of the host", "use a Service instead"),
	[ITEM_LABELS] = ROW("labels", INFO, "the image does not say where it comes from",
	    "LABEL org.opencontainers.image.source=URL org.opencontainers.image.description=TEXT"),
	[ITEM_LIMITS] = ROW("limits", LOW, "CPU or memory is not limited", "write resources.requests and resources.limits for cpu and memory"),
	[ITEM_MULTI_STAGE] = ROW("multi-stage", LOW, "build tools or caches are in the final image",
	    "build in a stage of its own and COPY --from it; remove /var/lib/apt/lists in the same RUN"),
	[ITEM_NO_ESCALATION] = ROW("no-escalation", MEDIUM, "a process may gain more rights than its parent", "allowPrivilegeEscalation: false"),
	[ITEM_NON_ROOT] = ROW("non-root", HIGH, "it runs as root, or nothing says that it does not",
	    "USER with a number in the image; runAsNonRoot: true and runAsUser in the pod"),
	[ITEM_PINNED_DIGEST] = ROW("pinned-digest", MEDIUM, "what runs can change without a change here", "name it by digest: NAME:TAG@sha256:…"),
	[ITEM_POLICY_TARGETS] = ROW("policy-targets", LOW, "a policy selects nothing, or allows everything", "correct its selector, or take it out"),
	[ITEM_PRIVILEGED] = ROW("privileged", CRITICAL, "it is privileged, which is root on the host", "take privileged out; add the one capability it needs"),
	[ITEM_PROC_MOUNT] = ROW("proc-mount", HIGH, "/proc is not masked", "procMount: Default"),
	[ITEM_READ_ONLY_ROOT] = ROW("read-only-root", LOW, "its root file system can be written to",
	    "readOnlyRootFilesystem: true, and an emptyDir where it must write"),
	[ITEM_SCANNED_IN_CI] = ROW("scanned-in-ci", MEDIUM, "an image is built and never scanned", "scan what was built before it is pushed: stanch scan IMAGE"),
	[ITEM_SECCOMP] = ROW("seccomp", MEDIUM, "system calls are not filtered", "seccompProfile: {type: RuntimeDefault}"),
	[ITEM_SECRET_IN_CONFIGMAP] = ROW("secret-in-configmap", HIGH, "a ConfigMap holds a secret", "seal it (stanch seal) and deliver it as a file (stanch inject)"),
	[ITEM_SECRET_IN_ENV] = ROW("secret-in-env", MEDIUM, "a secret comes as an environment variable",
	    "deliver it as a file and name that: NAME_FILE (stanch inject --files-for-env)"),
	[ITEM_SECRET_PLAIN_IN_GIT] = ROW("secret-plain-in-git", HIGH, "a Secret is written out, and base64 hides nothing",
	    "seal its values (stanch seal --from-secret) and take it out of git, its history too"),
	[ITEM_SYSCTLS] = ROW("sysctls", MEDIUM, "it sets what is the kernel's for all", "use only the sysctls that the baseline standard allows"),
	[ITEM_TOKEN_AUTOMOUNT] = ROW("token-automount", LOW, "a token for the API is mounted", "automountServiceAccountToken: false where nothing asks the API"),
	[ITEM_VOLUME_TYPES] = ROW("volume-types", MEDIUM, "a volume is of a kind that the restricted standard leaves out",
	    "use configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected or secret"),
};

static const char *const others[ITEMS] = {
	[ITEM_APPARMOR] = "Trivy KSV-0002",
	[ITEM_BAKED_SECRET] = "hadolint DL3064; Trivy DS-0031; dockle CIS-DI-0010; CIS 4.10",
	[ITEM_BASE_MINIMAL] = "dockle CIS-DI-0003; Trivy KSV-0034",
	[ITEM_DEFAULT_DENY] = "kube-score pod-networkpolicy; kube-linter non-isolated-pod",
	[ITEM_DOCKER_SOCKET] = "Trivy KSV-0006; kube-linter docker-sock; dockle DKL-DI-0002",
	[ITEM_DROP_ALL] = "Trivy KSV-0003, KSV-0106; PSS restricted",
	[ITEM_HEALTHCHECK] = "Trivy DS-0026; dockle CIS-DI-0006",
	[ITEM_HOST_NAMESPACES] = "Trivy KSV-0008, KSV-0009, KSV-0010; PSS baseline",
	[ITEM_HOST_PATH] = "Trivy KSV-0023; PSS baseline",
	[ITEM_HOST_PORT] = "Trivy KSV-0024; PSS baseline",
	[ITEM_LABELS] = "hadolint DL3048 and others, by schema",
	[ITEM_LIMITS] = "Trivy KSV-0011, KSV-0015, KSV-0016, KSV-0018; kube-score; kube-linter; polaris",
	[ITEM_MULTI_STAGE] = "hadolint DL3009, DL3019, in part",
	[ITEM_NO_ESCALATION] = "Trivy KSV-0001; PSS restricted",
	[ITEM_NON_ROOT] = "hadolint DL3002; Trivy DS-0002, KSV-0012; CIS 4.1; PSS restricted",
	[ITEM_PINNED_DIGEST] = "hadolint DL3006, DL3007; Trivy DS-0001, KSV-0013; kube-linter latest-tag; dockle DKL-DI-0006",
	[ITEM_POLICY_TARGETS] = "kube-linter dangling-networkpolicy",
	[ITEM_PRIVILEGED] = "Trivy KSV-0017; PSS baseline",
	[ITEM_PROC_MOUNT] = "Trivy KSV-0027; PSS baseline",
	[ITEM_READ_ONLY_ROOT] = "Trivy KSV-0014; kube-score; kube-linter; polaris",
	[ITEM_SECCOMP] = "Trivy KSV-0030, KSV-0104; kube-score; PSS restricted",
	[ITEM_SECRET_IN_CONFIGMAP] = "Trivy KSV-0109, KSV-01010; polaris",
	[ITEM_SECRET_IN_ENV] = "kube-linter env-var-secret; kubesec; polaris",
	[ITEM_SECRET_PLAIN_IN_GIT] = "secretlint no-k8s-kind-secret",
	[ITEM_SYSCTLS] = "Trivy KSV-0026; PSS baseline",
	[ITEM_TOKEN_AUTOMOUNT] = "Trivy KSV-0036; polaris",
	[ITEM_VOLUME_TYPES] = "Trivy KSV-0028; PSS restricted",
};

const struct rule *
items_rule(enum item i)
{
	return &rules[i];
}

const struct rules *
audit_items(void)
{
	static const struct rule *list[ITEMS];
	static const struct rules all = { .rule = list, .count = ITEMS };

	for (unsigned i = 0; i < ITEMS; i++)
		list[i] = &rules[i];
	return &all;
}

const char *
audit_others(size_t i)
{
	return i < ITEMS ? others[i] : NULL;
}
