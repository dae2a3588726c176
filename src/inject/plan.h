/* plan.h: what is to be injected, as the objects of Kubernetes. */
#ifndef INJECT_PLAN_H
#define INJECT_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bundle;
struct error;

#define PLAN_INIT "stanch-init"                 /* the container */
#define PLAN_SECRETS "stanch-secrets"           /* the volumes */
#define PLAN_SEALED "stanch-sealed"
#define PLAN_SIGNERS "stanch-signers"
#define PLAN_IDENTITY "stanch-identity"
#define PLAN_NOTE "stanch/injected"             /* the annotation that says what was done */
#define PLAN_USER 65532                         /* who opens the files where nobody says who reads them */

/* What the user asked for. */
struct plan {
	const char *image;
	const char *program;            /* compose: stanch-init here, or NULL: ./stanch-init */
	const char *scope;              /* CLUSTER/NAMESPACE/WORKLOAD */
	const char *sealed;             /* DIR, configmap:NAME, image:REFERENCE or path:DIR */
	const char *signers;            /* FILE, configmap:NAME[/KEY], secret:NAME[/KEY] or path:FILE */
	const char *identity;           /* secret:NAME[/KEY], projected:NAME[/KEY] or path:FILE */
	const char *to;                 /* the folder of the opened files */
	const char *pin;                /* blake2b-256:HEX, or NULL: --min-epoch */
	uint64_t min_epoch, size;       /* size in bytes */
	unsigned uid;                   /* of the application; PLAN_ANYONE: as the manifest says */
	bool watch, files_for_env;
	const char *const *containers;  /* NULL-ended; NULL: all but init containers */
	const char *const *only;        /* NULL-ended workloads, KIND/NAME or NAME; NULL: all */
	const char *const *names;       /* NULL-ended: of the secrets, as far as known */
	const struct bundle *bundle;    /* of a DIR, or NULL */
	const char *signers_text;       /* of a FILE, or NULL */
	bool emit_apart;                /* config maps are written elsewhere */
	void (*note)(void *, const char *sentence);     /* what the user should know */
	void *arg;
};

#define PLAN_ANYONE UINT32_MAX

/* Refuses what makes no sense before anything is changed. */
int plan_check(const struct plan *, struct error *);

/* The parts; NULL when memory ran out. uid is who opens the files. */
json_t *plan_container(const struct plan *, unsigned uid, const unsigned *grants, size_t count);
json_t *plan_volumes(const struct plan *);
json_t *plan_mounts(const struct plan *);

/* The config maps that the volumes need and that come from files here, for a namespace or "". */
json_t *plan_config_maps(const struct plan *, const char *space);

/* "/run/stanch/secrets/db/password"; malloc'd */
char *plan_path(const struct plan *, const char *name);

/* the sealed name that a Secret's key becomes: "SECRET/KEY" if it is known, or nothing is known; malloc'd, NULL for none */
char *plan_name_of(const struct plan *, const char *secret, const char *key);

#endif
