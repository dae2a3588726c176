#include "deliver/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "deliver/child.h"
#include "deliver/environ.h"
#include "deliver/notes.h"
#include "deliver/arguments.h"
#include "deliver/places.h"
#include "deliver/cell.h"

struct watch {
	const struct arguments *o;
	const struct places *p;
	struct round_state *state;
	pid_t program;                  /* -1: none */
	int pidfd;                      /* of it; -1 where the kernel has none */
	int signals, changes;           /* descriptors */
	int64_t look_at, sweep_at;      /* in time since boot; 0: never */
	bool withdrawn;                 /* what had expired was removed */
	enum seal_status refused;       /* the last round's refusal, so that each is told once */
};

static int64_t
boot_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec;
}

static void
tell(const struct error *err)
{
	if (err->text[0])
		notes_refused(err->text);
}

/* by pidfd where there is one, so that it can't reach another process of the same number */
static void
notify(const struct watch *w)
{
	int fd __attribute__((cleanup(io_close))) = -1;

	if (w->o->signal && w->program > 0 &&
		(w->pidfd < 0 || syscall(SYS_pidfd_send_signal, w->pidfd, w->o->signal, NULL, 0) < 0))
		kill(w->program, w->o->signal);
	if (!w->o->touch)
		return;
	fd = open(w->o->touch, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0644);
	if (fd < 0 || futimens(fd, NULL) < 0)
		notes_warn("could not touch %.200s: %s", w->o->touch, strerror(errno));
}

/* what is removed under --on-expiry=remove */
static bool
has_expired(enum seal_status s)
{
	return s == SEAL_EXPIRED || s == SEAL_SET_EXPIRED || s == SEAL_SIGNER_TIME;
}

static void
withdraw(struct watch *w)
{
	struct error err;

	if (cell_run(ROUND_REMOVE, w->o, w->p, w->state, NULL, &err) != SEAL_OK) {
		tell(&err);
		return;
	}
	w->withdrawn = true;
	notes_warn("what was delivered has expired and was removed");
	notify(w);
}

static void
look(struct watch *w)
{
	struct error err;
	const enum seal_status s = cell_run(w->withdrawn ? ROUND_DELIVER : ROUND_LOOK, w->o, w->p, w->state, NULL, &err);

	w->look_at = boot_seconds() + w->o->interval;
	tell(&err);
	if (s != SEAL_OK && has_expired(s) && w->o->remove_expired && !w->withdrawn && w->state->delivered)
		withdraw(w);
	w->refused = s;
	if (s != SEAL_OK || !w->state->changed)
		return;
	w->withdrawn = false;
	w->sweep_at = boot_seconds() + w->o->grace + 1;
	notify(w);
}

static void
sweep(struct watch *w)
{
	struct error err;

	w->sweep_at = 0;
	if (cell_run(ROUND_SWEEP, w->o, w->p, w->state, NULL, &err) == SEAL_OK && w->state->waiting > 0)
		w->sweep_at = boot_seconds() + w->o->grace + 1;
	tell(&err);
}

static void
sooner(int64_t *wait, int64_t seconds)
{
	if (*wait < 0 || seconds < *wait)
		*wait = seconds > 0 ? seconds : 0;
}

/* milliseconds until something is due, or -1 */
static int
due(const struct watch *w)
{
	int64_t wait = -1;

	if (!w->o->watch)
		return -1;
	sooner(&wait, w->look_at - boot_seconds());
	if (w->sweep_at)
		sooner(&wait, w->sweep_at - boot_seconds());
	/* once it has expired, and was told, the interval is enough */
	if (w->state->expires != SEAL_NEVER && w->refused == SEAL_OK)
		sooner(&wait, w->state->expires - (int64_t)time(NULL));
	return wait < 0 ? -1 : wait > 86400 ? 86400 * 1000 : (int)wait * 1000;
}

/* a volume is replaced by several events at once: they are let settle, then looked at as one */
static bool
drain(int fd)
{
	const struct timespec settle = { 0, 20 * 1000 * 1000 };
	char events[4096];
	bool any = false;

	nanosleep(&settle, NULL);
	while (read(fd, events, sizeof events) > 0)
		any = true;
	return any;
}

static int
watch_folder(int inotify, int dir)
{
	char path[40];

	if (dir < 0)
		return 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", dir);
	return inotify_add_watch(inotify, path, IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ONLYDIR);
}

static int
open_changes(const struct watch *w)
{
	const int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd < 0 || watch_folder(fd, w->p->sealed) < 0 || watch_folder(fd, w->p->set.dir) < 0 || watch_folder(fd, w->p->signers.dir) < 0 ||
		watch_folder(fd, w->p->pin.dir) < 0)
		notes_say(w->o, "changes are not told by this system, so they are looked for every %u seconds", w->o->interval);
	return fd;
}

/* true when it is time to end, with the exit status */
static bool
take_signal(struct watch *w, int *status)
{
	struct signalfd_siginfo info;

	if (read(w->signals, &info, sizeof info) != (ssize_t)sizeof info)
		return false;
	if (info.ssi_signo == SIGCHLD)
		return child_reap(w->program, status) && w->program > 0;
	if (w->program > 0) {
		child_forward(w->program, (int)info.ssi_signo);
		return false;
	}
	*status = 0;
	return info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT || info.ssi_signo == SIGHUP || info.ssi_signo == SIGQUIT;
}

static int
loop(struct watch *w)
{
	struct pollfd fds[] = { { .fd = w->signals, .events = POLLIN }, { .fd = w->changes, .events = POLLIN } };
	int status = 0;

	for (;;) {
		const int n = poll(fds, 2, due(w));

		if (n > 0 && fds[0].revents && take_signal(w, &status))
			return status;
		if (!w->o->watch)
			continue;
		if ((n > 0 && fds[1].revents && drain(w->changes)) || boot_seconds() >= w->look_at ||
			(w->state->expires != SEAL_NEVER && w->refused == SEAL_OK && time(NULL) >= w->state->expires))
			look(w);
		if (w->sweep_at && boot_seconds() >= w->sweep_at)
			sweep(w);
	}
}

int
watch_run(const struct arguments *o, const struct places *p, struct round_state *state, const struct environ *env)
{
	struct watch w = { .o = o, .p = p, .state = state, .program = -1, .pidfd = -1, .changes = -1 };
	struct error err = { 0 };
	sigset_t set, old;
	int status;

	child_block(&set, &old);
	w.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (w.signals < 0) {
		notes_refused("io: signals can't be waited for on this system");
		return SEAL_IO;
	}
	if (o->watch) {
		w.changes = open_changes(&w);
		w.look_at = boot_seconds() + o->interval;
		/* a generation from before this process may wait for its end */
		w.sweep_at = boot_seconds() + o->grace + 1;
	}
	if (o->program) {
		w.program = child_start(o->program, env->at, &old, &err);
		if (w.program < 0) {
			error_wrap(&err, "io");
			tell(&err);
			return SEAL_IO;
		}
		w.pidfd = (int)syscall(SYS_pidfd_open, w.program, 0);
	}
	status = loop(&w);
	io_close(&w.signals);
	io_close(&w.changes);
	io_close(&w.pidfd);
	return status;
}
