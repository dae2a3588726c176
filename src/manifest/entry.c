#include "manifest/entry.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "manifest/argv.h"
#include "manifest/role.h"

struct walk {
	const struct part *part;
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
static const char *const plain_keys[] = {
	"value", "Value", "val", "default", "defaultValue", "Default", "content", "contents", "stringValue", "plaintext", "text", "VALUE",
	"ParameterValue", "plainText", "string", "_value", "data", "simple", "inline_string", "current",
};

/* keys whose value is the name of the one beside it */
static const char *const name_keys[] = {
	"name", "Name", "key", "Key", "parameter", "ParameterKey", "ParameterName", "variable", "variable_name", "header", "headerName", "field",
	"envVar", "env", "path", "id", "NAME", "label", "title", "property", "var",
};

static bool
listed(struct bytes key, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (key.at[0] == (uint8_t)list[i][0] && bytes_equal(key, bytes_of(list[i])))
			return true;
	return false;
}

static size_t
place(const struct source *s, size_t at)
{
	const struct walk *w = s->walk;

	return manifest_where(w->part, w->folded ? scalar_where(&w->value, at) : w->part->tree.node[s->node].at + at);
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
		if (word.len && !isdigit(word.at[0]) && !listed(word, plain_keys, sizeof plain_keys / sizeof plain_keys[0]))
			return word;
		end = at ? at - 1 : 0;
	}
	return path;
}

/* the name that stands beside a value in {name: X, value: Y} */
static struct bytes
sibling_name(const struct tree *t, uint32_t map)
{
	for (size_t i = 0; i < sizeof name_keys / sizeof name_keys[0]; i++) {
		const uint32_t n = tree_child(t, map, name_keys[i]);

		if (n && tree_scalar(t, n))
			return strcmp(name_keys[i], "path") == 0 ? path_name(tree_raw(t, n)) : tree_raw(t, n);
	}
	return (struct bytes){ 0 };
}

/* what the value of a node is called */
static struct bytes
node_name(const struct tree *t, uint32_t node)
{
	const uint32_t parent = t->node[node].parent;
	struct bytes key = tree_key(t, node), beside;

	if (t->node[node].key_len && !listed(key, plain_keys, sizeof plain_keys / sizeof plain_keys[0]))
		return key;
	if (t->node[node].key_len) {
		beside = sibling_name(t, parent);
		if (beside.len)
			return beside;
	}
	for (uint32_t i = parent; i != TREE_ROOT; i = t->node[i].parent)
		if (t->node[i].key_len && !listed(tree_key(t, i), plain_keys, sizeof plain_keys / sizeof plain_keys[0]))
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
	tell(arg, name, w->where + from, w->where + to, true);
}

/* a command in one text */
static void
command_line(struct source *s)
{
	static _Thread_local struct word word[ARGV_WORDS];
	const size_t n = argv_split(s->text, word, ARGV_WORDS);

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

	s.node = l->node[w->where];
	s.text = tree_raw(&s.walk->part->tree, s.node);
	s.walk->folded = false;
	tell(&s, name, from, to, true);
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

/* loads the value of a scalar; false: nothing there */
static bool
load(struct walk *w, uint32_t node, struct source *s)
{
	const struct tree *t = &w->part->tree;

	*s = (struct source){ .walk = w, .node = node, .role = w->part->role[node] };
	w->folded = !(t->node[node].flags & TREE_EXACT);
	if (!w->folded) {
		s->text = tree_raw(t, node);
	} else if (scalar_unfold(t, node, &w->value)) {
		s->text = (struct bytes){ w->value.text.at, w->value.text.len };
	}
	return s->text.len > 0;
}

static void
look(struct walk *w, uint32_t node)
{
	const struct tree *t = &w->part->tree;
	const uint32_t parent = t->node[node].parent;
	const struct bytes name = node_name(t, node);
	uint32_t meant = node;
	struct source s;
	size_t len, from;

	if (t->node[node].form == TREE_ALIAS && (!(meant = tree_meant(t, node)) || t->node[meant].form < TREE_PLAIN || t->node[meant].form == TREE_ALIAS))
		return;
	if (!load(w, meant, &s))
		return;
	s.role = w->part->role[node];
	if (s.role & ROLE_ARGUMENTS)
		look_arguments(&s, parent);
	w->folded = !(t->node[meant].flags & TREE_EXACT);
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

	unfolded_init(&w.value);
	for (size_t i = 0; i < m->count; i++) {
		w.part = m->part[i];
		for (uint32_t n = 1; w.part->role && n < w.part->tree.count; n++)
			if (tree_scalar(&w.part->tree, n))
				look(&w, n);
	}
	unfolded_done(&w.value);
}
