#include "scan/safe.h"

#include <string.h>

#include "manifest/entry.h"
#include "manifest/meaning.h"
#include "manifest/role.h"
#include "match/window.h"
#include "scan/job.h"
#include "scan/keep.h"
#include "scan/understand.h"

/* told of one window */
#define SAFE_MOST 1000
/* a longer value may only begin like one */
#define VALUE_MOST ((size_t)64 << 10)
/* of a text's first bytes what is looked at */
#define HEAD 64

static void
tell(struct understood *u, size_t at, const char *why)
{
	const struct told *told = understand_place(u, at);
	const struct safe safe = {
		.origin = u->window->origin,
		.line = u->within ? 0 : window_place(u->window, at).line,
		.path = told ? told->path : NULL,
		.why = why,
	};

	u->failed |= !job_safe(u->job, &safe);
}

static bool
sealed(const char *why)
{
	return strncmp(why, "sealed", 6) == 0 || strcmp(why, "ciphertext") == 0;
}

void
safe_head(struct understood *u)
{
	static const uint8_t git_crypt[] = { 0, 'G', 'I', 'T', 'C', 'R', 'Y', 'P', 'T', 0 };
	const struct bytes text = u->window->text;
	const char *why = NULL;

	/* of a history's versions each would be told */
	if (!u->verbose || u->window->offset || u->job->life.versions)
		return;
	if (bytes_equal(bytes_cut(text, 0, sizeof git_crypt), (struct bytes){ git_crypt, sizeof git_crypt }))
		tell(u, 0, "sealed by git-crypt");
	else if (meaning_of(bytes_cut(text, 0, HEAD), &why) == MEANING_SAFE && strncmp(why, "sealed by ", 10) == 0)
		tell(u, 0, why);
}

/* keys under which a secret is named; volumeMounts and the like are references, too, but to nothing secret */
static bool
names_secret(struct bytes key)
{
	return bytes_find(key, bytes_of("ecret")) < key.len || bytes_find(key, bytes_of("emoteRef")) < key.len;
}

/* why a node is safe, where that begins; NULL: it is not */
static const char *
why_safe(const struct part *p, uint32_t node)
{
	const struct tree_node *n = &p->tree.node[node];
	const unsigned role = p->role[node], above = p->role[n->parent];
	const struct bytes key = tree_key(&p->tree, node), raw = tree_raw(&p->tree, node);
	const char *why = NULL;

	if (n->flags & TREE_CARRIED || above & ROLE_SAFE)
		return NULL;
	if (n->flags & TREE_SEALED)
		return "sealed, as its tag says";
	if (role & ROLE_SAFE)
		return "sealed, as its key says";
	if (role & ROLE_REFERENCE)
		return names_secret(key) && !names_secret(tree_key(&p->tree, n->parent)) ? "it names what holds the secret" : NULL;
	if (!tree_scalar(&p->tree, node) || n->flags & TREE_HOLDS || raw.len > VALUE_MOST || meaning_of(raw, &why) == MEANING_LITERAL)
		return NULL;
	return sealed(why) || entry_telling(entry_name(&p->tree, node)) ? why : NULL;
}

void
safe_values(struct understood *u)
{
	unsigned told = 0;

	for (size_t i = 0; i < u->manifest.count && !u->job->life.versions; i++) {
		const struct part *p = u->manifest.part[i];

		for (uint32_t n = 1; p->role && n < p->tree.count && told < SAFE_MOST; n++) {
			const char *why = why_safe(p, n);
			const size_t at = why ? manifest_where(p, p->tree.node[n].key_len ? p->tree.node[n].key : p->tree.node[n].at) : 0;

			if (why && at >= u->window->own && at < u->window->own_end)
				tell(u, at, ++told < SAFE_MOST ? why : "and more in this text that is safe");
		}
	}
}
