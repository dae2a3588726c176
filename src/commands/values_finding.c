/* The value of a finding: a sandboxed child scans and hands it back through a pipe. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "base/secret.h"
#include "commands/run.h"
#include "commands/values.h"

#define ID_LEAST 8

struct search {
	const char *id;
	int to;
	unsigned found;
	uint8_t mark[MARK_BYTES];
};

static void
on_finding(void *arg, const struct finding *f, const char *file)
{
	struct search *s = arg;

	(void)file;
	if (!f->secret || strncmp(f->id, s->id, strlen(s->id)) != 0)
		return;
	/* the same secret in several places is one */
	if (s->found && memcmp(s->mark, f->mark, sizeof s->mark) == 0)
		return;
	memcpy(s->mark, f->mark, sizeof s->mark);
	if (s->found++ == 0)
		io_write_full(s->to, f->secret, f->length);
}

/* in the child: its exit status says how many there were */
static int
search(const struct vault *v, const struct string_list *targets, int to)
{
	static const char *const here[] = { "." };
	struct search s = { .id = v->from_finding, .to = to };
	const struct run_calls calls = { .finding = on_finding, .arg = &s, .quiet = true };
	struct string_list rest = { 0 };
	struct settings settings;
	struct error err;
	int r;

	settings_init(&settings);
	r = settings_read(&settings, NULL, 0, NULL, &rest, &err);
	settings.mark_key = v->mark_key;
	settings.show_secrets = true;
	settings.min_confidence = CONFIDENCE_POSSIBLE;
	if (r == 0)
		r = run_scan(&settings, targets->count ? targets->at : here, targets->count ? targets->count : 1, &calls, &err);
	if (r < 0)
		fprintf(stderr, "stanch seal: %s\n", err.text);
	return r < 0 ? 3 : s.found == 1 ? 0 : s.found ? 5 : 4;
}

static int
explain(struct vault *v, int status)
{
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 3)
		return vault_usage(v, "the scan for the finding failed");
	if (WEXITSTATUS(status) == 4)
		return vault_usage(v, "--from-finding: no such finding here; ids are in the reports of stanch scan, and those of a run with a mark key stay");
	return vault_usage(v, "--from-finding: several secrets have ids that begin so; give more of it");
}

int
values_of_finding(struct vault *v, const struct string_list *targets, struct seal_value *value)
{
	int ends[2], status, r;
	pid_t child;

	if (strlen(v->from_finding) < ID_LEAST || strspn(v->from_finding, "0123456789abcdef") != strlen(v->from_finding))
		return vault_usage(v, "--from-finding: an id is at least %d digits of lower-case hex", ID_LEAST);
	if (pipe(ends) < 0)
		return vault_usage(v, "no pipe can be made");
	child = fork();
	if (child == 0) {
		close(ends[0]);
		_exit(search(v, targets, ends[1]));
	}
	close(ends[1]);
	r = child < 0 || secret_read_fd(ends[0], "the finding", SEAL_VALUE_MAX, &value->at, &value->len, v->err) < 0 ? SEAL_IO : SEAL_OK;
	close(ends[0]);
	if (child < 0)
		error_set(v->err, errno, "fork:");
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (r == SEAL_OK && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		r = explain(v, status);
	return r;
}
