/*
 * strike.c: runs a program and interferes with its system calls.
 *
 *   strike kill N PROGRAM ARG...      SIGKILL to it and its first child at the child's N-th moment (each
 *                                     call has two, on its way in and out); 42 when it ended before
 *   strike crash N PROGRAM ARG...     the child alone, by SIGSEGV
 *   strike fail N ERRNO PROGRAM ARG...  the child's N-th call fails; 42 when there is no N-th
 *   strike show PROGRAM ARG...        tells what the kernel says of the child as it makes its first link
 *   strike peak PROGRAM ARG...        tells the most memory that it, and each of its children, ever had (KiB)
 *   strike clock FILE PROGRAM ARG...  its clock is wrong by as many seconds as FILE says, read at each call
 *   strike without CALL[,CALL] PROGRAM ARG...   the named calls fail, as on an older kernel
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

struct strike {
	enum { KILL, CRASH, SHOW, CLOCK, PEAK, FAIL } what;
	long at, seen, error;
	const char *file;
	pid_t parent, child;
	bool done, failing;
};

#ifdef __x86_64__
static long
call_of(pid_t pid)
{
	struct user_regs_struct regs;

	return ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0 ? -1 : (long)regs.orig_rax;
}

/* without the vDSO every look at the clock is a system call */
static void
hide_vdso(pid_t pid)
{
	struct user_regs_struct regs;
	unsigned long at, key;

	ptrace(PTRACE_GETREGS, pid, NULL, &regs);
	at = regs.rsp + 8 * (1 + (unsigned long)ptrace(PTRACE_PEEKDATA, pid, regs.rsp, NULL)) + 8;
	while (ptrace(PTRACE_PEEKDATA, pid, at, NULL) != 0)
		at += 8;
	for (at += 8; (key = (unsigned long)ptrace(PTRACE_PEEKDATA, pid, at, NULL)) != 0; at += 16)
		if (key == 33)
			ptrace(PTRACE_POKEDATA, pid, at, 1L);
}

static void
shift_clock(pid_t pid, const char *file)
{
	struct user_regs_struct regs;
	FILE *f = fopen(file, "r");
	long offset = 0;

	if (f && fscanf(f, "%ld", &offset) != 1)
		offset = 0;
	if (f)
		fclose(f);
	ptrace(PTRACE_GETREGS, pid, NULL, &regs);
	if (regs.orig_rax == SYS_time && (long)regs.rax > 0) {
		regs.rax += (unsigned long)offset;
		ptrace(PTRACE_SETREGS, pid, NULL, &regs);
	} else if ((regs.orig_rax == SYS_clock_gettime && regs.rdi == 0) || regs.orig_rax == SYS_gettimeofday) {
		const unsigned long where = regs.orig_rax == SYS_gettimeofday ? regs.rdi : regs.rsi;
		const long seconds = ptrace(PTRACE_PEEKDATA, pid, where, NULL);

		if (regs.rax == 0)
			ptrace(PTRACE_POKEDATA, pid, where, seconds + offset);
	}
}
/* on its way in a call becomes none; on its way out it has failed */
static void
spoil(pid_t pid, bool leaving, long error)
{
	struct user_regs_struct regs;

	ptrace(PTRACE_GETREGS, pid, NULL, &regs);
	if (leaving)
		regs.rax = (unsigned long)-error;
	else
		regs.orig_rax = (unsigned long)-1;
	ptrace(PTRACE_SETREGS, pid, NULL, &regs);
}
#else
static void
spoil(pid_t pid, bool leaving, long error)
{
	(void)pid;
	(void)leaving;
	(void)error;
}

static long
call_of(pid_t pid)
{
	(void)pid;
	return -1;
}

static void
hide_vdso(pid_t pid)
{
	(void)pid;
}

static void
shift_clock(pid_t pid, const char *file)
{
	(void)pid;
	(void)file;
}
#endif

static void
show(pid_t pid)
{
	char command[200], path[64];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	if (stat(path, &st) == 0)
		printf("mem-owner: %u\n", st.st_uid);
	fflush(stdout);
	snprintf(command, sizeof command, "cat /proc/%d/status /proc/%d/limits /proc/%d/maps", pid, pid, pid);
	if (system(command) != 0)
		perror("show");
}

/* at a process's last moment: the most memory that it ever had, in KiB */
static void
tell_peak(pid_t pid, bool parent)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, "VmHWM:", 6) == 0)
			fprintf(stderr, "%s peak %ld\n", parent ? "parent" : "child", strtol(line + 6, NULL, 10));
	if (f)
		fclose(f);
}

static int
at_failing(struct strike *s, pid_t pid, bool leaving)
{
	const long call = call_of(pid);

	if (pid != s->child || call == SYS_exit || call == SYS_exit_group || call == SYS_rt_sigreturn)
		return 0;
	if (leaving && s->failing) {
		spoil(pid, true, s->error);
		s->failing = false;
	} else if (!leaving && !s->done && ++s->seen == s->at) {
		spoil(pid, false, s->error);
		s->done = s->failing = true;
	}
	return 0;
}

/* one stop at a system call of a process; a signal for it, or 0 */
static int
at_call(struct strike *s, pid_t pid)
{
	struct __ptrace_syscall_info info;
	const bool leaving = ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) > 0 && info.op == PTRACE_SYSCALL_INFO_EXIT;

	if (s->what == PEAK)
		return 0;
	if (s->what == CLOCK) {
		if (leaving)
			shift_clock(pid, s->file);
		return 0;
	}
	if (s->what == FAIL)
		return at_failing(s, pid, leaving);
	if (pid != s->child || s->done || ++s->seen < s->at)
		return 0;
	if (s->what == SHOW) {
		if (call_of(pid) != SYS_symlinkat)
			return 0;
		show(pid);
	}
	s->done = true;
	if (s->what == CRASH)
		return SIGSEGV;
	if (s->what == KILL) {
		kill(s->parent, SIGKILL);
		kill(s->child, SIGKILL);
	}
	return 0;
}

static int
trace(struct strike *s, char **argv)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT |
		PTRACE_O_EXITKILL;
	pid_t pid;
	int how, status = 1;

	s->parent = fork();
	if (s->parent == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execv(argv[0], argv);
		_exit(127);
	}
	waitpid(s->parent, &how, 0);
	ptrace(PTRACE_SETOPTIONS, s->parent, NULL, options);
	ptrace(PTRACE_SYSCALL, s->parent, NULL, NULL);
	while ((pid = waitpid(-1, &how, __WALL)) > 0) {
		int pass = 0;

		if (WIFEXITED(how) || WIFSIGNALED(how)) {
			if (pid == s->parent)
				status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
			continue;
		}
		if (pid != s->parent && s->child == 0)
			s->child = pid;
		if (WSTOPSIG(how) == (SIGTRAP | 0x80))
			pass = at_call(s, pid);
		else if (how >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8) && s->what == CLOCK)
			hide_vdso(pid);
		else if (how >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
			if (s->what == PEAK)
				tell_peak(pid, pid == s->parent);
		} else if (WSTOPSIG(how) != SIGTRAP && WSTOPSIG(how) != SIGSTOP)
			pass = WSTOPSIG(how);
		/* memory alone is told without slowing every call down */
		ptrace(s->what == PEAK ? PTRACE_CONT : PTRACE_SYSCALL, pid, NULL, pass);
	}
	if (s->what == KILL)
		return s->done ? 0 : status == 0 ? 42 : 1;
	if (s->what == FAIL && !s->done)
		return 42;
	return s->what == SHOW && !s->done ? 1 : status;
}

static const struct {
	const char *name;
	int number, fails;
} calls[] = { { "openat2", SYS_openat2, ENOSYS }, { "landlock", SYS_landlock_create_ruleset, ENOSYS }, { "memfd_secret", SYS_memfd_secret, ENOSYS },
	{ "pidfd_open", SYS_pidfd_open, ENOSYS }, { "inotify", SYS_inotify_init1, ENOSYS }, { "mlock", SYS_mlock, ENOMEM } };

static int
without(char *list, char **argv)
{
	for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
		size_t i = 0;

		while (i < sizeof calls / sizeof calls[0] && strcmp(calls[i].name, name) != 0)
			i++;
		if (i == sizeof calls / sizeof calls[0])
			return 2;
		struct sock_filter code[] = {
			BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i].number, 0, 1),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)calls[i].fails),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		};
		struct sock_fprog program = { sizeof code / sizeof code[0], code };

		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
			return 2;
	}
	execv(argv[0], argv);
	return 127;
}

int
main(int argc, char **argv)
{
	struct strike s = { .at = argc > 2 ? atol(argv[2]) : 0, .file = argc > 2 ? argv[2] : NULL };
	const char *what = argc > 3 ? argv[1] : "";

	if (strcmp(what, "without") == 0)
		return without(argv[2], argv + 3);
	if (argc > 2 && (strcmp(argv[1], "show") == 0 || strcmp(argv[1], "peak") == 0)) {
		s.what = argv[1][0] == 's' ? SHOW : PEAK;
		s.at = 0;
		return trace(&s, argv + 2);
	}
	if (strcmp(what, "fail") == 0 && argc > 4) {
		s.what = FAIL;
		s.error = atol(argv[3]);
		return trace(&s, argv + 4);
	}
	s.what = strcmp(what, "crash") == 0 ? CRASH : strcmp(what, "clock") == 0 ? CLOCK : KILL;
	if (s.what != KILL || strcmp(what, "kill") == 0)
		return trace(&s, argv + 3);
	fputs("usage: strike kill N | crash N | fail N ERRNO | show | peak | clock FILE | without CALL[,CALL] PROGRAM ARG...\n", stderr);
	return 2;
}
