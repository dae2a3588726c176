/* buf.h: bytes that grow. Running out of memory is remembered, not fatal. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	uint8_t *at;
	size_t len, cap;
	bool failed;            /* an allocation failed: content is short */
};

void buf_init(struct buf *);

/* frees; the buffer may be used again as after buf_init */
void buf_done(struct buf *);

/* makes room for n more bytes and returns where they go, or NULL;
 * the caller writes them and adds n to len */
uint8_t *buf_room(struct buf *, size_t n);

void buf_add(struct buf *, const void *, size_t);
void buf_adds(struct buf *, const char *);
void buf_addc(struct buf *, char);
void buf_addf(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ends the content in a NUL that len does not count; returns it, or "" when memory ran out */
const char *buf_str(struct buf *);

/* hands the content over as a NUL-ended string that the caller frees; NULL when memory ran out */
char *buf_steal(struct buf *);

#endif
