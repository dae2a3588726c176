#include "deliver/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stanch/error.h>

static const char *
path_of(char *const env[])
{
	for (; *env; env++)
		if (strncmp(*env, "PATH=", 5) == 0)
			return *env + 5;
	return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/* tries each folder of PATH as execvpe does, but never a shell; leaves the most telling errno */
static void
exec_in_path(const char *path, char *const argv[], char *const env[])
{
	int why = ENOENT;

	for (; path; path = strchr(path, ':') ? strchr(path, ':') + 1 : NULL) {
		char file[PATH_MAX];
		const int n = (int)strcspn(path, ":");

		if (snprintf(file, sizeof file, "%.*s%s%s", n, path, n ? "/" : "", argv[0]) >= (int)sizeof file)
			continue;
		execve(file, argv, env);
		if (errno != ENOENT && errno != ENOTDIR)
			why = errno;
	}
	errno = why;
}

int
child_exec(char *const argv[], char *const env[], struct error *err)
{
	if (strchr(argv[0], '/'))
		execve(argv[0], argv, env);
	else
		exec_in_path(path_of(env), argv, env);
	if (errno == ENOEXEC)
		error_set(err, ENOEXEC, "start %.150s: it is no program and names no interpreter in a #! line", argv[0]);
	else
		error_set(err, errno, "start %.150s:", argv[0]);
	return err->code == ENOENT || err->code == ENOTDIR ? CHILD_NOT_FOUND : CHILD_NOT_EXECUTABLE;
}

void
child_block(sigset_t *set, sigset_t *old)
{
	static const int ours[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGTTIN, SIGTTOU };

	sigfillset(set);
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		sigdelset(set, ours[i]);
	sigprocmask(SIG_BLOCK, set, old);
}

/* gives the terminal, where there is one, to this process group */
static void
take_terminal(void)
{
	sigset_t ttou, before;

	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &before);
	if (isatty(STDIN_FILENO))
		tcsetpgrp(STDIN_FILENO, getpgrp());
	sigprocmask(SIG_SETMASK, &before, NULL);
}

pid_t
child_start(char *const argv[], char *const env[], const sigset_t *old, struct error *err)
{
	pid_t pid;

	/* what is orphaned comes to us, as it does to the first process */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid < 0)
		return error_set(err, errno, "start another process:");
	if (pid == 0) {
		int status;

		setpgid(0, 0);
		take_terminal();
		sigprocmask(SIG_SETMASK, old, NULL);
		status = child_exec(argv, env, err);
		dprintf(STDERR_FILENO, "stanch-init: %s\n", err->text);
		_exit(status);
	}
	setpgid(pid, pid);
	return pid;
}

bool
child_reap(pid_t program, int *status)
{
	bool ended = false;
	pid_t pid;
	int how;

	while ((pid = waitpid(-1, &how, WNOHANG)) > 0 || (pid < 0 && errno == EINTR)) {
		if (pid != program)
			continue;
		*status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
		ended = true;
	}
	return ended;
}

void
child_forward(pid_t program, int signal)
{
	/* before it has its own group, the group is not there yet */
	if (kill(-program, signal) < 0)
		kill(program, signal);
}

int
child_signal_number(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} known[] = { { "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT }, { "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "TERM", SIGTERM },
		{ "CONT", SIGCONT }, { "WINCH", SIGWINCH }, { "KILL", SIGKILL } };
	char *end;
	const long number = strtol(name, &end, 10);

	if (*name && !*end)
		return number > 0 && number < NSIG ? (int)number : 0;
	if (strncmp(name, "SIG", 3) == 0)
		name += 3;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].number;
	return 0;
}
