#include "deliver/deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>
#include <stanch/seal.h>

#include "base/buf.h"
#include "base/io.h"
#include "deliver/auditlog.h"
#include "deliver/child.h"
#include "deliver/environ.h"
#include "deliver/notes.h"
#include "deliver/arguments.h"
#include "deliver/place.h"
#include "deliver/places.h"
#include "deliver/publish.h"
#include "deliver/tmpfs.h"
#include "deliver/watch.h"
#include "deliver/cell.h"

#define LOG_MAX ((size_t)1 << 30)

static int
refused(struct error *err)
{
	const int status = err->code == ERROR_USAGE ? SEAL_USAGE : SEAL_IO;

	error_wrap(err, "%s", seal_status_word(status));
	notes_refused(err->text);
	return status;
}

static int
check_log(const char *path)
{
	char hex[2 * AUDITLOG_HASH + 1];
	uint8_t last[AUDITLOG_HASH];
	struct buf text = { 0 };
	struct error err;
	uint64_t lines;
	int r = io_read_path(path, LOG_MAX, &text, &err);

	if (r == 0 && auditlog_check((const char *)text.at, text.len, &lines, last, &err) < 0)
		r = error_wrap(&err, "%.100s", path);
	buf_done(&text);
	if (r < 0)
		return refused(&err);
	sodium_bin2hex(hex, sizeof hex, last, sizeof last);
	dprintf(STDOUT_FILENO, "%s: %llu lines hold, the last hash is %s\n", path, (unsigned long long)lines, hex);
	return 0;
}

/* for a probe, in an image that has no other program */
static int
is_ready(const char *to)
{
	struct error err;
	int fd __attribute__((cleanup(io_close))) = place_folder(to, &err);

	if (fd >= 0 && publish_is_there(fd))
		return 0;
	if (fd >= 0)
		error_set(&err, ERROR_INTERNAL, "nothing is delivered to %.150s yet", to);
	return refused(&err);
}

/* a tmpfs over the target, unless there is one already */
static int
mount_target(const struct arguments *o, struct error *err)
{
	struct error ignored;
	int fd __attribute__((cleanup(io_close))) = place_folder(o->to, &ignored);
	bool noswap;

	if (fd >= 0 && tmpfs_is(fd))
		return 0;
	if (tmpfs_mount(o->to, o->mount_size, &noswap, err) < 0)
		return -1;
	if (!noswap)
		notes_say(o, "this kernel has no noswap for tmpfs");
	return 0;
}

static int
check_swap(const struct arguments *o, const struct places *p, struct error *err)
{
	if (p->target < 0)
		return 0;
	switch (tmpfs_swap(p->target)) {
	case TMPFS_SWAP_ON:
		return notes_lack(o, "swap is on and the target's tmpfs has no noswap, so secrets may be written to disk", err);
	case TMPFS_SWAP_UNKNOWN:
		return notes_lack(o, "/proc does not say whether swap is on", err);
	default:
		return 0;
	}
}

/* the parent's own precautions, and a word on each weakness that was asked for */
static void
prepare(const struct arguments *o)
{
	prctl(PR_SET_DUMPABLE, 0);
	if (o->no_floor && !o->pinned && !o->pin_file && !o->min_epoch && !o->floor_count)
		notes_warn("--no-floor: an old set that was signed once may be played back");
	if (o->env_count)
		notes_warn("--env: values in the environment are seen by all that the program starts, and by core files and debuggers; files are safer");
	for (size_t i = 0; i < o->identity_count; i++) {
		if (o->identities[i].kind == IDENTITY_ENV)
			notes_warn("--identity-env: the key that opens every secret is in the environment, where others can see it; use a file");
		else if (o->identities[i].kind == IDENTITY_FD)
			fcntl(o->identities[i].fd, F_SETFD, FD_CLOEXEC);
	}
}

/* the chain has no key: its last hash, kept elsewhere, is what makes it worth something */
static void
tell_last(const struct arguments *o, const struct round_state *state)
{
	char hex[2 * AUDITLOG_HASH + 1];

	sodium_bin2hex(hex, sizeof hex, state->last, sizeof state->last);
	notes_say(o, "audit log: line %llu, last hash %s", (unsigned long long)state->seq, hex);
}

static int
become(const struct arguments *o, const struct environ *env)
{
	struct error err = { 0 };
	int status = child_exec(o->program, env->at, &err);

	notes_refused(err.text);
	return status;
}

static int
hand_over(const struct arguments *o, const struct places *p, struct round_state *state, struct environ *env)
{
	const bool stay = o->watch || o->init || (o->program && getpid() == 1 && !o->exec);
	int status;

	for (size_t i = 0; i < o->identity_count; i++)
		if (o->identities[i].kind == IDENTITY_ENV)
			environ_drop(env, o->identities[i].text);
	if (stay) {
		status = watch_run(o, p, state, env);
		if (o->watch)
			tell_last(o, state);
		return status;
	}
	return o->program ? become(o, env) : 0;
}

static int
deliver(const struct arguments *o, struct places *p, struct environ *env)
{
	struct round_state state = { .expires = SEAL_NEVER };
	struct error err;
	enum seal_status s;

	if ((o->mount && mount_target(o, &err) < 0) || places_open(p, o, &err) < 0 || check_swap(o, p, &err) < 0)
		return refused(&err);
	s = cell_run(ROUND_DELIVER, o, p, &state, o->program ? env : NULL, &err);
	if (err.text[0])
		notes_refused(err.text);
	if (state.seq)
		tell_last(o, &state);
	return s == SEAL_OK ? hand_over(o, p, &state, env) : (int)s;
}

int
deliver_run(const struct arguments *o, char *const env[])
{
	struct places places;
	struct environ environment;
	int status;

	if (o->audit_check)
		return check_log(o->audit_check);
	if (o->ready)
		return is_ready(o->to);
	prepare(o);
	places_init(&places);
	if (environ_init(&environment, env) < 0) {
		notes_refused("io: out of memory");
		return SEAL_IO;
	}
	status = deliver(o, &places, &environment);
	environ_done(&environment);
	places_close(&places);
	return status;
}
