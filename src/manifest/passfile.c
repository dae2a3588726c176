/* passfile.c: .pgpass and .netrc. */
#include "manifest/passfile.h"

#include <ctype.h>
#include <string.h>

#include "manifest/formats.h"
#include "manifest/manifest.h"
#include "manifest/text.h"
#include "manifest/tree.h"

#define FIELDS 5

/* The fields of host:port:database:user:password, where a backslash quotes a colon; false: it is no such line. */
static bool
fields(struct bytes text, size_t at, size_t end, size_t from[FIELDS], size_t to[FIELDS])
{
	size_t n = 0;

	end = text_trim(text, at, end);
	from[0] = at;
	for (size_t i = at; i < end; i++) {
		if (text.at[i] == '\\')
			i++;
		else if (text.at[i] == ':' && n + 1 < FIELDS) {
			to[n++] = i;
			from[n] = i + 1;
		} else if (text.at[i] == ' ' && n < 4)
			return false;
	}
	to[n] = end;
	if (n + 1 != FIELDS)
		return false;
	for (size_t i = from[1]; i < to[1]; i++)
		if (!isdigit(text.at[i]) && text.at[i] != '*')
			return false;
	return to[1] > from[1] && to[0] > from[0] && to[4] > from[4];
}

uint32_t
passfile_list(struct tree *t)
{
	const uint32_t document = tree_add(t, TREE_ROOT, 0, 0);

	if (document)
		tree_set(t, document, TREE_SEQUENCE, 0, t->text.len, 0);
	return document;
}

bool
passfile_add(struct tree *t, uint32_t list, size_t line, size_t end, size_t key, size_t key_end, size_t from, size_t to)
{
	const uint32_t map = tree_add(t, list, line, line);
	uint32_t node;

	if (!map)
		return false;
	tree_set(t, map, TREE_MAP, line, end, 0);
	if (!(node = tree_add(t, map, key, key_end)))
		return false;
	tree_set(t, node, TREE_PLAIN, from, to, TREE_EXACT);
	return true;
}

/* a colon in a password stands behind a backslash, so that user lists, which have more fields, are none of these */
static bool
is_password(struct bytes text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (text.at[i] == '\\')
			i++;
		else if (text.at[i] == ':')
			return false;
	return true;
}

static void
pgpass_read(struct tree *t)
{
	const uint32_t list = passfile_list(t);
	size_t from[FIELDS], to[FIELDS];

	for (size_t at = 0; list && at < t->text.len; at = text_line_end(t->text, at) + 1) {
		const size_t end = text_line_end(t->text, at);

		if (t->text.at[at] == '#' || !fields(t->text, at, end, from, to) || !is_password(t->text, from[4], to[4]))
			continue;
		if (!passfile_add(t, list, at, end, from[3], to[3], from[4], to[4]))
			return;
		t->node[t->count - 1].flags |= TREE_PASSWORD;
	}
}

static int
pgpass_bid(struct bytes head, const char *file)
{
	size_t from[FIELDS], to[FIELDS];
	bool good = false;
	size_t end;

	(void)file;
	for (size_t at = 0; at < head.len; at = end + 1) {
		end = text_line_end(head, at);
		if (head.at[at] == '#' || text_trim(head, at, end) == at || (end == head.len && good))
			continue;
		if (!fields(head, at, end, from, to) || !is_password(head, from[4], to[4]))
			return 0;
		good = true;
	}
	return good ? 60 : 0;
}

/* words at any place: machine NAME login NAME password VALUE */
static void
netrc_read(struct tree *t)
{
	const uint32_t list = passfile_list(t);
	size_t at = 0, key = 0, key_end = 0;

	while (list && at < t->text.len) {
		size_t end;

		while (at < t->text.len && isspace(t->text.at[at]))
			at++;
		for (end = at; end < t->text.len && !isspace(t->text.at[end]); end++)
			;
		if (end > at && bytes_equal(bytes_cut(t->text, key, key_end), bytes_of("password")) &&
		    !passfile_add(t, list, key, end, key, key_end, at, end))
			return;
		key = at;
		key_end = end;
		at = end;
	}
}

static int
netrc_bid(struct bytes head, const char *file)
{
	(void)file;
	return (bytes_starts(head, "machine ") || bytes_starts(head, "default login")) && bytes_find(head, bytes_of("password")) < head.len ? 60 : 0;
}

const struct manifest_format format_pgpass = { .name = "pgpass", .bid = pgpass_bid, .read = pgpass_read };
const struct manifest_format format_netrc = { .name = "netrc", .bid = netrc_bid, .read = netrc_read };
