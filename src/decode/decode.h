/*
 * decode.h: what hid a blob in a stretch of text. A text is decoded because an
 * anchor was seen in its encoded form, not because it looks like an encoding:
 * each encoding says what an anchor looks like in it, the pass over a text that
 * finds the anchors finds those forms too, and a form that is met is decoded.
 */
#ifndef DECODE_DECODE_H
#define DECODE_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct buf;

#define FORM_MAX 96

/* digits that tell whether what they stand for is digits again, and how many a run of them has at least */
#define AGAIN_DIGITS 32
#define AGAIN_RUN 36
/* a run that goes on is looked at again so far on: what is decoded around one such place reaches a bit into the next one's */
#define AGAIN_APART ((size_t)112 << 10)

/* An anchor as it looks when encoded. */
struct form {
	uint8_t text[FORM_MAX];
	size_t len;
};

/* What marks the places where an encoding's forms are looked for. */
enum encoding_sign {
	ENCODING_RUN,                   /* runs of base64's digits: has forms() */
	ENCODING_HEX,                   /* runs of hex digits; these and the next ones have one() */
	ENCODING_PERCENT,               /* one percent sign after another */
	ENCODING_BACKSLASH,
	ENCODING_NUL,                   /* every other byte is NUL */
	ENCODING_TRIGGER,               /* nothing but its triggers */
};

struct encoding {
	const char *name;               /* as in origins: "base64", "hex" */
	enum encoding_sign sign;
	/* NULL-ended literals that call for decoding by themselves, or NULL: for encodings that leave anchors as they are */
	const char *const *triggers;
	/*
	 * Writes the forms that an anchor takes into at most max forms and returns
	 * how many; 0 when the anchor is too short to be told from chance.
	 */
	size_t (*forms)(struct bytes anchor, struct form *, size_t max);
	/*
	 * Whether AGAIN_DIGITS letters and digits stand for digits of base64 or of hexadecimal: what is encoded twice shows
	 * no anchor, but so many of them don't stand for such by chance. NULL: it is not looked for.
	 */
	bool (*again)(const uint8_t *digits);
	/* One character at `at`, encoded or not: its byte, and how many bytes of text it takes; 1: it was not encoded. */
	size_t (*one)(struct bytes text, size_t at, uint8_t *);
	/*
	 * The encoded stretch of text around the form at [at, at + len): as long as
	 * it is that encoding's alphabet (and its line breaks). False: not one.
	 */
	bool (*stretch)(struct bytes text, size_t at, size_t len, struct bytes *out);
	/*
	 * Whether the form at [at, at + len) of a stretch is decoded with it, and not in groups that begin elsewhere; *known,
	 * 0 at first, is kept from one form to the next, so that those before need not be read again. NULL: always.
	 */
	bool (*joins)(struct bytes stretch, size_t *known, size_t at, size_t len);
	/* Decodes a whole stretch into out, skipping what is malformed at its ends; false: nothing of use. */
	bool (*decode)(struct bytes stretch, struct buf *out);
	/* Where in the stretch the decoded byte n came from. */
	size_t (*where)(struct bytes stretch, size_t n);
};

/* the i-th encoding there is, NULL past the last */
const struct encoding *decode_list(size_t i);

#endif
