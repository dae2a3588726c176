#include "manifest/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "manifest/formats.h"
#include "manifest/role.h"
#include "manifest/text.h"
#include "manifest/yaml_carry.h"
#include "triage/value_file.h"

/* the shortest value that is looked at for a text of its own */
#define INNER_LEAST 8

/* a bid that no other need be asked against */
#define SURE 60

static const struct manifest_format *const formats[] = {
	&format_yaml, &format_environ, &format_assignments, &format_dockerfile, &format_hcl, &format_directives, &format_xml, &format_pgpass, &format_netrc,
	&format_userlist, &format_chap, &format_sasl, &format_ipsec, &format_radius,
};

const struct manifest_format *
manifest_list(size_t i)
{
	return i < sizeof formats / sizeof formats[0] ? formats[i] : NULL;
}

const struct manifest_format *
manifest_bid(struct bytes head, const char *file)
{
	const struct manifest_format *best = NULL;
	const enum file_kind kind = value_file(file);
	int most = 0;
	bool nul;

	head = bytes_cut(head, 0, MANIFEST_HEAD);
	if (kind == FILE_LOCK)
		return NULL;
	/* only the variables of a process have NULs */
	nul = head.len && memchr(head.at, 0, head.len);
	for (size_t i = 0; head.len && most < SURE && i < sizeof formats / sizeof formats[0]; i++) {
		int bid;

		if (nul != (formats[i] == &format_environ) || (kind == FILE_CODE && formats[i] != &format_hcl) || (kind == FILE_SHELL && formats[i] != &format_dockerfile))
			continue;
		bid = formats[i]->bid(head, file);
		if (bid > most) {
			most = bid;
			best = formats[i];
		}
	}
	return best;
}

static void
part_free(struct part *p)
{
	if (!p)
		return;
	tree_done(&p->tree);
	unfolded_done(&p->value);
	free(p->role);
	free(p);
}

static bool
add(struct manifest *m, struct part *p)
{
	if (m->count == m->cap) {
		const size_t cap = m->cap ? m->cap * 2 : 4;
		struct part **more = realloc(m->part, cap * sizeof *more);

		if (!more)
			return false;
		m->part = more;
		m->cap = cap;
	}
	m->part[m->count++] = p;
	return true;
}

/* a file of accounts, which may be of one short line */
static bool
names_accounts(struct bytes key)
{
	static const struct text_word names[] = { TEXT_WORD("users.acl"), TEXT_WORD("userlist.txt"), TEXT_WORD("chap-secrets"), TEXT_WORD("pap-secrets"),
		TEXT_WORD("sasl_passwd"), TEXT_WORD("ipsec.secrets") };

	return text_listed(key, names, sizeof names / sizeof names[0]) < sizeof names / sizeof names[0];
}

/* a value that may be a text of its own: of several lines, or in brackets */
static bool
may_hold(const struct part *p, uint32_t node)
{
	const struct tree_node *n = &p->tree.node[node];
	const struct bytes raw = tree_raw(&p->tree, node);

	if (n->form < TREE_PLAIN || n->form == TREE_ALIAS || raw.len < INNER_LEAST || n->flags & TREE_SEALED)
		return false;
	if (n->form == TREE_LITERAL || n->form == TREE_FOLDED || (n->key_len && names_accounts(tree_key(&p->tree, node))))
		return true;
	if (n->form == TREE_PLAIN && !(raw.at[0] == '{' && raw.at[1] != '{'))
		return n->flags & TREE_LINES && raw.len > 200;
	if (raw.at[0] == '{' || raw.at[0] == '[' || raw.at[0] == '<')
		return true;
	if (raw.len > 40 && n->key_len && memchr(tree_key(&p->tree, node).at, '.', n->key_len) && memchr(raw.at, ' ', raw.len))
		return true;            /* named like a file */
	return !(n->flags & TREE_EXACT) && bytes_find(raw, bytes_of("\\n")) < raw.len;
}

static void read_part(struct manifest *, struct part *);

/* what a value is in its own right. Documents are full of lines of HTML: of one line in angle brackets only XML is asked */
static const struct manifest_format *
inner_bid(struct bytes text, const char *file)
{
	if (text.len < INNER_LEAST)
		return NULL;
	if (text.at[0] == '<' && !memchr(text.at, '\n', text.len))
		return format_xml.bid(bytes_cut(text, 0, MANIFEST_HEAD), file) > 0 ? &format_xml : NULL;
	return manifest_bid(text, file);
}

static void
read_inner(struct manifest *m, struct part *outer, uint32_t node)
{
	struct part *p = calloc(1, sizeof *p);
	const struct bytes key = tree_key(&outer->tree, node);
	char file[128] = "";

	if (key.len && key.len < sizeof file)
		memcpy(file, key.at, key.len);
	if (!p) {
		m->failed = true;
		return;
	}
	unfolded_init(&p->value);
	p->outer = outer;
	p->node = node;
	p->depth = outer->depth + 1;
	m->failed |= !scalar_unfold(&outer->tree, node, &p->value);
	p->format = inner_bid((struct bytes){ p->value.text.at, p->value.text.len }, file[0] ? file : NULL);
	if (!p->format || !add(m, p)) {
		part_free(p);
		return;
	}
	outer->tree.node[node].flags |= TREE_HOLDS;
	tree_init(&p->tree, (struct bytes){ p->value.text.at, p->value.text.len });
	read_part(m, p);
}

static void
read_part(struct manifest *m, struct part *p)
{
	p->format->read(&p->tree);
	m->failed |= p->tree.failed;
	p->role = role_all(&p->tree, p->outer && p->outer->role ? p->outer->role[p->node] : 0);
	m->failed |= !p->role;
	for (uint32_t i = 1; p->depth + 1 < MANIFEST_DEPTH && i < p->tree.count && m->count < MANIFEST_PARTS; i++)
		if (!(p->tree.node[i].flags & TREE_CARRIED) && may_hold(p, i))
			read_inner(m, p, i);
}

void
manifest_read(struct manifest *m, const struct manifest_format *format, struct bytes text)
{
	manifest_read_window(m, format, text, 0, 0, text.len, NULL);
}

struct tree_carry *
manifest_carry_new(void)
{
	return calloc(1, sizeof(struct tree_carry));
}

void
manifest_carry_free(struct tree_carry *c)
{
	if (c)
		buf_done(&c->text);
	free(c);
}

void
manifest_read_window(struct manifest *m, const struct manifest_format *format, struct bytes text, uint64_t offset, size_t from, size_t to,
    struct tree_carry *carry)
{
	struct part *p = calloc(1, sizeof *p);

	*m = (struct manifest){ 0 };
	if (!p || !add(m, p)) {
		free(p);
		m->failed = true;
		return;
	}
	p->format = format;
	unfolded_init(&p->value);
	tree_init(&p->tree, text);
	tree_window(&p->tree, from, to, carry);
	if (carry)
		carry->offset = offset;
	read_part(m, p);
}

void
manifest_done(struct manifest *m)
{
	for (size_t i = 0; i < m->count; i++)
		part_free(m->part[i]);
	free(m->part);
	*m = (struct manifest){ 0 };
}

size_t
manifest_where(const struct part *p, size_t at)
{
	for (; p->outer; p = p->outer)
		at = scalar_where(&p->value, at);
	return at;
}

/* the inner text whose value a node is, if any; parts are few, and their outer ones stand before them */
static const struct part *
inner(const struct manifest *m, const struct part *outer, uint32_t node)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->part[i]->outer == outer && m->part[i]->node == node)
			return m->part[i];
	return NULL;
}

/* the byte of a part's value that stands at or last before a byte of the outer text */
static size_t
value_at(const struct unfolded *u, size_t at)
{
	size_t from = 0, to = u->count;

	while (from < to) {
		const size_t mid = from + (to - from) / 2;

		if (u->fold[mid].there <= at)
			from = mid + 1;
		else
			to = mid;
	}
	return from ? u->fold[from - 1].here + (at - u->fold[from - 1].there) : 0;
}

bool
manifest_at(const struct manifest *m, size_t at, struct manifest_place *place)
{
	const struct part *p = m->count ? m->part[0] : NULL, *in;

	*place = (struct manifest_place){ p, 0 };
	while (p) {
		const uint32_t node = tree_at(&p->tree, at);

		if (!node)
			break;
		*place = (struct manifest_place){ p, node };
		in = p->tree.node[node].flags & TREE_HOLDS ? inner(m, p, node) : NULL;
		if (in)
			at = value_at(&in->value, at);
		p = in;
	}
	return place->node != 0;
}

void
manifest_path(struct manifest_place at, struct buf *out)
{
	if (at.part->outer)
		manifest_path((struct manifest_place){ at.part->outer, at.part->node }, out);
	tree_path(&at.part->tree, at.node, out);
}

void
manifest_pointer(struct manifest_place at, struct buf *out)
{
	if (at.part->outer)
		manifest_pointer((struct manifest_place){ at.part->outer, at.part->node }, out);
	tree_pointer(&at.part->tree, at.node, out);
}
