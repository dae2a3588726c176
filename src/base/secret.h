/*
 * secret.h: guarded memory for secret values: between guard pages, locked into
 * memory where the limit allows it, left out of core files, wiped when freed.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* At least size bytes; NULL when there is no memory. */
uint8_t *secret_new(size_t size);
void secret_free(void *);

/*
 * From here on, memory that the kernel hides from itself too (memfd_secret(2)): no ptrace, /proc/PID/mem or kernel
 * bug that reads memory sees it. False where there is no such thing. It costs some microseconds each and counts as
 * locked; beyond that limit secret_new goes on as before. For programs of one thread.
 */
bool secret_hide(void);

/* Whether the memory is locked, so that it can't be swapped out. */
bool secret_is_locked(void *, size_t size);

/* Makes this process give away no memory: no core file, no ptrace by processes of the same user. */
void secret_guard_process(void);

/*
 * Reads a descriptor to its end into guarded memory, with no copy elsewhere. More
 * than max bytes is ERROR_LIMIT. The caller frees *out.
 */
int secret_read_fd(int fd, const char *name, size_t max, uint8_t **out, size_t *len, struct error *);

/*
 * Asks on the terminal, without echo, for one line of up to max bytes; without a
 * terminal it fails. The caller frees *out.
 */
int secret_ask(const char *prompt, size_t max, uint8_t **out, size_t *len, struct error *);

#endif
