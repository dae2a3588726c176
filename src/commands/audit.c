#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <stanch/error.h>
#include <stanch/finding.h>

#include "audit/audit.h"
#include "base/buf.h"
#include "blob/origin.h"
#include "commands/commands.h"
#include "commands/run.h"
#include "edit/outline.h"
#include "rules/rule.h"
#include "source/source.h"

/* What the work of an audit holds. */
struct auditing {
	const struct settings *settings;
	const struct string_list *targets;
	struct run_teller *teller;
	struct audit *audit;
};

static void
on_finding(void *arg, const struct finding *f)
{
	struct auditing *a = arg;

	a->teller->finding(a->teller->arg, f);
}

/* the whole of a blob, up to what a manifest may be */
static int
read_blob(struct blob *blob, const char *path, struct buf *text, struct error *err)
{
	struct bytes block;
	int r;

	while ((r = blob->read(blob, &block, err)) > 0) {
		buf_add(text, block.at, block.len);
		if (text->len > OUTLINE_TEXT_MAX)
			return error_set(err, ERROR_LIMIT, "%s: is larger than %zu bytes", path, OUTLINE_TEXT_MAX);
	}
	return r < 0 ? -1 : text->failed ? error_set(err, ERROR_INTERNAL, "out of memory") : 0;
}

static void
look(struct auditing *a, struct blob *blob, bool named)
{
	struct buf path, text;
	struct error err;
	int r = 0;

	buf_init(&path);
	buf_init(&text);
	origin_file(blob->origin, &path);
	if (named || audit_wants(buf_str(&path))) {
		r = read_blob(blob, buf_str(&path), &text, &err);
		if (r == 0)
			r = audit_text(a->audit, blob->origin, buf_str(&path), (struct bytes){ text.at, text.len }, &err);
		a->teller->files += r > 0;
		a->teller->bytes += r > 0 ? text.len : 0;
		if (r < 0)
			a->teller->unread(a->teller->arg, &(struct unread){ blob->origin, err.text });
	}
	buf_done(&path);
	buf_done(&text);
	if (blob->close)
		blob->close(blob);
}

static int
look_into(struct auditing *a, const char *target, struct error *err)
{
	const struct settings *s = a->settings;
	struct source_options options = { .include = s->include.at, .exclude = s->exclude.at, .gitignore = s->gitignore,
		.one_file_system = s->one_file_system, .git_folders = s->git_folders };
	const char *rest;
	const struct source *source = source_find(target, &rest);
	struct feed *feed = source ? source->open(rest, &options, err) : NULL;
	struct blob blob = { 0 };
	int r;

	if (!source)
		return error_set(err, ERROR_USAGE, "%s: is nothing that can be looked at", target);
	if (!feed)
		return -1;
	while ((r = feed->next(feed, &blob, err)) > 0) {
		look(a, &blob, strcmp(blob.origin->name, target) == 0);
		blob = (struct blob){ 0 };
	}
	feed->close(feed);
	return r;
}

static int
work(void *arg, struct run_teller *teller, struct error *err)
{
	static const char *const here[] = { "." };
	struct auditing *a = arg;
	const char *const *target = a->targets->count ? a->targets->at : here;
	const size_t count = a->targets->count ? a->targets->count : 1;
	int r = 0;

	a->teller = teller;
	a->audit = audit_new(on_finding, a);
	if (!a->audit)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	for (size_t i = 0; r == 0 && i < count; i++)
		r = look_into(a, target[i], err);
	if (r == 0)
		r = audit_end(a->audit, err);
	teller->allowed = audit_allowed(a->audit);
	audit_free(a->audit);
	return r;
}

static int
list(void)
{
	const struct rules *items = audit_items();

	for (size_t i = 0; i < items->count; i++)
		printf("%-22s %-9s %s\n%-32s%s\n", items->rule[i]->id, severity_name(items->rule[i]->severity), items->rule[i]->about, "",
		    audit_others(i) ? audit_others(i) : "no other linter has it");
	return STATUS_NOTHING;
}

static int
audit(struct settings *s, const struct string_list *words, struct error *err)
{
	struct auditing a = { .settings = s, .targets = words };

	if (words->count == 1 && strcmp(words->at[0], "list:") == 0)
		return list();
	return run_tell(s, audit_items(), work, &a, err);
}

static int
run(int argc, char **argv)
{
	return command_run(&command_audit, audit, argc, argv);
}

const struct command command_audit = {
	.name = "audit",
	.usage = "audit [OPTION...] [TARGET...]",
	.about = "the container-security checklist: Dockerfiles, manifests, compose files, CI; `audit list:` shows the items",
	.run = run,
};
