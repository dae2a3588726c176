/* Trees, commits, tags, the heads of loose objects, and configuration, from the same bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "git/commit.h"
#include "git/config.h"
#include "git/loose.h"
#include "git/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static bool
on_setting(void *arg, const char *key, const char *subsection, const char *value)
{
	*(size_t *)arg += strlen(key) + strlen(subsection) + strlen(value);
	return true;
}

static void
touch(struct bytes b, size_t *sum)
{
	for (size_t i = 0; i < b.len; i++)
		*sum += b.at[i];
}

static void
commits(struct bytes text, size_t *sum)
{
	struct commit c;
	struct tag t;
	struct error err;
	struct oid id;
	char date[COMMIT_DATE];

	if (commit_parse(text, OID_SHA1, &c, &err) == 0) {
		while (commit_parent(&c, &id))
			touch((struct bytes){ id.at, OID_SHA1 }, sum);
		touch(c.author.name, sum);
		touch(c.author.mail, sum);
		touch(c.message, sum);
		commit_date(&c.author, date);
		*sum += strlen(date);
	}
	if (commit_parse_tag(text, OID_SHA256, &t, &err) == 0) {
		touch(t.name, sum);
		touch(t.message, sum);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1); /* so that a byte too far is seen */
	const struct bytes text = { copy, size };
	struct tree tree;
	struct tree_entry e, last;
	struct error err;
	enum object_type type;
	uint64_t n;
	size_t sum = 0;
	bool any = false;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	for (tree = tree_of(text, OID_SHA1); tree_next(&tree, &e, &err) > 0; any = true) {
		touch(e.name, &sum);
		touch((struct bytes){ e.id, OID_SHA1 }, &sum);
		sum += any && tree_order(&last, &e) < 0;
		last = e;
	}
	commits(text, &sum);
	loose_head(text, &type, &n, &err);
	config_each(text, on_setting, &sum);
	free(copy);
	return (int)(sum & 0);
}
