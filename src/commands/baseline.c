#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "base/mark.h"
#include "commands/commands.h"
#include "commands/run.h"
#include "triage/baseline.h"

#define DEFAULT_FILE ".stanch.baseline"
#define KEY_FILE ".stanch.key"

static void
add(void *arg, const struct finding *f, const char *file)
{
	baseline_add(arg, f, file);
}

static void
meet(void *arg, const struct finding *f, const char *file)
{
	baseline_has(arg, f, file);
}

/* without a key marks differ from run to run, so a baseline has one; it is made here the first time */
static int
need_key(const struct settings *s, struct error *err)
{
	uint8_t key[MARK_KEY_BYTES];
	char text[MARK_KEY_TEXT];
	const int have = settings_mark_key(s, key, err);
	int fd, r = 0;

	if (have)
		return have < 0 ? -1 : 0;
	mark_key_random(key);
	mark_key_format(key, text);
	fd = open(KEY_FILE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || io_write_full(fd, text, strlen(text)) < 0 || io_write_full(fd, "\n", 1) < 0)
		r = error_set(err, errno, "write " KEY_FILE ":");
	else
		fputs("stanch: made " KEY_FILE ", the key of the baseline's marks; keep it with the baseline, and private if that is\n",
		    stderr);
	io_close(&fd);
	return r;
}

static int
scan_into(struct settings *s, const struct string_list *words, struct baseline *b,
    void (*call)(void *, const struct finding *, const char *), struct error *err)
{
	static const char *const here[] = { "." };
	const struct run_calls calls = { .finding = call, .arg = b, .quiet = true };

	s->baseline = NULL;
	return run_scan(s, words->count > 1 ? words->at + 1 : here, words->count > 1 ? words->count - 1 : 1, &calls, err);
}

static int
baseline_make(struct settings *s, const struct string_list *words, const char *path, struct error *err)
{
	struct baseline *b = baseline_new();
	int fd __attribute__((cleanup(io_close))) = -1;
	int r = b ? need_key(s, err) : error_set(err, ERROR_INTERNAL, "out of memory");

	if (r == 0)
		r = fd = baseline_open(path, err);
	if (r >= 0)
		r = scan_into(s, words, b, add, err);
	if (r >= 0)
		r = baseline_write(b, fd, path, false, err);
	if (r >= 0)
		fprintf(stderr, "stanch: %zu findings written to %s\n", baseline_count(b), path);
	baseline_free(b);
	return r;
}

static int
baseline_prune(struct settings *s, const struct string_list *words, const char *path, struct error *err)
{
	struct baseline *b = baseline_read(path, err);
	int fd __attribute__((cleanup(io_close))) = b ? baseline_open(path, err) : -1;
	int r = fd < 0 ? -1 : scan_into(s, words, b, meet, err);

	if (r == STATUS_UNREAD)
		r = error_set(err, ERROR_TRUNCATED, "not everything could be read, so nothing was taken out of %s", path);
	if (r >= 0)
		r = baseline_write(b, fd, path, true, err);
	if (r >= 0)
		fprintf(stderr, "stanch: %zu of %zu lines taken out of %s\n", baseline_unused(b), baseline_count(b), path);
	baseline_free(b);
	return r;
}

static int
baseline_show(const char *path, struct error *err)
{
	struct baseline *b = baseline_read(path, err);
	const char *line;

	if (!b)
		return -1;
	for (size_t i = 0; (line = baseline_line(b, i, NULL)); i++)
		puts(line);
	baseline_free(b);
	return 0;
}

static int
dispatch(struct settings *s, const struct string_list *words, struct error *err)
{
	const char *what = words->count ? words->at[0] : "";
	char *path = strdup(s->baseline ? s->baseline : DEFAULT_FILE);
	int r;

	if (!path)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	if (strcmp(what, "write") == 0)
		r = baseline_make(s, words, path, err);
	else if (strcmp(what, "prune") == 0)
		r = baseline_prune(s, words, path, err);
	else if (strcmp(what, "show") == 0)
		r = baseline_show(path, err);
	else
		r = error_set(err, ERROR_USAGE, "say write, prune or show");
	free(path);
	return r < 0 ? -1 : STATUS_NOTHING;
}

static int
run(int argc, char **argv)
{
	return command_run(&command_baseline, dispatch, argc, argv);
}

const struct command command_baseline = {
	.name = "baseline",
	.usage = "baseline write|prune|show [OPTION...] [TARGET...]",
	.about = "known findings, kept in --baseline FILE (default: " DEFAULT_FILE ")",
	.run = run,
};
