#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/io.h"
#include "commands/commands.h"
#include "commands/options.h"
#include "edit/outline.h"
#include "inject/bundle.h"
#include "inject/inject.h"
#include "inject/krm.h"
#include "inject/document.h"
#include "inject/plan.h"

struct inject_settings {
	struct plan plan;
	struct string_list containers, only, names, kept;       /* kept: strings that are freed */
	const char *emit;
	uint64_t epoch;
	bool in_place, remove, check, help, krm;
	struct bundle bundle;
	struct buf signers;
	bool changed;
};

static int
option_uid(void *field, const char *value, struct error *err)
{
	char *end;
	const unsigned long n = strtoul(value, &end, 10);

	if (*value < '0' || *value > '9' || *end || n >= PLAN_ANYONE)
		return error_set(err, ERROR_USAGE, "%s is no user's number", value);
	*(unsigned *)field = (unsigned)n;
	return 0;
}

#define AT(field) offsetof(struct inject_settings, field)

static const struct option_row rows[] = {
	{ "scope", 0, "C/N/W", "whose secrets: cluster, namespace, workload (default: the set's)", option_text, AT(plan.scope) },
	{ "sealed", 0, "WHERE", "DIR (becomes a ConfigMap), configmap:NAME, image:REFERENCE, path:DIR in the image", option_text, AT(plan.sealed) },
	{ "signers", 0, "WHERE", "FILE (becomes a ConfigMap), configmap:NAME[/KEY], secret:NAME[/KEY], path:FILE", option_text, AT(plan.signers) },
	{ "identity", 0, "WHERE", "secret:NAME[/KEY], projected:NAME[/KEY], path:FILE", option_text, AT(plan.identity) },
	{ "image", 0, "REFERENCE", "the image that holds stanch-init, by digest", option_text, AT(plan.image) },
	{ "program", 0, "FILE", "compose: stanch-init as a file here (default: ./stanch-init)", option_text, AT(plan.program) },
	{ "pin", 0, "DIGEST", "the only set to be taken (default: that of --sealed DIR)", option_text, AT(plan.pin) },
	{ "min-epoch", 0, "N", "instead: the least epoch of a set", option_size, AT(epoch) },
	{ "to", 0, "FOLDER", "where the files will be (default: /run/stanch/secrets)", option_text, AT(plan.to) },
	{ "size", 0, "BYTES", "room for them (default: as the sealed files need, at least 1M)", option_size, AT(plan.size) },
	{ "uid", 0, "N", "the user that reads them (default: runAsUser of the container)", option_uid, AT(plan.uid) },
	{ "container", 'c', "NAME", "give them to this container; repeatable (default: all but init containers)", option_list, AT(containers) },
	{ "only", 0, "[KIND/]NAME", "this workload; repeatable (default: all of the manifest)", option_list, AT(only) },
	{ "name", 0, "NAME", "a secret's name, where there is no --sealed DIR to know them from; repeatable", option_list, AT(names) },
	{ "files-for-env", 0, NULL, "turn variables from Secrets into NAME_FILE", option_flag, AT(plan.files_for_env) },
	{ "watch", 0, NULL, "stay as a sidecar and take up new sets (Kubernetes 1.29)", option_flag, AT(plan.watch) },
	{ "emit", 0, "FILE", "write the ConfigMaps there, not behind the manifest", option_text, AT(emit) },
	{ "in-place", 'i', NULL, "change the files instead of printing the result", option_flag, AT(in_place) },
	{ "remove", 0, NULL, "take out what was injected", option_flag, AT(remove) },
	{ "check", 0, NULL, "change nothing; exit 1 if something would change", option_flag, AT(check) },
	{ "help", 'h', NULL, "print this", option_flag, AT(help) },
	{ 0 },
};

static const struct option_row *const tables[] = { rows, NULL };

static void
note(void *arg, const char *sentence)
{
	(void)arg;
	fprintf(stderr, "stanch inject: %s\n", sentence);
}

static bool
is_place(const char *s)
{
	static const char *const kinds[] = { "configmap:", "image:", "path:", "secret:" };

	for (unsigned i = 0; i < 4; i++)
		if (strncmp(s, kinds[i], strlen(kinds[i])) == 0)
			return true;
	return false;
}

/* reads what is named here, and fills in what follows from it */
static int
complete(struct inject_settings *s, struct error *err)
{
	struct plan *p = &s->plan;

	if (p->sealed && !is_place(p->sealed)) {
		if (bundle_read(&s->bundle, p->sealed, err) < 0)
			return -1;
		p->bundle = &s->bundle;
		p->names = (const char *const *)s->bundle.names;
		p->scope = p->scope ? p->scope : s->bundle.set.scope;
		if (!p->pin && !s->epoch && !p->watch)
			p->pin = s->bundle.pin;
		if (!p->pin && !s->epoch)
			s->epoch = s->bundle.set.epoch;
		/* two generations at a time */
		p->size = p->size ? p->size : s->bundle.opened * 2;
	} else if (s->names.count) {
		p->names = s->names.at;
	}
	if (p->signers && !is_place(p->signers)) {
		if (io_read_path(p->signers, (size_t)1 << 20, &s->signers, err) < 0)
			return -1;
		p->signers_text = buf_str(&s->signers);
	}
	p->min_epoch = s->epoch;
	p->size = p->size < (uint64_t)1 << 20 ? (uint64_t)1 << 20 : p->size;
	p->containers = s->containers.count ? s->containers.at : NULL;
	p->only = s->only.count ? s->only.at : NULL;
	p->emit_apart = s->emit;
	p->note = note;
	return plan_check(p, err);
}

/* a new file in the place of the old, with its mode */
static int
write_back(const char *path, const struct buf *text, struct error *err)
{
	char *fresh = NULL;
	struct stat st;
	int fd, r = 0;

	if (stat(path, &st) < 0)
		return error_set(err, errno, "look at %s:", path);
	if (asprintf(&fresh, "%s.stanch-XXXXXX", path) < 0)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	fd = mkostemp(fresh, O_CLOEXEC);
	if (fd < 0)
		r = error_set(err, errno, "write %s:", fresh);
	else if (io_write_full(fd, text->at, text->len) < 0 || fchmod(fd, st.st_mode & 07777) < 0 || fsync(fd) < 0 || rename(fresh, path) < 0)
		r = error_set(err, errno, "write %s:", path);
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && r < 0)
		unlink(fresh);
	free(fresh);
	return r;
}

static int
emit(struct inject_settings *s, struct error *err)
{
	const char *namespace = strchr(s->plan.scope, '/') + 1;
	char *space = strndup(namespace, strcspn(namespace, "/"));
	struct buf b;
	int r;
	int fd __attribute__((cleanup(io_close))) = -1;

	buf_init(&b);
	r = space ? document_write(&b, &s->plan, space, err) : error_set(err, ERROR_INTERNAL, "out of memory");
	if (r == 0 && (fd = open(s->emit, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666)) < 0)
		r = error_set(err, errno, "write %s:", s->emit);
	if (r == 0 && io_write_full(fd, b.at, b.len) < 0)
		r = error_set(err, errno, "write %s:", s->emit);
	buf_done(&b);
	free(space);
	return r;
}

/* what the function's configuration says comes over what the command line says */
static int
take_option(void *arg, const char *name, const char *value, struct error *err)
{
	struct inject_settings *s = arg;
	char *text = strdup(value);

	if (!text || string_list_add(&s->kept, text) < 0) {
		free(text);
		return error_set(err, ERROR_INTERNAL, "out of memory");
	}
	if (strcmp(name, "in-place") == 0 || strcmp(name, "emit") == 0 || strcmp(name, "check") == 0)
		return error_set(err, ERROR_USAGE, "%s can only be said on the command line", name);
	return options_set(tables, s, name, text, err);
}

/* one text, already read */
static int
convert(struct inject_settings *s, const struct buf *in, const char *file, struct buf *out, struct error *err)
{
	const struct bytes text = { in->at, in->len };
	struct injected count = { 0 };
	int r = s->remove ? inject_remove(text, file, out, &count, err) : inject_add(text, file, &s->plan, out, &count, err);

	/* a function may be given what is none of its business */
	if (r == 0 && !s->remove && !count.workloads && !s->krm)
		return error_set(err, ERROR_USAGE, "%s: there is no workload in it%s", file, count.others ? " that --only names" : "");
	s->changed |= r == 0 && !bytes_equal(text, (struct bytes){ out->at, out->len });
	return r;
}

static int
do_file(struct inject_settings *s, const char *path, const struct buf *piped, struct error *err)
{
	struct buf in, out;
	int r;

	buf_init(&in);
	buf_init(&out);
	r = piped ? 0 : io_read_path(path, OUTLINE_TEXT_MAX, &in, err);
	if (r == 0)
		r = convert(s, piped ? piped : &in, path, &out, err);
	if (r == 0 && s->in_place && !piped && !s->check)
		r = bytes_equal((struct bytes){ in.at, in.len }, (struct bytes){ out.at, out.len }) ? 0 : write_back(path, &out, err);
	else if (r == 0 && !s->check)
		fwrite(out.at, 1, out.len, stdout);
	buf_done(&in);
	buf_done(&out);
	return r;
}

/* standard input: a manifest, or what a KRM function is given, with its options in it */
static int
do_input(struct inject_settings *s, struct error *err)
{
	static const char file[] = "standard input";
	struct buf in;
	int r;

	buf_init(&in);
	r = io_read_fd(STDIN_FILENO, file, OUTLINE_TEXT_MAX, &in, err);
	if (r == 0)
		r = krm_options((struct bytes){ in.at, in.len }, file, take_option, s, err);
	s->krm = r > 0;
	if (r >= 0)
		r = s->remove ? 0 : complete(s, err);
	if (r == 0)
		r = do_file(s, file, &in, err);
	buf_done(&in);
	return r;
}

static int
work(struct inject_settings *s, const struct string_list *files, struct error *err)
{
	const bool piped = files->count == 0 || (files->count == 1 && strcmp(files->at[0], "-") == 0);
	int r = 0;

	if (files->count > 1 && !s->in_place && !s->check)
		return error_set(err, ERROR_USAGE, "several files can only be changed in place; say -i");
	if (piped)
		r = do_input(s, err);
	else if (!s->remove)
		r = complete(s, err);
	for (size_t i = 0; r == 0 && !piped && i < files->count; i++)
		r = do_file(s, files->at[i], NULL, err);
	if (r == 0 && s->emit && !s->remove && !s->check)
		r = emit(s, err);
	if (r < 0)
		return -1;
	return s->check && s->changed ? STATUS_FOUND : STATUS_NOTHING;
}

static int
run(int argc, char **argv)
{
	struct inject_settings s = { .plan = { .to = "/run/stanch/secrets", .uid = PLAN_ANYONE } };
	struct string_list files = { 0 };
	struct error err;
	int r = options_parse(tables, &s, argc, argv, &files, &err);

	if (r == 0 && s.help) {
		printf("usage: stanch %s\n\n%s\n\n", command_inject.usage, command_inject.about);
		options_help(tables);
		puts("\nexit status: 0 done, 1 --check: something would change, 2 usage, 3 could not work");
	} else if (r == 0) {
		r = work(&s, &files, &err);
	}
	if (r < 0)
		r = command_failed(command_inject.name, &err);
	bundle_done(&s.bundle);
	buf_done(&s.signers);
	for (size_t i = 0; i < s.kept.count; i++)
		free((char *)(uintptr_t)s.kept.at[i]);
	string_list_done(&s.kept);
	string_list_done(&files);
	string_list_done(&s.containers);
	string_list_done(&s.only);
	string_list_done(&s.names);
	return r;
}

const struct command command_inject = {
	.name = "inject",
	.usage = "inject [OPTION...] [FILE...]",
	.about = "put stanch-init into a manifest",
	.run = run,
};
