/* Files of keys, as keygen writes them. */
#include <stanch/error.h>
#include <stanch/seal.h>

#include "base/bytes.h"
#include "seal/seal_status.h"

enum seal_status
seal_key_list(enum seal_key_kind kind, const char *text, size_t len, uint8_t *keys, size_t max, size_t *count, struct error *err)
{
	struct bytes rest = { (const uint8_t *)text, len };
	size_t n = 0;

	for (unsigned number = 1; rest.len; number++) {
		const size_t end = bytes_find(rest, bytes_of("\n"));
		const struct bytes line = bytes_cut(rest, 0, end);
		enum seal_status s;

		rest = bytes_cut(rest, end + 1, rest.len);
		if (line.len == 0 || line.at[0] == '#')
			continue;
		if (n == max)
			return seal_status_refuse(err, SEAL_USAGE, "more than %zu keys", max);
		s = seal_key_parse(kind, (const char *)line.at, line.len, keys + n * SEAL_KEY_BYTES, err);
		if (s != SEAL_OK) {
			error_wrap(err, "line %u", number);
			return s;
		}
		n++;
	}
	if (n == 0)
		return seal_status_refuse(err, SEAL_KEY_TEXT, "no key in it");
	*count = n;
	return SEAL_OK;
}
