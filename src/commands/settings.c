#include "commands/settings.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/document.h"
#include "base/io.h"
#include "base/mark.h"
#include "match/builtin.h"

#define CONFIG_MAX ((size_t)1 << 20)
#define LEVELS 64

#define AT(field) offsetof(struct settings, field)

static const struct option_row rows[] = {
	{ "format", 'f', "FORMAT[=FILE]", "text, json, jsonl, sarif, gitlab, junit, csv, html, github; repeatable", option_list, AT(formats) },
	{ "fail-on", 0, "SEVERITY", "exit 1 only from this severity on (default: info)", option_severity, AT(fail_on) },
	{ "min-confidence", 0, "CONFIDENCE", "tell findings from this confidence on (default: likely)", option_confidence, AT(min_confidence) },
	{ "identifiers", 0, "few|all|none", "names of accounts, hosts and buckets (info) to tell: three of a kind in a file (default), all, none", option_text, AT(identifiers) },
	{ "rules", 0, "PATH", "add the rules of a file or folder; repeatable", option_list, AT(rules) },
	{ "no-builtin", 0, NULL, "leave out the built-in rules", option_flag, AT(no_builtin) },
	{ "baseline", 0, "FILE", "don't tell the findings that stand in it", option_text, AT(baseline) },
	{ "ignore", 0, "FILE", "paths and findings to leave out (default: .stanchignore)", option_text, AT(ignore) },
	{ "include", 0, "GLOB", "scan only files that match; repeatable", option_list, AT(include) },
	{ "exclude", 0, "GLOB", "leave out files and folders that match; repeatable", option_list, AT(exclude) },
	{ "gitignore", 0, NULL, "leave out what .gitignore files name", option_flag, AT(gitignore) },
	{ "git-folders", 0, NULL, "look into .git folders as files, too", option_flag, AT(git_folders) },
	{ "one-file-system", 'x', NULL, "stay on the file system of each target", option_flag, AT(one_file_system) },
	{ "platform", 0, "OS/ARCH", "of an image for several platforms only this one (default: all)", option_text, AT(platform) },
	{ "dockerfile", 0, "FILE", "tell the line of this Dockerfile that put a finding into an image", option_text, AT(dockerfile) },
	{ "cache", 0, "DIR", "of images: keep there what came of each layer, and don't read it again", option_text, AT(cache) },
	{ "plain-http", 0, NULL, "ask registries without TLS, also elsewhere than on this machine", option_flag, AT(plain_http) },
	{ "jobs", 'j', "N", "threads (default: one a core)", option_unsigned, AT(jobs) },
	{ "mark-key", 0, "FILE", "the key of marks and ids (default: .stanch.key)", option_text, AT(mark_key) },
	{ "known", 0, "SET", "find the values of this set and the sealed files beside it, in any form; repeatable", option_list, AT(known) },
	{ "identity", 'i', "FILE", "known: opens them with the key in FILE, fd:N or credential:NAME; without it --mark-key and the set's marks", option_list, AT(identities) },
	{ "signers", 0, "FILE", "known: who may sign the set and its files", option_text, AT(signers) },
	{ "config", 0, "FILE", "settings (default: .stanch.yaml, found upwards)", option_text, AT(config) },
	{ "no-config", 0, NULL, "read no settings", option_flag, AT(no_config) },
	{ "show-secrets", 0, NULL, "put the secrets themselves into the report", option_flag, AT(show_secrets) },
	{ "verbose", 'v', NULL, "tell on standard error what is sealed or names what holds the secret, and so is safe", option_flag, AT(verbose) },
	{ "no-sandbox", 0, NULL, "don't confine the scan by Landlock and seccomp", option_flag, AT(no_sandbox) },
	{ "no-progress", 0, NULL, "no progress line on a terminal", option_flag, AT(no_progress) },
	{ "since", 0, "COMMIT", "git: only what came with commits that this one does not lead to", option_text, AT(git.since) },
	{ "range", 0, "A..B", "git: only what came with commits that B leads to and A does not", option_text, AT(git.range) },
	{ "unreachable", 0, "yes|no|only", "git: objects that no ref and no reflog reaches (default: yes)", option_text, AT(git.unreachable) },
	{ "state", 0, "FILE", "git: keep the ids of what was scanned, and scan only what is new", option_text, AT(git.state) },
	{ "help", 'h', NULL, "print this", option_flag, AT(help) },
	{ 0 },
};

static const struct option_row limit_rows[] = {
#define LIMIT(field, about) { "max-" #field, 0, "N", about, option_size, AT(limits) + offsetof(struct limits, field) }
	LIMIT(depth, "steps of unwrapping and decoding, one in another"),
	LIMIT(entries, "members of one archive"),
	LIMIT(members, "files of one layer of an image"),
	LIMIT(ratio, "bytes out per byte in of one archive or compressed file"),
	LIMIT(unwrapped, "bytes unwrapped out of one file in all"),
	LIMIT(decoded, "bytes decoded out of one window of text"),
	LIMIT(seconds, "seconds spent on one file"),
	LIMIT(spool, "bytes kept of a stream that must be read again"),
	LIMIT(findings, "findings told of one file"),
	LIMIT(gathered, "findings held of one image or history until its end"),
	{ 0 },
};

const struct option_row *const settings_tables[] = { rows, limit_rows, NULL };

void
settings_init(struct settings *s)
{
	*s = (struct settings){ .min_confidence = CONFIDENCE_LIKELY, .limits = limits_default };
}

void
settings_done(struct settings *s)
{
	for (size_t i = 0; i < s->kept.count; i++)
		free((char *)(uintptr_t)s->kept.at[i]);
	string_list_done(&s->kept);
	string_list_done(&s->formats);
	string_list_done(&s->rules);
	string_list_done(&s->include);
	string_list_done(&s->exclude);
	string_list_done(&s->known);
	string_list_done(&s->identities);
	string_list_done(&s->staged.hook);
}

/* name here or in the folders above; NULL when it is nowhere; freed by the caller */
static char *
find_upwards(const char *name)
{
	struct stat here, above;
	struct buf path;

	buf_init(&path);
	for (int i = 0; i < LEVELS; i++) {
		const size_t len = path.len;

		buf_adds(&path, name);
		if (stat(buf_str(&path), &here) == 0 && S_ISREG(here.st_mode))
			return buf_steal(&path);
		path.len = len;
		buf_addc(&path, '.');
		if (stat(buf_str(&path), &here) < 0)
			break;
		buf_adds(&path, "./");
		if (stat(buf_str(&path), &above) < 0 || (here.st_dev == above.st_dev && here.st_ino == above.st_ino))
			break;
	}
	buf_done(&path);
	return NULL;
}

/* one setting; its strings live as long as the settings */
static int
apply(struct settings *s, const char *file, struct fy_node *key, struct fy_node *value, struct error *err)
{
	char *name = strdup(fy_node_get_scalar0(key) ? fy_node_get_scalar0(key) : "");
	char *text = strdup(fy_node_get_scalar0(value) ? fy_node_get_scalar0(value) : "");

	if (!name || !text || string_list_add(&s->kept, name) < 0 || string_list_add(&s->kept, text) < 0)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	if (strcmp(name, "show-secrets") == 0 || strcmp(name, "config") == 0 || strcmp(name, "no-sandbox") == 0 ||
	    strcmp(name, "state") == 0)
		return error_set(err, ERROR_SYNTAX, "%s: %s can only be said on the command line", file, name);
	if (options_set(settings_tables, s, name, text, err) < 0)
		return error_wrap(err, "%s", file);
	return 0;
}

static int
apply_all(struct settings *s, const char *file, struct fy_document *doc, struct error *err)
{
	struct fy_node *root = doc ? fy_document_root(doc) : NULL, *item;
	struct fy_node_pair *pair;
	void *iter = NULL, *inner;

	if (!root || !fy_node_is_mapping(root))
		return error_set(err, ERROR_SYNTAX, "%s: settings are a YAML mapping of option names to values", file);
	while ((pair = fy_node_mapping_iterate(root, &iter))) {
		struct fy_node *value = fy_node_pair_value(pair);

		if (value && fy_node_is_sequence(value)) {
			for (inner = NULL; (item = fy_node_sequence_iterate(value, &inner));)
				if (apply(s, file, fy_node_pair_key(pair), item, err) < 0)
					return -1;
		} else if (apply(s, file, fy_node_pair_key(pair), value, err) < 0) {
			return -1;
		}
	}
	return 0;
}

static int
read_config(struct settings *s, const char *path, struct error *err)
{
	struct fy_document *doc;
	struct buf text;
	int r;

	buf_init(&text);
	r = io_read_path(path, CONFIG_MAX, &text, err);
	if (r == 0) {
		doc = document_parse((struct bytes){ text.at, text.len }, path, err);
		r = doc ? apply_all(s, path, doc, err) : -1;
		fy_document_destroy(doc);
	}
	buf_done(&text);
	return r;
}

int
settings_read(struct settings *s, const struct option_row *own, int argc, char **argv, struct string_list *rest,
    struct error *err)
{
	static const struct option_row none;
	const struct option_row *const tables[] = { own ? own : &none, rows, limit_rows, NULL };
	struct settings first;
	struct string_list words = { 0 };
	char *found = NULL;
	int r;

	/* once to learn where the settings are, then the settings, then what was said here over them */
	settings_init(&first);
	r = options_parse(tables, &first, argc, argv, &words, err);
	string_list_done(&words);
	if (r == 0 && !first.help && !first.no_config) {
		found = first.config ? strdup(first.config) : find_upwards(".stanch.yaml");
		if (found)
			r = read_config(s, found, err);
		free(found);
	}
	settings_done(&first);
	return r < 0 ? -1 : options_parse(tables, s, argc, argv, rest, err);
}

int
armory_open(struct armory *a, const struct settings *s, struct error *err)
{
	static const struct rules none;
	int r = 0;

	*a = (struct armory){ .rules = s->no_builtin ? &none : &builtin_rules };
	if (s->rules.count) {
		r = rules_load(&a->user, s->rules.at, s->rules.count, err);
		if (r == 0)
			r = rules_join(&a->joined, a->rules, &a->user, err);
		a->rules = &a->joined;
	}
	if (r == 0 && a->rules == &builtin_rules)
		r = builtin_load(&a->own, err);
	else if (r == 0)
		r = literals_build(&a->own, a->rules, LITERALS_HERE, err);
	a->literals = &a->own;
	if (r < 0)
		armory_close(a);
	return r;
}

void
armory_close(struct armory *a)
{
	literals_free(&a->own);
	rules_free(&a->joined);
	rules_free(&a->user);
}

int
settings_mark_key(const struct settings *s, uint8_t key[static MARK_KEY_BYTES], struct error *err)
{
	char *path = s->mark_key ? strdup(s->mark_key) : find_upwards(".stanch.key");
	struct buf text;
	int r;

	if (!path)
		return 0;
	buf_init(&text);
	r = io_read_path(path, 4096, &text, err);
	if (r == 0 && mark_key_parse(buf_str(&text), key, err) < 0)
		r = error_wrap(err, "%s", path);
	if (text.at)
		sodium_memzero(text.at, text.len);
	buf_done(&text);
	free(path);
	return r < 0 ? -1 : 1;
}
