#include "rules/rules.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <stanch/error.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/io.h"
#include "rules/yaml.h"

#define RULE_FILE_MAX ((size_t)16 << 20)

static int
by_id(const void *a, const void *b)
{
	return strcmp((*(const struct rule *const *)a)->id, (*(const struct rule *const *)b)->id);
}

static int
read_file(const char *path, struct arena *arena, struct rule_list *list, struct error *err)
{
	struct buf text;
	int r;

	buf_init(&text);
	r = io_read_path(path, RULE_FILE_MAX, &text, err);
	if (r == 0)
		r = yaml_rules((struct bytes){ text.at, text.len }, path, arena, list, err);
	buf_done(&text);
	return r;
}

static int
is_yaml(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

static int
read_folder(const char *path, struct arena *arena, struct rule_list *list, struct error *err)
{
	struct dirent **entries;
	const int n = scandir(path, &entries, is_yaml, alphasort);
	int r = 0;

	if (n < 0)
		return error_set(err, errno, "open folder of rules %s:", path);
	for (int i = 0; i < n; i++) {
		struct buf name;

		buf_init(&name);
		buf_addf(&name, "%s/%s", path, entries[i]->d_name);
		if (r == 0)
			r = read_file(buf_str(&name), arena, list, err);
		buf_done(&name);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int
read_path(const char *path, struct arena *arena, struct rule_list *list, struct error *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return error_set(err, errno, "open rules %s:", path);
	return S_ISDIR(st.st_mode) ? read_folder(path, arena, list, err) : read_file(path, arena, list, err);
}

static int
check_twins(const struct rule_list *list, struct error *err)
{
	for (size_t i = 1; i < list->count; i++) {
		const struct rule *a = list->rule[i - 1], *b = list->rule[i];

		if (strcmp(a->id, b->id) == 0)
			return error_set(err, ERROR_SYNTAX, "%s:%u: rule %s stands in %s:%u too; rename one", b->file, b->line,
			    b->id, a->file, a->line);
	}
	return 0;
}

/* What stands behind a loaded set. */
struct memory {
	struct arena arena;
	struct rule_list list;
};

int
rules_load(struct rules *rules, const char *const *paths, size_t count, struct error *err)
{
	struct memory *m = calloc(1, sizeof *m);
	int r = 0;

	if (!m)
		return error_set(err, ERROR_INTERNAL, "out of memory reading rules");
	*rules = (struct rules){ .memory = m };
	for (size_t i = 0; r == 0 && i < count; i++)
		r = read_path(paths[i], &m->arena, &m->list, err);
	if (r == 0 && m->list.count) {
		qsort(m->list.rule, m->list.count, sizeof m->list.rule[0], by_id);
		r = check_twins(&m->list, err);
	}
	if (r < 0) {
		rules_free(rules);
		return -1;
	}
	rules->rule = (const struct rule *const *)m->list.rule;
	rules->count = m->list.count;
	return 0;
}

void
rules_free(struct rules *rules)
{
	struct memory *m = rules->memory;

	if (m) {
		arena_done(&m->arena);
		free(m->list.rule);
		free(m);
	}
	*rules = (struct rules){ 0 };
}

static const struct rule *const *
place_of(const struct rules *rules, const struct rule *key)
{
	return rules->count ? bsearch(&key, rules->rule, rules->count, sizeof rules->rule[0], by_id) : NULL;
}

const struct rule *
rules_find(const struct rules *rules, const char *id)
{
	const struct rule *const *found = place_of(rules, &(struct rule){ .id = id });

	return found ? *found : NULL;
}

size_t
rules_index(const struct rules *rules, const struct rule *rule)
{
	return (size_t)(place_of(rules, rule) - rules->rule);
}

int
rules_join(struct rules *out, const struct rules *base, const struct rules *more, struct error *err)
{
	struct memory *m = calloc(1, sizeof *m);
	int r = m ? 0 : error_set(err, ERROR_INTERNAL, "out of memory joining rules");

	for (size_t i = 0; r == 0 && i < base->count; i++)
		if (!rules_find(more, base->rule[i]->id))
			r = rule_list_add(&m->list, (struct rule *)(uintptr_t)base->rule[i], err);
	for (size_t i = 0; r == 0 && i < more->count; i++)
		r = rule_list_add(&m->list, (struct rule *)(uintptr_t)more->rule[i], err);
	*out = (struct rules){ .memory = m };
	if (r < 0) {
		rules_free(out);
		return -1;
	}
	if (m->list.count)
		qsort(m->list.rule, m->list.count, sizeof m->list.rule[0], by_id);
	out->rule = (const struct rule *const *)m->list.rule;
	out->count = m->list.count;
	return 0;
}
