#include "git/oid.h"

#include <string.h>

struct oid
oid_of(const uint8_t *raw, unsigned len)
{
	struct oid o = { { 0 } };

	memcpy(o.at, raw, len);
	return o;
}

static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
oid_parse(struct bytes hex, unsigned len, struct oid *out)
{
	struct oid o = { { 0 } };

	if (hex.len != (size_t)len * 2)
		return false;
	for (size_t i = 0; i < hex.len; i++) {
		const int d = digit(hex.at[i]);

		if (d < 0)
			return false;
		o.at[i / 2] = (uint8_t)(o.at[i / 2] << 4 | d);
	}
	*out = o;
	return true;
}

void
oid_hex(const struct oid *o, unsigned n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < n; i++)
		out[i] = digits[i % 2 ? o->at[i / 2] & 15 : o->at[i / 2] >> 4];
	out[n] = 0;
}

bool
oid_equal(const struct oid *a, const struct oid *b)
{
	return memcmp(a->at, b->at, OID_MAX) == 0;
}

bool
oid_is_zero(const struct oid *o)
{
	static const struct oid zero;

	return oid_equal(o, &zero);
}
