/* prctl. A program that filters its own system calls (file(1) does, libseccomp for many) lists those that its
 * reads and writes need on a terminal of the kernel's, and is killed for others; the oldest kind of sandbox has
 * room for none of ours. Filters that were there at
 * its start are others' and let through what any program needs. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>

#include "library/export.h"
#include "library/real.h"
#include "library/runtime.h"
#include "library/sandbox.h"
#include "terminal/syscalls.h"

#if defined(__x86_64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define OUR_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define ALLOW(name)                                                                                \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1),                                        \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* The strict mode's calls, by a filter. Programs that can't exec have no privileges to get. */
static long strict_by_filter(void)
{
    struct sock_filter code[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL),
        LOAD(nr),
        ALLOW(read),
        ALLOW(write),
        ALLOW(exit),
        ALLOW(rt_sigreturn),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL),
    };
    const struct sock_fprog program = {sizeof code / sizeof *code, code};
    SYS(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return SYS(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* Whoever is under a filter, the keeper's for one (filter.c), can't have the strict mode any more. */
static int set_strict(void)
{
    runtime_forget();
    long result = SYS(prctl, PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0);
    if (result == -EINVAL && SYS(prctl, PR_GET_SECCOMP, 0, 0, 0, 0) == SECCOMP_MODE_FILTER)
        result = strict_by_filter();
    return (int)libc_result(result);
}

int rpty_prctl(int option, ...) __asm__("prctl");

/* PR_SET_NO_NEW_PRIVS comes before each filter that is set by seccomp(2), which has no function of its own. */
EXPORT int rpty_prctl(int option, ...)
{
    va_list list;
    va_start(list, option);
    unsigned long a = va_arg(list, unsigned long), b = va_arg(list, unsigned long);
    unsigned long c = va_arg(list, unsigned long), d = va_arg(list, unsigned long);
    va_end(list);
    if (option == PR_SET_SECCOMP || option == PR_SET_NO_NEW_PRIVS)
        sandbox_begin();
    if (option == PR_SET_SECCOMP && a == SECCOMP_MODE_STRICT)
        return set_strict();
    if (real()->prctl)
        return real()->prctl(option, a, b, c, d);
    return (int)libc_result(SYS(prctl, option, a, b, c, d));
}
