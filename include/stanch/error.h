/*
 * error.h: how a failure travels.
 *
 * Ownership, for the whole library: the caller owns every struct error and
 * passes it down; it has a fixed size and nothing to free. Functions that can
 * fail return -1 (or NULL) and fill it; on success it is left alone. What a
 * pointer argument lends is borrowed for the call unless its comment says
 * otherwise: init/done work on the caller's storage, new/free on the heap
 * (free(NULL) does nothing), open/close on handles.
 */
#ifndef STANCH_ERROR_H
#define STANCH_ERROR_H

/* What went wrong, beside errno values (which are positive and below 4096). */
enum error_code {
	ERROR_NONE = 0,
	ERROR_USAGE = 10000,    /* the caller asked for something that makes no sense */
	ERROR_SYNTAX,           /* input that does not follow its format */
	ERROR_LIMIT,            /* a limit of limits.h was reached */
	ERROR_ENCRYPTED,        /* readable only with a key that we don't have */
	ERROR_TRUNCATED,        /* input that ends too early */
	ERROR_UNSUPPORTED,      /* a format or variant that we don't read */
	ERROR_INTERNAL,         /* a library failed in a way that it should not */
};

struct error {
	int code;               /* an errno value or an enum error_code */
	char text[256];         /* one sentence without full stop: what, where, what to do */
};

/* Records a failure; code may be an errno value, whose text is appended when
 * fmt ends in ':'. Returns -1, so that a caller can `return error_set(...)`. */
int error_set(struct error *, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "doing what: " in front of a failure that passes through; returns -1. */
int error_wrap(struct error *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
