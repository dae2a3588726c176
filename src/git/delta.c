#include "git/delta.h"

#include <string.h>

#include <stanch/error.h>

static int
damaged(struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "its delta is damaged");
}

/* a size in groups of seven bits, lowest first */
static bool
take_size(struct bytes *b, uint64_t *out)
{
	uint64_t n = 0;

	for (unsigned shift = 0; b->len && shift < 63; shift += 7) {
		const uint8_t c = b->at[0];

		*b = bytes_cut(*b, 1, b->len);
		n |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80)) {
			*out = n;
			return true;
		}
	}
	return false;
}

int
delta_init(struct delta *d, struct bytes text, struct error *err)
{
	d->left = text;
	if (!take_size(&d->left, &d->base_size) || !take_size(&d->left, &d->size))
		return damaged(err);
	return 0;
}

/* the bytes of a number whose presence the bits of `which` say */
static bool
take_number(const uint8_t **at, const uint8_t *end, unsigned which, unsigned count, size_t *out)
{
	size_t n = 0;

	for (unsigned i = 0; i < count; i++)
		if (which >> i & 1) {
			if (*at == end)
				return false;
			n |= (size_t) * (*at)++ << (8 * i);
		}
	*out = n;
	return true;
}

int
delta_next(struct delta *d, struct delta_op *op, struct error *err)
{
	const uint8_t *at = d->left.at, *const end = at + d->left.len;
	uint8_t code;

	if (d->left.len == 0)
		return 0;
	code = *at++;
	op->copy = code & 0x80;
	op->from = 0;
	op->len = code;
	op->insert = at;
	if (op->copy) {
		if (!take_number(&at, end, code, 4, &op->from) || !take_number(&at, end, code >> 4, 3, &op->len))
			return damaged(err);
		op->len = op->len ? op->len : 0x10000;
		if (op->from > d->base_size || op->len > d->base_size - op->from)
			return damaged(err);
	} else {
		if (code == 0 || (size_t)(end - at) < op->len)
			return damaged(err);
		at += op->len;
	}
	d->left = (struct bytes){ at, (size_t)(end - at) };
	return 1;
}

int
delta_apply(struct bytes text, struct bytes base, uint8_t *out, size_t size, struct error *err)
{
	struct delta d;
	struct delta_op op;
	size_t done = 0;
	int r;

	if (delta_init(&d, text, err) < 0)
		return -1;
	if (d.base_size != base.len || d.size != size)
		return damaged(err);
	while ((r = delta_next(&d, &op, err)) > 0) {
		if (op.len > size - done)
			return damaged(err);
		memcpy(out + done, op.copy ? base.at + op.from : op.insert, op.len);
		done += op.len;
	}
	if (r == 0 && done != size)
		return damaged(err);
	return r;
}
