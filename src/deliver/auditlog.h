/*
 * auditlog.h: one JSON line for each secret opened, chained by hashes.
 *
 *   {"time":"…","event":"opened","name":"db/password",…,"seq":3,"prev":"<64 hex>","hash":"<64 hex>"}
 *
 * hash is BLAKE2b-256 of the line up to ,"hash"; prev is the hash of the line
 * before, zeros on the first. There is no key: who holds the last hash sees
 * whether anything before it was altered or taken out. No value is ever in it.
 */
#ifndef DELIVER_AUDITLOG_H
#define DELIVER_AUDITLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

#define AUDITLOG_HASH 32
#define AUDITLOG_LINE_MAX 2048

struct auditlog {
	int fd;                         /* where lines go; borrowed */
	uint64_t seq;                   /* of the last line */
	uint8_t last[AUDITLOG_HASH];    /* its hash */
};

/* one thing that happened; NULL and 0 are left out */
struct auditlog_event {
	const char *what;               /* opened, published, unchanged, handed-over, refused, expired, removed */
	const char *name, *scope, *status;
	const char *signer, *set;       /* as base64 and as a pin */
	uint64_t version, epoch;
};

/* Begins a new chain. */
void auditlog_init(struct auditlog *, int fd);

/*
 * Goes on with the chain of an open file (readable, appending), which it locks
 * until it is closed. A last line cut short by a crash is ended and told
 * (*torn); one whose hash does not hold is refused.
 */
int auditlog_resume(struct auditlog *, int fd, bool *torn, struct error *);

/* Appends a line, at once and whole; -1 when it could not be written. */
int auditlog_add(struct auditlog *, const struct auditlog_event *, int64_t now, struct error *);

/*
 * Reads a log's bytes: how many lines hold in *lines, the last one's hash in
 * last. -1 with the number of the first line that does not.
 */
int auditlog_check(const char *text, size_t len, uint64_t *lines, uint8_t last[static AUDITLOG_HASH], struct error *);

#endif
