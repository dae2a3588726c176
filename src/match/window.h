/*
 * window.h: a blob as stretches of memory. Stretches overlap: each owns the
 * anchors that begin in [own, own_end) and can see what stands around them, so
 * no border ever splits a match and no anchor is met twice.
 */
#ifndef MATCH_WINDOW_H
#define MATCH_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct blob;
struct error;
struct origin;

#define WINDOW_OWN ((size_t)1 << 20)            /* bytes that a window owns */
#define WINDOW_BEHIND ((size_t)64 << 10)        /* bytes before them that it can see */
#define WINDOW_AHEAD ((size_t)96 << 10)         /* bytes after them that it can see */
#define WINDOW_SIZE (WINDOW_BEHIND + WINDOW_OWN + WINDOW_AHEAD)

struct window {
	const struct origin *origin;
	struct bytes text;
	size_t own, own_end;            /* in text */
	uint64_t offset;                /* of text.at[0] in the blob */
	uint64_t line;                  /* of text.at[0], from 1 */
	uint64_t line_start;            /* offset in the blob where that line begins */
	bool binary;                    /* no lines; only rules that look in binaries */
};

/* Where a byte of a window stands, for people. */
struct place {
	uint64_t offset, line, column, column16;
};

/* at is an offset in w->text */
struct place window_place(const struct window *w, size_t at);

/* the line around [at, end) in w->text, without its line break, at most `most` bytes to either side */
struct bytes window_line(const struct window *w, size_t at, size_t end, size_t most);

/* Cuts a blob into windows. */
struct windows {
	struct blob *blob;
	uint8_t *memory;                /* WINDOW_SIZE bytes, the caller's; windows lie in it */
	size_t fill;                    /* bytes of memory that hold text */
	bool ended, started;
	struct window next;             /* what the next window begins with */
	struct bytes left;              /* what a block held beyond memory */
};

void windows_init(struct windows *, struct blob *, uint8_t *memory);

/* 1 a window (until the next call), 0 the end, -1 the blob failed: what was read before is not yet handed out,
 * call again for it until 0. */
int windows_next(struct windows *, struct window *, struct error *);

/* Goes on in other memory, so that the last window may be kept where it lies. */
void windows_move(struct windows *, uint8_t *memory);

/* Whether a text is to be taken for binary, from its first bytes. */
bool window_looks_binary(struct bytes head);

#endif
