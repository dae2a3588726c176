#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/io.h"
#include "source/source.h"

#define ENVIRONMENT_MAX ((size_t)64 << 20)

extern char **environ;

/* Each variable is a blob of its own, so that a finding names it. */
struct environment {
	struct feed feed;
	struct buf text;                /* NAME=value, each ended by NUL */
	size_t next;
	char *about;                    /* "env:1234" */
	struct origin target, variable;
	char *name;                     /* of the variable at hand */
	struct bytes rest;              /* what of it is not yet read */
};

static int
variable_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct environment *e = b->state;

	(void)err;
	*out = e->rest;
	e->rest.len = 0;
	return out->len > 0;
}

static int
next(struct feed *feed, struct blob *b, struct error *err)
{
	struct environment *e = feed->state;
	const char *at;
	size_t n, name;

	while (e->next < e->text.len && e->text.at[e->next] == 0)
		e->next++;
	if (e->next >= e->text.len)
		return 0;
	at = (const char *)e->text.at + e->next;
	n = strlen(at);
	name = strcspn(at, "=");
	e->next += n;
	free(e->name);
	e->name = strndup(at, name);
	if (!e->name)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	e->variable = (struct origin){ .parent = &e->target, .step = ORIGIN_VARIABLE, .depth = 1, .name = e->name };
	e->rest = (struct bytes){ (const uint8_t *)at, n };
	*b = (struct blob){ .origin = &e->variable, .size = n, .read = variable_read, .state = e };
	return 1;
}

static void
environment_close(struct feed *feed)
{
	struct environment *e = feed->state;

	buf_done(&e->text);
	free(e->about);
	free(e->name);
	free(e);
}

/* this process's own, without what nobody could have meant */
static int
read_own(struct buf *out)
{
	for (char **v = environ; *v; v++)
		buf_add(out, *v, strlen(*v) + 1);
	return 0;
}

static int
read_process(const char *pid, struct buf *out, struct error *err)
{
	char path[64];

	for (const char *c = pid; *c; c++)
		if (!isdigit((unsigned char)*c) || c - pid > 9)
			return error_set(err, ERROR_USAGE, "env:%s: a process is named by its number, as in env:1234", pid);
	snprintf(path, sizeof path, "/proc/%s/environ", pid);
	return io_read_path(path, ENVIRONMENT_MAX, out, err);
}

static struct feed *
environment_open(const char *target, struct source_options *options, struct error *err)
{
	struct environment *e = calloc(1, sizeof *e);
	int r;

	(void)options;
	if (!e || asprintf(&e->about, "env:%s", target) < 0) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		free(e);
		return NULL;
	}
	e->feed = (struct feed){ .next = next, .close = environment_close, .state = e };
	e->target = (struct origin){ .step = ORIGIN_FILE, .name = e->about };
	r = *target ? read_process(target, &e->text, err) : read_own(&e->text);
	buf_addc(&e->text, 0);
	if (r == 0 && !e->text.failed)
		return &e->feed;
	if (r == 0)
		error_set(err, ERROR_INTERNAL, "out of memory");
	environment_close(&e->feed);
	return NULL;
}

static int
environment_bid(const char *target)
{
	(void)target;
	return 0;
}

const struct source source_environment = {
	.name = "environment",
	.about = "env: or env:PID : the variables of this process or another",
	.prefix = "env:",
	.bid = environment_bid,
	.open = environment_open,
};
