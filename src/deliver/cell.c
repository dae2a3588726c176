#include "deliver/cell.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "base/secret.h"
#include "deliver/channel.h"
#include "deliver/confine.h"
#include "deliver/handover.h"
#include "deliver/notes.h"
#include "deliver/arguments.h"
#include "deliver/place.h"
#include "deliver/places.h"

/* a worker that takes longer hangs: on a file system that does not answer, say */
#define SECONDS_MAX 120

/* all folders that the worker reads from, one after the other */
static size_t
folders(const struct places *p, int *out)
{
	size_t n = 0;

	out[n++] = p->sealed;
	out[n++] = p->set.dir;
	out[n++] = p->signers.dir;
	out[n++] = p->pin.dir;
	for (size_t i = 0; i < SEAL_IDENTITIES_MAX; i++)
		out[n++] = p->identities[i].dir;
	for (size_t i = 0; i < p->template_count; i++)
		out[n++] = p->templates[i].dir;
	return n;
}

static int
confine(const struct arguments *o, const struct places *p, int channel, bool first, struct error *err)
{
	int read[4 + SEAL_IDENTITIES_MAX + ARGUMENTS_LIST_MAX];
	const struct confine c = { .read = read, .read_count = folders(p, read), .write = p->target, .channel = channel };
	struct confine_lacks lacks = { 0 };
	const bool openat2 = place_has_openat2(), hidden = secret_hide();

	if (confine_enter(&c, &lacks, err) < 0)
		return -1;
	if (!first)
		return 0;
	if (!openat2)
		notes_say(o, "this kernel has no openat2; paths are walked component by component instead");
	if (!hidden)
		notes_say(o, "this kernel has no memfd_secret, so it maps the memory of secrets like any other");
	if (lacks.landlock && notes_lack(o, "this kernel has no Landlock, so files are not confined by path", err) < 0)
		return -1;
	return lacks.seccomp ? notes_lack(o, "this kernel has no seccomp filters, so system calls are not confined", err) : 0;
}

static void
work(enum round_kind kind, const struct arguments *o, const struct places *p, struct round_state *state, int channel)
{
	struct channel_message done = { .kind = ROUND_DONE, .status = SEAL_IO };
	const bool first = !state->delivered;
	struct error err;
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGALRM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(SECONDS_MAX);
	if (confine(o, p, channel, first, &err) == 0)
		done.status = round_run(kind, o, p, channel, state, &err);
	else if (err.code == ERROR_USAGE)
		done.status = SEAL_USAGE;
	if (done.status != SEAL_OK)
		notes_refused(err.text);
	done.state = *state;
	channel_send(channel, &done, -1);
	_exit((int)done.status);
}

static const char *
variable_of(const struct arguments *o, const char *name)
{
	for (size_t i = 0; i < o->env_count; i++)
		if (strcmp(o->envs[i].name, name) == 0)
			return o->envs[i].variable;
	return NULL;
}

static bool
is_wanted_variable(const struct arguments *o, const char *name)
{
	for (size_t i = 0; i < o->env_count; i++)
		if (strcmp(o->envs[i].name, name) == 0)
			return true;
	return false;
}

static int
add_path(struct environ *env, const char *to, const char *name, struct error *err)
{
	char path[4096 + SEAL_NAME_MAX + 2];
	size_t len = strlen(to);

	while (len > 1 && to[len - 1] == '/')
		len--;
	if (len > 4096)
		return error_set(err, ENAMETOOLONG, "name %.100s:", to);
	memcpy(path, to, len);
	path[len] = '/';
	strcpy(path + len + 1, name);
	return handover_path(env, name, path, err);
}

/* one message of the worker's; what was not asked for is not believed */
static int
take(const struct arguments *o, struct environ *env, const struct channel_message *m, int fd, struct error *err)
{
	if (env && m->kind == ROUND_PATH && o->to)
		return add_path(env, o->to, m->name, err);
	if (env && m->kind == ROUND_FD && o->fds)
		return handover_descriptor(env, m->name, fd, err);
	if (env && m->kind == ROUND_VALUE && is_wanted_variable(o, m->name))
		return handover_value(env, m->name, variable_of(o, m->name), fd, err);
	io_close(&fd);
	return error_set(err, EPROTO, "the worker sent what it was not asked for:");
}

/* all messages until the last; -1 when something in them could not be taken */
static int
listen_to(int channel, const struct arguments *o, struct environ *env, struct channel_message *done, struct error *err)
{
	struct channel_message m;
	int fd, r, worse = 0;

	while ((r = channel_receive(channel, &m, &fd)) > 0) {
		if (m.kind == ROUND_DONE)
			*done = m;
		else if (take(o, env, &m, fd, err) < 0)
			worse = -1;
	}
	return r < 0 ? error_set(err, errno, "listen to the worker:") : worse;
}

/* what the wait status and the last message say together */
static enum seal_status
judge(int how, const struct channel_message *done, struct error *err)
{
	if (WIFSIGNALED(how)) {
		error_set(err, ERROR_INTERNAL, "the worker was ended by signal %d%s", WTERMSIG(how),
			WTERMSIG(how) == SIGALRM ? ", because it took longer than two minutes" : "");
		return SEAL_IO;
	}
	if (done->kind != ROUND_DONE || done->status != (uint32_t)WEXITSTATUS(how)) {
		error_set(err, ERROR_INTERNAL, "the worker ended early, with status %d", WEXITSTATUS(how));
		return SEAL_IO;
	}
	err->text[0] = '\0';
	return done->status;
}

static void
take_state(struct round_state *state, const struct channel_message *done)
{
	if (done->kind != ROUND_DONE)
		return;
	if (done->status == SEAL_OK) {
		*state = done->state;
		return;
	}
	state->changed = false;
	state->now = done->state.now;
	state->seq = done->state.seq;
	memcpy(state->last, done->state.last, sizeof state->last);
}

enum seal_status
cell_run(enum round_kind kind, const struct arguments *o, const struct places *p, struct round_state *state, struct environ *env,
	struct error *err)
{
	struct channel_message done = { 0 };
	int pair[2], how = 0, taken;
	pid_t pid;

	err->text[0] = '\0';
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		error_set(err, errno, "make a channel to the worker:");
		return SEAL_IO;
	}
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		work(kind, o, p, state, pair[1]);
	}
	close(pair[1]);
	if (pid < 0) {
		error_set(err, errno, "start the worker:");
		close(pair[0]);
		return SEAL_IO;
	}
	taken = listen_to(pair[0], o, env, &done, err);
	close(pair[0]);
	while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
		;
	/* the lock is shared with the worker, and outlives it */
	if (p->audit >= 0)
		flock(p->audit, LOCK_UN);
	take_state(state, &done);
	if (taken < 0 && WIFEXITED(how) && WEXITSTATUS(how) == 0)
		return err->code == ERROR_USAGE ? SEAL_USAGE : SEAL_IO;
	return judge(how, &done, err);
}
