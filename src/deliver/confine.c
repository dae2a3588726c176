#include "deliver/confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <stanch/error.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* Landlock's rights by version, for headers that are older than the kernel */
#define RIGHTS_V1 ((UINT64_C(1) << 13) - 1)
#define RIGHT_REFER (UINT64_C(1) << 13)
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)
#define RIGHT_IOCTL (UINT64_C(1) << 15)
#define NET_ALL UINT64_C(3)
#define SCOPE_ALL UINT64_C(3)

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITING (READING | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM)

struct ruleset {
	uint64_t files, network, scopes;
};

/* how much of the ruleset a kernel of this version understands */
static size_t
ruleset_for(int version, struct ruleset *set)
{
	*set = (struct ruleset){ .files = RIGHTS_V1 };
	if (version >= 2)
		set->files |= RIGHT_REFER;
	if (version >= 3)
		set->files |= RIGHT_TRUNCATE;
	if (version >= 5)
		set->files |= RIGHT_IOCTL;
	if (version >= 4)
		set->network = NET_ALL;
	if (version >= 6)
		set->scopes = SCOPE_ALL;
	return version >= 6 ? sizeof *set : version >= 4 ? offsetof(struct ruleset, scopes) : offsetof(struct ruleset, network);
}

static int
allow_folder(int rules, int folder, uint64_t rights)
{
	const struct landlock_path_beneath_attr beneath = { .allowed_access = rights, .parent_fd = folder };

	return folder < 0 ? 0 : (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
}

static int
confine_files(const struct confine *c, bool *lacking, struct error *err)
{
	const int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset set;
	int rules, r = 0;

	*lacking = version < 1;
	if (*lacking)
		return 0;
	rules = (int)syscall(SYS_landlock_create_ruleset, &set, ruleset_for(version, &set), 0);
	if (rules < 0)
		return error_set(err, errno, "enter the Landlock sandbox:");
	for (size_t i = 0; r == 0 && i < c->read_count; i++)
		r = allow_folder(rules, c->read[i], READING);
	if (r == 0)
		r = allow_folder(rules, c->write, WRITING | (version >= 3 ? RIGHT_TRUNCATE : 0));
	if (r == 0)
		r = (int)syscall(SYS_landlock_restrict_self, rules, 0);
	if (r < 0)
		error_set(err, errno, "enter the Landlock sandbox:");
	close(rules);
	return r;
}

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef ARCH
/* all that opening, publishing and telling need; x86-64 has older calls beside the newer ones */
static const unsigned allowed[] = {
	SYS_read, SYS_write, SYS_pread64, SYS_pwrite64, SYS_readv, SYS_writev, SYS_lseek, SYS_close, SYS_fcntl, SYS_fstat, SYS_newfstatat, SYS_statx,
	SYS_fstatfs, SYS_openat, SYS_openat2, SYS_getdents64, SYS_readlinkat, SYS_mkdirat, SYS_unlinkat, SYS_renameat, SYS_renameat2,
	SYS_symlinkat, SYS_fchmod, SYS_fchmodat, SYS_fgetxattr, SYS_fsetxattr, SYS_fremovexattr, SYS_utimensat, SYS_flock,
	SYS_ftruncate, SYS_memfd_create, SYS_memfd_secret, SYS_munmap, SYS_mlock, SYS_mlock2, SYS_munlock, SYS_madvise,
	SYS_brk, SYS_mremap, SYS_clock_gettime, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_getrandom, SYS_getpid, SYS_gettid,
	SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_futex, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack,
	SYS_restart_syscall, SYS_prlimit64, SYS_tgkill, SYS_exit, SYS_exit_group,
#ifdef __x86_64__
	SYS_readlink, SYS_rename, SYS_unlink, SYS_time, SYS_getrlimit, SYS_chmod,
#endif
};

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF(op, value, yes, no) BPF_JUMP(BPF_JMP | (op) | BPF_K, value, yes, no)
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
#define REFUSE RETURN(SECCOMP_RET_ERRNO | EPERM)
#define PASS RETURN(SECCOMP_RET_ALLOW)

static int
confine_calls(const struct confine *c, bool *lacking, struct error *err)
{
	const struct sock_filter head[] = {
		LOAD(arch),
		IF(BPF_JEQ, ARCH, 1, 0),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		/* memory is never executable */
		IF(BPF_JEQ, SYS_mmap, 1, 0),
		IF(BPF_JEQ, SYS_mprotect, 0, 4),
		LOAD(args[2]),
		IF(BPF_JSET, PROT_EXEC, 0, 1),
		REFUSE,
		PASS,
		/* descriptors are handed over on one channel */
		IF(BPF_JEQ, SYS_sendmsg, 0, 4),
		LOAD(args[0]),
		IF(BPF_JEQ, (unsigned)c->channel, 1, 0),
		REFUSE,
		PASS,
	};
	struct sock_filter code[LENGTH(head) + LENGTH(allowed) + 2];
	struct sock_fprog program = { .filter = code };
	size_t at = 0;

	for (; at < LENGTH(head); at++)
		code[at] = head[at];
	for (size_t i = 0; i < LENGTH(allowed); i++)
		code[at++] = (struct sock_filter)IF(BPF_JEQ, allowed[i], (uint8_t)(LENGTH(allowed) - i), 0);
	code[at++] = (struct sock_filter)REFUSE;
	code[at++] = (struct sock_filter)PASS;
	program.len = (unsigned short)at;
	*lacking = false;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return error_set(err, errno, "enter the seccomp sandbox:");
	*lacking = true;
	return 0;
}
#else
static int
confine_calls(const struct confine *c, bool *lacking, struct error *err)
{
	(void)c;
	(void)err;
	*lacking = true;
	return 0;
}
#endif

int
confine_enter(const struct confine *c, struct confine_lacks *lacks, struct error *err)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0)
		return error_set(err, errno, "forbid core files:");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_set(err, errno, "give up new privileges:");
	return confine_files(c, &lacks->landlock, err) < 0 ? -1 : confine_calls(c, &lacks->seccomp, err);
}
