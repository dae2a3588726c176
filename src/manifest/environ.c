/* environ.c: NAME=value, each ended by a NUL: /proc/PID/environ, env -0. */
#include "manifest/formats.h"

#include <ctype.h>
#include <string.h>

#include "manifest/manifest.h"
#include "manifest/tree.h"

/* the length of the name of the variable at `at` whose entry ends at `end`, or 0 */
static size_t
name_length(struct bytes text, size_t at, size_t end)
{
	const uint8_t *equals = end > at ? memchr(text.at + at, '=', end - at) : NULL;
	const size_t n = equals ? (size_t)(equals - text.at) - at : 0;

	for (size_t i = 0; i < n; i++)
		if (text.at[at + i] <= ' ' || text.at[at + i] >= 0x7f)
			return 0;
	return n;
}

static size_t
entry_end(struct bytes text, size_t at)
{
	const uint8_t *nul = memchr(text.at + at, 0, text.len - at);

	return nul ? (size_t)(nul - text.at) : text.len;
}

static void
environ_read(struct tree *t)
{
	const uint32_t document = tree_add(t, TREE_ROOT, 0, 0);

	if (!document)
		return;
	tree_set(t, document, TREE_MAP, 0, t->text.len, 0);
	for (size_t at = 0; at < t->text.len;) {
		const size_t end = entry_end(t->text, at), n = name_length(t->text, at, end);
		uint32_t node;

		if (n) {
			if (!(node = tree_add(t, document, at, at + n)))
				return;
			tree_set(t, node, TREE_PLAIN, at + n + 1, end, TREE_EXACT | TREE_VERBATIM);
		}
		at = end + 1;
	}
}

static int
environ_bid(struct bytes head, const char *file)
{
	unsigned entries = 0;

	(void)file;
	if (!head.len || !memchr(head.at, 0, head.len) || !(isalpha(head.at[0]) || head.at[0] == '_'))
		return 0;
	for (size_t at = 0; at < head.len;) {
		const size_t end = entry_end(head, at);

		if (end == head.len && entries)
			break;
		if (!name_length(head, at, end))
			return 0;
		entries++;
		at = end + 1;
	}
	return entries ? 90 : 0;
}

const struct manifest_format format_environ = {
	.name = "environ",
	.bid = environ_bid,
	.read = environ_read,
};
