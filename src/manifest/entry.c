#include "manifest/entry.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "manifest/argv.h"
#include "manifest/role.h"
#include "manifest/text.h"

/* children among which the name of a value is looked for */
#define SIBLINGS 64u
/* of a command's text, what is looked at */
#define COMMAND_MOST ((size_t)64 << 10)

struct walk {
	const struct part *part;
	struct text_lengths plain;      /* of plain_keys */
	struct unfolded value;          /* of the node at hand, where it isn't its text */
	bool folded;
	void (*call)(void *, const struct entry *);
	void *arg;
};

/* A value, or a stretch of one, on its way to becoming an entry. */
struct source {
	struct walk *walk;
	uint32_t node;
	struct bytes text;              /* the node's value */
	unsigned role;
};

/* keys that say nothing of their value: another beside them does, or the one above */
static const struct text_word plain_keys[] = {
	TEXT_WORD("value"), TEXT_WORD("Value"), TEXT_WORD("val"), TEXT_WORD("default"), TEXT_WORD("defaultValue"), TEXT_WORD("Default"),
	TEXT_WORD("content"), TEXT_WORD("contents"), TEXT_WORD("stringValue"), TEXT_WORD("plaintext"), TEXT_WORD("text"), TEXT_WORD("VALUE"),
	TEXT_WORD("ParameterValue"), TEXT_WORD("plainText"), TEXT_WORD("string"), TEXT_WORD("_value"), TEXT_WORD("data"), TEXT_WORD("simple"),
	TEXT_WORD("inline_string"), TEXT_WORD("current"),
};

/* keys whose value is the name of the one beside it */
static const struct text_word name_keys[] = {
	TEXT_WORD("name"), TEXT_WORD("Name"), TEXT_WORD("key"), TEXT_WORD("Key"), TEXT_WORD("parameter"), TEXT_WORD("ParameterKey"),
	TEXT_WORD("ParameterName"), TEXT_WORD("variable"), TEXT_WORD("variable_name"), TEXT_WORD("header"), TEXT_WORD("headerName"),
	TEXT_WORD("field"), TEXT_WORD("envVar"), TEXT_WORD("env"), TEXT_WORD("path"), TEXT_WORD("id"), TEXT_WORD("NAME"), TEXT_WORD("label"),
	TEXT_WORD("title"), TEXT_WORD("property"), TEXT_WORD("var"),
};

static bool
plain(struct bytes key)
{
	return text_listed(key, plain_keys, sizeof plain_keys / sizeof plain_keys[0]) < sizeof plain_keys / sizeof plain_keys[0];
}

static size_t
place(const struct source *s, size_t at)
{
	const struct walk *w = s->walk;

	return manifest_where(w->part, w->folded ? scalar_where(&w->value, at) : w->part->tree.node[s->node].at + at);
}

bool
entry_telling(struct bytes name)
{
	static const struct text_word parts[] = { TEXT_WORD("pass"), TEXT_WORD("pwd"), TEXT_WORD("psk"), TEXT_WORD("pw"), TEXT_WORD("psw"), TEXT_WORD("pword"), TEXT_WORD("secret"), TEXT_WORD("private"), TEXT_WORD("cred"), TEXT_WORD("token"), TEXT_WORD("auth"), TEXT_WORD("key"), TEXT_WORD("session"), TEXT_WORD("jwt"),
		TEXT_WORD("bearer"), TEXT_WORD("salt"), TEXT_WORD("nonce") };
	/* for each letter that these begin with, the ones that follow it */
#define LETTER(c) (1u << ((c) - 'a'))
	static const uint32_t second[26] = {
		['p' - 'a'] = LETTER('a') | LETTER('w') | LETTER('s') | LETTER('r'), ['s' - 'a'] = LETTER('e') | LETTER('a'), ['c' - 'a'] = LETTER('r'),
		['t' - 'a'] = LETTER('o'), ['a' - 'a'] = LETTER('u'), ['k' - 'a'] = LETTER('e'), ['j' - 'a'] = LETTER('w'), ['b' - 'a'] = LETTER('e'),
		['n' - 'a'] = LETTER('o'),
	};

	for (size_t i = 0; i + 1 < name.len; i++) {
		const unsigned a = (name.at[i] | 32u) - 'a', b = (name.at[i + 1] | 32u) - 'a';

		if (a > 25 || b > 25 || !(second[a] >> b & 1))
			continue;
		for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
			if (a + 'a' == (unsigned)parts[k].text[0] && b + 'a' == (unsigned)parts[k].text[1] && name.len - i >= parts[k].len &&
			    strncasecmp((const char *)name.at + i, parts[k].text, parts[k].len) == 0)
				return true;
	}
	return false;
}

/* what its keys and its tag say of a node */
static unsigned
role_of(const struct part *p, uint32_t node)
{
	const unsigned flags = p->tree.node[node].flags;

	return p->role[node] | (flags & TREE_REFERS ? ROLE_REFERENCE : 0) | (flags & TREE_SEALED ? ROLE_SAFE : 0);
}

/* tells value[from, to) under a name */
static void
tell(const struct source *s, struct bytes name, size_t from, size_t to, bool option)
{
	struct entry entry = {
		.place = { s->walk->part, s->node },
		.name = name,
		.role = s->role,
		.option = option,
	};

	if (!(s->role & (ROLE_SECRET | ROLE_BASE64)) && !entry_telling(name))
		return;
	while (from < to && isspace(s->text.at[from]))
		from++;
	while (to > from && isspace(s->text.at[to - 1]))
		to--;
	if (from >= to || name.len == 0)
		return;
	entry.value = bytes_cut(s->text, from, to);
	entry.at = place(s, from);
	entry.end = place(s, to - 1) + 1;
	/* what is taken out of a value's own text is that text, byte for byte, unless folds say otherwise */
	entry.exact = entry.end - entry.at == entry.value.len && !s->walk->folded && !s->walk->part->outer;
	s->walk->call(s->walk->arg, &entry);
}

/* of a JSON patch's path the last word that isn't an index or a plain key: /data/password, …/env/0/value */
static struct bytes
path_name(struct bytes path)
{
	for (size_t end = path.len; end > 0;) {
		size_t at = end;
		struct bytes word;

		while (at > 0 && path.at[at - 1] != '/' && path.at[at - 1] != '.')
			at--;
		word = bytes_cut(path, at, end);
		if (word.len && !isdigit(word.at[0]) && !plain(word))
			return word;
		end = at ? at - 1 : 0;
	}
	return path;
}

/* the name that stands beside a value in {name: X, value: Y} */
static struct bytes
sibling_name(const struct tree *t, uint32_t map)
{
	const size_t count = sizeof name_keys / sizeof name_keys[0];
	size_t best = count;
	uint32_t found = 0;
	unsigned looked = 0;

	for (uint32_t i = t->node[map].child; i && looked < SIBLINGS; i = t->node[i].next, looked++) {
		const size_t rank = tree_scalar(t, i) && t->node[i].key_len ? text_listed(tree_key(t, i), name_keys, best) : best;

		if (rank < best) {
			best = rank;
			found = i;
		}
	}
	if (!found)
		return (struct bytes){ 0 };
	return text_is(tree_key(t, found), (struct text_word)TEXT_WORD("path")) ? path_name(tree_raw(t, found)) : tree_raw(t, found);
}

/* user_NAME="password" of a login module, in its own line or in one of a block */
static bool
login_user(const struct tree *t, uint32_t node)
{
	static const struct text_word tail = TEXT_WORD("LoginModule");
	const uint32_t parent = t->node[node].parent;
	struct bytes key = tree_key(t, parent);
	unsigned looked = 0;

	if (!bytes_starts(tree_key(t, node), "user_"))
		return false;
	for (uint32_t i = t->node[parent].child; looked < SIBLINGS; i = t->node[i].next, looked++) {
		if (key.len > tail.len && text_is(bytes_cut(key, key.len - tail.len, key.len), tail))
			return true;
		if (!i)
			return false;
		key = tree_key(t, i);
	}
	return false;
}

/* a token of Consul's, which stands under what it is for: acl.tokens.agent */
static bool
acl_token(const struct tree *t, uint32_t node)
{
	const uint32_t parent = t->node[node].parent;

	return text_is(tree_key(t, parent), (struct text_word)TEXT_WORD("tokens")) &&
	    text_is(tree_key(t, t->node[parent].parent), (struct text_word)TEXT_WORD("acl"));
}

/* what the value of a node is called */
static struct bytes
node_name(const struct tree *t, uint32_t node)
{
	const uint32_t parent = t->node[node].parent;
	struct bytes key = tree_key(t, node), beside;

	/* systemd's SetCredential=NAME:VALUE */
	if (text_is(tree_key(t, parent), (struct text_word)TEXT_WORD("SetCredential")))
		return tree_key(t, parent);
	if (login_user(t, node))
		return bytes_of("password");
	if (acl_token(t, node))
		return tree_key(t, parent);
	if (t->node[node].key_len && !plain(key))
		return key;
	if (t->node[node].key_len) {
		beside = sibling_name(t, parent);
		if (beside.len)
			return beside;
	}
	for (uint32_t i = parent; i != TREE_ROOT; i = t->node[i].parent)
		if (t->node[i].key_len && !plain(tree_key(t, i)))
			return tree_key(t, i);
	return key;
}

/* the length of the name in NAME=value, or in `Name: value` */
static size_t
name_in(struct bytes b, size_t *from)
{
	size_t i = 0;

	while (i < b.len && i < 128 && (isalnum(b.at[i]) || (b.at[i] && strchr("_.-[]", b.at[i]))))
		i++;
	if (i == 0 || i >= b.len || !(isalpha(b.at[0]) || b.at[0] == '_'))
		return 0;
	*from = i + 1;
	if (b.at[i] == '=')
		return i;
	if (b.at[i] != ':' || i + 1 >= b.len || b.at[i + 1] != ' ')
		return 0;
	*from = i + 2;
	return i;
}

static void
on_option(void *arg, struct bytes name, const struct word *w, size_t from, size_t to)
{
	const struct source *s = arg;

	/* user_alice="…" beside PlainLoginModule */
	if (bytes_starts(name, "user_") && bytes_find(s->text, bytes_of("LoginModule")) < s->text.len)
		name = bytes_of("password");
	tell(s, name, w->where + from, w->where + to, true);
}

/* a command in one text */
static void
command_line(struct source *s)
{
	static _Thread_local struct word word[ARGV_WORDS];
	const size_t n = argv_split(bytes_cut(s->text, 0, COMMAND_MOST), word, ARGV_WORDS);

	argv_look(word, n, on_option, s);
}

/* Words of a command that stand in a list: each is a node. */
struct list {
	struct source *source;
	uint32_t node[ARGV_WORDS];
};

static void
on_list_option(void *arg, struct bytes name, const struct word *w, size_t from, size_t to)
{
	struct list *l = arg;
	struct source s = *l->source;
	const bool folded = s.walk->folded;

	s.node = l->node[w->where];
	s.text = tree_raw(&s.walk->part->tree, s.node);
	s.walk->folded = false;
	tell(&s, name, from, to, true);
	s.walk->folded = folded;
}

/* a shell that is given a script, or a text of several words: a command line of its own */
static bool
line_of_words(struct bytes b)
{
	return memchr(b.at, ' ', b.len) || memchr(b.at, '\n', b.len);
}

/* the words of a list, at its first node */
static void
command_list(struct source *s, uint32_t sequence)
{
	static _Thread_local struct word word[ARGV_WORDS];
	static _Thread_local struct list list;
	const struct tree *t = &s->walk->part->tree;
	size_t n = 0;

	list.source = s;
	for (uint32_t i = t->node[sequence].child; i && n < ARGV_WORDS; i = t->node[i].next) {
		if (!tree_scalar(t, i) || !(t->node[i].flags & TREE_EXACT))
			continue;
		list.node[n] = i;
		word[n] = (struct word){ tree_raw(t, i), n, n == 0 };
		n++;
	}
	argv_look(word, n, on_list_option, &list);
}

/* the program of a pod's args stands in its command, or in its image's name */
static void
look_arguments(struct source *s, uint32_t sequence)
{
	const struct tree *t = &s->walk->part->tree;

	if (t->node[sequence].form == TREE_SEQUENCE) {
		if (t->node[sequence].child == s->node)
			command_list(s, sequence);
		if (line_of_words(s->text))
			command_line(s);
	} else {
		command_line(s);
	}
}

/* a script, or a line of connection with a password in it: words of their own, whatever their key */
static bool
holds_words(struct bytes b)
{
	static const char *const marks[] = { "assword=", "ASSWORD=", "asswd=", "Pwd=", "pwd=", "PWD=" };

	if (b.len > 2 && b.at[0] == '#' && b.at[1] == '!')
		return true;
	if (b.len > 2048 || !memchr(b.at, '=', b.len) || !(memchr(b.at, ' ', b.len) || memchr(b.at, ';', b.len)))
		return false;
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (bytes_find(b, bytes_of(marks[i])) < b.len)
			return true;
	return false;
}

/* setup.sh: a script as a value, as ConfigMaps hold them */
static bool
names_script(struct bytes name)
{
	static const struct text_word tails[] = { TEXT_WORD(".sh"), TEXT_WORD(".bash"), TEXT_WORD(".ash") };

	for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++)
		if (name.len > tails[i].len && text_is(bytes_cut(name, name.len - tails[i].len, name.len), tails[i]))
			return true;
	return false;
}

/* the password in user:password@tcp(host)/database, as Go's MySQL driver takes it */
static bool
dsn_password(struct bytes b, size_t *from, size_t *to)
{
	static const char *const marks[] = { "@tcp(", "@unix(", "@cloudsql(" };
	size_t at = 0;

	if (b.len > 2048 || !memchr(b.at, '@', b.len))
		return false;
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if ((*to = bytes_find(b, bytes_of(marks[i]))) < b.len)
			break;
	while (at < *to && *to < b.len && (isalnum(b.at[at]) || memchr("_.-", b.at[at], 3)))
		at++;
	*from = at + 1;
	return *to < b.len && at > 0 && b.at[at] == ':' && *from < *to;
}

/* chpasswd: {list: …} of cloud-init, a text of lines or a list of them */
static bool
lists_accounts(const struct tree *t, uint32_t node)
{
	const uint32_t list = t->node[node].key_len ? node : t->node[node].parent;

	return text_is(tree_key(t, list), (struct text_word)TEXT_WORD("list")) &&
	    text_is(tree_key(t, t->node[list].parent), (struct text_word)TEXT_WORD("chpasswd"));
}

/* user:password, a line */
static void
accounts(const struct source *s)
{
	for (size_t at = 0; at < s->text.len; at = text_line_end(s->text, at) + 1) {
		const size_t end = text_line_end(s->text, at);
		const uint8_t *colon = memchr(s->text.at + at, ':', end - at);

		if (colon)
			tell(s, bytes_of("password"), (size_t)(colon - s->text.at) + 1, end, false);
	}
}

/* loads the value of a scalar; false: nothing there */
static bool
load(struct walk *w, uint32_t node, struct source *s)
{
	const struct tree *t = &w->part->tree;

	*s = (struct source){ .walk = w, .node = node, .role = role_of(w->part, node) };
	w->folded = !(t->node[node].flags & TREE_EXACT);
	if (!w->folded) {
		s->text = tree_raw(t, node);
	} else if (scalar_unfold(t, node, &w->value)) {
		s->text = (struct bytes){ w->value.text.at, w->value.text.len };
	}
	return s->text.len > 0;
}

struct bytes
entry_name(const struct tree *t, uint32_t node)
{
	/* "gitlab-token": {"gitlab.example.com": "…"}: below a telling key a host names no value, but whom it is for */
	const struct bytes name = node_name(t, node);
	const uint32_t parent = t->node[node].parent;

	if (name.len > 3 && memchr(name.at, '.', name.len) && !entry_telling(name) && t->node[parent].key_len && entry_telling(tree_key(t, parent)))
		return tree_key(t, parent);
	return name;
}

/* Most values: under a key of their own that tells nothing, and no words to look into. */
static bool
silent(const struct walk *w, uint32_t node)
{
	const struct tree *t = &w->part->tree;
	const struct tree_node *n = &t->node[node];
	const struct bytes key = tree_key(t, node), raw = tree_raw(t, node);

	if (!n->key_len || n->form == TREE_ALIAS || !(n->flags & TREE_EXACT) || w->part->role[node] & (ROLE_SECRET | ROLE_BASE64 | ROLE_ARGUMENTS))
		return false;
	if (text_may(&w->plain, key) || entry_telling(key) || bytes_starts(key, "user_") || acl_token(t, node) || lists_accounts(t, node))
		return false;
	return !memchr(key.at, '.', key.len) && !holds_words(raw) && !memchr(raw.at, '@', raw.len);
}

static void
look(struct walk *w, uint32_t node)
{
	const struct tree *t = &w->part->tree;
	const uint32_t parent = t->node[node].parent;
	const struct bytes name = entry_name(t, node);
	uint32_t meant = node;
	struct source s;
	size_t len, from, to;

	if (t->node[node].form == TREE_ALIAS && (!(meant = tree_meant(t, node)) || t->node[meant].form < TREE_PLAIN || t->node[meant].form == TREE_ALIAS))
		return;
	if (!load(w, meant, &s))
		return;
	s.role = role_of(w->part, node);
	if (s.role & ROLE_ARGUMENTS)
		look_arguments(&s, parent);
	else if (holds_words(s.text) || names_script(name))
		command_line(&s);
	w->folded = !(t->node[meant].flags & TREE_EXACT);
	if (lists_accounts(t, node)) {
		accounts(&s);
		return;
	}
	if (dsn_password(s.text, &from, &to))
		tell(&s, bytes_of("password"), from, to, false);
	if (t->node[parent].form == TREE_SEQUENCE && !(s.role & ROLE_ARGUMENTS) && (len = name_in(s.text, &from))) {
		tell(&s, bytes_cut(s.text, 0, len), from, s.text.len, false);
		return;
	}
	tell(&s, name, 0, s.text.len, false);
}

void
entry_each(const struct manifest *m, void (*call)(void *, const struct entry *), void *arg)
{
	struct walk w = { .call = call, .arg = arg };

	for (size_t i = 0; i < sizeof plain_keys / sizeof plain_keys[0]; i++)
		text_lengths_add(&w.plain, plain_keys[i]);
	unfolded_init(&w.value);
	for (size_t i = 0; i < m->count; i++) {
		w.part = m->part[i];
		for (uint32_t n = 1; w.part->role && n < w.part->tree.count; n++)
			if (tree_scalar(&w.part->tree, n) && !(w.part->tree.node[n].flags & (TREE_CARRIED | TREE_HOLDS)) && !silent(&w, n))
				look(&w, n);
	}
	unfolded_done(&w.value);
}
