/* arguments.h: what stanch-init is asked to do. */
#ifndef DELIVER_ARGUMENTS_H
#define DELIVER_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <stanch/seal.h>

#include "deliver/acl.h"

struct error;

#define ARGUMENTS_LIST_MAX 256

/* where an identity is read from */
struct identity_from {
	enum { IDENTITY_FILE, IDENTITY_FD, IDENTITY_ENV } kind;
	const char *text;       /* the path, the number or the variable, as given */
	int fd;
};

/* a template and the name that it is published under */
struct template_from {
	const char *source;
	const char *name;
};

/* a secret that becomes a variable after all */
struct env_wanted {
	char name[SEAL_NAME_MAX + 1];
	const char *variable;   /* NULL: its own */
};

/* Everything is borrowed from argv, which must outlive it. */
struct arguments {
	const char *scope, *sealed, *set, *signers, *to, *audit, *audit_check, *touch;
	struct identity_from identities[SEAL_IDENTITIES_MAX];
	size_t identity_count;
	mode_t identity_mode;           /* the widest that a file with an identity may have */
	const char *pin_file;
	bool pinned, no_floor;
	uint8_t pin[SEAL_DIGEST_BYTES];
	uint64_t min_epoch;
	struct seal_floor *floors;
	size_t floor_count;
	const char **names;             /* only these of the set; none: all */
	size_t name_count;
	mode_t mode;                    /* of files; what a secret's own mode lacks is taken away */
	struct grant grants[ACL_GRANTS_MAX];
	size_t grant_count;
	struct template_from *templates;
	size_t template_count;
	struct env_wanted *envs;
	size_t env_count;
	bool fds, strict, mount, init, exec, watch, ready, remove_expired, quiet, help, version;
	uint64_t mount_size, max_bytes;
	unsigned grace, interval;       /* seconds */
	int signal;                     /* sent to the program after a new set; 0 none */
	char **program;                 /* after --, NULL-ended; NULL: none */
	char *texts;                    /* names cut out of arguments; ours */
};

/* Reads the arguments after the program's own name. A failure is ERROR_USAGE; arguments_done is due in any case. */
int arguments_parse(int argc, char **argv, struct arguments *, struct error *);
void arguments_done(struct arguments *);

/* every option with a line of help, for --help: NULL after the last */
const char *arguments_help(size_t i);

#endif
