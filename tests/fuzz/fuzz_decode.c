/* fuzz_decode.c: the first byte picks an encoding, the next two where it was seen, the rest is text. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "decode/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_forms(const struct encoding *e, struct bytes anchor)
{
	struct form form[8];
	const size_t n = e->forms ? e->forms(anchor, form, 8) : 0;

	if (n > 8)
		abort();
	for (size_t i = 0; i < n; i++)
		if (form[i].len == 0 || form[i].len > FORM_MAX)
			abort();
}

/* each character lies in the text, and takes some of it */
static void
check_characters(const struct encoding *e, struct bytes text)
{
	uint8_t byte;
	size_t n;

	for (size_t at = 0; e->one && at < text.len; at += n)
		if ((n = e->one(text, at, &byte)) == 0 || n > text.len - at)
			abort();
}

static void
check_stretch(const struct encoding *e, struct bytes text, size_t at, size_t len)
{
	struct bytes s;
	struct buf out;
	size_t known = 0;

	if (!e->stretch(text, at, len, &s) || s.len == 0)
		return;
	if (s.at < text.at || s.at + s.len > text.at + text.len)
		abort();
	if (e->joins)
		e->joins(s, &known, s.len / 2, 1);
	buf_init(&out);
	e->decode(s, &out);
	/* where is linear in its stretch: a few places tell */
	for (size_t i = 0; i < out.len; i += 1 + out.len / 64)
		if (e->where(s, i) >= s.len)
			abort();
	buf_done(&out);
}

static void
check_triggers(const struct encoding *e, struct bytes text)
{
	for (const char *const *t = e->triggers; t && *t; t++) {
		const struct bytes trigger = bytes_of(*t);
		const size_t at = bytes_find(text, trigger);

		if (at < text.len)
			check_stretch(e, text, at, trigger.len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct encoding *e;
	size_t count = 0, at;
	struct bytes text;

	while (decode_list(count))
		count++;
	if (size < 4)
		return 0;
	e = decode_list(data[0] % count);
	text = (struct bytes){ data + 3, size - 3 };
	at = ((size_t)data[1] << 8 | data[2]) % text.len;
	check_forms(e, text);
	check_characters(e, text);
	check_triggers(e, text);
	check_stretch(e, text, at, text.len - at < 8 ? text.len - at : 8);
	return 0;
}
