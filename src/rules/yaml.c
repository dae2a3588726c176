#include "rules/yaml.h"

#include <ctype.h>
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/arena.h"
#include "base/document.h"
#include "rules/check.h"
#include "rules/class.h"
#include "rules/rule.h"

/* What the field parsers work on. */
struct reading {
	const char *file;
	struct arena *arena;
	struct rule *rule;
	struct error *err;
};

static unsigned
node_line(struct fy_node *node)
{
	struct fy_token *token = fy_node_is_scalar(node) ? fy_node_get_scalar_token(node) : NULL;
	const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;

	return mark ? (unsigned)mark->line + 1 : 0;
}

static int
complain(struct reading *r, struct fy_node *node, const char *what)
{
	const unsigned line = node ? node_line(node) : 0;

	return error_set(r->err, ERROR_SYNTAX, "%s:%u: rule %s: %s", r->file, line ? line : r->rule->line,
	    r->rule->id ? r->rule->id : "?", what);
}

/* what an alias stands for: the node itself, which is not copied, so that no alias can grow into much */
static struct fy_node *
meant(struct fy_node *node)
{
	return node && fy_node_is_alias(node) ? fy_node_resolve_alias(node) : node;
}

static const char *
text_of(struct reading *r, struct fy_node *node)
{
	size_t len;
	const char *s;

	node = meant(node);
	s = node ? fy_node_get_scalar(node, &len) : NULL;

	return s ? arena_string(r->arena, (struct bytes){ (const uint8_t *)s, len }) : NULL;
}

/* a string, or a list of strings, as a NULL-ended array */
static const char *const *
list_of(struct reading *r, struct fy_node *node)
{
	const bool one = fy_node_is_scalar(node);
	const int n = one ? 1 : fy_node_is_sequence(node) ? fy_node_sequence_item_count(node) : -1;
	const char **list = n >= 0 ? arena_new(r->arena, ((size_t)n + 1) * sizeof *list) : NULL;

	for (int i = 0; list && i < n; i++) {
		list[i] = text_of(r, one ? node : fy_node_sequence_get_by_index(node, i));
		if (!list[i])
			return NULL;
	}
	return list;
}

static int
set_text(struct reading *r, struct fy_node *node, void *field)
{
	const char *s = text_of(r, node);

	if (!s)
		return complain(r, node, "a text is needed here");
	*(const char **)field = s;
	return 0;
}

static int
set_list(struct reading *r, struct fy_node *node, void *field)
{
	const char *const *list = list_of(r, node);

	if (!list)
		return complain(r, node, "a text or a list of texts is needed here");
	*(const char *const **)field = list;
	return 0;
}

static int
set_nocase(struct reading *r, struct fy_node *node, void *field)
{
	if (r->rule->anchors)
		return complain(r, node, "has both anchor and anchor-nocase; keep one");
	r->rule->nocase = true;
	return set_list(r, node, field);
}

static int
set_severity(struct reading *r, struct fy_node *node, void *field)
{
	const char *s = text_of(r, node);
	const int n = s ? severity_parse(s) : -1;

	if (n < 0)
		return complain(r, node, "severity is one of critical, high, medium, low, info");
	*(enum severity *)field = (enum severity)n;
	return 0;
}

static int
set_confidence(struct reading *r, struct fy_node *node, void *field)
{
	const char *s = text_of(r, node);
	const int n = s ? confidence_parse(s) : -1;

	if (n < 0)
		return complain(r, node, "confidence is one of strong, likely, possible");
	*(enum confidence *)field = (enum confidence)n;
	return 0;
}

static int
set_kind(struct reading *r, struct fy_node *node, void *field)
{
	static const char *const kinds[] = { "token", "keyed", "assignment", "companion" };
	const char *s = text_of(r, node);

	for (unsigned i = 0; s && i < 4; i++)
		if (strcmp(s, kinds[i]) == 0) {
			*(enum rule_kind *)field = (enum rule_kind)i;
			return 0;
		}
	return complain(r, node, "kind is one of token, keyed, assignment, companion");
}

static int
set_bool(struct reading *r, struct fy_node *node, void *field)
{
	const char *s = text_of(r, node);
	const bool yes = s && (strcmp(s, "yes") == 0 || strcmp(s, "true") == 0);

	if (!yes && (!s || (strcmp(s, "no") != 0 && strcmp(s, "false") != 0)))
		return complain(r, node, "yes or no is needed here");
	*(bool *)field = yes;
	return 0;
}

static int
set_number(struct reading *r, struct fy_node *node, void *field)
{
	const char *s = text_of(r, node);
	char *end = NULL;
	const unsigned long n = s ? strtoul(s, &end, 10) : 0;

	if (!s || !isdigit((unsigned char)*s) || *end || n > 16384)
		return complain(r, node, "a number from 0 to 16384 is needed here");
	*(uint16_t *)field = (uint16_t)n;
	return 0;
}

static int
set_entropy(struct reading *r, struct fy_node *node, void *field)
{
	const char *s = text_of(r, node);
	char *end = NULL;
	const double n = s ? strtod(s, &end) : -1;

	if (!s || *end || !(n >= 0 && n <= 8))
		return complain(r, node, "entropy is in bits a character, from 0 to 8");
	*(double *)field = n;
	return 0;
}

/* "32" or "20-40" */
static int
set_length(struct reading *r, struct fy_node *node, void *field)
{
	const char *s = text_of(r, node);
	char *end = NULL;
	const unsigned long min = s ? strtoul(s, &end, 10) : 0;
	const unsigned long max = s && *end == '-' ? strtoul(end + 1, &end, 10) : min;

	(void)field;
	if (!s || *end || min == 0 || max < min || max > 4096)
		return complain(r, node, "length is a number or a range such as 20-40");
	r->rule->length_min = (uint16_t)min;
	r->rule->length_max = (uint16_t)max;
	return 0;
}

static int
set_charset(struct reading *r, struct fy_node *node, void *field)
{
	const char *s = text_of(r, node);

	(void)field;
	r->rule->charset_set = true;
	r->rule->uuid = s && strcmp(s, "uuid") == 0;
	if (s && (class_named(s, r->rule->charset) || (*s == '[' && class_parse(s, r->rule->charset))))
		return 0;
	return complain(r, node, "charset is a name such as hex or one class such as '[0-9a-f]'");
}

static int
set_before(struct reading *r, struct fy_node *node, void *field)
{
	const char *s = text_of(r, node);

	(void)field;
	if (!s)
		return complain(r, node, "a look-behind is needed here");
	r->rule->before_set = true;
	if (*s && !class_before(s, r->rule->before))
		r->rule->before_pattern = s;
	return 0;
}

/* "[0-9]{8,10}" */
static int
set_lead(struct reading *r, struct fy_node *node, void *field)
{
	char *s = (char *)(uintptr_t)text_of(r, node);
	char *brace = s ? strrchr(s, '{') : NULL, *end = NULL;
	unsigned long min, max;

	(void)field;
	if (!brace)
		return complain(r, node, "lead is one class with a count, such as '[0-9]{8,10}'");
	*brace = 0;
	min = strtoul(brace + 1, &end, 10);
	max = *end == ',' ? strtoul(end + 1, &end, 10) : min;
	if (strcmp(end, "}") != 0 || max < min || max == 0 || max > 512 || !class_parse(s, r->rule->lead))
		return complain(r, node, "lead is one class with a count of at most 512, such as '[0-9]{8,10}'");
	r->rule->lead_set = true;
	r->rule->lead_min = (uint16_t)min;
	r->rule->lead_max = (uint16_t)max;
	return 0;
}

static int
set_near(struct reading *r, struct fy_node *node, void *field)
{
	struct fy_node *rule = fy_node_is_mapping(node) ? fy_node_mapping_lookup_by_string(node, "rule", 4) : NULL;
	struct fy_node *lines = fy_node_is_mapping(node) ? fy_node_mapping_lookup_by_string(node, "lines", 5) : NULL;

	(void)field;
	if (!rule || !lines)
		return complain(r, node, "near is {rule: ID, lines: N}");
	return set_text(r, rule, &r->rule->near_rule) < 0 ? -1 : set_number(r, lines, &r->rule->near_lines);
}

static const struct field {
	const char *name;
	int (*set)(struct reading *, struct fy_node *, void *);
	size_t at;
} fields[] = {
	{ "id", set_text, offsetof(struct rule, id) },
	{ "about", set_text, offsetof(struct rule, about) },
	{ "vendor", set_text, offsetof(struct rule, vendor) },
	{ "docs", set_text, offsetof(struct rule, docs) },
	{ "severity", set_severity, offsetof(struct rule, severity) },
	{ "kind", set_kind, offsetof(struct rule, kind) },
	{ "anchor", set_list, offsetof(struct rule, anchors) },
	{ "anchor-nocase", set_nocase, offsetof(struct rule, anchors) },
	{ "before", set_before, 0 },
	{ "lead", set_lead, 0 },
	{ "pattern", set_text, offsetof(struct rule, pattern) },
	{ "charset", set_charset, 0 },
	{ "length", set_length, 0 },
	{ "within", set_number, offsetof(struct rule, within) },
	{ "telling", set_bool, offsetof(struct rule, telling) },
	{ "exclusive", set_bool, offsetof(struct rule, exclusive) },
	{ "names", set_list, offsetof(struct rule, names) },
	{ "near", set_near, 0 },
	{ "checksum", set_text, offsetof(struct rule, checksum) },
	{ "entropy", set_entropy, offsetof(struct rule, entropy) },
	{ "paths", set_list, offsetof(struct rule, paths) },
	{ "binary", set_bool, offsetof(struct rule, binary) },
	{ "confidence", set_confidence, offsetof(struct rule, confidence) },
	{ "advice", set_text, offsetof(struct rule, advice) },
	{ "examples", set_list, offsetof(struct rule, examples) },
	{ "counterexamples", set_list, offsetof(struct rule, counterexamples) },
};

static const struct field *
field_find(const char *name)
{
	for (size_t i = 0; name && i < sizeof fields / sizeof fields[0]; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

/* the fields that say what others default to come first */
static int
read_fields(struct reading *r, struct fy_node *map, bool kind_only)
{
	struct fy_node_pair *pair;
	void *iter = NULL;

	while ((pair = fy_node_mapping_iterate(map, &iter))) {
		struct fy_node *key = fy_node_pair_key(pair);
		const char *name = text_of(r, key);
		const struct field *field = field_find(name);
		const bool first = field && (field->set == set_kind || strcmp(field->name, "id") == 0);

		if (!field)
			return complain(r, key, "has a field that is not known; see stanch-rules(5)");
		if (first == kind_only &&
		    field->set(r, meant(fy_node_pair_value(pair)), (char *)r->rule + field->at) < 0)
			return -1;
	}
	return 0;
}

static int
read_rule(struct reading *r, struct fy_node *map)
{
	struct fy_node *id;

	if (!map || !fy_node_is_mapping(map))
		return error_set(r->err, ERROR_SYNTAX, "%s: a list of rules is needed, each a mapping with id", r->file);
	r->rule->file = r->file;
	id = fy_node_mapping_lookup_by_string(map, "id", 2);
	r->rule->line = id ? node_line(id) : 0;
	if (read_fields(r, map, true) < 0)
		return -1;
	check_defaults_first(r->rule);
	if (read_fields(r, map, false) < 0)
		return -1;
	return check_rule(r->rule, r->err);
}

int
rule_list_add(struct rule_list *list, struct rule *rule, struct error *err)
{
	if (list->count == list->cap) {
		const size_t cap = list->cap ? list->cap * 2 : 64;
		struct rule **more = realloc(list->rule, cap * sizeof *more);

		if (!more)
			return error_set(err, ERROR_INTERNAL, "out of memory reading rules");
		list->rule = more;
		list->cap = cap;
	}
	list->rule[list->count++] = rule;
	return 0;
}

static int
read_all(struct reading *r, struct fy_node *root, struct rule_list *list)
{
	struct fy_node *item;
	void *iter = NULL;

	if (!root || !fy_node_is_sequence(root))
		return error_set(r->err, ERROR_SYNTAX, "%s: a rule file is a YAML list of rules", r->file);
	while ((item = fy_node_sequence_iterate(root, &iter))) {
		r->rule = arena_new(r->arena, sizeof *r->rule);
		if (!r->rule)
			return error_set(r->err, ERROR_INTERNAL, "out of memory reading rules");
		if (read_rule(r, item) < 0 || rule_list_add(list, r->rule, r->err) < 0)
			return -1;
	}
	return 0;
}

int
yaml_rules(struct bytes text, const char *file, struct arena *arena, struct rule_list *list, struct error *err)
{
	struct reading r = { .file = arena_string(arena, bytes_of(file)), .arena = arena, .err = err };
	struct fy_document *doc;
	int ret;

	if (!r.file)
		return error_set(err, ERROR_INTERNAL, "out of memory reading %s", file);
	doc = document_parse(text, file, err);
	if (!doc)
		return -1;
	ret = read_all(&r, fy_document_root(doc), list);
	fy_document_destroy(doc);
	return ret;
}
