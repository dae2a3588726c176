#include "scan/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <stanch/error.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* Landlock: every right to files that its first version knows, so that all but reading below the roots is refused */
#define RIGHTS_V1 ((UINT64_C(1) << 13) - 1)

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define KEEPING (READING | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)

static int
allow_root(int rules, int root, uint64_t access)
{
	const struct landlock_path_beneath_attr beneath = { .allowed_access = access, .parent_fd = root };

	return (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
}

static int
confine_files(const int *roots, size_t count, int folder, struct error *err)
{
	const struct landlock_ruleset_attr attr = { .handled_access_fs = RIGHTS_V1 };
	const int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	int r = 0;

	if (rules < 0)
		return 0;               /* the kernel is older, or was started without it */
	for (size_t i = 0; r == 0 && i < count; i++)
		if (roots[i] >= 0)
			r = allow_root(rules, roots[i], READING);
	if (r == 0 && folder >= 0)
		r = allow_root(rules, folder, KEEPING);
	if (r == 0)
		r = (int)syscall(SYS_landlock_restrict_self, rules, 0);
	if (r < 0)
		error_set(err, errno, "enter the Landlock sandbox (--no-sandbox leaves it out):");
	close(rules);
	return r;
}

/* what no scan has a use for: reaching others, starting programs, tampering with processes and the system */
static const int refused[] = {
	SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept4, SYS_sendto, SYS_sendmsg, SYS_recvfrom,
	SYS_recvmsg, SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kill,
	SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_setns, SYS_unshare, SYS_bpf, SYS_perf_event_open,
	SYS_keyctl, SYS_add_key, SYS_request_key, SYS_init_module, SYS_finit_module, SYS_kexec_load, SYS_reboot,
	SYS_io_uring_setup, SYS_userfaultfd, SYS_pidfd_open, SYS_pidfd_getfd, SYS_pidfd_send_signal,
};

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

static int
confine_calls(struct error *err)
{
#ifdef ARCH
	struct sock_filter code[LENGTH(refused) * 1 + 8];
	struct sock_fprog program = { .filter = code };
	const size_t n = LENGTH(refused);
	size_t at = 0;

	code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	/* x32 calls have numbers of their own from 2^30 on */
	code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, (uint8_t)(n + 1), 0);
	for (size_t i = 0; i < n; i++)
		code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)refused[i], (uint8_t)(n - i), 0);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	program.len = (unsigned short)at;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 && errno != EINVAL && errno != ENOSYS)
		return error_set(err, errno, "enter the seccomp sandbox (--no-sandbox leaves it out):");
#else
	(void)err;
#endif
	return 0;
}

int
sandbox_enter(const int *roots, size_t count, int folder, struct error *err)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_set(err, errno, "give up new privileges (--no-sandbox leaves it out):");
	return confine_files(roots, count, folder, err) < 0 ? -1 : confine_calls(err);
}
