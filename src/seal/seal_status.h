/* seal_status.h: how a refusal is said. The statuses are in stanch/seal.h. */
#ifndef SEAL_SEAL_STATUS_H
#define SEAL_SEAL_STATUS_H

#include <stanch/seal.h>

/* Fills err with "WORD: where: what to do" (where may be NULL, and never quotes unverified input); returns the status. */
enum seal_status seal_status_refuse(struct error *err, enum seal_status, const char *where, ...)
	__attribute__((format(printf, 3, 4)));

/* SEAL_IO, for want of memory. */
enum seal_status seal_status_memory(struct error *err);

#endif
